// A branch, tag or commit of a git repository, and a folder in it. A fetch moves a local mirror (git_mirror);
// everything else is read from that mirror (git_tree), on this source's own worker thread.
#pragma once
#include "io/worker.h"
#include "source/git_mirror.h"
#include "source/git_options.h"
#include "source/git_tree.h"
#include "source/source.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

class GitSource final : public Source {
public:
    // `stop`: once it is asked for, a fetch is given up; what is fetched can still be read.
    explicit GitSource(GitSourceOptions options, Stop* stop = nullptr);

    Task<Snapshot> fetch() override;
    Task<std::vector<BlobText>> read(const Snapshot& snapshot, std::vector<FileEntry> files) override;
    Task<std::map<std::string, CommitReference>> causes(const Snapshot& snapshot, std::string since,
                                                        std::vector<std::string> paths) override;
    void pin(const std::string& commit) override { pinned_ = commit; }
    Task<std::map<int, Commit>> blame(const Snapshot& snapshot, std::string path, std::vector<int> lines) override;

private:
    Task<Snapshot> list_mirror(std::string ref);
    Snapshot list_now(const std::string& ref);
    Snapshot list_commit(const std::string& commit);

    GitSourceOptions options_;
    GitTree tree_;         // touched on the worker only
    std::string pinned_;   // a commit to stay at; empty: follow the ref
    bool damaged_ = false; // the mirror lacks objects: the next fetch makes it anew
    Worker worker_;        // ends before what its work uses
    GitMirror mirror_;
};

} // namespace kedge
