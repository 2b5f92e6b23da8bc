// What a running kedge says of itself (the documents of json_status.h, as they came over the API) as text for a
// terminal. Foreign text is stripped of control characters.
#pragma once
#include "base/json.h"
#include "model/pass_record.h"
#include "view/text.h"

#include <string>
#include <vector>

namespace kedge {

// One line for each unit, and below it what is wrong with it or stops it.
std::string render_units(const Json& units, const TextStyle& style);
// Everything about one; `resources` may be null.
std::string render_unit(const Json& unit, const Json& resources, const TextStyle& style);
// Registrations that are not in sync, by state; an empty text where there are none.
std::string render_open_resources(const Json& resources, const TextStyle& style);
// Errors in the manifests of a plan's document, each with its place; an empty text where there are none.
std::string render_mistakes(const Json& plan, const TextStyle& style);
// Documents of holds_json: what is held, and what ends it.
std::string render_held(const std::vector<Json>& holds, const TextStyle& style);
// One line.
std::string render_event(const Json& event, const TextStyle& style);
// A document of history_json, read back.
std::vector<PassRecord> records_of(const Json& history);

} // namespace kedge
