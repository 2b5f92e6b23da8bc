// What the daemon shows of itself, as JSON with `format_version`. The shapes are written down in
// json_status_schema.cpp.
#pragma once
#include "base/json.h"
#include "model/event.h"
#include "model/unit_status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kedge {

Json unit_json(const UnitStatus& status);
Json units_json(const std::vector<UnitStatus>& all);
Json resources_json(const std::string& unit, const std::vector<ResourceStatus>& all);
Json stoppages_json(const std::vector<Stoppage>& all);
Json event_json(const Event& event);
// `last`: id of the newest event there is.
Json events_json(const std::vector<Event>& events, std::uint64_t last);
// Documents of one kind, one of each unit.
Json of_units_json(const std::string& kind, std::vector<Json> documents);
// What came of a command: "done" or "unchanged".
Json answered_json(const std::string& result, const std::string& text);
Json version_json(const std::string& version);

// Definitions of all that is above, by name; they refer to one another as "#/$defs/NAME".
Json status_definitions();

} // namespace kedge
