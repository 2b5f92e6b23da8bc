#include "source/tree_listing.h"

#include "source/file_findings.h"
#include "source/names.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

void collect(const ListedFolder& folder, const std::string& path, std::vector<FileEntry>& files,
             std::vector<Finding>& findings) {
    for (const auto& file : folder.files) files.push_back({join_path(path, file.name), id_text(file.id), file.size});
    findings.insert(findings.end(), folder.findings.begin(), folder.findings.end());
    for (const auto& [name, inner] : folder.folders) collect(inner, join_path(path, name), files, findings);
}

bool is_file_mode(git_filemode_t raw) {
    // 0100664 is what very old gits wrote for a plain file.
    return raw == GIT_FILEMODE_BLOB || raw == GIT_FILEMODE_BLOB_EXECUTABLE || static_cast<int>(raw) == 0100664;
}

std::string octal(git_filemode_t mode) {
    std::string text;
    for (auto rest = static_cast<unsigned>(mode); rest > 0; rest /= 8) {
        text.insert(text.begin(), static_cast<char>('0' + rest % 8));
    }
    return text.empty() ? "0" : text;
}

} // namespace

TreeLister::TreeLister(git_repository* repository, git_odb* objects, const FileRules& rules, const FileLimits& limits)
    : repository_(repository), objects_(objects), rules_(rules), limits_(limits) {}

ListedFolder TreeLister::list(const git_oid& tree, ListedFolder before) {
    return walk(tree, "", &before, 0);
}

void TreeLister::count(std::size_t files, std::size_t entries) {
    files_ += files;
    entries_ += entries;
    if (files_ > limits_.most_files) throw ListingProblem{ListingProblem::Kind::too_many_files, ""};
    if (entries_ > limits_.most_entries) throw ListingProblem{ListingProblem::Kind::too_many_entries, ""};
}

ListedFolder TreeLister::walk(const git_oid& id, const std::string& path, ListedFolder* before, int depth) {
    if (before != nullptr && git_oid_equal(&before->tree, &id)) {
        count(before->all_files, before->all_entries);
        return std::move(*before);
    }
    git_tree* raw = nullptr;
    if (git_tree_lookup(&raw, repository_, &id) != 0) {
        throw ListingProblem{ListingProblem::Kind::missing_object, git_error_text()};
    }
    const GitPointer<git_tree> tree(raw);
    ++subtrees_read_;
    ListedFolder folder;
    folder.tree = id;
    const std::size_t entries = git_tree_entrycount(tree.get());
    count(0, entries);
    for (std::size_t i = 0; i < entries; ++i) add(folder, git_tree_entry_byindex(tree.get(), i), path, before, depth);
    folder.files.shrink_to_fit(); // it is kept until the tree moves
    folder.all_files = folder.files.size();
    folder.all_entries = entries;
    for (const auto& [name, inner] : folder.folders) {
        folder.all_files += inner.all_files;
        folder.all_entries += inner.all_entries;
    }
    return folder;
}

void TreeLister::add(ListedFolder& folder, const git_tree_entry* entry, const std::string& path, ListedFolder* before,
                     int depth) {
    const std::string name = git_tree_entry_name(entry);
    const std::string inner = join_path(path, name);
    const git_filemode_t raw = git_tree_entry_filemode_raw(entry);
    const bool is_folder = raw == GIT_FILEMODE_TREE;
    if (is_folder ? rules_.skips_folder(inner) : rules_.ignores(inner, false)) return;
    const std::string problem = name_problem(name);
    if (!problem.empty()) {
        if (is_folder || rules_.lists(inner)) folder.findings.push_back(bad_name_finding(path, name, problem));
    } else if (is_folder) {
        add_folder(folder, entry, inner, before, depth);
    } else if (raw == GIT_FILEMODE_COMMIT) {
        folder.findings.push_back(submodule_finding(inner));
    } else if (raw == GIT_FILEMODE_LINK) {
        const auto target = link_target(*git_tree_entry_id(entry));
        folder.findings.push_back(symlink_finding(inner, rules_.lists(inner), target));
    } else if (rules_.lists(inner)) {
        if (is_file_mode(raw))
            add_file(folder, entry, inner);
        else
            folder.findings.push_back(special_file_finding(inner, "of the unknown git mode " + octal(raw)));
    }
}

void TreeLister::add_folder(ListedFolder& folder, const git_tree_entry* entry, const std::string& path,
                            ListedFolder* before, int depth) {
    if (depth + 1 > limits_.most_folders_deep) {
        folder.findings.push_back(too_deep_finding(path, limits_));
        return;
    }
    const std::string name = git_tree_entry_name(entry);
    ListedFolder* inner_before = nullptr;
    if (before != nullptr) {
        const auto known = before->folders.find(name);
        if (known != before->folders.end()) inner_before = &known->second;
    }
    folder.folders.insert_or_assign(name, walk(*git_tree_entry_id(entry), path, inner_before, depth + 1));
}

void TreeLister::add_file(ListedFolder& folder, const git_tree_entry* entry, const std::string& path) {
    ListedFile file;
    file.name = git_tree_entry_name(entry);
    file.id = *git_tree_entry_id(entry);
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, objects_, &file.id) != 0 || type != GIT_OBJECT_BLOB) {
        throw ListingProblem{ListingProblem::Kind::missing_object, git_error_text()};
    }
    file.size = size;
    if (file.size > limits_.most_file_bytes) {
        folder.findings.push_back(too_large_finding(path, file.size, limits_));
        return;
    }
    count(1, 0);
    folder.files.push_back(std::move(file));
}

std::string TreeLister::link_target(const git_oid& id) const {
    git_blob* raw = nullptr;
    if (git_blob_lookup(&raw, repository_, &id) != 0) return "";
    const GitPointer<git_blob> blob(raw);
    const auto size = std::min<std::size_t>(static_cast<std::size_t>(git_blob_rawsize(raw)), 4096);
    return {static_cast<const char*>(git_blob_rawcontent(raw)), size};
}

void flatten(const ListedFolder& folder, std::vector<FileEntry>& files, std::vector<Finding>& findings) {
    files.reserve(files.size() + folder.all_files);
    collect(folder, "", files, findings);
    // Git's own order, mostly: then there is nothing to do.
    const auto by_path = [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; };
    if (!std::is_sorted(files.begin(), files.end(), by_path)) std::sort(files.begin(), files.end(), by_path);
    findings = bounded_findings(std::move(findings));
}

} // namespace kedge
