// A running kedge as its doors see it: what it shows, what it may be asked, what people may tell it to do. Doors decide
// who may ask; what comes of it is decided here.
#pragma once
#include "io/task.h"
#include "model/history_query.h"
#include "model/pass_record.h"
#include "model/unit_status.h"
#include "reconcile/status_board.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kedge {

// What a person may ask for. Units and registrations are named; an unknown one is answered, never thrown.

struct SyncNow {
    std::string unit; // empty: all of them
};
// Until somebody resumes, or `until`.
struct PauseUnit {
    std::string unit;
    std::string resource; // one registration; empty: the whole unit
    std::string because;
    UnixSeconds until = 0;
};
// Ends a pause, and what a rollback pinned (`resource` empty).
struct ResumeUnit {
    std::string unit;
    std::string resource;
};
struct Freeze {
    std::string name;
    std::vector<std::string> units; // empty: all, those that come later as well
    std::string because;
    UnixSeconds until = 0;
};
struct Unfreeze {
    std::string name;
};
// A yes to exactly this change, or to this group, of a plan that is shown now.
struct ReleaseChange {
    std::string unit;   // empty: whichever has it
    std::string digest; // hex, or its first 12 digits and more
    std::string because;
    int at_most = 0;
    // A preview shows it, and it is planned once that is merged: its name, or its group's; `unit` and the whole digest
    // are given then.
    std::string previewed{};
    bool only_check = false; // says whether it would be taken
};
struct Rollback {
    std::string unit;
    std::string commit;
    std::string because;
};

using Command = std::variant<SyncNow, PauseUnit, ResumeUnit, Freeze, Unfreeze, ReleaseChange, Rollback>;

struct CommandAnswer {
    enum class Result {
        done,      // carried out, or queued: `text` says what happens next
        unchanged, // it was so already
        not_found, // no such unit, registration, freeze, digest
        refused,   // the settings do not allow it, or it cannot be now: `text` says why and what can
        invalid,   // the command itself is wrong (a name, a time in the past)
    };
    Result result = Result::done;
    std::string text; // one sentence for people
};

// From a webhook: only a hint. Units that follow this repository (and ref, where one is named) look soon.
struct SourceMoved {
    std::vector<std::string> urls; // of the repository, as the forge spells them: https, ssh, html
    std::string ref;               // "refs/heads/main"; empty: any
};

class Daemon {
public:
    virtual ~Daemon() = default;
    virtual StatusBoard& board() = 0;
    // `by`: who asks, for history and events. Throws Failure where the store fails.
    virtual Task<CommandAnswer> perform(Command command, std::string by) = 0;
    // Gives how many units will look because of it.
    virtual int source_moved(SourceMoved hint) = 0;
    // The newest first. Throws Failure where it cannot be read.
    virtual Task<std::vector<PassRecord>> history(HistoryQuery query) = 0;
    // Of a unit's last look, sorted by name; empty for an unknown unit and before its first look.
    virtual std::vector<ResourceStatus> resources(const std::string& unit) = 0;
};

} // namespace kedge
