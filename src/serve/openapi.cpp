#include "serve/openapi.h"

#include "serve/fields.h"
#include "serve/http_words.h"
#include "serve/problem.h"
#include "serve/routes.h"
#include "view/json_preview.h"
#include "view/json_schema.h"
#include "view/json_status.h"

namespace kedge {

namespace {

// The views refer to "#/$defs/NAME"; here all of them stand under components.
void move_references(Json& schema) {
    if (schema.is_object() && schema.contains("$ref")) {
        const auto reference = schema["$ref"].get<std::string>();
        schema["$ref"] = "#/components/schemas/" + reference.substr(reference.rfind('/') + 1);
    }
    if (!schema.is_structured()) return;
    for (auto& inner : schema) move_references(inner);
}

Json all_schemas() {
    Json all = Json::object();
    for (const auto& document : {report_schema(), holds_schema(), history_schema()}) all.update(document.at("$defs"));
    all.update(preview_definitions());
    all.update(status_definitions());
    move_references(all);
    all["problem"] = problem_schema();
    return all;
}

Json reference(const std::string& name) {
    return name.empty() ? Json{{"type", "object"}} : Json{{"$ref", "#/components/schemas/" + name}};
}

Json parameter(const RouteField& field, const char* in) {
    Json schema = field_schema(field);
    const Json about = schema["description"];
    schema.erase("description");
    return {{"name", field.name},
            {"in", in},
            {"required", field.required},
            {"description", about},
            {"schema", std::move(schema)}};
}

Json parameters_of(const Route& route) {
    Json parameters = Json::array();
    for (const auto segment : segments_of(route.path)) {
        if (!segment.starts_with('{')) continue;
        const std::string name(segment.substr(1, segment.size() - 2));
        const RouteField field{name.c_str(), FieldType::word, true, "its name, its digest or its number"};
        parameters.push_back(parameter(field, "path"));
    }
    for (const auto& field : route.query) parameters.push_back(parameter(field, "query"));
    return parameters;
}

Json problem_answer(const char* about) {
    return {{"description", about}, {"content", {{"application/problem+json", {{"schema", reference("problem")}}}}}};
}

// A page answers with pages, to those who ask for them.
void offer_pages(Json& answers) {
    const Json page{{"schema", {{"type", "string"}, {"description", "a page that loads and runs nothing"}}}};
    for (auto& answer : answers) answer["content"]["text/html"] = page;
    answers["200"]["content"].erase("application/json");
}

Json answers_of(const Route& route) {
    const bool acts = route.method != std::string_view("GET");
    Json answers;
    answers["200"] = {{"description", route.summary},
                      {"content", {{"application/json", {{"schema", reference(route.answer)}}}}}};
    if (route.id == std::string_view("listEvents")) {
        answers["200"]["content"]["text/event-stream"] = {
            {"schema", {{"type", "string"}, {"description", "each event as JSON in `data`, its kind in `event`"}}}};
    }
    answers["400"] = problem_answer("the request is not understood");
    answers["401"] = problem_answer("nobody knows who asks");
    answers["403"] = problem_answer("the caller may not do this");
    answers["404"] = problem_answer("there is no such thing, or not for this caller");
    answers["406"] = problem_answer("the answer cannot be given in a type that the request accepts");
    answers["421"] = problem_answer("this server was called by a name that it does not know");
    answers["429"] = problem_answer("too many wrong tokens came from this address");
    answers["503"] = problem_answer("it cannot be done now: see Retry-After");
    if (route.page) offer_pages(answers);
    if (!acts) return answers;
    answers["409"] = problem_answer("the settings do not allow it, or it cannot be now");
    answers["413"] = problem_answer("the body is too large");
    answers["415"] = problem_answer("the body must be application/json");
    answers["422"] = problem_answer("the command makes no sense");
    return answers;
}

Json operation_of(const Route& route) {
    Json operation;
    operation["operationId"] = route.id;
    operation["summary"] = route.summary;
    operation["description"] = "Needs the role " + std::string(to_text(route.role)) + ".";
    operation["x-kedge-role"] = to_text(route.role);
    operation["parameters"] = parameters_of(route);
    operation["responses"] = answers_of(route);
    if (route.method == std::string_view("POST")) {
        operation["requestBody"] = {{"required", !route.body.empty()},
                                    {"content", {{"application/json", {{"schema", body_schema(route.body)}}}}}};
    }
    return operation;
}

} // namespace

Json openapi_document(const std::string& version) {
    Json document;
    document["openapi"] = "3.1.0";
    document["info"] = {{"title", "kedge"},
                        {"version", version},
                        {"description", "What a running kedge shows, and what people may tell it to do."}};
    document["servers"] = Json::array({Json{{"url", api_root}}});
    document["components"]["schemas"] = all_schemas();
    document["components"]["securitySchemes"]["token"] = {{"type", "http"}, {"scheme", "bearer"}};
    document["security"] = Json::array({Json{{"token", Json::array()}}});
    for (const auto& route : routes()) {
        const auto method = lower_case(route.method);
        document["paths"][route.path][method] = operation_of(route);
    }
    return document;
}

} // namespace kedge
