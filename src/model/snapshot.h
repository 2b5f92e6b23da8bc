// One revision of a source: whole or not at all.
#pragma once
#include "base/duration.h"
#include "model/finding.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kedge {

struct Revision {
    std::string id; // commit id; for a folder its worktree's revision, or "files:" and a digest of paths and blob ids
    std::string branch; // as configured; empty for a folder
    std::string title;  // first line of the commit message
    std::string author; // "Name <mail>"
    UnixSeconds time = 0;
    std::string tip; // rolled back: the newest commit of the branch, which is not followed; empty: it is

    auto operator<=>(const Revision&) const = default;
};

// A regular file whose name says manifest (.yaml, .yml), or one of the two files in .kedge/ of the source folder.
struct FileEntry {
    std::string path;    // relative to the source folder
    std::string blob_id; // git's blob id (SHA-1 hex); the same computation for plain folders
    std::uint64_t size = 0;

    auto operator<=>(const FileEntry&) const = default;
};

struct Snapshot {
    Revision revision;
    std::vector<FileEntry> files;  // sorted by path
    std::vector<Finding> findings; // symlinks, submodules, odd modes, files over the size limit
    std::string content{};         // the same as before from the same source: no file moved; empty: not known
    Milliseconds age{0};           // how long ago its fetch began, where one was shared; 0: it began with the call

    bool operator==(const Snapshot&) const = default;
};

// The last commit that touched a file since a given one.
struct Commit {
    std::string id;
    std::string author;
    std::string title;
    UnixSeconds time = 0;

    auto operator<=>(const Commit&) const = default;
};

// A commit, or none. It is held once however many changes name it: of a first apply, that is all of them.
class CommitReference final {
public:
    CommitReference() = default;
    CommitReference(Commit commit) : commit_(std::make_shared<const Commit>(std::move(commit))) {} // NOLINT: is one

    explicit operator bool() const { return commit_ != nullptr; }
    const Commit& operator*() const { return *commit_; }
    const Commit* operator->() const { return commit_.get(); }

    friend bool operator==(const CommitReference& a, const CommitReference& b) {
        return a.commit_ == b.commit_ || (a && b && *a == *b);
    }

private:
    std::shared_ptr<const Commit> commit_;
};

} // namespace kedge
