// GAIA's calls that reach an MCP server. The sandbox reaches none: knobs say how each would have answered.
#include "sandbox/documents.h"
#include "sandbox/gaia.h"
#include "sandbox/rows.h"

namespace kedge::sandbox {

namespace {

const Json& capabilities() {
    static const Json all = {{"hasTools", true}, {"hasResources", true}, {"hasPrompts", true},
                             {"toolCount", 2},   {"resourceCount", 1},   {"promptCount", 1}};
    return all;
}

const Json& tool_list() {
    static const Json all = Json::array(
        {{{"name", "echo"}, {"description", "says it again"}}, {{"name", "add"}, {"description", "adds two numbers"}}});
    return all;
}

} // namespace

std::string Gaia::trouble_with(const std::string& url) const {
    if (like_one_of(knobs_.unreachable, url)) return "fetch failed";
    if (like_one_of(knobs_.timing_out, url)) return "Request timed out";
    return {};
}

HttpResponse Gaia::validate(Call& call) {
    Json body;
    if (auto refusal = read_body(call, body)) return std::move(*refusal);
    auto problems = check_fields(body, gaia_create_fields(documented()), true);
    const auto headers = check_headers(body);
    problems.insert(problems.end(), headers.begin(), headers.end());
    if (!body.contains("transportType")) problems.push_back({"transportType", "required"});
    if (!problems.empty()) return issues(problems);
    const std::string trouble = trouble_with(text_of(body, "url"));
    if (trouble.empty()) {
        return json_answer(200, Json{{"valid", true},
                                     {"message", "Server is responding"},
                                     {"status", "ok"},
                                     {"capabilities", capabilities()},
                                     {"serverInfo", {{"name", "sandbox"}, {"version", "1"}}}});
    }
    const bool late = documented() && trouble != "fetch failed";
    return json_answer(200, Json{{"valid", false}, {"message", trouble}, {"status", late ? "timeout" : "error"}});
}

HttpResponse Gaia::detect_auth(Call& call) {
    Json body;
    if (auto refusal = read_body(call, body)) return std::move(*refusal);
    const std::string url = text_of(body, "url");
    if (url.empty()) return issues({{"url", "required"}});
    if (const std::string trouble = trouble_with(url); !trouble.empty()) return fail(400, trouble);
    const bool asks = like_one_of(knobs_.asking_auth, url);
    return json_answer(200, Json{{"success", true},
                                 {"isAuthenticated", !asks},
                                 {"authType", asks ? "bearer" : "none"},
                                 {"requiresAuth", asks},
                                 {"error", asks ? Json("Bearer token authentication required") : Json()}});
}

HttpResponse Gaia::detect_transport(Call& call) {
    Json body;
    if (auto refusal = read_body(call, body)) return std::move(*refusal);
    const std::string url = text_of(body, "url");
    if (url.empty()) return issues({{"url", "required"}});
    if (const std::string trouble = trouble_with(url); !trouble.empty()) return fail(400, trouble);
    const std::string spoken = documented() ? "http" : "streamable-http";
    return json_answer(200, Json{{"success", true},
                                 {"message", "Transport detected"},
                                 {"supportedTypes", Json::array({spoken})},
                                 {"recommended", spoken}});
}

// Connects, where it is not connected yet. The time of the update moves, as that of any write.
HttpResponse Gaia::open(Server& server) {
    Json document = server.document();
    if (document.value("status", "") == "connected") {
        return json_answer(200,
                           Json{{"success", true}, {"message", "Already connected"}, {"capabilities", capabilities()}});
    }
    const std::string trouble = trouble_with(text_of(document, "url"));
    document["status"] = trouble.empty() ? "connected" : "error";
    document["lastError"] = trouble.empty() ? Json() : Json(trouble);
    if (trouble.empty()) {
        document["capabilities"] = capabilities();
        document["lastConnectedAt"] = iso_time(ground_.now_ms() / 1000 * 1000);
    }
    change_document(ground_, server, document);
    if (!trouble.empty()) return fail(500, trouble);
    return json_answer(200, Json{{"success", true},
                                 {"message", "Connected"},
                                 {"capabilities",
                                  {{"tools", Json::array({"echo", "add"})},
                                   {"resources", Json::array({"file:///readme"})},
                                   {"prompts", Json::array({"greet"})}}}});
}

HttpResponse Gaia::connect(Call& call) {
    Server* server = server_of(call);
    return server ? open(*server) : fail(404, "MCP server not found");
}

HttpResponse Gaia::disconnect(Call& call) {
    Server* server = server_of(call);
    if (!server) return fail(404, "MCP server not found");
    Json document = server->document();
    document["status"] = "disconnected";
    change_document(ground_, *server, document);
    return json_answer(200, Json{{"success", true}});
}

HttpResponse Gaia::listing(Call& call, const char* key, const Json& items) {
    Server* server = server_of(call);
    if (!server) return fail(404, "MCP server not found");
    HttpResponse opened = open(*server);
    if (!Json::parse(opened.body).value("success", false)) return opened;
    return json_answer(200, Json{{"success", true}, {key, items}});
}

HttpResponse Gaia::tools(Call& call) {
    return listing(call, "tools", tool_list());
}

HttpResponse Gaia::resources(Call& call) {
    return listing(call, "resources", Json::array({{{"uri", "file:///readme"}, {"name", "readme"}}}));
}

HttpResponse Gaia::prompts(Call& call) {
    return listing(call, "prompts", Json::array({{{"name", "greet"}}}));
}

HttpResponse Gaia::read_resource(Call& call) {
    Json body;
    if (auto refusal = read_body(call, body)) return std::move(*refusal);
    const std::string uri = documented() ? query_parameter(call.request.target, "uri") : text_of(body, "uri");
    if (uri.empty()) return issues({{"uri", "required"}});
    if (uri != "file:///readme") return fail(404, "Resource not found");
    return listing(call, "contents", Json::array({{{"uri", uri}, {"text", "a resource of the sandbox"}}}));
}

} // namespace kedge::sandbox
