#include "main/settings.h"
#include "main/settings_previews.h"
#include "main/settings_reader.h"
#include "main/settings_tables.h"
#include "serve/role.h"

namespace kedge {

namespace {

constexpr const char* name_pattern = "^[a-z0-9-]{1,32}$"; // is_unit_name

Json key_schema(const SettingKey& key) {
    Json schema;
    switch (key.type) {
    case SettingType::text:
    case SettingType::path:
        schema = {{"type", "string"}, {"minLength", 1}};
        break;
    case SettingType::boolean:
        schema = {{"type", "boolean"}};
        break;
    case SettingType::number:
        schema = {{"type", "integer"}, {"minimum", 1}, {"maximum", key.most}};
        break;
    case SettingType::limit:
        schema = {{"oneOf", Json::array({Json{{"type", "integer"}, {"minimum", 0}, {"maximum", 1'000'000}},
                                         Json{{"type", "string"}, {"pattern", "^(0?[0-9]{1,2}%|100%|unlimited)$"}}})}};
        break;
    case SettingType::duration:
        schema = {{"type", "string"}, {"pattern", "^([0-9]+(d|h|m|s|ms))+$"}};
        break;
    case SettingType::choice:
        schema = {{"type", "string"}, {"enum", key.choices}};
        break;
    case SettingType::credential:
        schema = {{"type", "string"}, {"pattern", R"(^\$\{(env|file):[^{}]+\}$)"}};
        break;
    case SettingType::texts:
        schema = {{"type", "array"}, {"items", {{"type", "string"}}}};
        break;
    case SettingType::mapping:
        schema = {{"type", "object"}};
        break;
    case SettingType::list:
        schema = {{"type", "array"}};
        break;
    }
    schema["description"] = key.help;
    return schema;
}

Json table_schema(const std::vector<SettingKey>& keys) {
    Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
    for (const auto& key : keys) {
        schema["properties"][key.name] = key_schema(key);
        if (key.required) schema["required"].push_back(key.name);
    }
    return schema;
}

// The table of a mapping inside a mapping, beside what the outer table says of it.
void fill(Json& schema, const std::vector<SettingKey>& keys) {
    auto inner = table_schema(keys);
    inner["description"] = schema["description"];
    schema = std::move(inner);
}

void fill_named(Json& schema, Json members) {
    schema["minProperties"] = 1;
    schema["propertyNames"] = {{"pattern", name_pattern}};
    schema["additionalProperties"] = std::move(members);
}

// Either git or a folder, and a folder is all that is said; at most one of branch, tag and commit.
Json source_schema() {
    auto schema = table_schema(source_keys());
    const auto both = [](const char* one, const char* other) { return Json{{"required", Json::array({one, other})}}; };
    const Json git{{"required", Json::array({"git"})}, {"properties", {{"folder", false}}}};
    const Json folder{{"required", Json::array({"folder"})}, {"maxProperties", 1}};
    schema["oneOf"] = Json::array({git, folder});
    schema["not"] = {{"anyOf", Json::array({both("branch", "tag"), both("branch", "commit"), both("tag", "commit")})}};
    return schema;
}

Json unit_schema() {
    auto schema = table_schema(unit_keys());
    auto& keys = schema["properties"];
    keys["name"]["pattern"] = name_pattern;
    keys["secrets"]["items"]["pattern"] = "^(env|file|k8s):";
    fill(keys["limits"], limit_keys());
    fill(keys["may"], may_keys());
    schema["if"] = {{"required", Json::array({"sign_out_at_most"})}};
    schema["then"] = {{"required", Json::array({"sign_out"})}, {"properties", {{"sign_out", {{"const", "always"}}}}}};
    return schema;
}

// Each provider takes keys of its own beside those of every target.
Json target_schema() {
    auto schema = table_schema(target_keys());
    schema["properties"]["url"]["pattern"] = "^https?://";
    const auto common = schema["properties"];
    for (const auto& entry : dialects()) {
        auto own = table_schema(option_keys(entry));
        own.erase("type");
        own.erase("additionalProperties");
        Json names = Json::array();
        for (const auto& keys : {common, own["properties"]}) {
            for (const auto& key : keys.items()) names.push_back(key.key());
        }
        own["propertyNames"] = {{"enum", std::move(names)}};
        for (const auto& key : own["properties"].items()) schema["properties"][key.key()] = true;
        const Json is_it{{"required", Json::array({"provider"})},
                         {"properties", {{"provider", {{"const", entry.name}}}}}};
        schema["allOf"].push_back({{"if", is_it}, {"then", std::move(own)}});
    }
    return schema;
}

// Only what is signed has a key.
Json receiver_schema() {
    auto schema = table_schema(notify_keys());
    auto& keys = schema["properties"];
    keys["name"]["pattern"] = name_pattern;
    Json topics = Json::array();
    for (int i = 0; i <= static_cast<int>(last_topic); ++i) topics.push_back(to_text(static_cast<Topic>(i)));
    keys["on"]["items"] = {{"type", "string"}, {"enum", std::move(topics)}};
    keys["on"]["minItems"] = 1;
    schema["if"] = {{"properties", {{"kind", {{"const", "slack"}}}}}};
    schema["then"] = {{"properties", {{"secret", false}}}};
    schema["else"] = {{"required", Json::array({"secret"})}};
    return schema;
}

Json server_schema() {
    auto schema = table_schema(server_keys());
    auto& keys = schema["properties"];
    fill(keys["tls"], tls_keys());
    keys["tokens"]["items"] = table_schema(token_keys());
    auto& token = keys["tokens"]["items"]["properties"];
    token["name"]["pattern"] = name_pattern;
    token["sha256"]["pattern"] = "^[0-9a-f]{64}$";
    token["units"]["minItems"] = 1;
    fill(keys["trusted_proxies"], proxy_keys());
    auto& proxies = keys["trusted_proxies"]["properties"];
    proxies["addresses"]["minItems"] = 1;
    proxies["addresses"]["items"]["pattern"] = "^[0-9a-fA-F:.]+(/[0-9]+)?$";
    proxies["roles"]["minProperties"] = 1;
    proxies["roles"]["additionalProperties"] = {{"enum", role_names}};
    keys["webhooks"]["items"] = table_schema(webhook_keys());
    keys["webhooks"]["items"]["properties"]["sources"]["minItems"] = 1;
    fill(keys["health"], health_keys());
    fill(keys["limits"], serve_limit_keys());
    for (auto* listen : {&keys["listen"], &keys["health"]["properties"]["listen"]})
        (*listen)["pattern"] = "^([0-9.]+|\\[[0-9a-fA-F:.]+\\]):[0-9]+$";
    return schema;
}

// A token, or an app where the forge has apps; an address where there is no usual one.
Json forge_schema() {
    auto schema = table_schema(forge_keys());
    auto& keys = schema["properties"];
    keys["url"]["pattern"] = "^https?://";
    fill(keys["app"], forge_app_keys());
    auto& repositories = keys["repositories"];
    repositories["minItems"] = 1;
    repositories["items"] = table_schema(preview_repository_keys());
    auto& repository = repositories["items"];
    repository["properties"]["repository"]["pattern"] = "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$";
    repository["properties"]["status"]["pattern"] = "^.{1,100}$";
    repository["if"] = {{"required", Json::array({"trusted"})}};
    repository["then"] = {{"required", Json::array({"rehearse"})},
                          {"properties", {{"rehearse", {{"const", "trusted"}}}}}};
    const auto required = [](const char* key) { return Json{{"required", Json::array({key})}}; };
    schema["oneOf"] = Json::array({required("token"), required("app")});
    const auto is = [](const char* kind) { return Json{{"properties", {{"kind", {{"const", kind}}}}}}; };
    schema["allOf"] = Json::array(
        {Json{{"if", is("gitea")}, {"then", required("url")}}, Json{{"if", required("app")}, {"then", is("github")}}});
    return schema;
}

Json previews_schema() {
    auto schema = table_schema(preview_keys());
    auto& keys = schema["properties"];
    keys["page"]["pattern"] = "^https?://";
    fill_named(keys["forges"], forge_schema());
    return schema;
}

} // namespace

Json settings_schema() {
    auto schema = table_schema(root_keys());
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "kedge.yaml";
    auto& keys = schema["properties"];
    keys["version"] = {{"const", 1}, {"description", "format of this file"}};
    keys["installation"]["pattern"] = name_pattern;
    fill_named(keys["sources"], source_schema());
    fill_named(keys["targets"], target_schema());
    keys["units"]["items"] = unit_schema();
    keys["units"]["minItems"] = 1;
    // With `include` they may be in its files.
    Json elsewhere = Json::array();
    Json here = Json::array();
    for (const auto& key : schema["required"])
        (may_be_included(key.get<std::string>()) ? elsewhere : here).push_back(key);
    schema["required"] = std::move(here);
    schema["anyOf"] = Json::array({Json{{"required", Json::array({"include"})}}, Json{{"required", elsewhere}}});
    fill(keys["networks"], network_keys());
    fill(keys["history"], history_keys());
    keys["notify"]["items"] = receiver_schema();
    auto previews = previews_schema();
    previews["description"] = keys["previews"]["description"];
    keys["previews"] = std::move(previews);
    auto server = server_schema();
    server["description"] = keys["server"]["description"];
    keys["server"] = std::move(server);
    return schema;
}

} // namespace kedge
