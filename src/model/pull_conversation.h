// What people and programs say about a pull request: comments, statuses, rights and approvals, as every forge has them.
#pragma once
#include "base/duration.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct PullComment {
    std::string id;
    std::string author; // foreign, as a forge names people; empty: the account is gone
    std::string body;   // foreign
    std::string url;
    bool by_program = false; // written by an app or a bot account, where the forge tells
    UnixSeconds at = 0;      // when it was written; 0: the forge does not tell
    bool edited = false;     // since then, by whomever

    bool operator==(const PullComment&) const = default;
};

enum class AnnotationLevel { notice, warning, failure };

// Words at lines of a file of the pull request.
struct Annotation {
    std::string path; // in the repository
    int first_line = 1;
    int last_line = 1;
    AnnotationLevel level = AnnotationLevel::notice;
    std::string title;
    std::string text;

    bool operator==(const Annotation&) const = default;
};

enum class StatusState {
    pending, // not known yet: asked again without anybody doing something
    success,
    failure,
    error,
};
std::string_view to_text(StatusState state); // "pending", ..., as GitHub spells them

// What stands beside a commit, and may be required for a merge. One per commit and name: a later one replaces it.
struct CommitStatus {
    std::string commit;
    std::string name;
    StatusState state = StatusState::pending;
    std::string line; // one sentence; cut where the forge has less room
    std::string url;  // the page behind it; empty: none
    // Where the forge has room for them (GitHub's check runs):
    std::string summary{}; // Markdown
    std::vector<Annotation> annotations{};

    bool operator==(const CommitStatus&) const = default;
};

// What somebody may do to a repository.
enum class Permission { none, read, write, admin };

// Somebody approves a pull request, and has not taken it back since. Whether an approval of theirs counts is another
// question: on some forges everybody who may read may approve (see Permission).
struct Approval {
    std::string who;
    std::string commit; // the head that they approved; empty: the forge does not tell, so it proves nothing of any head

    bool operator==(const Approval&) const = default;
};

} // namespace kedge
