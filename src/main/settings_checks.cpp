#include "main/settings_checks.h"

#include "base/failure.h"
#include "io/origin.h"
#include "source/git_options.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace kedge {

namespace {

// As base/glob reads it: a `]` right behind the opening (or its negation) belongs to the set.
bool has_open_set(const std::string& glob) {
    for (std::size_t i = 0; i < glob.size(); ++i) {
        if (glob[i] != '[') continue;
        auto first = i + 1;
        if (first < glob.size() && (glob[first] == '!' || glob[first] == '^')) ++first;
        i = glob.find(']', first + 1);
        if (i == std::string::npos) return true;
    }
    return false;
}

std::string cause_of(const Failure& failure) {
    const std::string text = failure.what();
    const auto colon = text.rfind("\": ");
    return colon == std::string::npos ? text : text.substr(colon + 3);
}

bool is_full_commit(const std::string& id) {
    return id.size() == 40 && id.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

void check_transport(SettingsReader& reader, const std::string& pointer, const SourceSettings& source,
                     bool allow_insecure) {
    const std::string hint = "for a test on one's own machine: networks: {allow_insecure: true}";
    switch (transport_of(source.git)) {
    case GitTransport::unknown:
        reader.error(pointer + "/git", "this transport is not allowed", "use https:// or ssh://");
        break;
    case GitTransport::http:
        if (!allow_insecure) reader.error(pointer + "/git", "a repository by plain http is not allowed", hint);
        break;
    case GitTransport::local:
        if (!allow_insecure)
            reader.error(pointer + "/git", "a repository on this machine is not allowed",
                         "use https:// or ssh://, or \"folder\" for a plain folder; " + hint);
        break;
    case GitTransport::https:
    case GitTransport::ssh:
        break;
    }
}

// Every key that speaks of the other transport would be ignored.
void check_access(SettingsReader& reader, const std::string& pointer, const SourceSettings& source) {
    const auto transport = transport_of(source.git);
    const bool ssh = transport == GitTransport::ssh;
    const bool web = transport == GitTransport::https || transport == GitTransport::http;
    const auto refuse = [&](const char* key, const char* wants) {
        reader.error(pointer + "/" + key,
                     "\"" + std::string(key) + "\" goes with an " + wants + " URL only, and this one is none",
                     "change the URL, or take the key out");
    };
    if (!ssh && !source.ssh_key.empty()) refuse("ssh_key", "ssh");
    if (!ssh && !source.known_hosts.empty()) refuse("known_hosts", "ssh");
    if (!web && !source.token.scheme.empty()) refuse("token", "https");
    if (!web && !source.bearer.scheme.empty()) refuse("bearer", "https");
    if (!web && !source.user.empty()) refuse("user", "https");
    if (!web && !source.ca_file.empty()) refuse("ca_file", "https");
    if (!source.token.scheme.empty() && !source.bearer.scheme.empty())
        reader.error(pointer + "/bearer", "\"token\" and \"bearer\" exclude each other");
    if (!ssh) return;
    if (source.ssh_key.empty())
        reader.error(pointer + "/git", "an ssh URL needs \"ssh_key\"", "name the file of the private key");
    if (source.known_hosts.empty())
        reader.error(pointer + "/git", "an ssh URL needs \"known_hosts\"",
                     "name a file with the server's host key (ssh-keyscan prints it)");
}

void want_file(std::vector<Finding>& findings, const std::map<std::string, Finding>& at, const std::string& key,
               const std::string& path) {
    if (path.empty()) return;
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    const auto known = at.find(key);
    Finding finding = known == at.end() ? Finding() : known->second;
    if (!std::filesystem::exists(status))
        finding.message = "there is no file \"" + path + "\"";
    else if (std::filesystem::is_directory(status))
        finding.message = "\"" + path + "\" is a folder";
    else
        return;
    finding.hint = "\"" + key + "\" names a file; relative paths start at the folder of the settings";
    findings.push_back(std::move(finding));
}

} // namespace

void check_globs(SettingsReader& reader, const std::string& pointer, const std::vector<std::string>& globs) {
    for (std::size_t i = 0; i < globs.size(); ++i) {
        const auto at = pointer + "/" + std::to_string(i);
        if (globs[i].empty())
            reader.error(at, "an empty pattern fits nothing");
        else if (has_open_set(globs[i]))
            reader.error(at, "the `[` of this pattern is never closed", "write [a-z], or [[] for the character itself");
    }
}

void check_unit_path(SettingsReader& reader, const std::string& pointer, const std::string& path) {
    const auto parts = std::filesystem::path(path);
    const bool leaves = std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part == ".."; });
    if (parts.is_absolute() || leaves)
        reader.error(pointer, "\"path\" must be a folder inside the source",
                     "write it without a leading / and without ..");
    const auto glob = path.find_first_of("*?");
    if (glob == std::string::npos) return;
    const auto last = path.substr(0, glob).rfind('/');
    const auto name = path.substr(last == std::string::npos ? 0 : last + 1);
    if (name.find('/') != std::string::npos || name.find("**") != std::string::npos)
        reader.error(pointer, "only the last part of \"path\" may hold * or ?, and no **",
                     "`teams/*` makes one unit for each folder of teams");
}

void check_source(SettingsReader& reader, const std::string& pointer, const SourceSettings& source,
                  bool allow_insecure) {
    if (source.git.empty()) return;
    check_transport(reader, pointer, source, allow_insecure);
    check_access(reader, pointer, source);
    if (!source.commit.empty() && !is_full_commit(source.commit))
        reader.error(pointer + "/commit", "\"commit\" must be a full id of 40 hex digits",
                     "`git rev-parse` prints it; quote it where it is all digits");
}

void check_target(SettingsReader& reader, const std::string& pointer, const TargetSettings& target) {
    try {
        static_cast<void>(parse_origin(target.url));
    } catch (const Failure& failure) {
        reader.error(pointer + "/url", "\"url\" is no base URL: " + cause_of(failure),
                     "as in https://acme.truefoundry.cloud");
    }
    if (target.proxy.empty()) return;
    try {
        static_cast<void>(parse_proxy(target.proxy));
    } catch (const Failure& failure) {
        reader.error(pointer + "/proxy", "\"proxy\" is no proxy: " + cause_of(failure), "as in http://host:port");
    }
}

void check_options(SettingsReader& reader, const std::string& pointer, const TargetSettings& target) {
    try {
        static_cast<void>(make_dialect(target.provider, target.options));
    } catch (const std::invalid_argument& wrong) {
        reader.error(pointer, "\"" + target.provider + "\" does not take these settings: " + wrong.what());
    }
}

std::vector<Finding> check_files(const Settings& settings) {
    std::vector<Finding> findings;
    for (const auto& [name, source] : settings.sources) {
        want_file(findings, source.at, "ssh_key", source.ssh_key);
        want_file(findings, source.at, "known_hosts", source.known_hosts);
        want_file(findings, source.at, "ca_file", source.ca_file);
        std::error_code error;
        const auto status = std::filesystem::status(source.folder, error);
        if (source.folder.empty() || !std::filesystem::exists(status) || std::filesystem::is_directory(status))
            continue;
        const auto known = source.at.find("folder");
        Finding finding = known == source.at.end() ? Finding() : known->second;
        finding.message = "\"" + source.folder + "\" is no folder";
        finding.hint = "\"folder\" names the folder that the manifests are in";
        findings.push_back(std::move(finding));
    }
    for (const auto& [name, target] : settings.targets) want_file(findings, target.at, "ca_file", target.ca_file);
    return findings;
}

} // namespace kedge
