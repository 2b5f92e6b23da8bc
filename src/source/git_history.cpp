#include "source/git_history.h"

#include "source/file_findings.h"
#include "source/git_tree.h"
#include "source/names.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace kedge {

namespace {

using Steady = std::chrono::steady_clock;

// One entry of a tree, enough to see that it moved.
struct Entry {
    git_oid id{};
    git_filemode_t mode = GIT_FILEMODE_UNREADABLE;
    bool operator==(const Entry& other) const { return mode == other.mode && git_oid_equal(&id, &other.id) != 0; }
};
using Entries = std::map<std::string, Entry>;

class HistoryWalk {
public:
    HistoryWalk(git_repository* repository, const CauseRequest& request)
        : repository_(repository), folder_(request.folder), end_(Steady::now() + request.most_time) {
        for (const auto& path : request.paths) wanted_.insert(path);
    }

    bool finished() const { return wanted_.empty() || out_of_time_; }
    std::map<std::string, CommitReference> take() { return std::move(causes_); }

    // Gives this commit every wanted path that differs from all its parents.
    void visit(git_commit* commit) {
        const auto own = folder_of(commit);
        if (!own) return;
        std::optional<std::set<std::string>> touched;
        const unsigned parents = git_commit_parentcount(commit);
        for (unsigned i = 0; i < parents && (!touched || !touched->empty()); ++i) {
            git_commit* raw = nullptr;
            if (git_commit_parent(&raw, commit, i) != 0) continue; // the edge of a shallow history
            const GitPointer<git_commit> parent(raw);
            const auto theirs = folder_of(raw);
            std::set<std::string> differing;
            compare(*own, theirs ? *theirs : git_oid{}, "", differing);
            if (touched) differing = common(*touched, differing);
            touched = std::move(differing);
        }
        if (parents == 0) {
            touched.emplace();
            compare(*own, git_oid{}, "", *touched);
        }
        if (!touched || touched->empty() || out_of_time_) return;
        const CommitReference about(describe_commit(commit));
        for (const auto& path : *touched) {
            wanted_.erase(path);
            causes_.emplace(path, about);
        }
    }

private:
    static std::set<std::string> common(const std::set<std::string>& a, const std::set<std::string>& b) {
        std::set<std::string> both;
        std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
        return both;
    }

    // The tree of the source folder at a commit: the zero id where the folder is not there, nothing where it cannot be
    // read.
    std::optional<git_oid> folder_of(git_commit* commit) {
        if (folder_.empty()) return *git_commit_tree_id(commit);
        git_tree* raw = nullptr;
        if (git_commit_tree(&raw, commit) != 0) return std::nullopt;
        const GitPointer<git_tree> tree(raw);
        git_tree_entry* entry = nullptr;
        if (git_tree_entry_bypath(&entry, raw, folder_.c_str()) != 0) return git_oid{};
        const GitPointer<git_tree_entry> owner(entry);
        return git_tree_entry_type(entry) == GIT_OBJECT_TREE ? *git_tree_entry_id(entry) : git_oid{};
    }

    Entries entries_of(const git_oid& id) {
        Entries entries;
        git_tree* raw = nullptr;
        if (git_oid_is_zero(&id) != 0 || git_tree_lookup(&raw, repository_, &id) != 0) return entries;
        const GitPointer<git_tree> tree(raw);
        for (std::size_t i = 0; i < git_tree_entrycount(raw); ++i) {
            const git_tree_entry* entry = git_tree_entry_byindex(raw, i);
            entries[git_tree_entry_name(entry)] = {*git_tree_entry_id(entry), git_tree_entry_filemode(entry)};
        }
        return entries;
    }

    bool wants_below(const std::string& folder) const {
        const auto first = wanted_.lower_bound(folder + "/");
        return first != wanted_.end() && first->starts_with(folder + "/");
    }

