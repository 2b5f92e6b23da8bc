#include "sandbox/auth_change.h"

#include <algorithm>
#include <initializer_list>
#include <map>

namespace kedge::sandbox {

namespace {

const Json& member(const Json& object, const char* key) {
    static const Json absent;
    const auto found = object.find(key);
    return found == object.end() ? absent : *found;
}

// Absent, null and the documented default are the same.
const Json& effective(const Json& auth, const std::string& key) {
    static const std::map<std::string, Json> defaults{{"grant_type", "authorization_code"},
                                                      {"jwt_source", "access_token"},
                                                      {"provider", "custom"},
                                                      {"auth_level", "global"},
                                                      {"scopes", Json::array()},
                                                      {"additional_token_params", Json::object()}};
    const Json& value = member(auth, key.c_str());
    if (!value.is_null()) return value;
    const auto found = defaults.find(key);
    return found == defaults.end() ? value : found->second;
}

bool moved(const Json& before, const Json& after, std::initializer_list<const char*> keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const char* key) { return effective(before, key) != effective(after, key); });
}

// Header (or variable) name -> the placeholder it holds. Two of the same shape ask people for the same things.
std::map<std::string, std::string> slots(const Json& values) {
    std::map<std::string, std::string> found;
    if (!values.is_object()) return found;
    for (const auto& [name, value] : values.items()) {
        std::string placeholder;
        if (value.is_string()) {
            const auto& text = value.get_ref<const std::string&>();
            const auto open = text.find("{{");
            const auto close = open == std::string::npos ? open : text.find("}}", open);
            if (close != std::string::npos) placeholder = text.substr(open, close - open);
        }
        found[name] = placeholder;
    }
    return found;
}

void auth_data_loss(const Json& before, const Json& after, const Knobs& knobs, AuthLoss& loss) {
    if (before.is_null() && after.is_null()) return;
    const Json& type = before.is_object() ? member(before, "type") : before;
    if (before.is_null() || after.is_null() || type != member(after, "type")) {
        loss.oauth = loss.overrides = true;
    } else if (type == "oauth2") {
        loss.oauth |= moved(before, after,
                            {"grant_type", "authorization_url", "token_url", "client_id", "registration_url",
                             "provider", "jwt_source"});
        if (knobs.oauth_secret_change_drops) {
            loss.oauth |= moved(before, after, {"client_secret", "scopes", "additional_token_params"});
        }
    } else if (type == "header" || type == "env") {
        const char* values = type == "header" ? "headers" : "env";
        loss.overrides |=
            moved(before, after, {"auth_level"}) || slots(member(before, values)) != slots(member(after, values));
    }
}

std::set<std::string> collaborators(const Json& manifest) {
    std::set<std::string> subjects;
    const Json& list = member(manifest, "collaborators");
    if (!list.is_array()) return subjects;
    for (const auto& collaborator : list) {
        if (const auto at = collaborator.find("subject"); at != collaborator.end() && at->is_string()) {
            subjects.insert(at->get<std::string>());
        }
    }
    return subjects;
}

} // namespace

AuthLoss auth_loss(const Json& before, const Json& after, const Knobs& knobs) {
    AuthLoss loss;
    auth_data_loss(member(before, "auth_data"), member(after, "auth_data"), knobs, loss);
    if (knobs.url_change_drops && member(before, "url") != member(after, "url")) loss.oauth = loss.overrides = true;
    if (knobs.collaborator_removal_drops) {
        const auto kept = collaborators(after);
        for (const auto& subject : collaborators(before)) {
            if (kept.contains(subject)) continue;
            const auto colon = subject.find(':');
            loss.subjects.insert(colon == std::string::npos ? subject : subject.substr(colon + 1));
        }
    }
    return loss;
}

} // namespace kedge::sandbox
