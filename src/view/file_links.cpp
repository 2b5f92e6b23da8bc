#include "view/file_links.h"

#include "base/http_message.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace kedge {

namespace {

struct Addresses {
    std::string_view pull; // what follows the repository's address
    std::string_view file;
};

// GitLab, GitHub, and Gitea with Forgejo: each is known by how it calls a pull request.
constexpr std::array<Addresses, 3> forges{
    {{"/-/merge_requests/", "/-/blob/"}, {"/pull/", "/blob/"}, {"/pulls/", "/src/commit/"}}};

bool is_hex(const std::string& text) {
    return text.size() >= 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

} // namespace

std::string file_link(const PullRequest& pull) {
    if (!is_hex(pull.head_commit)) return {};
    const auto number = std::to_string(pull.number);
    for (const auto& forge : forges) {
        const auto end = std::string(forge.pull) + number;
        if (!pull.url.ends_with(end)) continue;
        const auto repository = pull.url.substr(0, pull.url.size() - end.size());
        // What the forge tells is no place to fill in.
        if (repository.find_first_of("{}") != std::string::npos) return {};
        return repository + std::string(forge.file) + pull.head_commit + "/{path}#L{line}";
    }
    return {};
}

std::string filled_link(const std::string& pattern, const std::string& path, int line) {
    if (pattern.find("{line}") == std::string::npos || pattern.find("{path}") == std::string::npos) return {};
    auto url = pattern;
    const auto put = [&url](std::string_view what, const std::string& value) {
        url.replace(url.find(what), what.size(), value);
    };
    std::string encoded = percent_encode(path);
    for (std::size_t at = 0; (at = encoded.find("%2F", at)) != std::string::npos;) encoded.replace(at, 3, "/");
    // The line first: what the path holds is never taken for a place to fill in.
    put("{line}", std::to_string(std::max(1, line)));
    put("{path}", encoded);
    return url;
}

} // namespace kedge
