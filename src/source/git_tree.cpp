#include "source/git_tree.h"

#include "base/failure.h"
#include "source/file_findings.h"
#include "source/git_history.h"
#include "source/names.h"

#include <git2/sys/mempack.h>
#include <utility>

namespace kedge {

namespace {

constexpr int before_every_file = 1000; // git's own places for objects have the priorities 1 and 2
constexpr const char* again_hint = "the next pass fetches the repository anew";

std::string rules_key(const TreeRequest& request, const std::string& patterns) {
    std::string key = request.folder;
    for (const auto& glob : request.include) key += "\n+" + glob;
    for (const auto& glob : request.exclude) key += "\n-" + glob;
    const auto& limits = request.limits;
    key += "\n" + std::to_string(limits.most_file_bytes) + " " + std::to_string(limits.most_folders_deep) + "\n";
    return key + patterns;
}

bool is_beginning_of_id(const std::string& text) {
    return text.size() >= 7 && text.size() < GIT_OID_HEXSZ &&
           text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

} // namespace

GitTree::GitTree(std::string directory, std::string place, NewObjects new_objects)
    : directory_(std::move(directory)), place_(std::move(place)), new_objects_(new_objects) {}

void GitTree::close() {
    shed();
    memory_ = {};
}

void GitTree::shed() {
    objects_.reset();
    repository_.reset();
}

void GitTree::fail_damaged(const std::string& attempt, const std::string& cause) {
    damaged_ = true;
    throw Failure(NextAction::retry, place_ + ": " + attempt + ": " + cause + "; " + again_hint);
}

void GitTree::open() {
    damaged_ = false;
    if (repository_) {
        git_odb_refresh(objects_.get()); // packs come and go between calls
        return;
    }
    git_repository* repository = nullptr;
    if (git_repository_open_ext(&repository, directory_.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) != 0) {
        fail_damaged("open repository \"" + directory_ + "\"", git_error_text());
    }
    repository_.reset(repository);
    git_odb* objects = nullptr;
    if (git_repository_odb(&objects, repository) != 0) {
        repository_.reset();
        fail_damaged("open the objects of \"" + directory_ + "\"", git_error_text());
    }
    objects_.reset(objects);
    if (new_objects_ == NewObjects::none) return;
    git_odb_backend* memory = nullptr; // owned by the objects, once it is one of theirs
    if (git_mempack_new(&memory) == 0 && git_odb_add_backend(objects, memory, before_every_file) == 0) return;
    close();
    throw Failure(NextAction::retry, place_ + ": keep new objects in memory: " + git_error_text());
}

// Of commits: a blob that begins so is not meant.
std::optional<std::string> GitTree::id_that_begins(const std::string& digits) {
    std::string text = digits;
    text.resize(GIT_OID_HEXSZ, '0');
    git_oid id;
    if (git_oid_fromstrn(&id, text.data(), text.size()) != 0) return std::nullopt;
    git_object* object = nullptr;
    const int result = git_object_lookup_prefix(&object, repository_.get(), &id, digits.size(), GIT_OBJECT_COMMIT);
    if (result == GIT_EAMBIGUOUS) {
        throw Failure(NextAction::wait_for_change,
                      place_ + ": read commit \"" + digits + "\": several ids begin so; give more digits");
    }
    if (result != 0) return std::nullopt;
    const GitPointer<git_object> commit(object);
    return id_text(*git_object_id(object));
}

std::optional<std::string> GitTree::commit_of(const std::string& ref_or_id) {
    open();
    git_oid id;
    if (is_beginning_of_id(ref_or_id)) {
        const auto whole = id_that_begins(ref_or_id);
        return whole ? commit_of(*whole) : std::nullopt;
    }
    if (!id_from_text(id, ref_or_id) && git_reference_name_to_id(&id, repository_.get(), ref_or_id.c_str()) != 0) {
        return std::nullopt;
    }
    git_object* object = nullptr;
    if (git_object_lookup(&object, repository_.get(), &id, GIT_OBJECT_ANY) != 0) return std::nullopt;
    const GitPointer<git_object> found(object);
    git_object* peeled = nullptr;
    if (git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) != 0) return std::nullopt;
    const GitPointer<git_object> commit(peeled);
    return id_text(*git_object_id(peeled));
}

GitPointer<git_commit> GitTree::commit(const std::string& id) {
    git_oid oid;
    git_commit* commit = nullptr;
    if (!id_from_text(oid, id) || git_commit_lookup(&commit, repository_.get(), &oid) != 0) {
        fail_damaged("read commit \"" + one_line(id) + "\"", "it is not in the mirror");
    }
    return GitPointer<git_commit>(commit);
}

git_oid GitTree::folder_tree(git_commit* commit, const TreeRequest& request) {
    const auto& folder = request.folder;
    git_oid whole = *git_commit_tree_id(commit);
    if (!request.tree.empty() && !id_from_text(whole, request.tree))
        fail_damaged("read a tree", "\"" + one_line(request.tree) + "\" is no id");
    if (folder.empty()) return whole;
    git_tree* raw = nullptr;
    if (git_tree_lookup(&raw, repository_.get(), &whole) != 0) fail_damaged("read a tree", git_error_text());
    const GitPointer<git_tree> tree(raw);
    git_tree_entry* entry = nullptr;
    const int found = git_tree_entry_bypath(&entry, raw, folder.c_str());
    const GitPointer<git_tree_entry> owner(entry);
    const std::string attempt = place_ + ": look for folder \"" + folder + "\"";
    const std::string where = " in commit " + id_text(*git_commit_id(commit)).substr(0, 12);
    if (found == GIT_ENOTFOUND) {
        throw Failure(NextAction::wait_for_change,
                      attempt + ": it does not exist" + where +
                          "; what was declared there stays live as it is, and nothing of it is deleted; correct the "
                          "source's path, or bring the folder back (an empty folder needs a file, as .kedgeignore)");
    }
    if (found != 0) fail_damaged("look for folder \"" + folder + "\"", git_error_text());
    if (git_tree_entry_type(entry) != GIT_OBJECT_TREE) {
        throw Failure(NextAction::wait_for_change,
                      attempt + ": it is not a folder" + where + "; correct the source's path");
    }
    return *git_tree_entry_id(entry);
}

std::string GitTree::ignore_file(const git_oid& tree_id, const FileLimits& limits, std::vector<Finding>& findings) {
    git_tree* raw = nullptr;
    if (git_tree_lookup(&raw, repository_.get(), &tree_id) != 0) fail_damaged("read a tree", git_error_text());
    const GitPointer<git_tree> tree(raw);
    const git_tree_entry* entry = git_tree_entry_byname(raw, ignore_file_name);
    if (entry == nullptr) return "";
    if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK) {
        findings.push_back(symlink_finding(ignore_file_name, true, ""));
        return "";
    }
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB) return "";
    git_blob* blob = nullptr;
    if (git_blob_lookup(&blob, repository_.get(), git_tree_entry_id(entry)) != 0) {
        fail_damaged("read .kedgeignore", git_error_text());
    }
    const GitPointer<git_blob> owner(blob);
    const auto size = static_cast<std::size_t>(git_blob_rawsize(blob));
    if (size > most_ignore_file_bytes) {
        FileLimits own = limits;
        own.most_file_bytes = most_ignore_file_bytes;
        findings.push_back(too_large_finding(ignore_file_name, size, own));
        return "";
    }
    return {static_cast<const char*>(git_blob_rawcontent(blob)), size};
}

