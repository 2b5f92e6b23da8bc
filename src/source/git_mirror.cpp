#include "source/git_mirror.h"

#include "base/digest.h"
#include "source/git_environment.h"
#include "source/names.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace kedge {

namespace {

namespace files = std::filesystem;

// After this many small repacks a thorough one also drops what no ref leads to (force pushes), if it is two weeks old.
constexpr int repacks_before_gc = 10;

std::size_t count_packs(const std::string& repository) {
    std::error_code error;
    std::size_t packs = 0;
    for (files::directory_iterator entry(files::path(repository) / "objects" / "pack", error), end;
         !error && entry != end; entry.increment(error)) {
        if (entry->path().extension() == ".pack") ++packs;
    }
    return packs;
}

// The number of repacks since the last gc, in a file beside the mirror; an unreadable one counts as none.
int next_repack_number(const std::string& file) {
    int number = 0;
    std::ifstream(file) >> number;
    number = number < 0 || number >= repacks_before_gc ? 1 : number + 1;
    std::ofstream(file, std::ios::trunc) << number << "\n";
    return number;
}

bool exists(const files::path& path) {
    std::error_code error;
    return files::exists(path, error);
}

std::string ref_text(const GitRef& ref) {
    switch (ref.kind) {
    case GitRefKind::default_branch:
        return "HEAD";
    case GitRefKind::branch:
        return "refs/heads/" + ref.name;
    case GitRefKind::tag:
        return "refs/tags/" + ref.name;
    case GitRefKind::commit:
        break;
    }
    return ref.name;
}

std::string lower_case(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

// Branch names of `git ls-remote --heads`, at most eight.
std::string branch_names(const std::string& listing) {
    std::string names;
    std::size_t count = 0;
    std::size_t at = 0;
    constexpr std::string_view mark = "\trefs/heads/";
    while ((at = listing.find(mark, at)) != std::string::npos) {
        at += mark.size();
        const auto end = std::min(listing.find('\n', at), listing.size());
        if (++count <= 8) names += (names.empty() ? "\"" : ", \"") + shown_name(listing.substr(at, end - at)) + "\"";
    }
    return count > 8 ? names + " and " + std::to_string(count - 8) + " more" : names;
}

} // namespace

GitMirror::GitMirror(const GitSourceOptions& options, Worker& worker, Stop* stop)
    : options_(options), worker_(worker), stop_(stop), repository_(options.mirror_directory + "/repository.git"),
      home_(options.mirror_directory + "/home") {}

// One flat name for each wanted ref: branch `a` and, later, branch `a/b` cannot both be refs below one folder.
std::string GitMirror::local_ref() const {
    return "refs/kedge/" + sha256(ref_text(options_.ref)).hex().substr(0, 20);
}

std::string GitMirror::remote_url() const {
    if (transport_of(options_.url) != GitTransport::local || options_.url.starts_with("file://")) return options_.url;
    std::error_code error;
    const auto path = files::absolute(options_.url, error); // git runs in the mirror's folder
    return error ? options_.url : path.string();
}

void GitMirror::fail_timeout() const {
    throw Failure(NextAction::retry, place_of(options_) + ": fetch \"" + shown_url(options_.url) +
                                         "\": not done within " + format_duration(options_.deadline) +
                                         ", git was ended; it is tried again, a longer deadline may help");
}

void GitMirror::fail_stopped() const {
    throw Failure(NextAction::retry, place_of(options_) + ": fetch \"" + shown_url(options_.url) +
                                         "\": given up, because kedge was asked to end");
}

Task<ProcessResult> GitMirror::git(std::vector<std::string> arguments) {
    ProcessRequest request;
    request.arguments = {"git", "--git-dir=" + repository_};
    request.arguments.insert(request.arguments.end(), arguments.begin(), arguments.end());
    request.environment = git_environment(options_, home_);
    request.directory = options_.mirror_directory;
    request.deadline = options_.deadline;
    request.stop = stop_;
    request.most_output_bytes = 16 * 1024 * 1024;
    auto result = co_await run_process(std::move(request));
    errors_ = result.errors;
    if (result.stopped) fail_stopped();
    if (result.timed_out) fail_timeout();
    if (result.output_too_large) {
        throw Failure(NextAction::retry, place_of(options_) + ": fetch \"" + shown_url(options_.url) +
                                             "\": the server says more than 16 MiB beside its data; it is tried again");
    }
    co_return result;
}

Task<MirrorLock> GitMirror::lock() {
    std::error_code error;
    files::create_directories(home_, error);
    if (error) {
        throw Failure(NextAction::stop, place_of(options_) + ": make the mirror's folder \"" +
                                            options_.mirror_directory + "\": " + error.message() +
                                            "; kedge must be able to write there");
    }
    const std::string file = options_.mirror_directory + "/lock";
    const auto end = std::chrono::steady_clock::now() + options_.deadline;
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor);
    while (true) {
        auto taken = MirrorLock::try_take(file, place_of(options_));
        if (taken) co_return std::move(*taken);
        if (is_asked(stop_)) fail_stopped();
        if (std::chrono::steady_clock::now() >= end) break;
        timer.expires_after(std::chrono::milliseconds(50));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
    throw Failure(NextAction::retry, place_of(options_) + ": lock the mirror \"" + options_.mirror_directory +
                                         "\": another fetch has held it for " + format_duration(options_.deadline) +
                                         "; it is tried again");
}

void GitMirror::move_aside() {
    if (!exists(repository_)) return;
    const std::string old = options_.mirror_directory + "/damaged.git";
    std::error_code error;
    files::remove_all(old, error);
    files::rename(repository_, old, error);
    if (error) files::remove_all(repository_, error);
}

Task<void> GitMirror::make_repository() {
    if (exists(repository_ + "/HEAD") && exists(repository_ + "/objects")) co_return;
    move_aside(); // what a killed init left
    std::vector<std::string> arguments = {"init", "--bare", "--quiet", "--template="};
    const auto result = co_await git(std::move(arguments));
    if (result.exit_code == 0) co_return;
    const auto problem = classify_git_errors(errors_, repository_);
    throw git_failure(problem == GitProblem::disk ? problem : GitProblem::other, errors_, options_);
}

Task<GitProblem> GitMirror::fetch(std::vector<std::string> flags, std::string refspec) {
    std::vector<std::string> arguments = {"fetch",
                                          "--quiet",
                                          "--no-tags",
                                          "--no-recurse-submodules",
                                          "--no-write-fetch-head",
                                          "--no-auto-maintenance",
                                          "--update-shallow"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    arguments.insert(arguments.end(), {"--", remote_url(), refspec});
    const auto result = co_await git(std::move(arguments));
    if (result.exit_code == 0) co_return GitProblem::none;
    if (errors_.empty()) errors_ = "git ended with code " + std::to_string(result.exit_code);
    co_return classify_git_errors(errors_, repository_);
}

Task<bool> GitMirror::has_commit(std::string id) {
    std::vector<std::string> arguments = {"cat-file", "-e", id + "^{commit}"};
    const auto result = co_await git(std::move(arguments));
    co_return result.exit_code == 0;
}

Task<GitProblem> GitMirror::fetch_commit(std::string id, std::string local) {
    std::string refspec = "+" + id + ":" + local;
    std::vector<std::string> no_flags;
    const auto problem = co_await fetch(no_flags, std::move(refspec));
    if (problem != GitProblem::no_ref) co_return problem;
    // Servers may refuse a bare id: then everything is fetched that it could be part of.
    const std::string refusal = errors_;
    std::vector<std::string> prune = {"--prune"};
    std::string everything = "+refs/heads/*:refs/kedge-all/heads/*";
    const auto second = co_await fetch(prune, std::move(everything));
    if (second != GitProblem::none) co_return second;
    const bool found = co_await has_commit(id);
    errors_ = refusal;
    co_return found ? GitProblem::none : GitProblem::no_ref;
}

Task<GitProblem> GitMirror::fetch_wanted() {
    if (options_.ref.kind == GitRefKind::commit) {
        // A commit never changes: what is here needs no server.
        auto id = lower_case(options_.ref.name);
        const bool here = co_await has_commit(id);
        if (here) co_return GitProblem::none;
        auto local = local_ref();
        co_return co_await fetch_commit(std::move(id), std::move(local));
    }
    std::vector<std::string> no_flags;
    std::string refspec = "+" + ref_text(options_.ref) + ":" + local_ref();
    co_return co_await fetch(std::move(no_flags), std::move(refspec));
}

// An empty repository and a branch that is gone look the same to fetch.
Task<void> GitMirror::fail_missing_ref() {
    const std::string missing = errors_;
    const std::string attempt = place_of(options_) + ": fetch \"" + shown_url(options_.url) + "\": ";
    std::vector<std::string> arguments = {"ls-remote", "--heads", "--", remote_url()};
    const auto result = co_await git(std::move(arguments));
    if (result.exit_code != 0) throw git_failure(GitProblem::no_ref, missing, options_);
    const std::string names = branch_names(result.output);
    if (names.empty()) {
        throw Failure(NextAction::wait_for_change, attempt + "the repository is empty; push a first commit");
    }
    if (options_.ref.kind == GitRefKind::commit) {
        throw Failure(NextAction::wait_for_change, attempt + "it has no commit " + options_.ref.name.substr(0, 12) +
                                                       "; correct the settings, or push it");
    }
    const std::string what = options_.ref.kind == GitRefKind::tag              ? "tag \"" + options_.ref.name + "\""
                             : options_.ref.kind == GitRefKind::default_branch ? std::string("default branch")
                                                                               : "branch \"" + options_.ref.name + "\"";
    throw Failure(NextAction::wait_for_change,
                  attempt + "it has no " + what + "; its branches are " + names + ": correct the settings, or push it");
}

// Fetches leave packs. A few big ones are kept and the small ones put together; whatever goes wrong here is tried again
// later.
Task<void> GitMirror::keep_small() {
    if (count_packs(repository_) <= options_.most_packs) co_return;
    const int number = next_repack_number(options_.mirror_directory + "/repacks");
    std::vector<std::string> arguments = {"repack", "-d", "-q", "--geometric=2"};
    if (number == repacks_before_gc) arguments = {"gc", "--quiet", "--prune=2.weeks.ago"};
    try {
        co_await git(std::move(arguments));
    } catch (const Failure&) {
        co_return; // the fetch itself went well
    }
}

Task<void> GitMirror::set_aside() {
    const MirrorLock held = co_await lock();
    auto move = [this] { move_aside(); };
    co_await worker_.run(std::move(move));
}

// For the holder of the lock.
Task<void> GitMirror::make_ready() {
    auto sweep = [this] { remove_leftovers(repository_); };
    co_await worker_.run(std::move(sweep));
    co_await make_repository();
}

Task<std::string> GitMirror::update() {
    const MirrorLock held = co_await lock();
    co_await make_ready();
    auto problem = co_await fetch_wanted();
    if (problem == GitProblem::mirror_damaged) {
        auto move = [this] { move_aside(); };
        co_await worker_.run(std::move(move));
        co_await make_repository();
        problem = co_await fetch_wanted();
    }
    if (problem == GitProblem::no_ref) co_await fail_missing_ref();
    if (problem != GitProblem::none) throw git_failure(problem, errors_, options_);
    co_await keep_small();
    co_return options_.ref.kind == GitRefKind::commit ? lower_case(options_.ref.name) : local_ref();
}

} // namespace kedge
