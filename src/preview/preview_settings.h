// What the `previews` block of the settings says, as values: which pull requests of which repositories are previewed,
// and as whom kedge speaks to their forges.
#pragma once
#include "base/duration.h"
#include "forge/forge.h"

#include <string>
#include <vector>

namespace kedge {

// "env" or "file", and which; empty: none was given.
struct PreviewCredential {
    std::string scheme;
    std::string name;

    bool empty() const { return scheme.empty(); }
    bool operator==(const PreviewCredential&) const = default;
};

// An installed GitHub App, in place of a token.
struct PreviewApp {
    std::string id; // empty: there is none
    std::string installation;
    PreviewCredential key; // PEM

    bool operator==(const PreviewApp&) const = default;
};

struct PreviewRepository {
    std::string repository;             // as the forge calls it: "owner/name", "group/sub/name"
    std::string source;                 // configured name of the git source that it is
    bool comment = true;                // false: only the status
    std::string status = "kedge";       // name of the status
    std::vector<std::string> forks{};   // globs of repositories whose pull requests are previewed though they are forks
    bool rehearse = false;              // for trusted ones the control plane is asked to check
    std::vector<std::string> trusted{}; // globs of authors; empty: whoever may push, so no fork
    bool release_by_author = false;     // of the pull request

    bool operator==(const PreviewRepository&) const = default;
};

struct PreviewForgeSettings {
    std::string name;
    ForgeKind kind = ForgeKind::github;
    std::string url; // as people open it in a browser, without an end of /
    PreviewCredential token;
    PreviewApp app;
    std::string ca_file; // PEM; empty: the system's
    std::string proxy;   // empty: from the environment
    std::vector<PreviewRepository> repositories;

    bool operator==(const PreviewForgeSettings&) const = default;
};

struct PreviewSettings {
    std::vector<PreviewForgeSettings> forges; // empty: nothing is previewed
    Milliseconds poll{300'000};               // the net below the events: how often open pull requests are looked for
    std::string page; // where people reach this kedge, without an end of /; empty: comments name no page

    bool operator==(const PreviewSettings&) const = default;
};

} // namespace kedge
