#include "tests/contract/random_manifest.h"

#include <algorithm>
#include <set>

namespace kedge {

std::string ManifestMaker::secret() {
    secrets_.push_back("hush" + dice_.hex());
    return secrets_.back();
}

// As secret fields hold it: a literal, a reference of kedge's own, one of the vendor's, a placeholder.
std::string ManifestMaker::secret_value() {
    switch (dice_.below(5)) {
    case 0:
    case 1:
        return "Bearer " + secret();
    case 2:
    case 3:
        ++references_;
        return "Bearer ${env:TOKEN_" + dice_.pick({"A", "B"}) + "}";
    default:
        return "tfy-secret://acme:tools:" + dice_.pick({"one", "two"});
    }
}

Json ManifestMaker::collaborators() {
    Json list = Json::array();
    list.push_back({{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}});
    for (int more = dice_.below(3); more > 0; --more) {
        const auto subject =
            dice_.pick({"user:Ann@Example.com", "user:bob@example.com", "team:platform", "serviceaccount:bot"});
        Json entry = {{"subject", subject}, {"role_id", dice_.pick({"mcp-server-user", "mcp-server-manager"})}};
        if (std::find(list.begin(), list.end(), entry) == list.end()) list.push_back(std::move(entry));
    }
    return list;
}

Json ManifestMaker::tool_names() {
    Json names = Json::array();
    for (const auto* name : {"search", "fetch", "delete"}) {
        if (dice_.one_in(2)) names.push_back(name);
    }
    return names;
}

Json ManifestMaker::header_auth() {
    Json auth = {{"type", "header"}};
    const bool per_user = dice_.one_in(3);
    if (per_user || dice_.one_in(2)) auth["auth_level"] = per_user ? "per_user" : "global";
    auth["headers"]["Authorization"] = per_user ? "Bearer {{USER_KEY}}" : secret_value();
    if (dice_.one_in(4)) auth["headers"]["X-Api-Key"] = secret_value();
    return auth;
}

Json ManifestMaker::oauth() {
    Json auth = {{"type", "oauth2"},
                 {"token_url", "https://idp" + number() + ".example.com/token"},
                 {"jwt_source", "access_token"}};
    const bool machine = dice_.one_in(4);
    if (machine || dice_.one_in(2)) auth["grant_type"] = machine ? "client_credentials" : "authorization_code";
    if (!machine) auth["authorization_url"] = "https://idp.example.com/authorize";
    if (dice_.one_in(2)) {
        auth["client_id"] = "client-" + number();
        auth["client_secret"] = secret_value();
    }
    if (dice_.one_in(3)) auth["scopes"] = Json::array({"write", "read"});
    if (dice_.one_in(5)) auth["additional_token_params"] = {{"audience", secret()}};
    if (dice_.one_in(5)) auth["provider"] = "custom";
    return auth;
}

Json ManifestMaker::upstream_auth() {
    switch (dice_.below(4)) {
    case 0:
        return oauth();
    case 1:
        return {{"type", "passthrough"}};
    default:
        return header_auth();
    }
}

Json ManifestMaker::env_auth() {
    Json auth = {{"type", "env"}};
    const bool per_user = dice_.one_in(3);
    if (per_user) auth["auth_level"] = "per_user";
    auth["env"]["API_KEY"] = per_user ? "{{API_KEY}}" : secret_value();
    return auth;
}

void ManifestMaker::add_tools(Json& manifest) {
    switch (dice_.below(5)) {
    case 0:
        manifest["tool_settings"] =
            Json::array({{{"name", "delete"}, {"disabled", true}}, {{"name", "search"}, {"description", "Finds it"}}});
        break;
    case 1:
        manifest["tool_policy"] = {{"enable_tools_by_default", dice_.one_in(2)}, {"disabled_tools", tool_names()}};
        break;
    case 2:
        manifest["tool_metadata"] = Json::array({{{"name", "search"}, {"description", "Finds " + number()}}});
        break;
    default:
        break;
    }
}

void ManifestMaker::add_upstream(Json& manifest, const std::string& name) {
    manifest["url"] = "https://" + name + ".example.com/mcp" + (dice_.one_in(6) ? "/" : "");
    if (!dice_.one_in(3)) manifest["auth_data"] = upstream_auth();
    if (dice_.one_in(5)) manifest["tls_settings"] = {{"reject_unauthorized", dice_.one_in(2)}};
    if (dice_.one_in(5)) manifest["additional_headers"] = {{"X-Caller", dice_.one_in(2) ? secret() : "gateway"}};
}

void ManifestMaker::add_extension(Json& manifest) {
    Json block = Json::object();
    if (dice_.one_in(3)) block["keep"] = Json::array({"collaborators"});
    if (dice_.one_in(3)) block["ignore"] = Json::array({"tags.owner"});
    if (dice_.one_in(4)) block["prune"] = "never";
    if (!block.empty()) manifest["x-kedge"] = std::move(block);
}

Json ManifestMaker::spec_source(const std::string& name) {
    switch (dice_.below(3)) {
    case 0:
        return {{"type", "remote"}, {"url", "https://" + name + ".example.com/openapi.json"}};
    case 1:
        return {{"type", "upload"}, {"url", "mcp-specs/" + name + ".json"}};
    default:
        return {{"type", "inline"}, {"openapi_spec", {{"openapi", "3.1.0"}, {"security", Json::array()}}}};
    }
}

Json ManifestMaker::servers(const std::vector<std::string>& sources) {
    Json list = Json::array();
    std::set<std::string> taken;
    for (int i = dice_.between(1, 2); i > 0; --i) {
        const auto& name = dice_.pick(sources);
        if (!taken.insert(name).second) continue;
        Json source = {{"name", name}};
        if (dice_.one_in(2)) source["enabled_tools"] = tool_names();
        if (dice_.one_in(4)) source["auth_data"] = {{"type", "header"}, {"headers", {{"X-Key", secret_value()}}}};
        list.push_back(std::move(source));
    }
    return list;
}

Json ManifestMaker::manifest(const std::string& name, const std::vector<std::string>& sources) {
    Json manifest = {{"name", name},
                     {"description", "Tools of " + name + ", edition " + number()},
                     {"collaborators", collaborators()}};
    switch (dice_.below(sources.empty() ? 7 : 9)) {
    case 0:
        manifest["type"] = "mcp-server/stdio";
        manifest["command"] = dice_.pick({"npx", "uvx"});
        if (dice_.one_in(2)) manifest["args"] = Json::array({"-y", "server-" + name});
        if (dice_.one_in(2)) manifest["auth_data"] = env_auth();
        add_tools(manifest);
        break;
    case 1:
        manifest["type"] = "mcp-server/tfy-managed";
        manifest["server_identifier"] = "slack";
        if (dice_.one_in(2)) manifest["auth_data"] = {{"type", "oauth2"}};
        add_tools(manifest);
        break;
    case 2:
        manifest["type"] = "mcp-server/openapi";
        manifest["openapi_spec_source"] = spec_source(name);
        if (dice_.one_in(3)) manifest["enable_all_tools"] = true;
        add_upstream(manifest, name);
        break;
    case 7:
    case 8:
        manifest["type"] = "mcp-server/virtual";
        manifest["servers"] = servers(sources);
        break;
    default:
        manifest["type"] = "mcp-server/remote";
        add_upstream(manifest, name);
        add_tools(manifest);
    }
    if (dice_.one_in(3)) manifest["tags"] = {{"owner", dice_.pick({"platform", "data"})}};
    if (dice_.one_in(8)) manifest["ownedBy"] = {{"account", "acme"}};
    if (dice_.one_in(6)) add_extension(manifest);
    return manifest;
}

void ManifestMaker::edit(Json& manifest, const std::vector<std::string>& sources) {
    const std::string type = manifest["type"];
    const bool upstream = type == "mcp-server/remote" || type == "mcp-server/openapi";
    switch (dice_.below(7)) {
    case 0:
        manifest["collaborators"] = collaborators();
        break;
    case 1:
        manifest["tags"] = {{"owner", "team-" + number()}};
        break;
    case 2:
        if (upstream) manifest["url"] = "https://moved" + number() + ".example.com/mcp";
        break;
    case 3:
    case 4:
        if (upstream) manifest["auth_data"] = upstream_auth();
        if (upstream && dice_.one_in(5)) manifest.erase("auth_data");
        if (type == "mcp-server/stdio") manifest["auth_data"] = env_auth();
        if (type == "mcp-server/virtual" && !sources.empty()) manifest["servers"] = servers(sources);
        break;
    case 5:
        manifest.erase("x-kedge");
        add_extension(manifest);
        break;
    default:
        manifest["description"] = "Tools of " + manifest["name"].get<std::string>() + ", edition " + number();
    }
}

Json ManifestMaker::patch_by_hand() {
    switch (dice_.below(5)) {
    case 0:
        return {{"collaborators", collaborators()}};
    case 1:
        return {{"tags", {{"owner", "somebody-" + number()}}}};
    case 2:
        return {{"auth_data", nullptr}};
    case 3:
        return {{"display_name", "Named by hand " + number()}};
    default:
        return {{"description", "Edited by hand " + number()}};
    }
}

std::string ManifestMaker::text(const std::vector<Json>& documents) {
    std::string text;
    const int indent = dice_.one_in(3) ? 4 : 2;
    for (const auto& document : documents) {
        if (!text.empty()) text += "---\n";
        if (dice_.one_in(4)) text += "# written by hand\n";
        text += document.dump(indent) + "\n";
    }
    return text;
}

std::string ManifestMaker::broken_text(Json manifest) {
    const std::string name = manifest["name"];
    switch (dice_.below(7)) {
    case 0:
        return manifest.dump(2) + "\n}";
    case 1:
        return "type: mcp-server/remote\nname: " + name + "\nname: " + name + "\nclient_secret: " + secret() + "\n";
    case 2:
        manifest.erase("collaborators");
        return manifest.dump(2);
    case 3:
        manifest["description"] = 5;
        manifest["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", {secret()}}}}};
        return manifest.dump(2);
    case 4:
        manifest["type"] = "mcp-servr/remote";
        return manifest.dump(2);
    case 5:
        manifest["auth_data"] = {{"type", "header"}, {"headers", {{"A", "${env:NOT_ALLOWED} " + secret()}}}};
        return manifest.dump(2);
    default:
        return "type: mcp-server/remote\nname: \"" + name + "\nurl: [\nauth_data: {headers: {A: " + secret() + "}\n";
    }
}

} // namespace kedge
