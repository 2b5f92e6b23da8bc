// One function for each command: asks the units, shows what they say, gives the exit code. No decisions.
#pragma once
#include "cli/options.h"
#include "cli/terminal.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/stop.h"
#include "io/task.h"
#include "model/finding.h"
#include "model/history_query.h"
#include "model/pass_record.h"
#include "model/stoppage.h"
#include "reconcile/unit.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace kedge {

// What wiring gives a command.
struct Session {
    EventLoop& loop;
    Clock& clock;
    Log& log;
    Stop& stop;
    std::vector<Unit*> units;
    // Text of the release file of a unit's folder: appends to it where the source is a plain folder. Gives the path
    // that was written, or an empty text where the entry has to be committed by hand.
    std::function<std::string(const Unit&, const std::string& entry)> append_release;
    // The history of a unit, newest first; with a name only what became of that registration.
    std::function<Task<std::vector<PassRecord>>(const Unit&, std::string name, int most)> history;
    std::function<Task<void>(const Unit&, PassRecord)> remember;
    std::function<std::string()> history_problem; // why nothing is remembered; empty: it is
    // Writes in flight, in words, and how many were sent so far.
    std::function<std::vector<std::string>()> writing;
    std::function<std::uint64_t()> writes_sent;
    // All that the store remembers, by who, when and what; not set: it cannot be asked for these.
    std::function<Task<std::vector<PassRecord>>(HistoryQuery)> search_history{};
    // What people stopped, as the store keeps it; these two return when it is kept.
    std::function<Task<std::vector<Stoppage>>()> stoppages{};
    std::function<Task<void>(Stoppage)> put_stoppage{};
    std::function<Task<void>(Stoppage)> end_stoppage{};
    // A release that was given by command has been used by a write of this unit: it counts once, like one in git.
    std::function<Task<void>(const Unit&, std::string entry)> drop_release{};
    std::string user{}; // who gives the command, for those who come later
};

// All throw Failure where the world fails.
int plan_command(Session& session, const Options& options, Terminal& terminal);
// `folder_of`: where a unit's manifests are in the repository.
int preview_command(Session& session, const Options& options, Terminal& terminal,
                    const std::function<std::string(const Unit&)>& folder_of);
int apply_command(Session& session, const Options& options, Terminal& terminal);
int release_command(Session& session, const Options& options, Terminal& terminal);
int adopt_command(Session& session, const Options& options, Terminal& terminal);
int rollback_command(Session& session, const Options& options, Terminal& terminal);
int resume_command(Session& session, const Options& options, Terminal& terminal);
int explain_command(Session& session, const Options& options, Terminal& terminal);
int holds_command(Session& session, const Options& options, Terminal& terminal);
int history_command(Session& session, const Options& options, Terminal& terminal);
int show_command(const Options& options, Terminal& terminal);
// Without a daemon: what the store knows.
int status_command(Session& session, const Options& options, Terminal& terminal);
int pause_command(Session& session, const Options& options, Terminal& terminal);
int freeze_command(Session& session, const Options& options, Terminal& terminal);
int disown_command(Session& session, const Options& options, Terminal& terminal);
// `manifests`: how many valid ones there are.
int validate_command(const std::vector<Finding>& findings, int manifests, const Options& options, Terminal& terminal);

} // namespace kedge