void GitTree::fail_listing(const TreeRequest& request, const ListingProblem& problem) {
    const std::string attempt = "list the files of commit " + request.commit.substr(0, 12);
    const auto hint = "; point the source at a sub-folder, or leave files out with .kedgeignore";
    switch (problem.kind) {
    case ListingProblem::Kind::too_many_files:
        throw Failure(NextAction::wait_for_change, place_ + ": " + attempt + ": there are more than " +
                                                       std::to_string(request.limits.most_files) + " manifest files" +
                                                       hint);
    case ListingProblem::Kind::too_many_entries:
        throw Failure(NextAction::wait_for_change, place_ + ": " + attempt + ": there are more than " +
                                                       std::to_string(request.limits.most_entries) + " entries" + hint);
    case ListingProblem::Kind::missing_object:
        break;
    }
    fail_damaged(attempt, problem.text);
}

Snapshot GitTree::list(const TreeRequest& request, TreeMemory& memory) {
    open();
    const auto commit = this->commit(request.commit);
    const git_oid tree = folder_tree(commit.get(), request);
    Snapshot snapshot;
    const Commit about = describe_commit(commit.get());
    snapshot.revision.id = about.id;
    snapshot.revision.branch = request.branch;
    snapshot.revision.title = about.title;
    snapshot.revision.author = about.author;
    snapshot.revision.time = about.time;
    FileRules rules(request.include, request.exclude);
    const std::string patterns = ignore_file(tree, request.limits, snapshot.findings);
    rules.set_ignore_file(patterns);
    const std::string key = rules_key(request, patterns);
    ListedFolder before;
    if (key == memory.under) before = std::move(memory.listed);
    memory = {};
    TreeLister lister(repository_.get(), objects_.get(), rules, request.limits);
    try {
        memory.listed = lister.list(tree, std::move(before));
    } catch (const ListingProblem& problem) {
        fail_listing(request, problem);
    }
    memory.under = key;
    subtrees_read_ = lister.subtrees_read();
    snapshot.content = id_text(tree);
    flatten(memory.listed, snapshot.files, snapshot.findings);
    return snapshot;
}

