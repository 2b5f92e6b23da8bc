// What the chronicle keeps of a pass: what happened, for people. Nothing is decided from it.
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

    bool operator==(const PassRecord&) const = default;
};

PassRecord record_of(const Report& report, UnixSeconds at);

} // namespace kedge
