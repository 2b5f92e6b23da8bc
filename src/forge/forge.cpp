#include "forge/forge.h"

#include "base/remote_words.h"
#include "forge/gitea.h"
#include "forge/github.h"
#include "forge/gitlab.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

struct Attempt {
    std::string operator()(const AskAccount&) const { return "ask whose token it is"; }
    std::string operator()(const AskOpenPulls&) const { return "list open pull requests"; }
    std::string operator()(const AskPull& ask) const { return "read pull request " + std::to_string(ask.number); }
    std::string operator()(const AskFiles& ask) const {
        return "list the files of pull request " + std::to_string(ask.number);
    }
    std::string operator()(const AskComments& ask) const {
        return "list the comments of pull request " + std::to_string(ask.number);
    }
    std::string operator()(const PutComment& ask) const {
        return "put the comment of pull request " + std::to_string(ask.number);
    }
    std::string operator()(const WriteComment& ask) const {
        return "comment on pull request " + std::to_string(ask.number);
    }
    std::string operator()(const PutStatus& ask) const {
        return "set status \"" + words(ask.status.name, 100) + "\" of commit " + words(ask.status.commit, 12);
    }
    std::string operator()(const AskPermission& ask) const {
        return "ask what \"" + words(ask.user, 100) + "\" may do";
    }
    std::string operator()(const AskApprovals& ask) const {
        return "list the approvals of pull request " + std::to_string(ask.number);
    }
};

bool ends_like_an_api(std::string_view address) {
    return address.ends_with("/api/v1") || address.ends_with("/api/v3") || address.ends_with("/api/v4") ||
           address.starts_with("https://api.");
}

} // namespace

std::string_view to_text(ForgeKind kind) {
    switch (kind) {
    case ForgeKind::github:
        return "GitHub";
    case ForgeKind::gitlab:
        return "GitLab";
    case ForgeKind::gitea:
        break;
    }
    return "Gitea";
}

std::string attempt(const ForgeAsk& ask) {
    return std::visit(Attempt{}, ask);
}

std::unique_ptr<Forge> make_forge(ForgeOptions options) {
    switch (options.kind) {
    case ForgeKind::github:
        return make_github(std::move(options.repository), options.check_runs);
    case ForgeKind::gitlab:
        return make_gitlab(std::move(options.repository));
    case ForgeKind::gitea:
        break;
    }
    return make_gitea(std::move(options.repository));
}

// Published: GitHub's REST documentation for github.com, *.ghe.com and GitHub Enterprise Server.
std::string forge_api_url(ForgeKind kind, std::string_view address) {
    while (address.ends_with('/')) address.remove_suffix(1);
    std::string url(address);
    if (ends_like_an_api(address)) return url;
    if (kind == ForgeKind::gitlab) return url + "/api/v4";
    if (kind == ForgeKind::gitea) return url + "/api/v1";
    constexpr std::string_view scheme = "https://";
    const bool of_github =
        address.starts_with(scheme) && (address.ends_with("//github.com") || address.ends_with(".ghe.com"));
    if (of_github) return "https://api." + url.substr(scheme.size());
    return url + "/api/v3";
}

std::string comment_marker(std::string_view key) {
    std::string clean;
    for (const char c : key.substr(0, 200)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '_' ||
                           (c == '-' && !clean.ends_with('-'));
        if (plain) clean += c;
    }
    return "<!-- kedge:preview:" + clean + " -->";
}

} // namespace kedge
