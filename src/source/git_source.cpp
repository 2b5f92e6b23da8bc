#include "source/git_source.h"

#include "base/failure.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace kedge {

GitSource::GitSource(GitSourceOptions options, Stop* stop)
    : options_(std::move(options)), tree_(options_.mirror_directory + "/repository.git", place_of(options_)),
      mirror_(options_, worker_, stop) {
    options_.path = normal_folder(options_.path);
}

Snapshot GitSource::list_now(const std::string& ref) {
    const auto commit = tree_.commit_of(ref);
    if (!commit) {
        throw Failure(NextAction::wait_for_change, place_of(options_) + ": read \"" + options_.ref.name +
                                                       "\": it does not lead to a commit; correct the settings");
    }
    auto newest = list_commit(*commit);
    if (pinned_.empty()) return newest;
    const auto meant = tree_.commit_of(pinned_);
    if (!meant) {
        throw Failure(NextAction::wait_for_change, place_of(options_) + ": go back to \"" + pinned_.substr(0, 12) +
                                                       "\": the repository does not hold that commit; `kedge resume` "
                                                       "follows the branch again");
    }
    auto pinned = list_commit(*meant);
    pinned.revision.tip = newest.revision.id;
    // A yes is always today's.
    const auto is_releases = [](const FileEntry& file) { return file.path == ".kedge/releases"; };
    std::erase_if(pinned.files, is_releases);
    std::copy_if(newest.files.begin(), newest.files.end(), std::back_inserter(pinned.files), is_releases);
    std::sort(pinned.files.begin(), pinned.files.end());
    return pinned;
}

Snapshot GitSource::list_commit(const std::string& commit) {
    TreeRequest request;
    request.commit = commit;
    request.folder = options_.path;
    request.branch = options_.ref.kind == GitRefKind::commit ? "" : options_.ref.name;
    request.include = options_.include;
    request.exclude = options_.exclude;
    request.limits = options_.limits;
    return tree_.list(request);
}

Task<Snapshot> GitSource::list_mirror(std::string ref) {
    auto list = [this, &ref] {
        try {
            return list_now(ref);
        } catch (const Failure&) {
            damaged_ = tree_.damaged();
            throw;
        }
    };
    co_return co_await worker_.run(std::move(list));
}

Task<Snapshot> GitSource::fetch() {
    check_git_options(options_);
    for (int attempt = 0;; ++attempt) {
        if (damaged_) {
            auto let_go = [this] { tree_.close(); };
            co_await worker_.run(std::move(let_go));
            co_await mirror_.set_aside();
            damaged_ = false;
        }
        auto ref = co_await mirror_.update();
        std::exception_ptr failure;
        try {
            co_return co_await list_mirror(std::move(ref));
        } catch (const Failure&) {
            failure = std::current_exception();
        }
        // A mirror that turns out to lack objects is made anew once; a second time it is the repository that is broken.
        if (!damaged_ || attempt > 0) std::rethrow_exception(failure);
    }
}

Task<std::vector<BlobText>> GitSource::read(const Snapshot&, std::vector<FileEntry> entries) {
    auto read_blobs = [this, &entries] {
        try {
            return tree_.read(entries);
        } catch (const Failure&) {
            damaged_ = tree_.damaged();
            throw;
        }
    };
    co_return co_await worker_.run(std::move(read_blobs));
}

Task<std::map<int, Commit>> GitSource::blame(const Snapshot& snapshot, std::string path, std::vector<int> lines) {
    const auto full = options_.path.empty() ? path : options_.path + "/" + path;
    auto ask = [this, commit = snapshot.revision.id, full, lines = std::move(lines)] {
        return tree_.blame(commit, full, lines);
    };
    co_return co_await worker_.run(std::move(ask));
}

Task<std::map<std::string, CommitReference>> GitSource::causes(const Snapshot& snapshot, std::string since,
                                                               std::vector<std::string> paths) {
    CauseRequest request;
    request.commit = snapshot.revision.id;
    request.since = std::move(since);
    request.folder = options_.path;
    request.paths = std::move(paths);
    auto walk = [this, &request] { return tree_.causes(request); };
    co_return co_await worker_.run(std::move(walk));
}

} // namespace kedge
