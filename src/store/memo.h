// What may be deleted at will: results that are expensive to work out again. A lost memo only costs time, so a damaged
// one is dropped without an error.
#pragma once
#include "io/task.h"
#include "model/index.h"
#include "model/live.h"

#include <set>
#include <string>
#include <vector>

namespace kedge {

struct MemoState {
    std::string row_key;          // random key of the row digests; made at first use
    std::vector<FileIndex> files; // of the last pass
    std::vector<LiveEntry> rows;  // of the last list
    std::set<Digest> verdicts;    // of (desired, live, rules, dialect version): "no difference"
    std::set<Digest> rehearsed;   // of (change digest, dialect version): the control plane would take it
};

struct MemoBatch {
    std::vector<FileIndex> files;        // insert or replace by path
    std::vector<std::string> files_gone; // paths
    std::vector<LiveEntry> rows;         // insert or replace by remote id
    std::vector<std::string> rows_gone;  // remote ids
    std::vector<Digest> verdicts;
    std::vector<Digest> rehearsed;

    bool empty() const {
        return files.empty() && files_gone.empty() && rows.empty() && rows_gone.empty() && verdicts.empty() &&
               rehearsed.empty();
    }
};

class Memo {
public:
    virtual ~Memo() = default;
    // `scope`: unit and target, as text.
    virtual Task<MemoState> load(std::string scope) = 0;
    virtual Task<void> save(std::string scope, MemoBatch batch) = 0;
};

// A memo that remembers nothing: plans without a store.
class NoMemo final : public Memo {
public:
    Task<MemoState> load(std::string scope) override;
    Task<void> save(std::string scope, MemoBatch batch) override;
};

} // namespace kedge
