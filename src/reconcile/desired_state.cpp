#include "reconcile/desired_state.h"

#include "base/failure.h"
#include "base/glob.h"
#include "io/run.h"
#include "io/secret_store.h"
#include "plan/compare.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t read_at_once = 64;         // of files: their texts and documents are in memory together
constexpr std::size_t most_kept_bytes = 8 << 20; // of documents between their reading and their sending
const std::string overrides_path = ".kedge/overrides";
const std::string releases_path = ".kedge/releases";

bool is_kedge_file(const std::string& path) {
    return path == overrides_path || path == releases_path;
}

// What only this control plane has stands in the document, where its dialect looks for it; other blocks do not.
void compose(Resource& resource, const std::string& dialect) {
    const auto& blocks = resource.extension.providers;
    const auto own = blocks.find(dialect);
    if (own != blocks.end() && !own->empty()) resource.document["x-kedge"] = Json{{dialect, *own}};
}

} // namespace

CompareRules rules_for(const CompareRules& dialect_rules, const Extension& extension) {
    CompareRules rules = dialect_rules;
    rules.ignore = extension.ignore;
    rules.keep = extension.keep;
    return rules;
}

DesiredState::DesiredState(const UnitSettings& settings, const Dialect& dialect, Source& source, Worker& pool)
    : settings_(settings), dialect_(dialect), source_(source), pool_(pool) {
    // The allow list is judged here as well as at the write: a manifest that may not name a secret is invalid at once.
    context_.secret_allowed = [allowed = SecretStore(settings.secrets, {}, Secret())](const std::string& scheme,
                                                                                      const std::string& name) {
        return allowed.allows(scheme, name);
    };
}

void DesiredState::restore(std::vector<FileIndex> files) {
    for (auto& file : files) {
        const auto path = file.path;
        files_.insert_or_assign(files_.end(), path, std::move(file)); // they come in order
    }
}

Digest DesiredState::context_digest(const std::string& overrides_blob) const {
    const auto& description = dialect_.describe();
    std::string text = "context:1\n" + settings_.version + "\n" + description.dialect + " " +
                       std::to_string(description.version) + "\n" + settings_.us.installation + "." +
                       settings_.us.unit + "\n" + (settings_.private_urls ? "private" : "public") + "\n" +
                       overrides_blob + "\n" + hmac_sha256(settings_.seal_key.reveal(), "seal-check").hex();
    for (const auto& secret : settings_.secrets) text += "\n" + secret;
    text += "\n" + settings_.may.text();
    return sha256(text);
}

Task<void> DesiredState::read_kedge_files(const Snapshot& snapshot) {
    std::vector<FileEntry> wanted;
    std::string overrides_blob;
    for (const auto& file : snapshot.files) {
        if (!is_kedge_file(file.path)) continue;
        wanted.push_back(file);
        if (file.path == overrides_path) overrides_blob = file.blob_id;
    }
    std::vector<BlobText> texts;
    if (!wanted.empty()) texts = co_await source_.read(snapshot, std::move(wanted));
    context_.overrides.clear();
    releases_.clear();
    kedge_findings_.clear();
    for (const auto& blob : texts) {
        std::vector<Finding> findings;
        if (blob.path == overrides_path) {
            auto loaded = load_overrides(blob.path, blob.text);
            context_.overrides = std::move(loaded.overrides);
            findings = std::move(loaded.findings);
        } else {
            auto loaded = load_releases(blob.path, blob.text);
            releases_ = std::move(loaded.releases);
            findings = std::move(loaded.findings);
        }
        kedge_findings_.insert(kedge_findings_.end(), findings.begin(), findings.end());
    }
    digest_ = context_digest(overrides_blob);
}

IndexEntry DesiredState::index_resource(const Resource& resource) const {
    auto rules = rules_for(dialect_.describe().rules, resource.extension);
    // What the control plane fills in where git is silent is ignored like a rule of the manifest's own: the digests of
    // both sides then agree, and the row needs no comparison.
    for (const auto& path : rules.ignore_unless_set) {
        auto pointer = "/" + path;
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        if (!resource.document.contains(Json::json_pointer(pointer))) rules.ignore.push_back(path);
    }
    IndexEntry entry;
    entry.name = resource.name;
    entry.type = resource.type;
    const auto canonical = dialect_.canonical(resource.document);
    entry.desired = document_digest(comparable(canonical, rules, settings_.seal_key.reveal()));
    entry.hidden = hidden_digest(canonical, rules, settings_.seal_key.reveal());
    entry.rules = own_rules_digest(rules);
    entry.ignore = rules.ignore;
    entry.keep = rules.keep;
    entry.line = resource.place.line;
    entry.prune_never = resource.extension.prune_never;
    for (const auto& reference : resource.references)
        entry.references.push_back(reference.scheme + ":" + reference.name);
    std::sort(entry.references.begin(), entry.references.end());
    entry.references.erase(std::unique(entry.references.begin(), entry.references.end()), entry.references.end());
    entry.sources = source_names(resource.document);
    entry.formerly = resource.extension.formerly;
    entry.adopt = resource.extension.adopt;
    return entry;
}