    void compare(const git_oid& ours, const git_oid& theirs, const std::string& path,
                 std::set<std::string>& differing) {
        if (git_oid_equal(&ours, &theirs) != 0) return;
        if (Steady::now() > end_) out_of_time_ = true;
        if (out_of_time_) return;
        const Entries a = entries_of(ours);
        const Entries b = entries_of(theirs);
        for (const auto& [name, entry] : a) {
            const auto other = b.find(name);
            if (other == b.end() || !(other->second == entry))
                compare_entry(entry, other == b.end() ? Entry{} : other->second, join_path(path, name), differing);
        }
        for (const auto& [name, entry] : b) {
            if (!a.contains(name)) compare_entry(Entry{}, entry, join_path(path, name), differing);
        }
    }

    void compare_entry(const Entry& ours, const Entry& theirs, const std::string& path,
                       std::set<std::string>& differing) {
        const bool our_tree = ours.mode == GIT_FILEMODE_TREE;
        const bool their_tree = theirs.mode == GIT_FILEMODE_TREE;
        if ((our_tree || their_tree) && wants_below(path)) {
            compare(our_tree ? ours.id : git_oid{}, their_tree ? theirs.id : git_oid{}, path, differing);
        }
        if (!(our_tree && their_tree) && wanted_.contains(path)) differing.insert(path);
    }

    git_repository* repository_;
    std::string folder_;
    Steady::time_point end_;
    std::set<std::string> wanted_;
    std::map<std::string, CommitReference> causes_;
    bool out_of_time_ = false;
};

} // namespace

Commit describe_commit(git_commit* commit) {
    Commit about;
    about.id = id_text(*git_commit_id(commit));
    const git_signature* author = git_commit_author(commit);
    if (author != nullptr) about.author = one_line(std::string(author->name) + " <" + author->email + ">");
    const char* title = git_commit_summary(commit);
    if (title != nullptr) about.title = one_line(title);
    about.time = git_commit_time(commit);
    return about;
}

std::map<std::string, CommitReference> find_causes(git_repository* repository, git_commit* newest,
                                                   const CauseRequest& request) {
    HistoryWalk history(repository, request);
    git_revwalk* raw = nullptr;
    if (git_revwalk_new(&raw, repository) != 0) return {};
    const GitPointer<git_revwalk> walk(raw);
    // By time: a topological order would first read all of the history.
    git_revwalk_sorting(raw, GIT_SORT_TIME);
    if (git_revwalk_push(raw, git_commit_id(newest)) != 0) return {};
    git_oid since;
    // A commit that is not there any more (a force push) bounds nothing; the number of commits and the time still do.
    if (id_from_text(since, request.since)) git_revwalk_hide(raw, &since);
    git_oid id;
    for (std::size_t i = 0; i < request.most_commits && !history.finished() && git_revwalk_next(&id, raw) == 0; ++i) {
        git_commit* found = nullptr;
        if (git_commit_lookup(&found, repository, &id) != 0) break;
        const GitPointer<git_commit> commit(found);
        history.visit(found);
    }
    return history.take();
}

std::map<int, Commit> find_authors(git_repository* repository, git_commit* newest, const std::string& path,
                                   const std::vector<int>& lines) {
    std::map<int, Commit> authors;
    if (lines.empty()) return authors;
    git_blame_options options = GIT_BLAME_OPTIONS_INIT;
    options.newest_commit = *git_commit_id(newest);
    options.min_line = static_cast<std::size_t>(*std::min_element(lines.begin(), lines.end()));
    options.max_line = static_cast<std::size_t>(*std::max_element(lines.begin(), lines.end()));
    git_blame* raw = nullptr;
    if (git_blame_file(&raw, repository, path.c_str(), &options) != 0) return authors;
    const GitPointer<git_blame> blame(raw);
    for (const int line : lines) {
        const auto* hunk = git_blame_get_hunk_byline(raw, static_cast<std::size_t>(line));
        git_commit* commit = nullptr;
        if (hunk == nullptr || git_commit_lookup(&commit, repository, &hunk->final_commit_id) != 0) continue;
        const GitPointer<git_commit> owner(commit);
        authors[line] = describe_commit(commit);
    }
    return authors;
}

} // namespace kedge