std::vector<std::string> GitTree::folders(const std::string& commit_id, const std::string& folder) {
    open();
    const auto commit = this->commit(commit_id);
    git_tree* raw = nullptr;
    if (git_commit_tree(&raw, commit.get()) != 0) fail_damaged("read a tree", git_error_text());
    GitPointer<git_tree> tree(raw);
    if (!folder.empty()) {
        git_tree_entry* found = nullptr;
        if (git_tree_entry_bypath(&found, raw, folder.c_str()) != 0) return {};
        const GitPointer<git_tree_entry> entry(found);
        if (git_tree_entry_type(found) != GIT_OBJECT_TREE) return {};
        git_tree* inner = nullptr;
        if (git_tree_lookup(&inner, repository_.get(), git_tree_entry_id(found)) != 0)
            fail_damaged("read folder \"" + folder + "\"", git_error_text());
        tree.reset(inner);
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
        const auto* entry = git_tree_entry_byindex(tree.get(), i);
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) names.emplace_back(git_tree_entry_name(entry));
    }
    return names;
}

std::vector<BlobText> GitTree::read(const std::vector<FileEntry>& files) {
    open();
    std::vector<BlobText> texts;
    texts.reserve(files.size());
    for (const auto& file : files) {
        git_oid id;
        git_blob* raw = nullptr;
        if (!id_from_text(id, file.blob_id) || git_blob_lookup(&raw, repository_.get(), &id) != 0) {
            fail_damaged("read \"" + file.path + "\"", "blob " + file.blob_id.substr(0, 12) + " is not in the mirror");
        }
        const GitPointer<git_blob> blob(raw);
        BlobText text;
        text.path = file.path;
        text.blob_id = file.blob_id;
        text.text.assign(static_cast<const char*>(git_blob_rawcontent(raw)),
                         static_cast<std::size_t>(git_blob_rawsize(raw)));
        texts.push_back(std::move(text));
    }
    return texts;
}

std::map<std::string, CommitReference> GitTree::causes(const CauseRequest& request) {
    open();
    const auto newest = this->commit(request.commit);
    return find_causes(repository_.get(), newest.get(), request);
}

std::map<int, Commit> GitTree::blame(const std::string& commit, const std::string& path,
                                     const std::vector<int>& lines) {
    open();
    return find_authors(repository_.get(), this->commit(commit).get(), path, lines);
}

} // namespace kedge
