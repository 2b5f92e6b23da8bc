// Lists a git tree: files, sizes and findings. A subtree whose id did not move is taken over from the listing before,
// so a listing costs what changed. Leaves commits and blobs' texts to git_tree.
#pragma once
#include "model/snapshot.h"
#include "source/file_rules.h"
#include "source/git_object.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

struct ListedFile {
    std::string name;
    git_oid id;
    std::uint64_t size = 0;
};

struct ListedFolder {
    git_oid tree{};
    std::vector<ListedFile> files;
    std::vector<Finding> findings;
    std::map<std::string, ListedFolder> folders;
    std::size_t all_files = 0;   // here and below
    std::size_t all_entries = 0; // names looked at, here and below
};

// Why a listing ended early.
struct ListingProblem {
    enum class Kind { missing_object, too_many_files, too_many_entries } kind;
    std::string text;
};

class TreeLister final {
public:
    TreeLister(git_repository* repository, git_odb* objects, const FileRules& rules, const FileLimits& limits);
    // `before` is used up. Throws ListingProblem.
    ListedFolder list(const git_oid& tree, ListedFolder before);
    std::size_t subtrees_read() const { return subtrees_read_; }

private:
    ListedFolder walk(const git_oid& id, const std::string& path, ListedFolder* before, int depth);
    void add(ListedFolder& folder, const git_tree_entry* entry, const std::string& path, ListedFolder* before,
             int depth);
    void add_folder(ListedFolder& folder, const git_tree_entry* entry, const std::string& path, ListedFolder* before,
                    int depth);
    void add_file(ListedFolder& folder, const git_tree_entry* entry, const std::string& path);
    std::string link_target(const git_oid& id) const;
    void count(std::size_t files, std::size_t entries);

    git_repository* repository_;
    git_odb* objects_;
    const FileRules& rules_;
    const FileLimits& limits_;
    std::size_t files_ = 0;
    std::size_t entries_ = 0;
    std::size_t subtrees_read_ = 0;
};

// The flat form, sorted by path.
void flatten(const ListedFolder& folder, std::vector<FileEntry>& files, std::vector<Finding>& findings);

} // namespace kedge
