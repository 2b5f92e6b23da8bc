#include "main/settings.h"
#include "main/settings_reader.h"
#include "main/settings_tables.h"

namespace kedge {

namespace {

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
        schema = {{"type", "integer"}, {"minimum", 1}};
        break;
    case SettingType::limit:
        schema = {{"oneOf", Json::array({Json{{"type", "integer"}, {"minimum", 0}},
                                         Json{{"type", "string"}, {"pattern", "^([0-9]{1,2}%|100%|unlimited)$"}}})}};
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
    Json schema = {{"type", "object"},
                   {"additionalProperties", false},
                   {"properties", Json::object()},
                   {"required", Json::array()}};
    for (const auto& key : keys) {
        schema["properties"][key.name] = key_schema(key);
        if (key.required) schema["required"].push_back(key.name);
    }
    return schema;
}

} // namespace

Json settings_schema() {
    auto schema = table_schema(root_keys());
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "kedge.yaml";
    schema["properties"]["version"] = {{"const", 1}, {"description", "format of this file"}};
    schema["properties"]["sources"]["additionalProperties"] = table_schema(source_keys());
    schema["properties"]["targets"]["additionalProperties"] = table_schema(target_keys());
    schema["properties"]["units"]["items"] = table_schema(unit_keys());
    auto& unit = schema["properties"]["units"]["items"]["properties"];
    unit["limits"] = table_schema(limit_keys());
    unit["may"] = table_schema(may_keys());
    schema["properties"]["networks"] = table_schema(network_keys());
    return schema;
}

} // namespace kedge