DesiredState::Indexed DesiredState::index_file(const BlobText& blob, const LoadContext& context,
                                               const Wanted& wanted) const {
    Indexed indexed;
    auto& index = indexed.index;
    index.path = blob.path;
    index.blob_id = blob.blob_id;
    index.context = digest_;
    auto loaded = load_file(blob.path, blob.text, context);
    index.findings = loaded.findings;
    index.other_types = loaded.other_types;
    for (std::size_t i = 0; i < loaded.resources.size(); ++i) {
        auto& resource = loaded.resources[i];
        if (!is_meant(resource.extension)) continue;
        compose(resource, dialect_.describe().dialect);
        auto problems = dialect_.check(resource);
        auto breaches = judge(resource);
        problems.insert(problems.end(), breaches.begin(), breaches.end());
        const bool wrong = has_errors(problems);
        add_findings(index, std::move(problems), blob.text);
        if (wrong) continue;
        auto entry = index_resource(resource);
        entry.document = loaded.documents[i];
        if (wanted && wanted(entry)) {
            auto text = canonical_json(resource.document);
            text.shrink_to_fit();
            indexed.kept.push_back(
                {resource.name, blob.blob_id, std::move(text), std::move(resource.references), resource.place});
        }
        index.entries.push_back(std::move(entry));
    }
    judge_wrong(loaded, blob.text, index);
    return indexed;
}

bool DesiredState::is_meant(const Extension& extension) const {
    if (extension.units.empty()) return true;
    return std::any_of(extension.units.begin(), extension.units.end(),
                       [&](const auto& glob) { return glob_match(glob, settings_.us.unit); });
}

void DesiredState::keep(Kept document) {
    const auto bytes = document.document.size();
    if (kept_bytes_ + bytes > most_kept_bytes) return;
    auto name = document.name;
    if (kept_.emplace(std::move(name), std::move(document)).second) kept_bytes_ += bytes;
}

void DesiredState::keep_documents(const std::set<std::string>& names) {
    for (auto at = kept_.begin(); at != kept_.end();) {
        if (names.contains(at->first)) {
            ++at;
        } else {
            kept_bytes_ -= at->second.document.size();
            at = kept_.erase(at);
        }
    }
}

// Other slices are under way as well: what their work may read is settled here, before it leaves this thread.
Task<void> DesiredState::read_slice(const Snapshot& snapshot, Slice slice, const Wanted& wanted) {
    LoadContext context = context_;
    context.held_manifest = [&slice](const std::string& path) { return slice.held.contains(path); };
    auto texts = co_await source_.read(snapshot, std::move(slice.files));
    auto work = [this, &texts, &context, &wanted] {
        std::vector<Indexed> indexed;
        indexed.reserve(texts.size());
        for (const auto& blob : texts) indexed.push_back(index_file(blob, context, wanted));
        return indexed;
    };
    auto indexed = co_await pool_.run(std::move(work));
    for (auto& one : indexed) {
        for (auto& document : one.kept) keep(std::move(document));
        const auto path = one.index.path;
        moved_.insert(path);
        files_.insert_or_assign(path, std::move(one.index));
    }
}

// Both are sorted by path.
void DesiredState::drop_files_that_are_not_in(const Snapshot& snapshot) {
    auto present = snapshot.files.begin();
    for (auto it = files_.begin(); it != files_.end();) {
        while (present != snapshot.files.end() && present->path < it->first) ++present;
        if (present != snapshot.files.end() && present->path == it->first) {
            ++it;
        } else {
            gone_.push_back(it->first);
            moved_.erase(it->first);
            it = files_.erase(it);
        }
    }
}

// What has to be read.
std::vector<DesiredState::Slice> DesiredState::slices_of(const Snapshot& snapshot,
                                                         const std::set<std::string>& held_paths) const {
    std::vector<Slice> slices;
    for (const auto& file : snapshot.files) {
        if (is_kedge_file(file.path)) continue;
        const auto known = files_.find(file.path);
        if (known != files_.end() && known->second.blob_id == file.blob_id && known->second.context == digest_)
            continue;
        if (slices.empty() || slices.back().files.size() == read_at_once) slices.emplace_back();
        slices.back().files.push_back(file);
        const bool held = held_paths.contains(file.path) || (known != files_.end() && !known->second.entries.empty());
        if (held) slices.back().held.insert(file.path);
    }
    return slices;
}

Task<bool> DesiredState::refresh(const std::set<std::string>& held_paths, const Wanted& wanted) {
    auto snapshot = co_await source_.fetch();
    if (shows(snapshot)) {
        snapshot_ = std::move(snapshot);
        snapshot_.files = {};
        co_return false;
    }
    keep_documents({});
    whole_ = false;
    co_await read_kedge_files(snapshot);
    auto divide = [this, &snapshot, &held_paths] { return slices_of(snapshot, held_paths); };
    auto slices = co_await pool_.run(std::move(divide));
    // One slice for each thread of the pool, and one more whose blobs are read meanwhile.
    std::function<Task<void>(std::size_t)> job = [this, &snapshot, &slices, &wanted](std::size_t i) -> Task<void> {
        return read_slice(snapshot, std::move(slices[i]), wanted);
    };
    const auto width = pool_.threads() + 1;
    co_await for_each_index(slices.size(), width, std::move(job));
    // On the loop: doors and previews read the index there.
    drop_files_that_are_not_in(snapshot);
    snapshot.files = {}; // the index says the same
    snapshot_ = std::move(snapshot);
    loaded_ = whole_ = true;
    co_return true;
}

