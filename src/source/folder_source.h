// A plain directory (or one file) as a source: read whole or not at all, also while git-sync flips the link that leads
// to it. Where the folder equals its git worktree's commit, that commit is the revision.
#pragma once
#include "base/duration.h"
#include "io/worker.h"
#include "source/file_rules.h"
#include "source/folder_files.h"
#include "source/source.h"
#include "source/worktree.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct FolderSourceOptions {
    std::string name; // in messages; may be empty
    std::string path; // a folder, a link to one, or one file
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    FileLimits limits;
    // A file that was written this recently may be written again without its times moving: it is read anew each time.
    Milliseconds settle_time{2000};
};

class FolderSource final : public Source {
public:
    explicit FolderSource(FolderSourceOptions options);

    Task<Snapshot> fetch() override;
    Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) override;
    Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                        std::vector<std::string> paths) override;

    // How many files the last fetch had to read: those whose size, times or inode moved.
    std::size_t files_read() const { return files_read_; }

private:
    struct Target {
        std::string path; // without links
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        bool is_file = false;
        auto operator<=>(const Target&) const = default;
    };
    struct KnownFile {
        FileStamp stamp;
        std::string blob_id;
    };

    std::string place() const;
    Target resolve() const;
    Snapshot fetch_now();
    std::optional<Snapshot> try_fetch();
    std::optional<Snapshot> try_folder(const Target& target);
    std::optional<Snapshot> try_file(const Target& target);
    bool identify(const std::string& root, FolderListing& listing, Snapshot& snapshot);
    void remember(std::map<std::string, KnownFile> known, std::vector<FoundFile> listed);
    bool read_patterns(const std::string& root, FileRules& rules, std::vector<Finding>& findings) const;
    void check_limits(const FolderListing& listing) const;
    std::vector<BlobText> read_now(const std::vector<FileEntry>& files) const;

    FolderSourceOptions options_;
    GitLibrary library_;
    Worktree worktree_;
    std::string root_;        // of the last fetch
    std::string single_file_; // its name in `root_`, where the source is one file
    std::map<std::string, KnownFile> known_;
    std::vector<FoundFile> listed_; // by the last fetch
    std::size_t files_read_ = 0;
    Worker worker_; // ends before what its work uses
};

} // namespace kedge
