// The pure part of a provider: five questions about one control plane's API, answered as values. No I/O, no clock, no
// secret values (see Operation::document).
#pragma once
#include "base/http_message.h"
#include "base/json.h"
#include "model/condition.h"
#include "model/finding.h"
#include "model/live.h"
#include "model/resource.h"
#include "model/target.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kedge {

enum class OperationKind {
    preflight,    // who are we, which tenant -> Done{identity}
    list,         // every row, page by page -> Done; rows are cut out by the provider
    get,          // one row by id -> Done{document} or Done{} when it is gone
    find_by_name, // one row by name -> Done{document} or Done{} when there is none
    subjects,     // who holds credentials on this id -> Done{subjects}
    rehearse,     // dry run of a create or update -> Done{document}, Held, Refused
    create,
    update,
    remove,
    find_all, // rows by name, at most Capabilities::find_at_once names -> Done{documents}
};
// As a person names it: "dry run", "look up".
std::string_view to_text(OperationKind kind);

struct Operation {
    OperationKind kind = OperationKind::preflight;
    std::string remote_id;
    std::string name;
    std::string type;
    // The manifest to send, marker included. Secret references are opaque tokens here, put in place of the value by the
    // provider just before the send: a dialect never sees a secret that kedge resolves.
    Json document;
    bool force = false;             // acknowledge the sign-out (only ever with a release)
    int page_size = 0;              // list: 0 means describe().pacing.page_size
    std::vector<std::string> names; // find_all
    // JSON pointers of `document` whose values hold a token: live never equals them, so a read-back does not compare
    // them. The provider fills this in.
    std::vector<std::string> sealed;
    // update: version of the row that the plan saw (Change::live_version). Where an answer is lost and a secret cannot
    // be read back, only a version that moved shows that the write was carried out; empty: Unsure then.
    std::string live_version;
    // create where names are not unique: the ids that bore this name before. Where the answer is lost, the list is read
    // again: exactly one row that is not among them and equals the document is what was created; else Unsure.
    std::vector<std::string> known_ids;

    bool operator==(const Operation&) const = default;
};

// What one request came to.
struct Exchange {
    HttpRequest request;
    bool answered = false; // false: the answer was lost, the request may have been carried out
    HttpResponse response; // of list pages: the envelope only, rows taken out
    std::size_t rows = 0;  // list pages: how many rows were taken out
    std::string error;     // where not answered
    bool sent = true;      // false: not one byte of it can have been processed

    bool operator==(const Exchange&) const = default;
};
using Transcript = std::vector<Exchange>;

// What to do next.
struct Send {
    HttpRequest request;
    bool is_write = false; // a write is never repeated blindly
    int wait_ms = 0;       // it is sent so much later (asynchronous control planes, asked until they are done)
};
struct Done {
    std::optional<LiveDocument> document; // as the control plane stored it (or would); nothing: gone or not found
    std::vector<LiveDocument> documents;  // find_all: of these names, no other; a name that is missing is not there
    std::optional<TargetIdentity> identity;
    int subjects = 0;
    std::vector<std::string> subject_names; // for people, at most 20
    std::size_t listed = 0;                 // list: rows counted
};
struct Held {
    std::string text; // the control plane wants an acknowledgement; their words, scrubbed
};
struct Blocked {
    Condition condition;                    // what it waits for: a person, an upstream
    std::optional<LiveDocument> document{}; // as stored, where the write was taken all the same; nothing: not stored
};
enum class RefusalKind {
    invalid,      // 400, 422: the manifest is wrong
    forbidden,    // 403: this token may not
    credential,   // 401: this token is nobody; the whole pass stops
    conflict,     // 409
    gone,         // 404 on an update or a page that vanished
    busy,         // 429 and 503 after all patience
    broken,       // 5xx, HTML, nonsense: the answer makes no sense
    unreachable,  // no answer, or not sent, and nothing can have happened
    inconsistent, // list: ids not unique or totals that differ
};
struct Refused {
    RefusalKind kind = RefusalKind::broken;
    std::string text;   // our words, with the status
    std::string theirs; // their words, scrubbed and shortened; array messages joined with "; "
    std::string hint{}; // what to do about it; empty: nothing that is known

    // All three in one line.
    std::string words() const {
        return text + (theirs.empty() ? "" : ": \"" + theirs + "\"") + (hint.empty() ? "" : "; " + hint);
    }
};
struct Unsure {
    std::string text; // sent, answer lost, and reading back did not decide
};
using Step = std::variant<Send, Done, Held, Blocked, Refused, Unsure>;

class Dialect {
public:
    virtual ~Dialect() = default;
    virtual const Description& describe() const = 0;
    // What this control plane cannot express.
    virtual std::vector<Finding> check(const Resource& resource) const = 0;
    // One live row as a manifest. Throws std::invalid_argument where the row is no registration at all.
    virtual LiveDocument read(const Json& row) const = 0;
    // Normal form, applied to both sides: values equal to the documented default, nulls and empty lists removed;
    // converted fields; set-like lists sorted.
    virtual Json canonical(Json document) const = 0;
    // The next step of an operation, from what was said so far.
    virtual Step next(const Operation& operation, const Transcript& transcript) const = 0;
};

// Where tags may hold the marker: puts it into a document to be sent (`tags.kedge`; "kedge:..." where tags are a list).
// Touches nothing else, and nothing at all where tags are neither a map, a list nor absent.
Json with_marker(Json document, const std::string& marker);

} // namespace kedge
