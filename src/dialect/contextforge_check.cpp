// What a manifest says that ContextForge cannot hold. Its own answer to a mistake is always the same 422, so its rules
// for names, headers and tags are looked at here.
#include "dialect/contextforge_parts.h"
#include "dialect/manifest_findings.h"

#include <algorithm>
#include <array>
#include <set>

namespace kedge::contextforge {

namespace {

constexpr std::size_t most_headers = 100;
constexpr const char* own_reference = "write ${env:NAME} or ${file:PATH}";

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}
bool is_name_char(char c) {
    return is_plain(c) || c == '.' || c == ' ';
}
bool is_header_name(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_plain);
}

std::string quoted(const std::string& text) {
    return "\"" + words(text, 120) + "\"";
}

std::string in_small_letters(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

void check_texts(ManifestFindings& findings, const Resource& resource) {
    const auto& name = resource.name;
    if (name.size() > 255 || !std::all_of(name.begin(), name.end(), is_name_char))
        findings.error("/name", "ContextForge takes no name like " + quoted(name),
                       "up to 255 letters, digits, blanks and _ . - are legal");
    if (text_at(resource.document, "url").size() > 2048)
        findings.error("/url", "ContextForge takes URLs of at most 2048 characters", "");
    const auto description = text_at(resource.document, "description");
    if (description.size() > 8192)
        findings.error("/description", "ContextForge cuts descriptions at 8192 characters", "write less");
    else if (has_html(description))
        findings.warning("/description",
                         "ContextForge cuts HTML tags out of descriptions and resolves character references",
                         "write plain text");
}

// The control plane sends a credential as it stands, the same for everybody.
void check_credential(ManifestFindings& findings, const std::string& at, const std::string& what, const Json& value) {
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    if (text.find("tfy-secret://") != std::string::npos)
        findings.error(at, what + " refers to a secret of TrueFoundry, which ContextForge does not know",
                       own_reference);
    if (text.find("{{") != std::string::npos)
        findings.error(at, what + " has a placeholder: ContextForge has one credential for everybody", own_reference);
}

void check_headers(ManifestFindings& findings, const std::string& at, const Json& headers,
                   std::set<std::string>& seen) {
    if (!headers.is_object()) return;
    for (const auto& [key, value] : headers.items()) {
        const auto what = "header " + quoted(key);
        if (!is_header_name(key))
            findings.error(at, "ContextForge takes no header called " + quoted(key),
                           "letters, digits, - and _ are legal");
        if (!seen.insert(in_small_letters(key)).second)
            findings.error(at, what + " stands twice: ContextForge has one list of headers", "remove one");
        check_credential(findings, at, what, value);
    }
}

void check_oauth(ManifestFindings& findings, const Json& auth, const Json& more_headers) {
    if (more_headers.is_object() && !more_headers.empty())
        findings.error("/additional_headers", "ContextForge sends either fixed headers or an OAuth token, not both",
                       "remove additional_headers");
    for (const char* key :
         {"registration_url", "additional_token_params", "use_organization", "default_organization"}) {
        const std::string path = key;
        if (is_set(auth, key))
            findings.error("/auth_data/" + path, "ContextForge has nothing like \"auth_data." + path + "\"", "");
    }
    for (const char* key : {"introspection_url", "code_challenge_methods_supported", "include_resource"}) {
        const std::string path = key;
        if (is_set(auth, key))
            findings.warning("/auth_data/" + path,
                             "\"auth_data." + path + "\" is not sent: ContextForge has no such field", "");
    }
    check_credential(findings, "/auth_data/client_secret", "auth_data.client_secret",
                     auth.value("client_secret", Json()));
}

void check_auth(ManifestFindings& findings, const Json& document) {
    const auto auth = document.value("auth_data", Json());
    const auto more_headers = document.value("additional_headers", Json());
    const auto type = text_at(auth, "type");
    if (type == "oauth2") return check_oauth(findings, auth, more_headers);
    if (type == "passthrough")
        findings.error("/auth_data/type", "ContextForge does not pass on the caller's platform token",
                       "name headers of the caller in x-kedge.contextforge.passthrough_headers");
    else if (!type.empty() && type != "header")
        findings.error("/auth_data/type", "ContextForge has no authentication " + quoted(type), "");
    if (text_at(auth, "auth_level") == "per_user")
        findings.error("/auth_data/auth_level", "ContextForge has one credential for everybody, none for each person",
                       "write auth_level: global, or oauth2 with authorization_code");
    std::set<std::string> seen;
    if (auth.is_object()) check_headers(findings, "/auth_data/headers", auth.value("headers", Json()), seen);
    check_headers(findings, "/additional_headers", more_headers, seen);
    if (seen.size() > most_headers) findings.error("/auth_data", "ContextForge takes at most 100 headers", "");
}

void check_tags(ManifestFindings& findings, const Json& tags) {
    if (tags.is_null()) return;
    if (!tags.is_structured())
        return findings.error("/tags", "\"tags\" is no map, so ownership cannot be marked",
                              "write `tags: {key: value}`");
    for (const auto& tag : flat_tags(tags)) {
        if (normal_tag(tag).empty())
            findings.warning("/tags", "ContextForge drops the tag " + quoted(tag),
                             "it keeps 2 to 100 letters, digits and - _ . : with a letter or digit at both ends");
    }
}

// Nobody loses sight of a public registration; elsewhere the control plane's own rules say who may use it.
void check_collaborators(ManifestFindings& findings, const Json& people, const std::string& visibility) {
    if (!people.is_array() || people.empty()) return;
    const bool everyone = std::any_of(people.begin(), people.end(),
                                      [](const Json& one) { return text_at(one, "subject") == "team:everyone"; });
    if (visibility == "public" && everyone) return;
    findings.warning("/collaborators",
                     "\"collaborators\" is not sent: on ContextForge the visibility, here " + visibility +
                         ", says who may use it",
                     "the target's `visibility` may be public, team or private");
}

void check_block(ManifestFindings& findings, const Json& block) {
    static const std::vector<std::string> known{"transport", "enabled", "passthrough_headers"};
    const std::string at = "/x-kedge/contextforge";
    if (block.is_null()) return;
    if (!block.is_object()) return findings.error(at, "\"x-kedge.contextforge\" is no map", "");
    for (const auto& [key, value] : block.items()) {
        if (key == "transport") {
            if (value != usual_transport && value != "SSE")
                findings.error(at + "/transport", "\"x-kedge.contextforge.transport\" must be STREAMABLEHTTP or SSE",
                               "STREAMABLEHTTP is the default");
        } else if (key == "enabled") {
            if (!value.is_boolean())
                findings.error(at + "/enabled", "\"x-kedge.contextforge.enabled\" must be true or false", "");
        } else if (key == "passthrough_headers") {
            const bool legal = value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& name) {
                                   return name.is_string() && is_header_name(name.get<std::string>());
                               });
            if (!legal)
                findings.error(at + "/passthrough_headers",
                               "\"x-kedge.contextforge.passthrough_headers\" must be a list of header names", "");
        } else {
            findings.unknown_key(at, key, known);
        }
    }
}

} // namespace

std::vector<Finding> check_resource(const Resource& resource, const ContextForgeOptions& options) {
    ManifestFindings findings(resource, "ContextForge");
    const auto& document = resource.document;
    if (!document.is_object() || !findings.check_type()) return findings.take();
    check_texts(findings, resource);
    check_auth(findings, document);
    check_tags(findings, document.value("tags", Json()));
    check_collaborators(findings, document.value("collaborators", Json()), options.visibility);
    findings.check_lost_fields(
        {"name", "description", "url", "auth_data", "additional_headers", "tags", "collaborators"});
    check_block(findings, kedge::own_block(resource, "contextforge"));
    return findings.take();
}

} // namespace kedge::contextforge