std::vector<DesiredEntry> DesiredState::entries() const {
    std::vector<DesiredEntry> all;
    for (const auto& [path, file] : files_) {
        for (const auto& entry : file.entries) all.push_back({&file, &entry});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.entry->name < b.entry->name; });
    return all;
}

std::vector<Finding> DesiredState::findings() const {
    std::vector<Finding> all = snapshot_.findings;
    all.insert(all.end(), kedge_findings_.begin(), kedge_findings_.end());
    for (const auto& [path, file] : files_) all.insert(all.end(), file.findings.begin(), file.findings.end());
    // What belongs to no file is true of every one of them, and said once.
    std::set<Finding> said;
    std::erase_if(all,
                  [&](const Finding& finding) { return finding.place.file.empty() && !said.insert(finding).second; });
    return all;
}

int DesiredState::other_types() const {
    int count = 0;
    for (const auto& [path, file] : files_) count += file.other_types;
    return count;
}

bool DesiredState::valid() const {
    return loaded_ && !has_errors(findings());
}

bool DesiredState::overrides_broken() const {
    const auto all = findings();
    return std::any_of(all.begin(), all.end(), [](const Finding& finding) {
        return finding.severity == Severity::error && finding.place.file == overrides_path;
    });
}

std::vector<FileIndex> DesiredState::take_moved(std::size_t most) {
    std::vector<FileIndex> moved;
    while (moved.size() < most && !moved_.empty()) {
        if (const auto file = files_.find(*moved_.begin()); file != files_.end()) moved.push_back(file->second);
        moved_.erase(moved_.begin());
    }
    return moved;
}

std::vector<std::string> DesiredState::take_gone() {
    return std::exchange(gone_, {});
}

Task<std::map<std::string, Resource>> DesiredState::documents(std::vector<DesiredEntry> entries, Use use) {
    std::map<std::string, Resource> found;
    std::vector<DesiredEntry> missing;
    for (const auto& entry : entries) {
        const auto kept = kept_.find(entry.entry->name);
        if (kept == kept_.end() || kept->second.blob_id != entry.file->blob_id) {
            missing.push_back(entry);
            continue;
        }
        Resource resource;
        resource.type = entry.entry->type;
        resource.name = entry.entry->name;
        resource.document = parse_json(kept->second.document);
        resource.place = kept->second.place;
        resource.references = kept->second.references;
        found.emplace(resource.name, std::move(resource));
        if (use == Use::last) {
            kept_bytes_ -= kept->second.document.size();
            kept_.erase(kept);
        }
    }
    if (missing.empty()) co_return found;
    auto read = co_await resources(std::move(missing));
    found.merge(read);
    co_return found;
}

Task<std::map<std::string, Resource>> DesiredState::resources(std::vector<DesiredEntry> entries) {
    std::map<std::string, std::vector<DesiredEntry>> by_path;
    std::vector<FileEntry> wanted;
    for (const auto& entry : entries) {
        auto& same = by_path[entry.file->path];
        if (same.empty()) {
            FileEntry file;
            file.path = entry.file->path;
            file.blob_id = entry.file->blob_id;
            wanted.push_back(std::move(file));
        }
        same.push_back(entry);
    }
    auto texts = co_await source_.read(snapshot_, std::move(wanted));
    auto work = [this, &texts, &by_path] {
        std::map<std::string, Resource> found;
        for (const auto& blob : texts) {
            auto loaded = load_file(blob.path, blob.text, context_);
            for (auto& resource : loaded.resources) compose(resource, dialect_.describe().dialect);
            for (const auto& entry : by_path[blob.path]) {
                for (std::size_t i = 0; i < loaded.resources.size(); ++i) {
                    if (loaded.documents[i] == entry.entry->document)
                        found.emplace(entry.entry->name, loaded.resources[i]);
                }
            }
        }
        return found;
    };
    auto found = co_await pool_.run(std::move(work));
    for (const auto& entry : entries) {
        if (found.contains(entry.entry->name)) continue;
        throw Failure(NextAction::retry, "source: read \"" + entry.file->path + "\": the manifest \"" +
                                             entry.entry->name +
                                             "\" is not there any more; the next pass reads it anew");
    }
    co_return found;
}

const DesiredEntry* find_entry(const std::vector<DesiredEntry>& sorted, const std::string& name) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), name,
                                     [](const DesiredEntry& e, const std::string& n) { return e.entry->name < n; });
    return at == sorted.end() || at->entry->name != name ? nullptr : &*at;
}

} // namespace kedge
