// The manifests of one unit as the engine keeps them between passes: an index for each file, never a document. Reads
// only blobs that moved; documents are loaded again, in slices, where a change needs them.
#pragma once
#include "dialect/dialect.h"
#include "io/worker.h"
#include "manifest/load.h"
#include "manifest/references.h"
#include "model/index.h"
#include "model/release.h"
#include "reconcile/unit_settings.h"
#include "source/source.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace kedge {

class DesiredState final {
public:
    // All references outlive the state.
    DesiredState(const UnitSettings& settings, const Dialect& dialect, Source& source, Worker& pool);

    // What an earlier process remembered; entries of another context are read again.
    void restore(std::vector<FileIndex> files);

    // Brings the index to the newest snapshot. Throws what the source throws; what was read by then is kept (each
    // file's index is bound to its blob), the snapshot stays the old one. `held_paths`: paths that held manifests, by
    // the ledger.
    // Documents of entries for which `wanted` gives true are kept for a while: they will soon be asked for.
    // `wanted` is called from several threads at once. False: nothing moved since the last time.
    using Wanted = std::function<bool(const IndexEntry&)>;
    Task<bool> refresh(const std::set<std::string>& held_paths, const Wanted& wanted);

    bool loaded() const { return loaded_; }
    // No file of that snapshot is another one than those that the index was made from.
    bool shows(const Snapshot& snapshot) const {
        return whole_ && !snapshot.content.empty() && snapshot.content == snapshot_.content;
    }
    // The one that the index was made from, without its list of files.
    const Snapshot& snapshot() const { return snapshot_; }
    const std::map<std::string, FileIndex>& files() const { return files_; }
    const std::vector<Release>& releases() const { return releases_; }
    // Every entry, sorted by name; duplicates still in it (they are found by the cross check).
    std::vector<DesiredEntry> entries() const;
    std::vector<Finding> findings() const;
    int other_types() const;
    bool valid() const; // no error finding
    // .kedge/overrides cannot be read whole: what it says is unknown, so nothing may be written.
    bool overrides_broken() const;

    // What moved since the last calls, at most so many: for the memo.
    std::vector<FileIndex> take_moved(std::size_t most);
    std::vector<std::string> take_gone();

    // What is sent of some entries, by name: `extension` and `lines` may be empty. The last use of a kept document
    // forgets it. An entry whose text moved meanwhile is a Failure(retry).
    enum class Use { again, last };
    Task<std::map<std::string, Resource>> documents(std::vector<DesiredEntry> entries, Use use = Use::again);
    // The same, whole: read anew.
    Task<std::map<std::string, Resource>> resources(std::vector<DesiredEntry> entries);
    // Reads the files of the first findings again, to point at their very lines.
    Task<void> point_at(CrossCheck& check);
    // Documents that nobody will ask for any more.
    void keep_documents(const std::set<std::string>& names);

private:
    // A document between its reading and its sending, so that a changed manifest is parsed once.
    struct Kept {
        std::string name;
        std::string blob_id;
        std::string document; // canonical JSON
        std::vector<SecretReference> references;
        Place place;
    };
    struct Indexed {
        FileIndex index;
        std::vector<Kept> kept;
    };
    Task<void> read_kedge_files(const Snapshot& snapshot);
    void drop_files_that_are_not_in(const Snapshot& snapshot);
    // Files that are read together, and which of them held a manifest before.
    struct Slice {
        std::vector<FileEntry> files;
        std::set<std::string> held;
    };
    std::vector<Slice> slices_of(const Snapshot& snapshot, const std::set<std::string>& held_paths) const;
    Task<void> read_slice(const Snapshot& snapshot, Slice slice, const Wanted& wanted);
    Indexed index_file(const BlobText& blob, const LoadContext& context, const Wanted& wanted) const;
    bool is_meant(const Extension& extension) const; // for this unit
    std::vector<Finding> judge(const Resource& resource) const;
    void judge_wrong(const LoadedFile& loaded, std::string_view text, FileIndex& index) const;
    static void add_findings(FileIndex& index, std::vector<Finding> findings, std::string_view text);
    void keep(Kept document);
    IndexEntry index_resource(const Resource& resource) const;
    Digest context_digest(const std::string& overrides_blob) const;

    const UnitSettings& settings_;
    const Dialect& dialect_;
    Source& source_;
    Worker& pool_;
    Snapshot snapshot_;
    bool loaded_ = false;
    bool whole_ = false; // the index is that of `snapshot_`, and of nothing newer
    LoadContext context_;
    Digest digest_; // of context_
    std::map<std::string, FileIndex> files_;
    std::vector<Finding> kedge_findings_; // of .kedge/overrides and .kedge/releases
    std::vector<Release> releases_;
    std::unordered_map<std::string, Kept> kept_; // by name
    std::size_t kept_bytes_ = 0;
    std::set<std::string> moved_;
    std::vector<std::string> gone_;
};

// The entry of that name among entries sorted by name; null where there is none.
const DesiredEntry* find_entry(const std::vector<DesiredEntry>& sorted, const std::string& name);

// The rules a resource is compared by: the dialect's, plus its own.
CompareRules rules_for(const CompareRules& dialect_rules, const Extension& extension);

} // namespace kedge
