// What the chronicle keeps of a pass: what happened, for people. Nothing is decided from it, and no value of a field is
// in it: only the paths of what moved.
#pragma once
#include "model/report.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kedge {

struct ChangeRecord {
    std::string name;
    std::string action; // "create", ...
    std::string result; // "done", "held", ...
    std::string text;   // why, where it is not done
    std::string digest; // hex
    std::string commit; // that caused it; empty: none known
    bool forced = false;
    std::string author{}; // of that commit
    std::string commit_title{};
    std::string pull_request{};       // the number that the title names; empty: none
    std::string remote_id{};          // of the registration
    ReleasedBy released_by{};         // where it had been held
    UnixSeconds moved_after = 0;      // live moved: the last list that did not show it yet; 0: unknown
    UnixSeconds moved_seen = 0;       // live moved: the first list that did; 0: live did not move
    std::vector<std::string> moved{}; // paths of the fields that moved; empty: not known, or the whole registration

    bool operator==(const ChangeRecord&) const = default;
};

struct PassRecord {
    std::int64_t id = 0; // given by the chronicle
    UnixSeconds at = 0;
    std::string revision;
    std::string title; // of its commit, or what a person did ("rollback to 1a2b3c4: WHY")
    int writes = 0;
    std::string stopped;
    std::vector<ChangeRecord> changes;
    std::string pass{};         // id, as in log and notifications; empty: no pass, a person did it by command
    UnixSeconds started = 0;    // 0: unknown
    std::string subject{};      // whose token wrote, as the control plane names it
    std::string by{};           // who gave the command; empty: a pass, or not known
    std::string installation{}; // these two are given by the chronicle
    std::string unit{};

    bool operator==(const PassRecord&) const = default;
};

// What a report does not tell of its pass.
struct PassTimes {
    std::string pass; // id
    UnixSeconds started = 0;
    UnixSeconds ended = 0;
};

PassRecord record_of(const Report& report, const PassTimes& times);
PassRecord record_of(const Report& report, UnixSeconds at);

} // namespace kedge
