// One control plane with a token for each role, and short ways to ask it.
#pragma once
#include "sandbox/console.h"
#include "sandbox/truefoundry.h"

#include <gtest/gtest.h>
#include <string>

namespace kedge::sandbox {

struct Reply {
    int status = 0;
    Json body;
    HttpHeaders headers;
    std::string text;

    std::string message() const {
        const auto found = body.is_object() ? body.find("message") : body.end();
        if (!body.is_object() || found == body.end()) return {};
        return found->is_string() ? found->get<std::string>() : found->dump();
    }
    const Json& manifest() const { return body.at("data").at("manifest"); }
};

inline Json remote(const std::string& name, const Json& more = Json::object()) {
    Json manifest = {{"type", "mcp-server/remote"},
                     {"name", name},
                     {"description", "tools of " + name},
                     {"url", "https://" + name + ".example/mcp"},
                     {"collaborators", Json::array({{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}})}};
    manifest.update(more);
    return manifest;
}

inline Json virtual_server(const std::string& name, const std::string& source) {
    Json manifest = remote(name);
    manifest.erase("url");
    manifest["type"] = "mcp-server/virtual";
    manifest["servers"] = Json::array({{{"name", source}}});
    return manifest;
}

inline Json oauth_data() {
    return {{"type", "oauth2"},
            {"token_url", "https://id.example/token"},
            {"authorization_url", "https://id.example/authorize"},
            {"client_id", "kedge"},
            {"client_secret", "s3cret"}};
}

inline Json per_user_header() {
    return {{"type", "header"}, {"auth_level", "per_user"}, {"headers", {{"Authorization", "Bearer {{KEY}}"}}}};
}

class Plane {
public:
    explicit Plane(const Knobs& knobs = {}, TrueFoundryOptions options = {}) : plane(knobs, std::move(options)) {
        for (const Role role : {Role::admin, Role::writer, Role::reader, Role::guest}) {
            plane.people().add(std::string(role_text(role)), person_of(role, plane.tenant()));
        }
    }

    Reply ask(const std::string& method, const std::string& path, const Json& body = nullptr) {
        HttpRequest request;
        request.method = method;
        request.target = "/api/svc/v1" + path;
        if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
        if (!body.is_null()) request.body = body.is_string() ? body.get<std::string>() : body.dump();
        HttpResponse response = plane.handle(request);
        Reply reply{response.status, Json::parse(response.body, nullptr, false), response.headers, response.body};
        return reply;
    }

    Reply put(const Json& manifest, const Json& more = Json::object()) {
        Json body = {{"manifest", manifest}, {"dryRun", false}, {"forceDelete", false}};
        body.update(more);
        return ask("PUT", "/mcp", body);
    }
    Reply dry(const Json& manifest) { return put(manifest, {{"dryRun", true}}); }
    Reply get(const std::string& name) { return ask("GET", "/mcp/" + id(name)); }
    std::string id(const std::string& name) {
        const Server* server = plane.registry().by_name(name);
        return server ? server->id : "absent";
    }
    Json saved(const std::string& name) { return Console(plane).manifest(name); }
    void connect(const std::string& name, const std::string& subject, const std::string& source) {
        AuthRecord record;
        record.subject_id = subject;
        record.source = source;
        record.value = "pa55word";
        ASSERT_EQ(Console(plane).connect(name, record), std::nullopt);
    }
    void set(const std::string& knob, const std::string& value) {
        Knobs knobs = plane.knobs();
        ASSERT_EQ(set_knob(knobs, knob, std::string_view(value)), std::nullopt);
        plane.set_knobs(knobs);
    }

    TrueFoundry plane;
    std::string token = "admin";
};

} // namespace kedge::sandbox
