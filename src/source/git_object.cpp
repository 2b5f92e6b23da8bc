#include "source/git_object.h"

#include "source/names.h"

namespace kedge {

GitLibrary::GitLibrary() {
    if (git_libgit2_init() != 1) return; // others use it already: its settings are made, and their threads read them
    // A tree is read once, and what was read of it is kept by us.
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, static_cast<ssize_t>(1024 * 1024));
    for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
}

GitLibrary::~GitLibrary() {
    git_libgit2_shutdown();
}

std::string git_error_text() {
    const git_error* error = git_error_last();
    if (error == nullptr || error->message == nullptr) return "unknown error";
    return one_line(error->message);
}

std::string id_text(const git_oid& id) {
    std::string text(GIT_OID_HEXSZ, '0');
    git_oid_fmt(text.data(), &id);
    return text;
}

bool id_from_text(git_oid& id, const std::string& text) {
    return text.size() == GIT_OID_HEXSZ && git_oid_fromstrn(&id, text.data(), text.size()) == 0;
}

} // namespace kedge
