// Gravity Rail's calls for members: who is connected, how they connect, and what a connected server offers.
#include "base/digest.h"
#include "sandbox/documents.h"
#include "sandbox/gravity_rail.h"
#include "sandbox/rows.h"

#include <algorithm>

namespace kedge::sandbox {

HttpResponse GravityRail::discovery(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    const auto body = object_body(call);
    const std::string url = body ? text_of(*body, "url") : "";
    if (url.empty()) return refuse(422, "url: required");
    if (like_one_of(knobs_.unreachable, url)) return refuse(400, "Could not reach the server");
    const bool oauth = like_one_of(knobs_.wanting_oauth, url);
    const Json at = oauth ? Json("https://id.sandbox.example/authorize") : Json();
    const Json token = oauth ? Json("https://id.sandbox.example/token") : Json();
    return json_answer(200, Json{{"url", url},
                                 {"requiresOauth", oauth},
                                 {"authorizationEndpoint", at},
                                 {"tokenEndpoint", token},
                                 {"registrationSupported", oauth}});
}

HttpResponse GravityRail::credentials(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    if (call.server->document().value("authType", "none") != "direct") {
        return refuse(400, "Only servers with direct auth link members without OAuth");
    }
    auto& linked = call.server->auth;
    std::erase_if(linked, [&](const AuthRecord& record) { return record.subject_id == call.who->slug; });
    AuthRecord record;
    record.subject_id = call.who->slug;
    record.subject_type = "user";
    record.source = "direct";
    record.updated_ms = ground_.now_ms();
    record.updated_by = "null";
    linked.push_back(std::move(record));
    ground_.registry().changed(*call.server);
    return json_answer(200, Json{{"linked", true}});
}

HttpResponse GravityRail::members(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    Json list = Json::array();
    for (const auto& record : call.server->auth) {
        list.push_back({{"memberId", record.subject_id},
                        {"name", record.subject_id},
                        {"connectedAt", iso_time(record.updated_ms)}});
    }
    return json_answer(200, list);
}

HttpResponse GravityRail::authorize(Call& call) {
    if (auto refusal = find(call)) return std::move(*refusal);
    Json document = call.server->document();
    if (document.value("state", "REGISTER") != "AUTHORIZE") return refuse(400, "The server is not waiting for OAuth");
    if (!document.contains("clientId")) { // dynamic registration
        document["clientId"] = "client_" + id_letters(ground_.options().seed + 2, call.server->sequence, 12);
        change_document(ground_, *call.server, document);
    }
    HttpResponse response;
    response.status = 302;
    response.headers.emplace_back("Location", "https://id.sandbox.example/authorize?client_id=" +
                                                  text_of(document, "clientId") + "&state=" + call.server->id);
    return response;
}

// What needs the member's own sign-in says so in an object.
HttpResponse GravityRail::fetched(Call& call, const Json& items) {
    if (auto refusal = find(call)) return std::move(*refusal);
    const Json document = call.server->document();
    const auto& linked = call.server->auth;
    const bool connected = std::any_of(linked.begin(), linked.end(), [&](const AuthRecord& record) {
        return record.subject_id == call.who->slug || record.subject_id == call.who->subject_id;
    });
    const std::string type = document.value("authType", "none");
    if (type != "none" && !connected) {
        Json detail = {{"code", "authentication_required"}, {"authType", type}};
        if (knobs_.app_detail == "app_uuid" || type == "direct") {
            detail["appUuid"] = row(*call.server)["uuid"];
        } else {
            detail["authorizeUrl"] =
                "/api/v2/w/" + call.server->type + "/mcp-servers/" + call.server->id + "/oauth/authorize";
        }
        return json_answer(403, Json{{"detail", std::move(detail)}});
    }
    if (like_one_of(knobs_.unreachable, text_of(document, "url"))) return refuse(400, "Could not connect");
    return json_answer(200, items);
}

HttpResponse GravityRail::tools(Call& call) {
    return fetched(call, Json::array({{{"name", "echo"}, {"description", "says it again"}},
                                      {{"name", "add"}, {"description", "adds two numbers"}}}));
}

HttpResponse GravityRail::prompts(Call& call) {
    Json prompt = {{"name", "greet"}};
    return fetched(call, Json::array({std::move(prompt)}));
}

HttpResponse GravityRail::resources(Call& call) {
    Json resource = {{"uri", "file:///readme"}, {"name", "readme"}};
    return fetched(call, Json::array({std::move(resource)}));
}

HttpResponse GravityRail::icon(Call& call) {
    call.who = nullptr; // its token stands in the query
    if (auto refusal = find(call)) return std::move(*refusal);
    if (query_parameter(call.request.target, "token") != icon_token(*call.server)) return refuse(403, "Invalid token");
    HttpResponse response;
    response.status = 200;
    response.headers.emplace_back("Content-Type", "image/svg+xml");
    response.body = R"(<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"/>)";
    return response;
}

} // namespace kedge::sandbox
