#include "source/git_source.h"

#include "base/failure.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t many_texts = 32;

bool is_releases(const FileEntry& file) {
    return file.path == ".kedge/releases";
}

} // namespace

GitSource::GitSource(GitSourceOptions options, Stop* stop)
    : GitSource(options, std::make_shared<GitRepository>(options, stop), Milliseconds(0)) {}

GitSource::GitSource(GitSourceOptions options, std::shared_ptr<GitRepository> repository, Milliseconds max_age)
    : options_(std::move(options)), repository_(std::move(repository)), max_age_(max_age) {
    options_.path = normal_folder(options_.path);
}

GitSource::~GitSource() {
    repository_->worker().settle(); // others may go on using it
}

Snapshot GitSource::list_now(const std::string& commit) {
    if (pinned_.empty() && commit == former_commit_) {
        folders_read_ = 0;
        auto again = former_;
        std::vector<Finding> listed;
        flatten(newest_.listed, again.files, listed);
        return again;
    }
    former_commit_.clear();
    auto newest = list_commit(commit, newest_);
    folders_read_ = repository_->tree().subtrees_read();
    if (pinned_.empty()) {
        auto files = std::exchange(newest.files, {});
        former_ = newest;
        former_commit_ = commit;
        newest.files = std::move(files);
        return newest;
    }
    const auto meant = repository_->tree().commit_of(pinned_);
    if (!meant) {
        throw Failure(NextAction::wait_for_change, place_of(options_) + ": go back to \"" + pinned_.substr(0, 12) +
                                                       "\": the repository does not hold that commit; `kedge resume` "
                                                       "follows the branch again");
    }
    auto pinned = list_commit(*meant, meant_);
    pinned.revision.tip = newest.revision.id;
    // A yes is always today's.
    std::erase_if(pinned.files, is_releases);
    for (const auto& file : newest.files) {
        if (!is_releases(file)) continue;
        pinned.files.push_back(file);
        pinned.content += " " + file.blob_id;
    }
    std::sort(pinned.files.begin(), pinned.files.end());
    return pinned;
}

Snapshot GitSource::list_commit(const std::string& commit, TreeMemory& memory) {
    TreeRequest request;
    request.commit = commit;
    request.folder = options_.path;
    request.branch = options_.ref.kind == GitRefKind::commit ? "" : options_.ref.name;
    request.include = options_.include;
    request.exclude = options_.exclude;
    request.limits = options_.limits;
    return repository_->tree().list(request, memory);
}

Task<Snapshot> GitSource::list(std::string commit) {
    auto work = [this, &commit] { return list_now(commit); };
    co_return co_await repository_->on_worker(repository_->tree(), std::move(work));
}

Task<Snapshot> GitSource::fetch() {
    check_git_options(options_);
    for (int attempt = 0;; ++attempt) {
        const auto called = std::chrono::steady_clock::now();
        std::exception_ptr failure;
        try {
            const auto fetched = co_await repository_->fetch(max_age_);
            auto snapshot = co_await list(fetched.commit);
            if (fetched.began < called) snapshot.age = std::chrono::ceil<Milliseconds>(called - fetched.began);
            co_return snapshot;
        } catch (const Failure&) {
            failure = std::current_exception();
        }
        // A mirror that turns out to lack objects is made anew once; a second time it is the repository that is broken.
        if (!repository_->damaged() || attempt > 0) std::rethrow_exception(failure);
    }
}

Task<std::vector<BlobText>> GitSource::read(const Snapshot&, std::vector<FileEntry> entries) {
    auto work = [this, &entries] {
        auto texts = repository_->tree().read(entries);
        if (texts.size() >= many_texts) repository_->tree().shed(); // opening it again costs less than it holds
        return texts;
    };
    co_return co_await repository_->on_worker(repository_->tree(), std::move(work));
}

Task<std::map<int, Commit>> GitSource::blame(const Snapshot& snapshot, std::string path, std::vector<int> lines) {
    const auto full = options_.path.empty() ? path : options_.path + "/" + path;
    auto ask = [this, commit = snapshot.revision.id, full, lines = std::move(lines)] {
        return repository_->tree().blame(commit, full, lines);
    };
    co_return co_await repository_->worker().run(std::move(ask));
}

Task<std::map<std::string, CommitReference>> GitSource::causes(const Snapshot& snapshot, std::string since,
                                                               std::vector<std::string> paths) {
    CauseRequest request;
    request.commit = snapshot.revision.id;
    request.since = std::move(since);
    request.folder = options_.path;
    request.paths = std::move(paths);
    auto walk = [this, &request] { return repository_->tree().causes(request); };
    co_return co_await repository_->worker().run(std::move(walk));
}

} // namespace kedge
