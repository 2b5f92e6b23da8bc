// The parts of the Gravity Rail dialect, cut by question. For gravity_rail*.cpp only.
#pragma once
#include "dialect/gravity_rail.h"
#include "dialect/remote_text.h"
#include "dialect/said.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::gravity_rail {

std::vector<Finding> check_resource(const GravityRailOptions& options, const Resource& resource);
// read(): the shape is not published, so little is asked of a row: a name, and an id that is a number.
LiveDocument read_server(const GravityRailOptions& options, const Json& row);
// canonical(): type, name, url and x-kedge.gravity_rail.enabled; nothing else is known to come back.
Json canonical_manifest(const Json& document);
// "x-kedge" -> "gravity_rail" -> "enabled" of a document: true, false, or nothing where nobody said.
std::optional<bool> enabled_in(const Json& document);

// What answers say. `detail` of an error is a text, a list, or an object that asks for a person.
std::optional<LiveDocument> server_of(const GravityRailOptions& options, const Exchange& exchange, Json* row = nullptr);
// The list, bare or in {"items": [...]}; null where it is none, or where it is only a part.
Json rows_of(const Exchange& exchange);
// 403 {"detail": {"code", "authType", "authorizeUrl" | "appUuid"}}: somebody has to sign in first.
std::optional<Condition> asks_for_person(const Exchange& exchange);
Refused refuse(const Operation& operation, const Exchange& exchange);
// The control plane says that it did nothing, or nothing was sent.
bool says_not_done(const Exchange& exchange);
// 404 from the API itself: gone, or not visible to the member whose key this is.
bool is_gone(const Exchange& exchange);

// `place` lies below the servers of the workspace: "", "/7", "/7/enable".
HttpRequest request_of(const GravityRailOptions& options, const std::string& method, const std::string& place,
                       const Json& body = Json());
// An id is a number: anything else would name another path.
bool usable_number(std::string_view remote_id);

Step next_preflight(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);
Step next_list(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);
Step next_get(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);
Step next_find(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);
Step next_subjects(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);
Step next_create(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);
Step next_update(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);
Step next_remove(const GravityRailOptions& options, const Operation& operation, const Transcript& transcript);

} // namespace kedge::gravity_rail
