// A git branch and folder, or a plain folder: gives one revision of it, whole or not at all.
#pragma once
#include "io/task.h"
#include "model/snapshot.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

struct BlobText {
    std::string path;
    std::string blob_id;
    std::string text;
};

class Source {
public:
    virtual ~Source() = default;

    // The newest revision. Throws Failure: retry (network, locked, slow), wait_for_change (branch or folder gone, empty
    // repository), stop (credential, host key, forbidden transport). Live state is never touched by a failed fetch.
    virtual Task<Snapshot> fetch() = 0;

    // Texts of some files of a snapshot that this source gave. Throws Failure(retry) where the snapshot is not there
    // any more (a plain folder moved on): the pass starts anew.
    virtual Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) = 0;

    // For each path the last commit that touched it after `since` (empty: ever), up to the snapshot's revision. Empty
    // for sources without history; a path without such a commit is left out.
    virtual Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                                std::vector<std::string> paths) = 0;

    // From the next fetch on: the files of this commit (its id, or at least its first 7 digits; empty: the newest
    // again), with the releases of the newest revision. Failure(stop) where there is no history.
    virtual void pin(const std::string& commit);

    // Who wrote each of these lines (from 1) of a file of this snapshot. Empty for sources without history.
    virtual Task<std::map<int, Commit>> blame(const Snapshot& snapshot, std::string path, std::vector<int> lines);
};

// True for files that a source lists: *.yaml, *.yml outside `.git` and `.kedge`, and `.kedge/overrides`,
// `.kedge/releases` of the source folder itself. Hidden folders are walked.
bool is_listed_file(const std::string& path);

} // namespace kedge
