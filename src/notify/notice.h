// Something worth telling people outside, as a value: a pass with its change set, a unit that fails or works again,
// what a person did. It holds names, digests, reasons and paths, never a value of a field.
#pragma once
#include "model/event.h"
#include "model/report.h"
#include "store/outbox.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// What a receiver can ask for.
enum class Topic {
    changes,   // something was written, or adopted
    holds,     // something waits for a person or for time
    drift,     // live was changed by hand
    problems,  // refused, failed, unclear; manifests with errors
    failing,   // a unit fails, and works again
    stoppages, // paused, frozen, resumed
    commands,  // sync, release, rollback by command
    settings,  // read anew, or refused
};
constexpr Topic last_topic = Topic::settings;
std::string_view to_text(Topic topic);

struct NoticeHold {
    std::string reason; // "sign-out", ...
    std::string text;
    std::string way_out; // the command or the wait that ends it, whole

    bool operator==(const NoticeHold&) const = default;
};

struct NoticeChange {
    std::string name;
    std::string type;
    std::string action; // "create", ...
    std::string result; // "done", "held", ...
    std::string text;   // why, where it is not done
    std::string digest;
    std::string commit;
    std::string author;
    std::string pull_request;
    std::vector<std::string> fields; // paths that differ
    std::vector<NoticeHold> holds;
    bool drifted = false;
    bool is_new = false; // false: told before, and still so

    bool operator==(const NoticeChange&) const = default;
};

struct Notice {
    std::string kind; // "pass", "failing", "recovered", "stoppage", "command", "settings"
    std::set<Topic> topics;
    EventSeverity severity = EventSeverity::info;
    UnixSeconds at = 0;
    std::string installation;
    std::string unit;
    std::string pass;
    Revision revision;
    std::string target; // in words
    std::string text;   // one line for people
    std::string stopped;
    std::map<std::string, int> counts; // result -> how many
    std::vector<NoticeChange> changes; // the new ones first
    int changes_left_out = 0;
    std::vector<std::string> findings; // new ones, in words
    int findings_left_out = 0;

    bool operator==(const Notice&) const = default;
};

struct News {
    std::optional<Notice> notice; // nothing: all of it was told before
    Told told;                    // of this unit, from now on
};

// Of a pass that ended. What was done is always news; what waits or is wrong is news once, and again once it was gone.
News news_of_pass(const Event& event, const Report& report, const Told& before, const std::string& installation);
// Of a pass that failed: once, and again where it got worse.
News news_of_failure(const Event& event, const Told& before, const std::string& installation);
// Of a unit that works again: as severe as what it ends. Nothing where no failure was told.
News news_of_recovery(const Event& event, const Told& before, const std::string& installation);
// Of everything else: always.
Notice notice_of(const Event& event, const std::string& installation);

bool is_told_failing(const Told& told);

} // namespace kedge
