// The part of git_mirror that fetches what is not followed: heads of pull requests, and what the default branch is.
#include "base/digest.h"
#include "source/git_mirror.h"
#include "source/merging.h"
#include "source/names.h"

#include <sstream>
#include <utility>
#include <vector>

namespace kedge {

namespace {

// Refs below it only make the next fetch of the same head small; a head that is asked for again comes again.
const std::string heads_folder = "refs/kedge-pulls/";

bool is_full_id(const std::string& text) {
    return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

} // namespace

void GitMirror::fail_missing_head(const std::string& wanted) const {
    const auto what = is_full_id(wanted) ? "commit " + wanted.substr(0, 12) : "\"" + wanted + "\"";
    throw Failure(NextAction::wait_for_change,
                  place_of(options_) + ": fetch \"" + shown_url(options_.url) + "\": it has no " + what +
                      "; the pull request may be gone, or come from a repository that this "
                      "one knows nothing of");
}

// The oldest commits go first.
Task<void> GitMirror::drop_old_heads(std::string newest) {
    std::vector<std::string> list = {"for-each-ref", "--sort=committerdate", "--format=%(refname)", heads_folder};
    const auto listed = co_await git(std::move(list));
    const auto names = lines_of(listed.output);
    std::size_t left = names.size();
    for (const auto& name : names) {
        if (left <= options_.most_heads) co_return;
        if (name == newest || !name.starts_with(heads_folder)) continue;
        std::vector<std::string> drop = {"update-ref", "-d", name};
        co_await git(std::move(drop));
        --left;
    }
}

Task<std::string> GitMirror::fetch_head(std::string wanted) {
    const bool by_id = is_full_id(wanted);
    if (!by_id && !is_pull_ref(wanted)) {
        throw Failure(NextAction::stop, place_of(options_) + ": fetch \"" + shown_name(wanted) +
                                            "\": it is neither the head of a pull request nor a full commit id");
    }
    const MirrorLock held = co_await lock();
    co_await make_ready();
    const auto local = heads_folder + sha256(wanted).hex().substr(0, 20);
    GitProblem problem = GitProblem::none;
    if (by_id) {
        const bool here = co_await has_commit(wanted);
        if (here) co_return wanted;
        problem = co_await fetch_commit(wanted, local);
    } else {
        std::vector<std::string> no_flags;
        std::string refspec = "+" + wanted + ":" + local;
        problem = co_await fetch(std::move(no_flags), std::move(refspec));
    }
    if (problem == GitProblem::no_ref) fail_missing_head(wanted);
    if (problem != GitProblem::none) throw git_failure(problem, errors_, options_);
    co_await drop_old_heads(local);
    co_await keep_small();
    co_return by_id ? wanted : local;
}

Task<std::string> GitMirror::default_branch() {
    const MirrorLock held = co_await lock();
    co_await make_ready();
    std::vector<std::string> arguments = {"ls-remote", "--symref", "--", remote_url(), "HEAD"};
    const auto result = co_await git(std::move(arguments));
    if (result.exit_code != 0) throw git_failure(classify_git_errors(errors_, repository_), errors_, options_);
    constexpr std::string_view begin = "ref: refs/heads/";
    for (const auto& line : lines_of(result.output)) {
        const auto tab = line.find('\t');
        if (line.starts_with(begin) && tab != std::string::npos && line.substr(tab + 1) == "HEAD")
            co_return line.substr(begin.size(), tab - begin.size());
    }
    throw Failure(NextAction::wait_for_change, place_of(options_) + ": ask \"" + shown_url(options_.url) +
                                                   "\" for its default branch: it does not say; name the branch in the "
                                                   "settings");
}

} // namespace kedge
