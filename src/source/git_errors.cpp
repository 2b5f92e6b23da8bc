#include "source/git_errors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace kedge {

namespace {

struct Sign {
    std::string_view text; // lower case
    GitProblem problem;
};

// In order: the first that occurs decides. What names its cause exactly comes before what only says that something
// ended.
constexpr std::array<Sign, 69> signs{{
    {"no space left on device", GitProblem::disk},
    {"disk quota exceeded", GitProblem::disk},
    {"read-only file system", GitProblem::disk},
    {"insufficient permission", GitProblem::disk},
    {"remote host identification has changed", GitProblem::host_key_changed},
    {"host key for ", GitProblem::host_key_changed},
    {"host key is known for", GitProblem::host_key_unknown},
    {"host key verification failed", GitProblem::host_key_unknown},
    {"no user exists for uid", GitProblem::no_user},
    {"unprotected private key file", GitProblem::ssh_key},
    {"load key ", GitProblem::ssh_key},
    {"not accessible: no such file", GitProblem::ssh_key},
    {"permission denied (", GitProblem::ssh_key},
    {"too many authentication failures", GitProblem::ssh_key},
    {"could not read username", GitProblem::credential},
    {"could not read password", GitProblem::credential},
    {"authentication failed", GitProblem::credential},
    {"access denied", GitProblem::credential},
    {"returned error: 401", GitProblem::credential},
    {"returned error: 403", GitProblem::credential},
    {"returned error: 404", GitProblem::no_repository},
    {"returned error: 410", GitProblem::no_repository},
    {"returned error: 301", GitProblem::moved},
    {"returned error: 302", GitProblem::moved},
    {"returned error: 307", GitProblem::moved},
    {"returned error: 308", GitProblem::moved},
    {"redirect", GitProblem::moved},
    {"returned error: 408", GitProblem::busy},
    {"returned error: 429", GitProblem::busy},
    {"returned error: 5", GitProblem::busy},
    {"error setting certificate", GitProblem::ca_file},
    {"problem with the ssl ca cert", GitProblem::ca_file},
    {"server certificate verification failed", GitProblem::certificate},
    {"ssl certificate problem", GitProblem::certificate},
    {"certificate subject name", GitProblem::certificate},
    {"no alternative certificate subject name", GitProblem::certificate},
    {"certificate has expired", GitProblem::certificate},
    {"' not allowed", GitProblem::forbidden},
    {"unable to find remote helper", GitProblem::forbidden},
    {"is not a git command", GitProblem::forbidden},
    {"dubious ownership", GitProblem::owner},
    {"couldn't find remote ref", GitProblem::no_ref},
    {"could not find remote ref", GitProblem::no_ref},
    {"not our ref", GitProblem::no_ref},
    {"unadvertised object", GitProblem::no_ref},
    {"repository not found", GitProblem::no_repository},
    {"' not found", GitProblem::no_repository},
    {"could not be found", GitProblem::no_repository},
    {"does not exist", GitProblem::no_repository},
    {"does not appear to be a git repository", GitProblem::no_repository},
    {"not valid: is this a git repository", GitProblem::no_repository},
    {"operation too slow", GitProblem::slow},
    {"timed out", GitProblem::slow},
    {"timeout", GitProblem::slow},
    {"not responding", GitProblem::slow},
    {"could not resolve", GitProblem::unreachable},
    {"name or service not known", GitProblem::unreachable},
    {"name resolution", GitProblem::unreachable},
    {"connection refused", GitProblem::unreachable},
    {"failed to connect", GitProblem::unreachable},
    {"couldn't connect", GitProblem::unreachable},
    {"network is unreachable", GitProblem::unreachable},
    {"no route to host", GitProblem::unreachable},
    {"connection reset", GitProblem::dropped},
    {"early eof", GitProblem::dropped},
    {"hung up", GitProblem::dropped},
    {"rpc failed", GitProblem::dropped},
    {"broken pipe", GitProblem::dropped},
    {"gnutls_handshake", GitProblem::dropped},
}};

constexpr std::array<std::string_view, 14> damage_signs{"is corrupt",
                                                        "is empty",
                                                        "index file corrupt",
                                                        "bad object",
                                                        "bad config",
                                                        "bad pack",
                                                        "pack has bad",
                                                        "missing blob",
                                                        "missing tree",
                                                        "packed-refs",
                                                        "did not send all necessary objects",
                                                        "unable to parse",
                                                        "cannot be accessed",
                                                        "bad ref"};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t start = 0;
    while (start < text.size()) {
        auto end = text.find_first_of("\r\n", start);
        if (end == std::string::npos) end = text.size();
        if (end > start) lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

std::string lower(std::string text) {
    const auto low = [](unsigned char c) { return static_cast<char>(std::tolower(c)); };
    std::transform(text.begin(), text.end(), text.begin(), low);
    return text;
}

// What git and ssh say themselves, without lines that the server wrote freely.
std::string own_lines(const std::string& errors) {
    std::string text;
    for (const auto& line : lines_of(errors)) {
        if (!line.starts_with("remote: ")) text += line + "\n";
    }
    return text;
}

GitProblem first_sign(const std::string& errors) {
    const std::string text = lower(errors);
    for (const auto& sign : signs) {
        if (text.find(sign.text) != std::string::npos) return sign.problem;
    }
    return GitProblem::other;
}

bool names_damage(const std::string& errors, const std::string& mirror) {
    for (const auto& line : lines_of(errors)) {
        if (line.find("not a git repository") != std::string::npos && line.find(mirror) != std::string::npos)
            return true;
        if (!line.starts_with("fatal: ") && !line.starts_with("error: ")) continue;
        const auto low = lower(line);
        if (low.find("remote error") != std::string::npos) continue;
        const auto occurs = [&](std::string_view sign) { return low.find(sign) != std::string::npos; };
        if (std::any_of(damage_signs.begin(), damage_signs.end(), occurs)) return true;
    }
    return false;
}

void take_out(std::string& text, const std::string& secret) {
    if (secret.empty()) return;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
        text.replace(at, secret.size(), "***");
    }
}

struct Meaning {
    NextAction next;
    std::string cause;
    std::string hint;
};

Meaning meaning_of_access(GitProblem problem, const GitSourceOptions& options) {
    const bool has_credential = !options.token.empty() || !options.bearer.empty();
    switch (problem) {
    case GitProblem::credential:
        if (!has_credential)
            return {NextAction::stop, "the server asks for a credential", "set a token for this source"};
        return {NextAction::stop, "the server refuses the token",
                "renew it, and check that it may read this repository"};
    case GitProblem::no_repository:
        return {NextAction::wait_for_change, "there is no such repository, or this credential may not see it",
                "correct the url, or give the credential read access"};
    case GitProblem::host_key_changed:
        return {NextAction::stop, "the server's ssh host key is not the known one",
                "somebody may be listening: compare the key with its owner, then correct " + options.known_hosts_file};
    case GitProblem::host_key_unknown:
        return {NextAction::stop, "the server's ssh host key is not in " + options.known_hosts_file,
                "compare the key with its owner, then add it"};
    case GitProblem::ssh_key:
        return {NextAction::stop, "the ssh key is refused or unusable",
                "register its public half with the server, and check that only its owner may read " +
                    options.ssh_key_file};
    case GitProblem::certificate:
        return {NextAction::stop, "the server's certificate cannot be verified",
                options.ca_file.empty() ? "set ca_file for this source if its authority is your own"
                                        : "check that " + options.ca_file + " holds its authority"};
    case GitProblem::ca_file:
        return {NextAction::stop, "the authorities in \"" + options.ca_file + "\" cannot be read", "check that file"};
    case GitProblem::moved:
        return {NextAction::wait_for_change, "the server redirects to another address",
                "write the repository's new url into the settings: redirects are not followed"};
    case GitProblem::forbidden:
        return {NextAction::stop, "this transport is not allowed or not installed", "use https:// or ssh://"};
    case GitProblem::owner:
        return {NextAction::stop, "the repository belongs to another user",
                "run kedge as its owner, or use https or ssh"};
    default:
        return {NextAction::stop, "ssh knows no user of this process's id",
                "give the container's user an entry in /etc/passwd"};
    }
}

Meaning meaning_of(GitProblem problem, const GitSourceOptions& options) {
    switch (problem) {
    case GitProblem::disk:
        return {NextAction::stop, "the mirror's disk is full or not writable",
                "make room at " + options.mirror_directory};
    case GitProblem::no_ref:
        return {NextAction::wait_for_change, "it has no such branch, tag or commit",
                "correct the settings, or push it"};
    case GitProblem::slow:
        return {NextAction::retry, "the server is silent or too slow", "it is tried again"};
    case GitProblem::unreachable:
        return {NextAction::retry, "the server cannot be reached", "it is tried again; check its name and the network"};
    case GitProblem::dropped:
        return {NextAction::retry, "the connection ended in the middle", "it is tried again"};
    case GitProblem::busy:
        return {NextAction::retry, "the server cannot answer now", "it is tried again"};
    case GitProblem::mirror_damaged:
        return {NextAction::retry, "the local mirror is damaged", "it is made anew; check the disk if this comes back"};
    case GitProblem::none:
    case GitProblem::other:
        return {NextAction::retry, "git failed", "it is tried again"};
    default:
        return meaning_of_access(problem, options);
    }
}

} // namespace

