// The part of git_tree that merges two commits, in memory.
#include "base/failure.h"
#include "source/git_tree.h"
#include "source/names.h"

#include <set>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_conflicts = 100;   // that are named
constexpr std::size_t most_entries = 500'000; // of what merging gives
// Beyond so many files on a side nobody guesses which of them were renamed and edited; equal ones are still found.
constexpr unsigned most_renames = 400;

// The paths that a person would have to settle: of a rename, each name it has.
void note_conflicts(git_index* index, Merge& merge) {
    git_index_conflict_iterator* raw = nullptr;
    if (git_index_conflict_iterator_new(&raw, index) != 0) return;
    const GitPointer<git_index_conflict_iterator> conflicts(raw);
    std::set<std::string> paths;
    const git_index_entry* ancestor = nullptr;
    const git_index_entry* ours = nullptr;
    const git_index_entry* theirs = nullptr;
    while (git_index_conflict_next(&ancestor, &ours, &theirs, raw) == 0) {
        for (const auto* entry : {ancestor, ours, theirs}) {
            if (entry != nullptr) paths.insert(shown_name(entry->path));
        }
    }
    for (const auto& path : paths) {
        if (merge.conflicts.size() < most_conflicts)
            merge.conflicts.push_back(path);
        else
            ++merge.more_conflicts;
    }
}

} // namespace

std::string GitTree::write_tree(git_index* index) {
    git_oid tree;
    if (git_index_write_tree_to(&tree, index, repository_.get()) != 0)
        fail_damaged("make a tree of a merge", git_error_text());
    return id_text(tree);
}

void GitTree::merge_trees(git_commit* base, git_commit* head, Merge& merge) {
    git_merge_options options = GIT_MERGE_OPTIONS_INIT;
    options.flags = GIT_MERGE_FIND_RENAMES;
    options.target_limit = most_renames;
    options.recursion_limit = 8; // of criss-cross histories
    git_index* raw = nullptr;
    if (git_merge_commits(&raw, repository_.get(), base, head, &options) != 0)
        fail_damaged("merge commit " + merge.head_commit.substr(0, 12), git_error_text());
    const GitPointer<git_index> index(raw);
    if (git_index_has_conflicts(raw) != 0) {
        note_conflicts(raw, merge);
        if (merge.conflicts.empty()) merge.problem = "it conflicts with the base";
    } else if (git_index_entrycount(raw) > most_entries) {
        merge.problem = "merging gives more than " + std::to_string(most_entries) + " files";
    } else {
        merge.tree = write_tree(raw);
    }
}

Merge GitTree::merge(const std::string& base_id, const std::string& head_id) {
    open();
    const auto base = commit(base_id);
    const auto head = commit(head_id);
    Merge merge;
    merge.base_commit = base_id;
    merge.head_commit = head_id;
    git_oid common;
    const int found = git_merge_base(&common, repository_.get(), git_commit_id(base.get()), git_commit_id(head.get()));
    if (found == GIT_ENOTFOUND) {
        merge.problem = "it has no commit in common with the base";
        return merge;
    }
    if (found != 0) fail_damaged("look for the merge base of commit " + head_id.substr(0, 12), git_error_text());
    if (git_oid_equal(&common, git_commit_id(head.get())) != 0) {
        merge.is_merged = true;
        merge.tree = id_text(*git_commit_tree_id(base.get()));
    } else if (git_oid_equal(&common, git_commit_id(base.get())) != 0) {
        merge.tree = id_text(*git_commit_tree_id(head.get())); // nothing came in between
    } else {
        merge_trees(base.get(), head.get(), merge);
    }
    return merge;
}

} // namespace kedge
