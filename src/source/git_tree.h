// Reads a git repository through libgit2: which commit a ref names, the files of a folder at a commit, their texts, the
// commits that touched them, what a merge gives. Blocking: called on one worker thread. Never writes to disk, never
// opens a connection.
#pragma once
#include "model/snapshot.h"
#include "source/file_rules.h"
#include "source/git_object.h"
#include "source/merging.h"
#include "source/source.h"
#include "source/tree_listing.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct TreeRequest {
    std::string commit; // 40 hex digits
    std::string folder; // "" for the whole tree
    std::string branch; // goes into the revision as it is
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    FileLimits limits;
    std::string tree{}; // id of a whole tree to list in place of the commit's; the revision is the commit's
};

// The last listing of one folder: what did not move is taken from it. Belongs to whoever lists that folder again.
struct TreeMemory {
    ListedFolder listed;
    std::string under; // folder and patterns that `listed` belongs to
};

struct CauseRequest {
    std::string commit;
    std::string since; // empty or unknown: as far as the bounds reach
    std::string folder;
    std::vector<std::string> paths; // relative to `folder`
    std::size_t most_commits = 1000;
    Milliseconds most_time{2000};
};

class GitTree final {
public:
    // Where objects go that a merge makes.
    enum class NewObjects { none, in_memory };
    // `place` starts every message ("source platform"). Nothing is opened yet.
    GitTree(std::string directory, std::string place, NewObjects new_objects = NewObjects::none);

    // The commit that a ref, a full id or its first digits (7 at least) lead to, through tags; nothing where there is
    // none. Failure(wait_for_change): several ids begin so.
    std::optional<std::string> commit_of(const std::string& ref_or_id);
    // Failure(wait_for_change): no such folder, too many files. Failure(retry): an object is missing (damaged() says
    // so).
    Snapshot list(const TreeRequest& request, TreeMemory& memory);
    Snapshot list(const TreeRequest& request) { return list(request, memory_); }
    // Names of the folders in a folder ("" for the root); none where it is not there.
    std::vector<std::string> folders(const std::string& commit, const std::string& folder);
    // Failure(retry): a blob is missing.
    std::vector<BlobText> read(const std::vector<FileEntry>& files);
    // The newest commit after `since` that gave each path what it holds; a merge counts only where it differs from all
    // its parents.
    std::map<std::string, CommitReference> causes(const CauseRequest& request);

    // Who wrote each of these lines of a file (its path from the root of the tree). Bounded by the file alone: for a
    // person who waits.
    std::map<int, Commit> blame(const std::string& commit, const std::string& path, const std::vector<int>& lines);

    // Merges a commit into another. Only with NewObjects::in_memory: what it makes is there until close().
    // Failure(retry): an object is missing.
    Merge merge(const std::string& base, const std::string& head);

    // Lets go of the repository's files; the next call opens it anew.
    void close();
    // The same, but what was listed stays known. Once much was read: libgit2 keeps the bases of deltas, up to 16 MiB of
    // each pack, for as long as the pack is open.
    void shed();
    // The last failure was the repository's own: an object that must be there is not.
    bool damaged() const { return damaged_; }
    std::size_t subtrees_read() const { return subtrees_read_; } // by the last list()

private:
    void open();
    std::optional<std::string> id_that_begins(const std::string& digits);
    GitPointer<git_commit> commit(const std::string& id);
    git_oid folder_tree(git_commit* commit, const TreeRequest& request);
    void merge_trees(git_commit* base, git_commit* head, Merge& merge);
    std::string write_tree(git_index* index);
    std::string ignore_file(const git_oid& tree, const FileLimits& limits, std::vector<Finding>& findings);
    [[noreturn]] void fail_damaged(const std::string& attempt, const std::string& cause);
    [[noreturn]] void fail_listing(const TreeRequest& request, const ListingProblem& problem);

    GitLibrary library_;
    std::string directory_;
    std::string place_;
    NewObjects new_objects_;
    GitPointer<git_repository> repository_;
    GitPointer<git_odb> objects_;
    TreeMemory memory_;
    bool damaged_ = false;
    std::size_t subtrees_read_ = 0;
};

} // namespace kedge
