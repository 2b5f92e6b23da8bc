// What a git source is made from: values, checked once by check_git_options.
#pragma once
#include "base/duration.h"
#include "base/secret.h"
#include "source/file_rules.h"

#include <string>
#include <vector>

namespace kedge {

enum class GitRefKind { default_branch, branch, tag, commit };

struct GitRef {
    GitRefKind kind = GitRefKind::default_branch;
    std::string name; // a commit: all 40 hex digits

    auto operator<=>(const GitRef&) const = default;
};

struct GitSourceOptions {
    std::string name; // in messages: `source NAME: ...`
    std::string url;  // https://, ssh://, user@host:path; http:// and local paths where allowed below
    GitRef ref;
    std::string path;             // the source folder inside the repository; empty for all of it
    std::string mirror_directory; // made when absent; several sources of one url may share it, also between processes

    Secret token;                        // https, basic authentication
    std::string user = "x-access-token"; // its user name
    Secret bearer;                       // https, instead of token
    std::string ssh_key_file;
    std::string known_hosts_file;
    std::string ca_file; // for this repository alone; empty: the system's

    bool allow_local_path = false;
    bool allow_http = false; // plain http://

    std::vector<std::string> include; // globs; empty: all listed files
    std::vector<std::string> exclude; // patterns as in .kedgeignore
    Milliseconds deadline{120000};    // for one fetch
    FileLimits limits;
    std::size_t most_packs = 50;  // beyond it the mirror is repacked
    std::size_t most_heads = 200; // of pull requests whose refs are kept
};

enum class GitTransport { https, http, ssh, local, unknown };

GitTransport transport_of(const std::string& url);
// For messages: without user names, passwords and query.
std::string shown_url(const std::string& url);
// A folder name for the mirror of this url: readable, unique, safe.
std::string mirror_folder_name(const std::string& url);

// Throws Failure(stop) with the first mistake: transport, credentials that do not fit it, ref and path spelling.
void check_git_options(const GitSourceOptions& options);
// "" for ".", "./" and "/" endings removed.
std::string normal_folder(std::string path);
// What every message of this source starts with: `source NAME`.
std::string place_of(const GitSourceOptions& options);

} // namespace kedge
