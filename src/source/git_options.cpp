#include "source/git_options.h"

#include "base/digest.h"
#include "base/failure.h"
#include "source/names.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace kedge {

namespace {

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// The part between "://" and the path.
std::string_view authority(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

[[noreturn]] void refuse(const GitSourceOptions& options, const std::string& cause, const std::string& hint) {
    throw Failure(NextAction::stop,
                  place_of(options) + ": check url \"" + shown_url(options.url) + "\": " + cause + "; " + hint);
}

[[noreturn]] void refuse_setting(const GitSourceOptions& options, const std::string& setting,
                                 const std::string& cause) {
    throw Failure(NextAction::stop, place_of(options) + ": check settings: " + setting + " " + cause);
}

void check_url(const GitSourceOptions& options) {
    const auto& url = options.url;
    if (url.empty() || has_control(url) || url[0] == '-')
        refuse(options, "it is not a url", "write https:// or ssh://");
    switch (transport_of(url)) {
    case GitTransport::unknown:
        refuse(options, "this transport is not allowed", "use https:// or ssh://");
    case GitTransport::http:
        if (!options.allow_http)
            refuse(options, "plain http is not allowed", "use https://, or allow insecure networks");
        [[fallthrough]];
    case GitTransport::https:
        if (authority(url).find('@') != std::string_view::npos) {
            refuse(options, "it holds a user name or password", "remove that part and set the token");
        }
        return;
    case GitTransport::ssh:
        if (authority(url).substr(0, authority(url).find('@')).find(':') != std::string_view::npos &&
            authority(url).find('@') != std::string_view::npos) {
            refuse(options, "it holds a password", "remove it and set an ssh key");
        }
        return;
    case GitTransport::local:
        if (!options.allow_local_path) {
            refuse(options, "local repositories are not allowed", "use https:// or ssh://, or allow local paths");
        }
    }
}

void check_credentials(const GitSourceOptions& options) {
    const auto transport = transport_of(options.url);
    const bool web = transport == GitTransport::https || transport == GitTransport::http;
    if (!web && (!options.token.empty() || !options.bearer.empty())) {
        refuse(options, "a token does not go with this transport", "use https://, or remove the token");
    }
    if (!options.token.empty() && !options.bearer.empty())
        refuse_setting(options, "token and bearer", "exclude each other");
    if (has_control(options.token.reveal()) || has_control(options.bearer.reveal()) || has_control(options.user)) {
        refuse_setting(options, "the token", "holds a line break or another control character");
    }
    if (options.user.find(':') != std::string::npos) refuse_setting(options, "the user name", "holds a colon");
    if (transport != GitTransport::ssh) return;
    if (options.ssh_key_file.empty()) refuse(options, "no ssh key file is set", "name the private key's file");
    if (options.known_hosts_file.empty()) {
        refuse(options, "no known_hosts file is set", "name a file with the server's host key (ssh-keyscan prints it)");
    }
    for (const auto& file : {options.ssh_key_file, options.known_hosts_file}) {
        if (has_control(file) || file.find('"') != std::string::npos) {
            refuse_setting(options, "the file name \"" + shown_name(file) + "\"",
                           "holds a quote or a control character");
        }
    }
}

bool is_ref_name(const std::string& name) {
    if (name.empty() || name[0] == '-' || name[0] == '/' || name[0] == '.' || name.back() == '/' || name.back() == '.')
        return false;
    if (has_control(name) || name.find_first_of(" ~^:?*[\\") != std::string::npos) return false;
    return name.find("..") == std::string::npos && name.find("//") == std::string::npos &&
           name.find("@{") == std::string::npos && !name.ends_with(".lock");
}

void check_ref(const GitSourceOptions& options) {
    const auto& ref = options.ref;
    const auto is_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
    switch (ref.kind) {
    case GitRefKind::default_branch:
        return;
    case GitRefKind::commit:
        if (ref.name.size() != 40 || !std::all_of(ref.name.begin(), ref.name.end(), is_hex)) {
            refuse_setting(options, "commit \"" + shown_name(ref.name) + "\"", "is not a full id of 40 hex digits");
        }
        return;
    case GitRefKind::branch:
    case GitRefKind::tag:
        if (!is_ref_name(ref.name)) {
            const std::string kind = ref.kind == GitRefKind::tag ? "tag" : "branch";
            refuse_setting(options, kind + " \"" + shown_name(ref.name) + "\"", "is not a name that git allows");
        }
    }
}

void check_path(const GitSourceOptions& options) {
    const std::string path = normal_folder(options.path);
    if (path.empty()) return;
    std::string_view rest = path;
    while (true) {
        const auto slash = rest.find('/');
        if (!name_problem(rest.substr(0, slash)).empty()) {
            refuse_setting(options, "path \"" + shown_name(options.path) + "\"",
                           "is not a folder inside the repository");
        }
        if (slash == std::string_view::npos) return;
        rest.remove_prefix(slash + 1);
    }
}

} // namespace

std::string place_of(const GitSourceOptions& options) {
    return options.name.empty() ? std::string("source") : "source " + options.name;
}

GitTransport transport_of(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme != std::string::npos) {
        const auto name = url.substr(0, scheme);
        if (name == "https") return GitTransport::https;
        if (name == "http") return GitTransport::http;
        if (name == "ssh") return GitTransport::ssh;
        if (name == "file") return GitTransport::local;
        return GitTransport::unknown;
    }
    const auto colon = url.find(':');
    if (colon == std::string::npos || url.find('/') < colon) return GitTransport::local;
    // `ext::command` would run a command; `host:path` is ssh.
    if (colon == 0 || (colon + 1 < url.size() && url[colon + 1] == ':')) return GitTransport::unknown;
    return GitTransport::ssh;
}

std::string shown_url(const std::string& url) {
    std::string text = url.substr(0, url.find_first_of("?#"));
    const auto scheme = text.find("://");
    const std::size_t start = scheme == std::string::npos ? 0 : scheme + 3;
    const auto end = text.find('/', start);
    const auto at = text.substr(0, end).rfind('@');
    if (at != std::string::npos && at >= start) text.erase(start, at + 1 - start);
    return shown_name(text);
}

std::string mirror_folder_name(const std::string& url) {
    std::string slug;
    for (const char c : shown_url(url)) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-';
        if (plain)
            slug += c;
        else if (!slug.empty() && slug.back() != '_')
            slug += '_';
    }
    while (!slug.empty() && (slug.front() == '.' || slug.front() == '-')) slug.erase(0, 1);
    if (slug.size() > 60) slug.erase(0, slug.size() - 60);
    return slug + "-" + sha256(url).short_hex();
}

std::string normal_folder(std::string path) {
    while (path.starts_with("./")) path.erase(0, 2);
    while (path.ends_with('/')) path.pop_back();
    return path == "." ? "" : path;
}

void check_git_options(const GitSourceOptions& options) {
    check_url(options);
    check_credentials(options);
    check_ref(options);
    check_path(options);
    if (options.mirror_directory.empty()) refuse_setting(options, "the mirror's folder", "is not set");
}

} // namespace kedge
