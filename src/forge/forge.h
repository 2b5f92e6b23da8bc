// What kedge asks of a forge, and how that goes over the wire: requests and answers as values. No I/O, no clock, no
// credential. One Forge speaks of one repository; preview/forge_client.h carries its requests.
#pragma once
#include "base/http_message.h"
#include "model/preview.h"
#include "model/pull_conversation.h"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kedge {

enum class ForgeKind { github, gitlab, gitea };
// As people write it: "GitHub", "GitLab", "Gitea" (which stands for Forgejo as well).
std::string_view to_text(ForgeKind kind);

// The closed set of questions.
struct AskAccount {};   // whose credential this is -> account; empty: the forge does not tell this kind of credential
struct AskOpenPulls {}; // -> pulls, those that moved last first
struct AskPull {
    int number = 0; // -> pulls[0]
};
struct AskFiles {
    int number = 0; // -> files: paths that the pull request changes
};
struct AskComments {
    int number = 0; // -> comments, oldest first
};
// Our one comment, found by its marker: a hidden line (comment_marker) at its very beginning. Edited where it is there,
// written where it is not -> id, unchanged. A comment with our marker that somebody else wrote is not ours.
struct PutComment {
    int number = 0;
    std::string marker;
    std::string body;    // begins with the marker
    std::string id;      // of the comment, where it is known from before; empty: look for it
    std::string account; // who we are; empty: not known, then only a program's comment can be ours
};
// One more comment, as an answer to somebody -> id.
struct WriteComment {
    int number = 0;
    std::string body;
};
struct PutStatus {
    CommitStatus status;
};
struct AskPermission {
    std::string user; // -> permission; somebody unknown has none
};
struct AskApprovals {
    int number = 0; // -> approvals
};
using ForgeAsk = std::variant<AskAccount, AskOpenPulls, AskPull, AskFiles, AskComments, PutComment, WriteComment,
                              PutStatus, AskPermission, AskApprovals>;
std::string attempt(const ForgeAsk& ask); // as in: read pull request 12

// What one request came to.
struct ForgeExchange {
    HttpRequest request;
    bool answered = false; // false: the answer was lost, or (see `sent`) it was never sent
    bool sent = true;      // false: not one byte of it can have been processed
    HttpResponse response;
    std::string error; // where not answered

    bool operator==(const ForgeExchange&) const = default;
};
using ForgeTalk = std::vector<ForgeExchange>;

struct ForgeSend {
    HttpRequest request;
    bool once = false; // sent twice it would do the work twice: an unclear end is for the forge to look into
    bool absence_is_answer = false; // a 404 says something; otherwise it may be too early, and asking again helps
};
struct ForgeAnswer {
    std::string account;
    std::vector<PullRequest> pulls;
    std::vector<std::string> moved; // AskOpenPulls: of each of them, the forge's word for when anything about it moved
    std::vector<std::string> files;
    std::vector<PullComment> comments;
    std::string id; // of the comment that was put or written
    Permission permission = Permission::none;
    std::vector<Approval> approvals;
    bool unchanged = false; // PutComment: it said so already
    bool cut = false;       // there is more than kedge reads
};
enum class ForgeTrouble {
    credential,  // 401: this token is nobody
    forbidden,   // 403: it may not
    gone,        // 404 after all patience, 410
    invalid,     // 400, 413, 422: the forge does not take what is said
    conflict,    // 405, 409 after all patience
    busy,        // 429, 503 and the like after all patience
    broken,      // the answer makes no sense
    unreachable, // not sent, or no answer to what changes nothing
    unsure,      // sent, the answer is lost, and looking did not decide
};
struct ForgeRefusal {
    ForgeTrouble trouble = ForgeTrouble::broken;
    std::string text; // attempt and cause, with their words: scrubbed, quoted
    std::string hint; // empty: nothing that is known
};
using ForgeStep = std::variant<ForgeSend, ForgeAnswer, ForgeRefusal>;

struct ForgeDescription {
    ForgeKind kind = ForgeKind::github;
    std::string repository;
    std::size_t most_comment = 0; // characters of a comment; a longer body is refused unsent
    std::size_t most_line = 0;    // characters of a status line
    bool has_annotations = false;
    bool approvals_name_heads = true; // false: only newer versions of it tell which head was approved
    std::string credential_header;
    std::string credential_prefix;
    std::string head_ref_begin; // in git, "refs/pull/" NUMBER "/head"
    std::string head_ref_end;

    std::string head_ref(int number) const { return head_ref_begin + std::to_string(number) + head_ref_end; }
};

class Forge {
public:
    virtual ~Forge() = default;
    virtual const ForgeDescription& describe() const = 0;
    // The next step, from what was said so far.
    virtual ForgeStep next(const ForgeAsk& ask, const ForgeTalk& talk) const = 0;
};

struct ForgeOptions {
    ForgeKind kind = ForgeKind::github;
    std::string repository;  // "owner/name"; GitLab: "group/sub/name"
    bool check_runs = false; // GitHub: check runs instead of commit statuses; only apps may write them
};
std::unique_ptr<Forge> make_forge(ForgeOptions options);

// Where the API of a forge is, from the address that people open in a browser: https://github.com ->
// https://api.github.com, https://git.example.com -> https://git.example.com/api/v3 (v4: GitLab, v1: Gitea). An address
// that ends like an API's stays as it is.
std::string forge_api_url(ForgeKind kind, std::string_view address);

// The hidden line that a comment of ours begins with. `key`: [a-z0-9-./], what makes it ours among several kedges.
std::string comment_marker(std::string_view key);

} // namespace kedge
