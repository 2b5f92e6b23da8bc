// libgit2's objects with owners, and its errors as text. No file of this project writes to disk through libgit2.
#pragma once
#include <git2.h>
#include <memory>
#include <string>

namespace kedge {

struct GitFree {
    void operator()(git_repository* object) const { git_repository_free(object); }
    void operator()(git_odb* object) const { git_odb_free(object); }
    void operator()(git_object* object) const { git_object_free(object); }
    void operator()(git_commit* object) const { git_commit_free(object); }
    void operator()(git_tree* object) const { git_tree_free(object); }
    void operator()(git_tree_entry* object) const { git_tree_entry_free(object); }
    void operator()(git_blob* object) const { git_blob_free(object); }
    void operator()(git_reference* object) const { git_reference_free(object); }
    void operator()(git_revwalk* object) const { git_revwalk_free(object); }
    void operator()(git_blame* object) const { git_blame_free(object); }
    void operator()(git_index* object) const { git_index_free(object); }
    void operator()(git_index_conflict_iterator* object) const { git_index_conflict_iterator_free(object); }
};
template<class T>
using GitPointer = std::unique_ptr<T, GitFree>;

// The library counts its users; as long as one of these lives it may be called. Reads no system or user configuration.
class GitLibrary final {
public:
    GitLibrary();
    ~GitLibrary();
    GitLibrary(const GitLibrary&) = delete;
    GitLibrary& operator=(const GitLibrary&) = delete;
};

// The last error of this thread.
std::string git_error_text();
std::string id_text(const git_oid& id);
// False where `text` is not 40 hex digits.
bool id_from_text(git_oid& id, const std::string& text);

} // namespace kedge
