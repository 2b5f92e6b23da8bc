#include "sandbox/normalise.h"

#include "base/digest.h"
#include "sandbox/manifest_types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace kedge::sandbox {

namespace {

void drop_nulls(Json& value) {
    if (value.is_object()) {
        for (auto at = value.begin(); at != value.end();) {
            if (at->is_null()) {
                at = value.erase(at);
            } else {
                drop_nulls(*at++);
            }
        }
    } else if (value.is_array()) {
        for (auto& item : value) drop_nulls(item);
    }
}

void fill(Json& object, const char* key, const char* value) {
    if (!object.contains(key)) object[key] = value;
}

void fill_auth(Json& auth, const Knobs& knobs) {
    const auto& type = auth["type"];
    if (knobs.fill_defaults && (type == "header" || type == "env")) fill(auth, "auth_level", "global");
    if (type != "oauth2") return;
    if (knobs.fill_defaults) {
        fill(auth, "grant_type", "authorization_code");
        if (auth.contains("token_url")) fill(auth, "jwt_source", "access_token");
    }
    if (knobs.fill_provider && auth.contains("token_url")) fill(auth, "provider", "custom");
    if (knobs.fill_empties && !auth.contains("scopes")) auth["scopes"] = Json::array();
}

void order(Json& list, const std::string& way) {
    if (!list.is_array() || way == "as_sent") return;
    if (way == "sorted") std::sort(list.begin(), list.end());
    if (way == "reversed") std::reverse(list.begin(), list.end());
}

void order_sets(Json& manifest, const Knobs& knobs) {
    if (const auto policy = manifest.find("tool_policy"); policy != manifest.end()) {
        for (const std::string& key : {std::string("enabled_tools"), knobs.disabled_key}) {
            if (const auto found = policy->find(key); found != policy->end()) order(*found, knobs.sets_order);
        }
    }
    if (const auto auth = manifest.find("auth_data"); auth != manifest.end()) {
        if (const auto scopes = auth->find("scopes"); scopes != auth->end()) order(*scopes, knobs.sets_order);
    }
}

void settle_collaborators(Json& manifest, const SaveContext& context) {
    auto& list = manifest["collaborators"];
    if (context.knobs.creator_as_manager) {
        Json creator = {{"subject", "user:" + context.creator_slug}, {"role_id", "mcp-server-manager"}};
        if (std::find(list.begin(), list.end(), creator) == list.end()) list.push_back(std::move(creator));
    }
    if (context.knobs.lowercase_emails) {
        for (auto& collaborator : list) {
            auto& subject = collaborator["subject"].get_ref<std::string&>();
            if (!subject.starts_with("user:")) continue;
            for (auto& c : subject) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    order(list, context.knobs.collaborators_order);
}

void store_inline_spec(Json& manifest, const std::string& tenant) {
    const auto source = manifest.find("openapi_spec_source");
    if (source == manifest.end() || (*source)["type"] != "inline") return;
    const std::string digest = sha256((*source)["openapi_spec"].dump()).hex();
    const std::string name = manifest["name"].get<std::string>();
    *source = {{"type", "upload"}, {"url", "store://" + tenant + "/mcp-servers/" + name + "/" + digest + ".json"}};
}

void fill_nulls(Json& manifest) {
    const ManifestType* type = manifest_type(manifest["type"].get_ref<const std::string&>());
    for (const auto table : {shared_fields(), type->fields}) {
        for (const auto& field : table) {
            const std::string key(field.name);
            if (field.need == Presence::optional && !manifest.contains(key)) manifest[key] = nullptr;
        }
    }
}

void add_disabled(Json& policy, const std::string& key, const Json& name) {
    auto& list = policy[key];
    if (!list.is_array()) list = Json::array();
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

void add_metadata(Json& metadata, const Json& setting, bool as_map) {
    Json entry = Json::object();
    for (const char* key : {"description", "annotations"}) {
        if (const auto found = setting.find(key); found != setting.end()) entry[key] = *found;
    }
    if (entry.empty()) return;
    if (as_map) {
        metadata.emplace(setting["name"].get<std::string>(), std::move(entry));
    } else {
        entry["name"] = setting["name"];
        metadata.push_back(std::move(entry));
    }
}

} // namespace

void convert_tool_settings(Json& manifest, const Knobs& knobs) {
    const auto found = manifest.find("tool_settings");
    if (found == manifest.end()) return;
    const Json settings = std::move(*found);
    manifest.erase(found);
    Json policy = {{"enable_tools_by_default", true}};
    const bool as_map = knobs.tool_metadata_shape == "map";
    Json metadata = as_map ? Json::object() : Json::array();
    for (const auto& setting : settings) {
        if (const auto off = setting.find("disabled"); off != setting.end() && *off == true) {
            add_disabled(policy, knobs.disabled_key, setting["name"]);
        }
        add_metadata(metadata, setting, as_map);
    }
    if (policy.contains(knobs.disabled_key) && !manifest.contains("tool_policy")) {
        manifest["tool_policy"] = std::move(policy);
    }
    if (!metadata.empty() && !manifest.contains("tool_metadata")) manifest["tool_metadata"] = std::move(metadata);
}

void normalise(Json& manifest, const SaveContext& context) {
    const Knobs& knobs = context.knobs;
    drop_nulls(manifest);
    const bool openapi = manifest["type"] == "mcp-server/openapi";
    if (knobs.convert_tool_settings && !openapi) convert_tool_settings(manifest, knobs);
    if (knobs.fill_owned_by && !manifest.contains("ownedBy")) manifest["ownedBy"] = {{"account", context.tenant}};
    if (knobs.fill_defaults) {
        if (manifest["type"] == "mcp-server/stdio") fill(manifest, "command", "npx");
        if (const auto tls = manifest.find("tls_settings"); tls != manifest.end()) {
            if (!tls->contains("reject_unauthorized")) (*tls)["reject_unauthorized"] = true;
        }
    }
    if (const auto auth = manifest.find("auth_data"); auth != manifest.end()) fill_auth(*auth, knobs);
    if (knobs.fill_empties && !manifest.contains("tags")) manifest["tags"] = Json::object();
    settle_collaborators(manifest, context);
    order_sets(manifest, knobs);
    if (knobs.strip_trailing_slash) {
        if (const auto url = manifest.find("url"); url != manifest.end()) {
            auto& text = url->get_ref<std::string&>();
            while (text.ends_with('/')) text.pop_back();
        }
    }
    if (knobs.inline_spec == "store") store_inline_spec(manifest, context.tenant);
    if (knobs.fill_nulls) fill_nulls(manifest);
}

} // namespace kedge::sandbox
