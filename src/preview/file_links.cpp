#include "preview/file_links.h"

#include <string_view>

namespace kedge {

namespace {

struct Addresses {
    std::string_view pull; // what follows the repository's address
    std::string_view file;
};

Addresses addresses_of(ForgeKind kind) {
    switch (kind) {
    case ForgeKind::github:
        return {"/pull/", "/blob/"};
    case ForgeKind::gitlab:
        return {"/-/merge_requests/", "/-/blob/"};
    case ForgeKind::gitea:
        break;
    }
    return {"/pulls/", "/src/commit/"};
}

bool is_hex(const std::string& text) {
    return text.size() >= 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

} // namespace

std::string file_link(ForgeKind kind, const PullRequest& pull) {
    const auto addresses = addresses_of(kind);
    const auto at = pull.url.rfind(addresses.pull);
    if (at == std::string::npos || !is_hex(pull.head_commit)) return {};
    // What the forge tells is no place to fill in.
    const auto repository = pull.url.substr(0, at);
    if (repository.find_first_of("{}") != std::string::npos) return {};
    return repository + std::string(addresses.file) + pull.head_commit + "/{path}#L{line}";
}

} // namespace kedge
