#include "source/git_merging.h"

#include "base/failure.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace kedge {

namespace {

// Pull requests come in crowds after a push: one fetch of the base serves those that come together.
constexpr Milliseconds base_age{1000};
constexpr std::chrono::minutes default_branch_age{10};

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 9 && text.front() != '0' &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

bool is_pull_ref(const std::string& ref) {
    constexpr std::string_view end = "/head";
    for (const std::string_view begin : {"refs/pull/", "refs/merge-requests/"}) {
        if (!ref.starts_with(begin) || !ref.ends_with(end) || ref.size() < begin.size() + end.size()) continue;
        return is_number(std::string_view(ref).substr(begin.size(), ref.size() - begin.size() - end.size()));
    }
    return false;
}

GitMerging::GitMerging(GitSourceOptions options, std::shared_ptr<GitRepository> repository)
    : options_(std::move(options)), repository_(std::move(repository)),
      tree_(options_.mirror_directory + "/repository.git", place_of(options_), GitTree::NewObjects::in_memory) {}

GitMerging::~GitMerging() {
    repository_->worker().settle();
}

Task<bool> GitMerging::follows(std::string branch) {
    if (options_.ref.kind == GitRefKind::branch) co_return options_.ref.name == branch;
    if (options_.ref.kind != GitRefKind::default_branch) co_return false; // a tag and a commit stay where they are
    const auto now = std::chrono::steady_clock::now();
    if (default_branch_.empty() || now - asked_ > default_branch_age) {
        default_branch_ = co_await repository_->default_branch();
        asked_ = now;
    }
    co_return default_branch_ == branch;
}

// A forge may tell of a push a moment before its ref shows it.
Task<std::string> GitMerging::head_commit(PullHead head) {
    auto wanted = head.ref.empty() ? head.commit : head.ref;
    const auto commit = co_await repository_->fetch_head(std::move(wanted));
    if (head.commit.empty() || head.commit == commit) co_return commit;
    auto look = [this, id = head.commit] { return tree_.commit_of(id).has_value(); };
    const bool is_older = co_await repository_->on_worker(tree_, std::move(look));
    if (is_older) co_return head.commit;
    throw Failure(NextAction::retry, place_of(options_) + ": fetch \"" + head.ref + "\": it leads to " +
                                         commit.substr(0, 12) + ", not yet to " + head.commit.substr(0, 12) +
                                         "; it is tried again");
}

Task<Merge> GitMerging::merge(PullHead head) {
    check_git_options(options_);
    const auto base = co_await repository_->fetch(base_age);
    auto forget = [this] {
        tree_.close();
        return true;
    };
    co_await repository_->on_worker(tree_, std::move(forget));
    const auto head_id = co_await head_commit(std::move(head));
    auto work = [this, &base, &head_id] { return tree_.merge(base.commit, head_id); };
    co_return co_await repository_->on_worker(tree_, std::move(work));
}

Task<void> GitMerging::rest() {
    auto forget = [this] {
        tree_.close();
        return true;
    };
    co_await repository_->on_worker(tree_, std::move(forget));
}

GitMergedFolder::GitMergedFolder(GitSourceOptions options, std::shared_ptr<GitMerging> merging)
    : options_(std::move(options)), merging_(std::move(merging)) {
    options_.path = normal_folder(options_.path);
}

Task<Snapshot> GitMergedFolder::fetch() {
    TreeRequest request;
    request.commit = merge_.head_commit;
    request.tree = merge_.tree;
    request.folder = options_.path;
    request.branch = options_.ref.name;
    request.include = options_.include;
    request.exclude = options_.exclude;
    request.limits = options_.limits;
    auto work = [this, &request] {
        auto snapshot = merging_->tree().list(request, memory_);
        folders_read_ = merging_->tree().subtrees_read();
        return snapshot;
    };
    co_return co_await merging_->repository().on_worker(merging_->tree(), std::move(work));
}

Task<std::vector<BlobText>> GitMergedFolder::read(const Snapshot&, std::vector<FileEntry> entries) {
    auto work = [this, &entries] { return merging_->tree().read(entries); };
    co_return co_await merging_->repository().on_worker(merging_->tree(), std::move(work));
}

Task<std::map<std::string, CommitReference>> GitMergedFolder::causes(const Snapshot&, std::string,
                                                                     std::vector<std::string> paths) {
    CauseRequest request;
    request.commit = merge_.head_commit;
    request.since = merge_.base_commit;
    request.folder = options_.path;
    request.paths = std::move(paths);
    auto walk = [this, &request] { return merging_->tree().causes(request); };
    co_return co_await merging_->repository().on_worker(merging_->tree(), std::move(walk));
}

} // namespace kedge
