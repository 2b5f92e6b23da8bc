#include "manifest/schema.h"

#include "base/spelling.h"
#include "manifest/schema_table.h"

#include <algorithm>

namespace kedge {

namespace {

struct Retired {
    std::string_view type;
    std::string_view hint;
};

constexpr std::string_view group_hint =
    "groups are gone since control plane v0.112: write one mcp-server/remote document for each integration "
    "(authorized_subjects "
    "become collaborators), and mcp-server/virtual for virtual ones, with source names without the group";
constexpr std::string_view hosted_hint =
    "write one mcp-server/remote document for each integration, with name, description, url and collaborators";
constexpr Retired retired_types[] = {
    {"provider-account/mcp-server-group", group_hint},
    {"integration/mcp-server/virtual",
     "write a document of type mcp-server/virtual; source names stand without the group"},
    {"integration/mcp-server/remote",
     "write a document of type mcp-server/remote; authorized_subjects become collaborators"},
    {"provider-account/hosted-mcp-server", hosted_hint},
    {"integration/mcp-server/hosted-mcp-server", hosted_hint},
    {"integration/mcp-server/custom", hosted_hint},
};

std::string all_types() {
    std::string text;
    for (const auto& type : manifest_types()) text += (text.empty() ? "" : ", ") + type;
    return text;
}

std::string lower_case(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

Classification classify_type(const std::string& type) {
    if (manifest_shape(type) != nullptr) return {DocumentClass::manifest, type, ""};
    for (const auto& retired : retired_types) {
        if (type == retired.type) return {DocumentClass::retired, type, std::string(retired.hint)};
    }
    if (type.starts_with("integration/mcp-server")) return {DocumentClass::retired, type, std::string(group_hint)};
    const std::string lower = lower_case(type);
    if (lower == "mcp-server/hosted-stdio") return {DocumentClass::near_miss, type, "write mcp-server/stdio"};
    const std::string meant = nearest_word(lower, manifest_types());
    if (!meant.empty()) return {DocumentClass::near_miss, type, "write " + meant};
    const auto family = lower.substr(0, lower.find('/'));
    if (edit_distance(family, "mcp-server", 2) <= 2)
        return {DocumentClass::near_miss, type, "write one of " + all_types()};
    return {DocumentClass::other_type, type, ""};
}

// What check_url takes: a scheme, a host, and no character that no URL may hold. JSON Schema's own format "uri" refuses
// more, as in https://host/{tenant}.
const std::string& url_pattern() {
    static const std::string pattern = [] {
        const std::string bad = R"(\x00-\x20\x7f"<>\\^`)";
        const std::string host = "[^/?#@" + bad + "]";
        return "^https?://(?:[^/?#" + bad + "]*@)?[^/?#@:" + bad + "]" + host + "*(?:[/?#][^" + bad + "]*)?$";
    }();
    return pattern;
}

Json schema_of(const Shape& shape);

Json one_of(const std::vector<const Shape*>& shapes) {
    if (shapes.size() == 1) return schema_of(*shapes.front());
    Json all = Json::array();
    for (const auto* shape : shapes) all.push_back(schema_of(*shape));
    return {{"oneOf", std::move(all)}};
}

Json items_of(const Field& field) {
    if (!field.shapes.empty()) return one_of(field.shapes);
    Json items = Json::object();
    if (field.items != FieldType::any) items["type"] = to_text(field.items);
    if (!field.values.empty() && !field.open_values) items["enum"] = field.values;
    return items;
}

Json schema_of_field(const Field& field) {
    Json schema = Json::object();
    if (field.type == FieldType::object && !field.shapes.empty())
        schema = one_of(field.shapes);
    else if (field.type != FieldType::any)
        schema["type"] = to_text(field.type);
    schema["description"] = field.description;
    if (field.type == FieldType::list)
        schema["items"] = items_of(field);
    else if (field.type == FieldType::map && !items_of(field).empty())
        schema["additionalProperties"] = items_of(field);
    else if (field.values.size() == 1 && !field.open_values)
        schema["const"] = field.values.front();
    else if (!field.values.empty() && !field.open_values)
        schema["enum"] = field.values;
    else if (!field.values.empty())
        schema["examples"] = field.values;
    if (field.format == "url") schema["pattern"] = url_pattern();
    if (field.required && field.type == FieldType::text && field.format != "line") schema["minLength"] = 1;
    if (!field.fallback.is_null()) schema["default"] = field.fallback;
    if (field.secret) schema["writeOnly"] = true;
    return schema;
}

// An optional field may be null: the vendor's schemas are nullable.
void allow_null(Json& schema) {
    if (schema.contains("oneOf")) schema["oneOf"].push_back({{"type", "null"}});
    if (schema.contains("type")) schema["type"] = Json::array({schema["type"], "null"});
    if (schema.contains("const")) {
        schema["enum"] = Json::array({schema["const"]});
        schema.erase("const");
    }
    if (schema.contains("enum")) schema["enum"].push_back(nullptr);
}

Json schema_of(const Shape& shape) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const auto& field : shape.fields) {
        Json own = schema_of_field(field);
        if (field.required)
            required.push_back(field.key);
        else
            allow_null(own);
        properties[field.key] = std::move(own);
    }
    for (const auto& outdated : shape.outdated)
        properties[outdated.key] = {{"deprecated", true}, {"description", outdated.hint}};
    Json schema{
        {"type", "object"}, {"title", shape.name}, {"description", shape.about}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

Json texts(const char* about, const char* pattern = nullptr) {
    Json item{{"type", "string"}, {"minLength", 1}};
    if (pattern != nullptr) item["pattern"] = pattern;
    Json schema{{"type", "array"}, {"items", std::move(item)}};
    if (*about != '\0') schema["description"] = about;
    return schema;
}

Json schema_of_extension() {
    Json units = texts("globs of the units that take the manifest; absent: every unit", R"(^[a-z0-9*?\[\]!-]+$)");
    units["minItems"] = 1;
    const Json extra{{"type", "object"},
                     {"properties", {{"extra", texts("paths of the lists")}}},
                     {"required", Json::array({"extra"})},
                     {"additionalProperties", false}};
    Json properties{{"units", std::move(units)},
                    {"ignore", texts("paths that are neither compared nor changed, as in tags.owner")},
                    {"formerly", texts("names it had before, NAME or UNIT/NAME: a rename, not a new registration")}};
    properties["adopt"] = {
        {"type", "string"}, {"minLength", 1}, {"description", "id of the registration to take into ownership"}};
    properties["prune"] = {{"type", "string"},
                           {"enum", Json::array({"owned", "never"})},
                           {"description", "never: it stays live when the manifest leaves git"}};
    properties["keep"] = {{"oneOf", Json::array({texts(""), extra})},
                          {"description", "paths of lists whose extra entries in live stay"}};
    for (const auto& provider : extension_providers())
        properties[provider] = {{"type", "object"}, {"description", "settings for this kind of control plane alone"}};
    return {{"type", "object"},
            {"description", "kedge's own settings for this registration; never sent"},
            {"properties", std::move(properties)},
            {"additionalProperties", false}};
}

} // namespace

const std::vector<std::string>& extension_providers() {
    static const std::vector<std::string> providers{"truefoundry", "aeontel",      "gaia",
                                                    "zudu",        "gravity_rail", "contextforge"};
    return providers;
}

const std::vector<std::string>& manifest_types() {
    static const std::vector<std::string> types = [] {
        std::vector<std::string> names;
        for (const auto* shape : manifest_shapes()) names.push_back(shape->name);
        return names;
    }();
    return types;
}

Classification classify(const Json& document) {
    if (!document.is_object()) return {};
    const auto type = document.find("type");
    if (type == document.end() || !type->is_string() || type->get_ref<const std::string&>().empty()) return {};
    return classify_type(type->get<std::string>());
}

Json manifest_schema() {
    Json types = Json::array();
    Json definitions = Json::object();
    for (const auto* shape : manifest_shapes()) {
        const std::string name = shape->name.substr(shape->name.find('/') + 1);
        definitions[name] = schema_of(*shape);
        definitions[name]["properties"]["x-kedge"] = {{"$ref", "#/$defs/x-kedge"}};
        types.push_back({{"$ref", "#/$defs/" + name}});
    }
    definitions["x-kedge"] = schema_of_extension();
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "MCP server manifest"},
            {"oneOf", std::move(types)},
            {"$defs", std::move(definitions)}};
}

} // namespace kedge
