#include "dialect/truefoundry_parts.h"
#include "model/secret_fields.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace kedge::truefoundry {

namespace {

bool is_text(const Json& object, const char* key, std::string_view text) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() && found->get_ref<const std::string&>() == text;
}

Json* member(Json& object, const std::string& key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

// Where an empty list or a null says something: a virtual server's source without `enabled_tools` offers every tool,
// one with an empty list none; and an inline OpenAPI document is not ours to tidy (`security: []` switches
// authentication off).
bool keeps_empty(const std::vector<std::string>& path) {
    return path.size() == 3 && path[0] == "servers" && path[2] == "enabled_tools";
}
bool is_opaque(const std::vector<std::string>& path) {
    return path.size() == 2 && path[0] == "openapi_spec_source" && path[1] == "openapi_spec";
}

// Nulls, empty lists and empty maps stand for "absent". Members only: the items of a list keep their places.
void drop_empty(Json& value, std::vector<std::string>& path) {
    if (static_cast<int>(path.size()) > 2 * depth_limit || is_opaque(path)) return;
    if (value.is_array()) {
        for (auto& item : value) {
            path.emplace_back("*");
            drop_empty(item, path);
            path.pop_back();
        }
    } else if (value.is_object()) {
        for (auto it = value.begin(); it != value.end();) {
            path.push_back(it.key());
            drop_empty(it.value(), path);
            const bool empty = it->is_null() || (it->is_structured() && it->empty() && !keeps_empty(path));
            path.pop_back();
            it = empty ? value.erase(it) : std::next(it);
        }
    }
}

// -- tool_settings -> tool_policy + tool_metadata, as the control plane does on saving
// ----------------------------------------

bool is_convertible(const Json& settings) {
    return settings.is_array() && std::all_of(settings.begin(), settings.end(), [](const Json& entry) {
               if (!entry.is_object()) return false;
               const auto name = entry.find("name");
               const auto disabled = entry.find("disabled");
               return name != entry.end() && name->is_string() && (disabled == entry.end() || disabled->is_boolean());
           });
}

// The map form (by tool name) as a list of entries; other shapes stay as they are.
void list_metadata(Json& metadata) {
    if (!metadata.is_object() || is_masked(metadata)) return;
    Json list = Json::array();
    for (const auto& [name, entry] : metadata.items()) {
        if (!entry.is_object() || (entry.contains("name") && entry["name"] != name)) return;
        list.push_back(entry);
        list.back()["name"] = name;
    }
    metadata = std::move(list);
}

bool has_entry(const Json& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(), [&](const Json& entry) {
        return entry.is_object() && entry.contains("name") && entry["name"] == name;
    });
}

void convert_tool_settings(Json& document, const std::string& disabled_key) {
    auto* settings = member(document, "tool_settings");
    if (!settings || !is_convertible(*settings)) return;
    Json policy = document.value("tool_policy", Json::object());
    Json metadata = document.value("tool_metadata", Json::array());
    if (!policy.is_object() || !metadata.is_array()) return; // a mixture that nobody described: left as written
    Json disabled = policy.value(disabled_key, Json::array());
    if (!disabled.is_array()) return;
    for (const auto& entry : *settings) {
        const auto name = entry["name"].get<std::string>();
        if (entry.contains("disabled") && entry["disabled"] == true) disabled.push_back(name);
        Json rest = entry;
        rest.erase("disabled");
        if (rest.size() > 1 && !has_entry(metadata, name)) metadata.push_back(std::move(rest));
    }
    document.erase("tool_settings");
    if (!disabled.empty()) policy[disabled_key] = std::move(disabled);
    if (!policy.empty()) document["tool_policy"] = std::move(policy);
    if (!metadata.empty()) document["tool_metadata"] = std::move(metadata);
}

void tidy_metadata(Json& document) {
    auto* metadata = member(document, "tool_metadata");
    if (!metadata || !metadata->is_array()) return;
    Json kept = Json::array();
    for (auto& entry : *metadata) { // an entry that is only a name overrides nothing
        if (!(entry.is_object() && entry.size() == 1 && entry.contains("name"))) kept.push_back(std::move(entry));
    }
    if (kept.empty())
        document.erase("tool_metadata");
    else
        *metadata = std::move(kept);
}

// -- documented and inferred defaults
// -------------------------------------------------------------------------------------------

void drop_default(Json* object, const char* key, const Json& value) {
    if (!object || !object->is_object()) return;
    const auto found = object->find(key);
    if (found != object->end() && found->type() == value.type() && *found == value) object->erase(found);
}

void drop_defaults(Json& document) {
    auto* auth = member(document, "auth_data");
    if (auth && auth->is_object()) {
        const bool oauth = is_text(*auth, "type", "oauth2");
        if (oauth) drop_default(auth, "grant_type", "authorization_code");
        if (oauth) drop_default(auth, "provider", "custom");
        if (is_text(*auth, "type", "header") || is_text(*auth, "type", "env"))
            drop_default(auth, "auth_level", "global");
    }
    if (is_text(document, "type", "mcp-server/stdio")) drop_default(&document, "command", "npx");
    for (const auto& [holder, key] :
         {std::pair{"tls_settings", "reject_unauthorized"}, std::pair{"tool_policy", "enable_tools_by_default"}}) {
        auto* object = member(document, holder);
        drop_default(object, key, true);
        if (object && object->is_object() && object->empty()) document.erase(holder);
    }
}

// -- lists that are sets
// --------------------------------------------------------------------------------------------------------

void sort_lists(Json& document, const std::string& disabled_key) {
    sort_set(member(document, "collaborators"), {"subject", "role_id"});
    if (auto* policy = member(document, "tool_policy")) {
        for (const auto& key : std::set<std::string>{"enabled_tools", "disabled_tools", disabled_key})
            sort_set(member(*policy, key));
    }
    if (auto* auth = member(document, "auth_data")) {
        for (const char* key : {"scopes", "code_challenge_methods_supported"}) sort_set(member(*auth, key));
    }
    if (auto* servers = member(document, "servers"); servers && servers->is_array()) {
        for (auto& source : *servers) sort_set(member(source, "enabled_tools"));
        sort_list(servers, {"name"});
    }
    sort_list(member(document, "tool_settings"), {"method", "path", "name"});
    sort_list(member(document, "tool_metadata"), {"name"});
}

} // namespace

Json canonical_manifest(Json document, const std::string& disabled_tools_key) {
    if (!document.is_object()) return document;
    std::vector<std::string> path;
    drop_empty(document, path);
    if (auto* metadata = member(document, "tool_metadata")) list_metadata(*metadata);
    if (!is_text(document, "type", "mcp-server/openapi")) convert_tool_settings(document, disabled_tools_key);
    tidy_metadata(document);
    drop_defaults(document);
    sort_lists(document, disabled_tools_key);
    return document;
}

} // namespace kedge::truefoundry
