// The git repository around a plain folder, if there is one: which commit its files are equal to. Reading only;
// blocking.
#pragma once
#include "model/snapshot.h"
#include "source/git_tree.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

class Worktree final {
public:
    explicit Worktree(std::string place) : place_(std::move(place)) {}

    // The revision of HEAD, where its tree has exactly `files` for `folder`; nothing where there is no repository, or
    // where the files were edited. `request` brings the patterns and limits that made `files`.
    std::optional<Revision> revision_of(const std::string& folder, const std::vector<FileEntry>& files,
                                        TreeRequest request);

    // As GitTree::causes, in the repository of the last revision; empty without one.
    std::map<std::string, CommitReference> causes(CauseRequest request);

private:
    std::string place_;
    GitLibrary library_;
    std::string git_directory_;
    std::string folder_; // of the source inside the worktree
    std::unique_ptr<GitTree> tree_;
};

} // namespace kedge
