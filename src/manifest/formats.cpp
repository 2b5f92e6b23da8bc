#include "manifest/formats.h"

#include "base/secret.h"
#include "base/spelling.h"

#include <algorithm>
#include <vector>

namespace kedge {

namespace {

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// `^[a-z][a-z0-9-]{1,34}[a-z0-9]$`
bool is_usual_name(std::string_view name) {
    if (name.size() < 3 || name.size() > 36 || !is_lower(name.front()) || name.back() == '-') return false;
    return std::all_of(name.begin(), name.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

FormatProblem check_name(const std::string& name) {
    if (has_control(name)) return {true, "holds a control character", "write the name in plain letters"};
    if (name.front() == ' ' || name.back() == ' ') return {true, "begins or ends with a space", "remove the space"};
    if (is_usual_name(name)) return {};
    return {false, "is unusual: the control plane may refuse it",
            "use 3 to 36 lower-case letters, digits and hyphens, a letter first"};
}

FormatProblem check_line(const std::string& text) {
    const auto characters =
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    if (text.empty()) return {false, "is empty: the control plane may refuse it", "write 1 to 1000 characters"};
    if (characters > 1000)
        return {false, "has " + std::to_string(characters) + " characters: the control plane may refuse it",
                "write at most 1000"};
    if (text.find_first_of("\r\n") == std::string::npos) return {};
    return {false, "has more than one line: the control plane may refuse it",
            "write one line; \">-\" folds several into one"};
}

FormatProblem check_url(const std::string& url) {
    const auto scheme = url.find("://");
    const auto shown = [&] { return "\"" + scrub(url, 120) + "\""; };
    const bool http = url.starts_with("http://") || url.starts_with("https://");
    if (!http) {
        const bool near = scheme != std::string::npos && edit_distance(url.substr(0, scheme), "https", 2) <= 2;
        return {true, "is no http or https URL: " + shown(), near ? "is https:// meant?" : "write https://HOST/PATH"};
    }
    const auto rest = std::string_view(url).substr(scheme + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    const auto host = authority.substr(authority.rfind('@') == std::string_view::npos ? 0 : authority.rfind('@') + 1);
    if (host.empty() || host.front() == ':') return {true, "names no host: " + shown(), "write https://HOST/PATH"};
    const bool blank = url.find_first_of(" \t\r\n\"<>\\^`") != std::string::npos || has_control(url);
    if (blank) return {true, "holds a character that no URL may: " + shown(), "percent-encode it"};
    if (host.size() != authority.size())
        return {false, "holds a user name or password", "write the credential in auth_data"};
    return {};
}

FormatProblem check_subject(const std::string& subject) {
    static const std::vector<std::string> kinds{
        "user", "team", "serviceaccount", "virtualaccount", "external-identity", "agent-identity", "role"};
    const auto kind = subject.substr(0, subject.find(':'));
    if (kind.size() == subject.size())
        return {false, "has no kind", "write user:EMAIL, team:NAME or serviceaccount:NAME"};
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return {};
    const auto meant = nearest_word(kind, kinds);
    return {false, "has the unknown kind \"" + scrub(kind, 60) + "\"",
            meant.empty() ? "write user:EMAIL, team:NAME or serviceaccount:NAME" : "is \"" + meant + ":\" meant?"};
}

FormatProblem check_role(const std::string& role) {
    if (role == "admin") return {false, "has the old role \"admin\"", "write mcp-server-manager"};
    if (role == "viewer") return {false, "has the old role \"viewer\"", "write mcp-server-user"};
    return {};
}

} // namespace

FormatProblem check_format(std::string_view format, const std::string& value) {
    if (format == "name") return check_name(value);
    if (format == "line") return check_line(value);
    if (format == "url") return check_url(value);
    if (format == "subject") return check_subject(value);
    if (format == "role") return check_role(value);
    return {};
}

} // namespace kedge
