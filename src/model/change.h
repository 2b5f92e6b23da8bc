// One planned change of one registration, as a value: digests, places and differences, never a document.
#pragma once
#include "base/digest.h"
#include "base/duration.h"
#include "model/place.h"
#include "model/snapshot.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

enum class Action { create, update, rotate, replace, remove, adopt, keep };
std::string_view to_text(Action action); // "create", ..., "delete" for remove

enum class HoldReason {
    sign_out,
    delete_,
    foreign,
    conflict,
    replace,
    depends,
    unsure,
    paused,
    duplicate,
    review,
    limit,
    lost,
    upgrade,
    loop,
};
std::string_view to_text(HoldReason reason); // "sign-out", "delete", ...

struct Hold {
    HoldReason reason = HoldReason::foreign;
    std::string text;                 // why, with numbers
    std::string way_out;              // the command or the wait that ends it
    std::optional<int> subjects;      // sign-out: how many people at least
    std::optional<UnixSeconds> until; // ends by itself then
    Digest group;                     // held together with others: a release of this digest frees exactly that set

    bool operator==(const Hold&) const = default;
};

enum class DifferenceKind {
    added,          // in git, not live: would be set
    removed,        // live, not in git: would go
    changed,        // both, different
    secret_changed, // a secret field differs; values never shown
    secret_unknown, // a secret field that the control plane hides: not comparable
    normalised,     // differs only as the server stored what we last sent
};

struct FieldDifference {
    std::string path; // dotted, as in "auth_data.headers.Authorization", "collaborators[team:everyone/mcp-server-user]"
    DifferenceKind kind = DifferenceKind::changed;
    std::string live;    // canonical JSON, shortened; "(secret)" for secrets; empty for added
    std::string desired; // the same; empty for removed
    // Where live has moved since we last wrote or adopted it: the same of that time, empty where it was absent.
    // Nothing: this field did not move, or nobody knows.
    std::optional<std::string> known{};

    bool operator==(const FieldDifference&) const = default;
};

enum class CauseKind {
    unknown,
    first_time,
    git_moved,
    live_moved,
    both_moved,
    secret_rotated,
    removed_from_git,
    settings_moved, // neither git nor live: overrides, rules, another key
    kedge_changed,  // neither git nor live: this kedge compares by newer rules
};

struct Cause {
    CauseKind kind = CauseKind::unknown;
    CommitReference commit;           // last commit that touched the file since the applied one
    std::string renamed_from;         // the name that this registration had, where the rename is recognised
    std::vector<std::string> secrets; // rotated: the references of the manifest, "env:NAME"
    int sharing = 0;                  // rotated: so many changes of this plan use one of them
    UnixSeconds moved_after = 0;      // live moved: the last list that did not show it yet; 0: unknown
    UnixSeconds moved_seen = 0;       // live moved: the first list that did

    bool operator==(const Cause&) const = default;
};

enum class CheckKind {
    not_asked,   // switched off, or nothing to ask (delete)
    not_checked, // could not be asked, see text ("this token may not write")
    passed,      // the control plane would take it
    refused,     // it would not: text says why
};

struct Check {
    CheckKind kind = CheckKind::not_asked;
    std::string text;
    Place place; // where the manifest says what the control plane refuses

    bool operator==(const Check&) const = default;
};

// Who said yes to a held change, and why.
struct ReleasedBy {
    std::string who; // author of the entry's commit, or the person who gave the command; empty: not known
    std::string because;

    bool operator==(const ReleasedBy&) const = default;
};

struct Change {
    Action action = Action::keep;
    std::string name;
    std::string type;
    std::string remote_id; // empty for create
    Place place;           // of the manifest; empty for a delete
    std::string blob_id;   // of the file that holds it; empty for a delete
    int document = 0;
    Digest desired; // empty for a delete
    Digest live;    // empty for a create
    Digest digest;  // change digest: the unit of consent
    std::vector<FieldDifference> differences;
    bool auth_change = false;
    std::optional<int> subjects; // at least so many people hold credentials that this change ends
    std::vector<Hold> holds;
    bool released = false;     // a release names this digest: it may be forced, once the control plane asks for it
    int at_most = 0;           // of that release: most subjects that may be signed out; 0: not stated
    std::string release_entry; // digest (hex) of the whole release entry, spent with the write
    ReleasedBy released_by{};  // who wrote that entry: for the history, nothing is decided from it
    Cause cause;
    Check check;
    std::string live_version; // version of the row that the plan saw
    std::string left_alone;   // why nobody is to touch it, held or not: a switch of the unit only reports it

    bool operator==(const Change&) const = default;
    bool is_left_alone() const { return !left_alone.empty() && action != Action::keep; }
    // Waits for a person or for time: what is left alone waits for nothing.
    bool held() const { return !holds.empty() && left_alone.empty(); }
    bool runs() const {
        return holds.empty() && left_alone.empty() && check.kind != CheckKind::refused && action != Action::keep;
    }
};

} // namespace kedge
