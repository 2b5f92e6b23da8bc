#include "source/worktree.h"

#include "base/failure.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace kedge {

namespace {

namespace files = std::filesystem;

struct Around {
    std::string git_directory;
    std::string folder;
    std::string commit;
};

// The repository that `folder` belongs to; nothing for none, a bare one, or one without a commit.
std::optional<Around> find_around(const std::string& folder) {
    git_repository* raw = nullptr;
    if (git_repository_open_ext(&raw, folder.c_str(), GIT_REPOSITORY_OPEN_CROSS_FS, nullptr) != 0) return std::nullopt;
    const GitPointer<git_repository> repository(raw);
    const char* top = git_repository_workdir(raw);
    if (top == nullptr) return std::nullopt;
    git_reference* head = nullptr;
    if (git_repository_head(&head, raw) != 0) return std::nullopt;
    const GitPointer<git_reference> owner(head);
    git_object* commit = nullptr;
    if (git_reference_peel(&commit, head, GIT_OBJECT_COMMIT) != 0) return std::nullopt;
    const GitPointer<git_object> commit_owner(commit);
    std::error_code error;
    const auto inside = files::path(folder).lexically_relative(files::canonical(top, error));
    if (error || inside.empty() || *inside.begin() == "..") return std::nullopt;
    Around around;
    around.git_directory = git_repository_commondir(raw); // of a linked worktree: where the objects are
    around.folder = inside == "." ? "" : inside.generic_string();
    around.commit = id_text(*git_object_id(commit));
    return around;
}

} // namespace

std::optional<Revision> Worktree::revision_of(const std::string& folder, const std::vector<FileEntry>& files,
                                              TreeRequest request) {
    const auto around = find_around(folder);
    if (!around) {
        tree_.reset();
        return std::nullopt;
    }
    if (!tree_ || git_directory_ != around->git_directory) {
        tree_ = std::make_unique<GitTree>(around->git_directory, place_);
        git_directory_ = around->git_directory;
    }
    folder_ = around->folder;
    request.commit = around->commit;
    request.folder = around->folder;
    try {
        auto committed = tree_->list(request);
        if (committed.files != files) return std::nullopt;
        return committed.revision;
    } catch (const Failure&) {
        return std::nullopt; // a folder that was never committed, or a repository that is being written: the files
                             // themselves count
    }
}

std::map<std::string, CommitReference> Worktree::causes(CauseRequest request) {
    if (!tree_) return {};
    request.folder = folder_;
    try {
        return tree_->causes(request);
    } catch (const Failure&) {
        return {};
    }
}

} // namespace kedge
