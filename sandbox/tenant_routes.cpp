// What clients ask before and beside the servers: who am I, which tenant, which CLI, which gateways, who has access.
#include "sandbox/answers.h"
#include "sandbox/call.h"
#include "sandbox/truefoundry.h"

namespace kedge::sandbox {

// 200 also without a valid token: then `user` is null.
HttpResponse TrueFoundry::session(Call& call) {
    if (!call.who) return json_text_answer(200, R"({"user":null})");
    const Json roles = call.who->role == Role::admin ? Json::array({"tenant-admin"}) : Json::array({"tenant-member"});
    const Json user = {{"tenantName", tenant()},
                       {"email", call.who->slug},
                       {"roles", roles},
                       {"subject", subject_json(*call.who, true)}};
    const Json answer = {{"user", user}, {"tenantInfo", {{"tenantName", tenant()}}}};
    return json_text_answer(200, answer.dump());
}

HttpResponse TrueFoundry::tenant_id(Call&) {
    const Json answer = {
        {"tenantId", tenant()}, {"tenantName", tenant()}, {"auth_server_url", "https://auth.sandbox.example"}};
    return json_text_answer(200, answer.dump());
}

HttpResponse TrueFoundry::min_cli_version(Call&) {
    const Json answer = {
        {"minVersion", "0.0.1"}, {"truefoundryCliMinVersion", "0.17.0"}, {"useSFYServerAuthAPIs", true}};
    return json_text_answer(200, answer.dump());
}

HttpResponse TrueFoundry::installations(Call&) {
    const Json row = {{"isDefault", true}, {"manifest", {{"url", knobs_.gateway_url}}}};
    const Json answer = {{"data", Json::array({row})}, {"pagination", {{"total", 1}, {"offset", 0}, {"limit", 100}}}};
    return json_text_answer(200, answer.dump());
}

HttpResponse TrueFoundry::collaborators(Call& call) {
    if (query_parameter(call.request.target, "resourceType") != "mcp-server") {
        return error_answer(400, "resourceType must be mcp-server");
    }
    const std::string id = query_parameter(call.request.target, "resourceId");
    const Server* server = registry().by_id(id);
    if (!server || !visible(*server, *call.who)) return not_found(id);
    const Json manifest = server->document();
    Json rows = manifest.value("collaborators", Json::array());
    const auto total = rows.size();
    const Json answer = {{"data", std::move(rows)}, {"pagination", {{"total", total}, {"offset", 0}, {"limit", 1000}}}};
    return json_text_answer(200, answer.dump());
}

} // namespace kedge::sandbox
