// Pull requests without git: a head is a set of edits on top of what sources in memory hold.
#pragma once
#include "reconcile/previewing.h"
#include "source/merging.h"
#include "tests/contract/world.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

using Edits = std::map<std::string, std::optional<std::string>>; // path -> text; nothing: removed

class MemoryMerging final : public Merging {
public:
    Task<bool> follows(std::string branch) override;
    Task<Merge> merge(PullHead head) override;
    Task<void> rest() override;

    // head commit -> unit -> what it edits
    std::map<std::string, std::map<std::string, Edits>> heads;
    std::vector<std::string> conflicts; // of whatever is merged
    std::function<void()> before_merge; // may throw
    int merges = 0;
    int rests = 0;
};

class MemoryMergedFolder final : public MergedFolder {
public:
    MemoryMergedFolder(MemorySource& source, MemoryMerging& merging, std::string unit, std::size_t* blobs_read)
        : source_(source), merging_(merging), unit_(std::move(unit)), blobs_read_(blobs_read) {}
    void show(const Merge& merge) override;
    Task<Snapshot> fetch() override;
    Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) override;
    Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                        std::vector<std::string> paths) override;

private:
    MemorySource& source_;
    MemoryMerging& merging_;
    std::string unit_;
    std::size_t* blobs_read_;
    Merge merge_;
    std::map<std::string, std::string> files_;
};

void apply_edits(MemorySource& source, const Edits& edits);
// A pull request of the repository itself into `main`.
PullRequest pull_request(int number, const std::string& head);
PreviewQuestion question_of(const PullRequest& pull, const std::string& url);

} // namespace kedge
