#include "dialect/sent_values.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace kedge {

bool carries_credential(const std::string& name) {
    static constexpr std::array<std::string_view, 8> words{"auth",     "token",      "key",    "secret",
                                                           "password", "credential", "cookie", "session"};
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void check_sent_text(ManifestFindings& findings, const std::string& at, const std::string& what, const Json& value) {
    if (!value.is_string()) return findings.error(at, "the value of " + what + " must be text", "put it in quotes");
    const auto& text = value.get_ref<const std::string&>();
    if (text.find("tfy-secret://") != std::string::npos) {
        findings.error(at, what + " refers to a secret of TrueFoundry, which " + findings.product() + " cannot look up",
                       "write ${env:NAME} or ${file:PATH}");
    }
    if (text.find("{{") != std::string::npos) {
        findings.error(at, what + " holds a placeholder, which " + findings.product() + " would send as it is",
                       "write one value for everybody");
    }
}

void check_sent_headers(ManifestFindings& findings, const std::string& at, const Json& headers) {
    if (!headers.is_object()) return;
    for (const auto& [name, value] : headers.items()) check_sent_text(findings, at, "header \"" + name + "\"", value);
}

bool check_block_text(ManifestFindings& findings, const std::string& at, const Json& value) {
    if (value.is_string() && value != "") return true;
    std::string path = at.substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    findings.error(at, "\"" + path + "\" must be text", "");
    return false;
}

void check_lost_auth(ManifestFindings& findings, const Json& auth, const std::vector<LostAuthField>& fields) {
    for (const auto& field : fields) {
        const auto found = auth.find(field.key);
        if (found == auth.end() || found->is_null() || *found == field.usual) continue;
        if (found->is_structured() && found->empty()) continue;
        const std::string at = std::string("/auth_data/") + field.key;
        const auto words = "\"auth_data." + std::string(field.key) + "\"";
        if (field.matters)
            findings.error(at, findings.product() + " has no " + words, "remove it");
        else
            findings.warning(at, words + " is not sent: " + findings.product() + " has no such field", "");
    }
}

} // namespace kedge
