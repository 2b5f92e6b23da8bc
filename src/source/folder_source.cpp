#include "source/folder_source.h"

#include "base/digest.h"
#include "base/failure.h"
#include "source/file_findings.h"
#include "source/names.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <utility>

namespace kedge {

namespace {

std::string blob_id_of(const std::string& text) {
    git_oid id;
    if (git_odb_hash(&id, text.data(), text.size(), GIT_OBJECT_BLOB) != 0) return "";
    return id_text(id);
}

bool may_be_remembered(const FileStamp& stamp, Milliseconds settle_time) {
    const auto quiet = std::chrono::system_clock::now().time_since_epoch() - settle_time;
    return std::max(stamp.changed_ns, stamp.modified_ns) < std::chrono::nanoseconds(quiet).count();
}

bool same_files(const std::vector<FoundFile>& a, const std::vector<FoundFile>& b) {
    const auto same = [](const FoundFile& x, const FoundFile& y) { return x.path == y.path && x.stamp == y.stamp; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

std::string files_revision(const std::vector<FileEntry>& files) {
    std::string text;
    for (const auto& file : files) text += file.path + '\0' + file.blob_id + '\n';
    return "files:" + sha256(text).hex();
}

// The text of a regular file that did not move meanwhile.
std::optional<std::string> steady_text(const std::string& root, const FoundFile& file, std::uint64_t most) {
    const Descriptor descriptor = open_below(root, file.path);
    if (!descriptor.valid() || stamp_of(descriptor) != file.stamp) return std::nullopt;
    auto text = read_all(descriptor, most);
    if (!text || text->size() != file.stamp.size || stamp_of(descriptor) != file.stamp) return std::nullopt;
    return text;
}

} // namespace

FolderSource::FolderSource(FolderSourceOptions options) : options_(std::move(options)), worktree_(place()) {}

std::string FolderSource::place() const {
    return options_.name.empty() ? "source" : "source " + options_.name;
}

FolderSource::Target FolderSource::resolve() const {
    const std::string attempt = place() + ": read \"" + shown_name(options_.path) + "\": ";
    const std::unique_ptr<char, decltype(&std::free)> path(::realpath(options_.path.c_str(), nullptr), &std::free);
    struct stat status {};
    if (!path || ::stat(path.get(), &status) != 0) {
        const int error = errno;
        const std::string hint =
            error == ENOENT
                ? "; what was declared there stays live as it is, and nothing of it is deleted; correct the "
                  "path, or make the folder"
                : "; let kedge's user read it";
        throw Failure(NextAction::wait_for_change, attempt + std::strerror(error) + hint);
    }
    Target target;
    target.path = path.get();
    target.device = status.st_dev;
    target.inode = status.st_ino;
    target.is_file = S_ISREG(status.st_mode);
    if (!target.is_file && !S_ISDIR(status.st_mode)) {
        throw Failure(NextAction::wait_for_change, attempt + "it is neither a folder nor a file; correct the path");
    }
    return target;
}

void FolderSource::check_limits(const FolderListing& listing) const {
    if (!listing.too_many_files && !listing.too_many_entries) return;
    const std::string most = listing.too_many_files ? std::to_string(options_.limits.most_files) + " manifest files"
                                                    : std::to_string(options_.limits.most_entries) + " entries";
    throw Failure(NextAction::wait_for_change, place() + ": list \"" + shown_name(options_.path) +
                                                   "\": there are more than " + most +
                                                   "; point the source at a sub-folder, or use .kedgeignore");
}

// False where the file moves under our hands.
bool FolderSource::read_patterns(const std::string& root, FileRules& rules, std::vector<Finding>& findings) const {
    const Descriptor file = open_below(root, ignore_file_name);
    if (!file.valid()) {
        if (errno == ELOOP)
            findings.push_back(symlink_finding(ignore_file_name, true, ""));
        else if (errno != ENOENT)
            findings.push_back(unreadable_finding(ignore_file_name, std::strerror(errno)));
        return true;
    }
    const auto stamp = stamp_of(file);
    if (!stamp) return true; // a folder of that name
    FileLimits own = options_.limits;
    own.most_file_bytes = most_ignore_file_bytes;
    if (stamp->size > most_ignore_file_bytes) {
        findings.push_back(too_large_finding(ignore_file_name, stamp->size, own));
        return true;
    }
    const auto text = read_all(file, most_ignore_file_bytes);
    if (!text || stamp_of(file) != stamp) return false;
    rules.set_ignore_file(*text);
    return true;
}

// Fills in the blob ids. False where a file moved since it was listed.
bool FolderSource::identify(const std::string& root, FolderListing& listing, Snapshot& snapshot) {
    std::map<std::string, KnownFile> known;
    for (const auto& file : listing.files) {
        KnownFile now;
        now.stamp = file.stamp;
        const auto before = known_.find(file.path);
        if (before != known_.end() && before->second.stamp == file.stamp) {
            now.blob_id = before->second.blob_id;
        } else {
            errno = 0;
            ++files_read_;
            const auto text = steady_text(root, file, options_.limits.most_file_bytes);
            if (!text && (errno == EACCES || errno == EPERM || errno == EIO)) {
                snapshot.findings.push_back(unreadable_finding(file.path, std::strerror(errno)));
                continue;
            }
            if (!text) return false;
            now.blob_id = blob_id_of(*text);
        }
        snapshot.files.push_back({file.path, now.blob_id, file.stamp.size});
        if (may_be_remembered(now.stamp, options_.settle_time))
            known.emplace_hint(known.end(), file.path, std::move(now));
    }
    remember(std::move(known), listing.files);
    return true;
}

void FolderSource::remember(std::map<std::string, KnownFile> known, std::vector<FoundFile> listed) {
    known_ = std::move(known);
    listed_ = std::move(listed);
}

std::optional<Snapshot> FolderSource::try_folder(const Target& target) {
    Snapshot snapshot;
    FileRules rules(options_.include, options_.exclude);
    if (!read_patterns(target.path, rules, snapshot.findings)) return std::nullopt;
    if (!Descriptor(::open(target.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)).valid()) {
        throw Failure(NextAction::wait_for_change, place() + ": read \"" + shown_name(options_.path) +
                                                       "\": " + std::strerror(errno) + "; let kedge's user read it");
    }
    auto listing = list_folder(target.path, rules, options_.limits);
    check_limits(listing);
    const bool as_before = same_files(listing.files, listed_);
    const auto first = listing.files;
    if (!identify(target.path, listing, snapshot)) return std::nullopt;
    // Something moved since the last fetch: it may still be moving. A second look must find the same.
    if (!as_before && !same_files(list_folder(target.path, rules, options_.limits).files, first)) return std::nullopt;
    snapshot.findings.insert(snapshot.findings.end(), listing.findings.begin(), listing.findings.end());
    snapshot.findings = bounded_findings(std::move(snapshot.findings));
    TreeRequest request;
    request.include = options_.include;
    request.exclude = options_.exclude;
    request.limits = options_.limits;
    const auto revision = worktree_.revision_of(target.path, snapshot.files, std::move(request));
    if (revision)
        snapshot.revision = *revision;
    else
        snapshot.revision.id = files_revision(snapshot.files);
    snapshot.content = revision ? files_revision(snapshot.files) : snapshot.revision.id;
    root_ = target.path;
    single_file_.clear();
    return snapshot;
}

// Whatever it is called: it was named by hand.
std::optional<Snapshot> FolderSource::try_file(const Target& target) {
    const std::filesystem::path real(target.path);
    const std::string root = real.parent_path().string();
    const std::string name = real.filename().string();
    const std::string shown = std::filesystem::path(options_.path).filename().string();
    Snapshot snapshot;
    const std::string problem = name_problem(shown);
    if (!problem.empty()) {
        throw Failure(NextAction::wait_for_change,
                      place() + ": read \"" + shown_name(options_.path) + "\": its name " + problem + "; rename it");
    }
    const Descriptor file = open_below(root, name);
    if (!file.valid()) {
        throw Failure(NextAction::wait_for_change, place() + ": read \"" + shown_name(options_.path) +
                                                       "\": " + std::strerror(errno) + "; let kedge's user read it");
    }
    const auto stamp = stamp_of(file);
    if (!stamp) return std::nullopt;
    if (stamp->size > options_.limits.most_file_bytes) {
        snapshot.findings.push_back(too_large_finding(shown, stamp->size, options_.limits));
    } else {
        FoundFile found;
        found.path = name;
        found.stamp = *stamp;
        ++files_read_;
        const auto text = steady_text(root, found, options_.limits.most_file_bytes);
        if (!text) return std::nullopt;
        snapshot.files.push_back({shown, blob_id_of(*text), stamp->size});
    }
    snapshot.revision.id = files_revision(snapshot.files);
    snapshot.content = snapshot.revision.id;
    root_ = root;
    single_file_ = name;
    return snapshot;
}

std::optional<Snapshot> FolderSource::try_fetch() {
    const Target target = resolve();
    auto snapshot = target.is_file ? try_file(target) : try_folder(target);
    // git-sync exchanges the link in one step: if it leads elsewhere now, what was read may be half of an old tree on
    // its way out.
    if (!snapshot || resolve() != target) return std::nullopt;
    return snapshot;
}

Snapshot FolderSource::fetch_now() {
    constexpr int most_attempts = 3;
    files_read_ = 0;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        auto snapshot = try_fetch();
        if (snapshot) return std::move(*snapshot);
        listed_.clear(); // whatever was seen is not a state to compare with
    }
    throw Failure(NextAction::retry, place() + ": read \"" + shown_name(options_.path) +
                                         "\": it changed during each of " + std::to_string(most_attempts) +
                                         " attempts; it is tried again");
}

std::vector<BlobText> FolderSource::read_now(const std::vector<FileEntry>& files) const {
    std::vector<BlobText> texts;
    texts.reserve(files.size());
    for (const auto& file : files) {
        const Descriptor descriptor = open_below(root_, single_file_.empty() ? file.path : single_file_);
        std::optional<std::string> text;
        if (descriptor.valid() && stamp_of(descriptor)) text = read_all(descriptor, options_.limits.most_file_bytes);
        if (!text || blob_id_of(*text) != file.blob_id) {
            throw Failure(NextAction::retry, place() + ": read \"" + file.path +
                                                 "\": it changed since it was listed; the next pass looks again");
        }
        BlobText blob;
        blob.path = file.path;
        blob.blob_id = file.blob_id;
        blob.text = std::move(*text);
        texts.push_back(std::move(blob));
    }
    return texts;
}

Task<Snapshot> FolderSource::fetch() {
    auto fetch_all = [this] { return fetch_now(); };
    co_return co_await worker_.run(std::move(fetch_all));
}

Task<std::vector<BlobText>> FolderSource::read(const Snapshot&, std::vector<FileEntry> entries) {
    auto read_files = [this, &entries] { return read_now(entries); };
    co_return co_await worker_.run(std::move(read_files));
}

Task<std::map<std::string, CommitReference>> FolderSource::causes(const Snapshot& snapshot, std::string since,
                                                                  std::vector<std::string> paths) {
    if (snapshot.revision.id.starts_with("files:")) co_return std::map<std::string, CommitReference>{};
    CauseRequest request;
    request.commit = snapshot.revision.id;
    request.since = std::move(since);
    request.paths = std::move(paths);
    auto walk = [this, &request] { return worktree_.causes(std::move(request)); };
    co_return co_await worker_.run(std::move(walk));
}

} // namespace kedge