GitProblem classify_git_errors(const std::string& errors, const std::string& mirror) {
    const std::string own = own_lines(errors);
    const GitProblem problem = first_sign(own);
    if (problem == GitProblem::disk) return problem;
    if (names_damage(own, mirror)) return GitProblem::mirror_damaged;
    if (problem != GitProblem::other && problem != GitProblem::dropped) return problem;
    // Over ssh "could not be found" may stand in the server's own words only, beside a bare "hung up".
    const GitProblem theirs = first_sign(errors);
    return theirs == GitProblem::other ? problem : theirs;
}

std::string quoted_git_error(const std::string& errors, const GitSourceOptions& options) {
    std::string best;
    int best_rank = -1;
    for (const auto& line : lines_of(errors)) {
        const bool general = line.find("Could not read from remote") != std::string::npos;
        const int rank = general                       ? 1
                         : line.starts_with("fatal: ") ? 4
                         : line.starts_with("error: ") ? 3
                         : line.starts_with("@")       ? 0
                                                       : 2;
        if (rank <= best_rank) continue;
        best_rank = rank;
        best = line;
    }
    take_out(best, options.token.reveal());
    take_out(best, options.bearer.reveal());
    return scrub(best, 200);
}

Failure git_failure(GitProblem problem, const std::string& errors, const GitSourceOptions& options) {
    const Meaning meaning = meaning_of(problem, options);
    std::string quoted = quoted_git_error(errors, options);
    // Lines that would mislead: a refused token ends in a question for a user name, a changed key in capitals.
    const bool asks_for_name = quoted.find("could not read") != std::string::npos;
    if (asks_for_name || problem == GitProblem::host_key_changed) quoted.clear();
    std::string text = place_of(options) + ": fetch \"" + shown_url(options.url) + "\": " + meaning.cause;
    if (!quoted.empty()) text += " (git: " + quoted + ")";
    return {meaning.next, text + "; " + meaning.hint};
}

} // namespace kedge
