// The parts of the Aeontel dialect, cut by question. For aeontel*.cpp only.
#pragma once
#include "dialect/aeontel.h"
#include "dialect/likeness.h"
#include "dialect/remote_text.h"
#include "dialect/said.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kedge::aeontel {

inline constexpr const char* remote_type = "mcp-server/remote";
inline constexpr std::string_view bearer = "Bearer ";

struct Setting {
    const AeontelOptions& options;
    const Description& description;
};

std::vector<Finding> check_resource(const Resource& resource);

// read(): one McpServer. Throws for one of another workspace, and for a deleted one.
LiveDocument read_row(const AeontelOptions& options, const Json& row);
Json canonical_manifest(Json document);

// `x-kedge.aeontel` of a document; an empty object where there is none.
Json block_of(const Json& document);
// Bodies, from the manifest. Both throw std::invalid_argument for what check() finds an error in.
Json create_body(const AeontelOptions& options, const Json& document);
// With an explicit null, or an empty map, for what `row` has and the manifest does not.
Json update_body(const Json& document, const Json& row);
// What of `body` the answer to it does not show as it was sent: "oauthClientId", "headers.X-Team"; empty where it shows
// all that can be read. Maps may be missing from an answer, their values masked.
std::string not_taken(const Operation& operation, const Json& body, const Json& row);

// Requests.
std::string path_of(const std::string& remote_id);
// The next page of the list, or why there is none; nothing once `pages` are all of them. Rows need not be in them.
std::optional<Step> next_page(const Setting& setting, const Operation& operation, std::span<const Exchange> pages);

// Answers.
Refused refuse(const Operation& operation, const Exchange& exchange);
struct Row {
    Json raw;
    LiveDocument live;
};
std::optional<Row> row_of(const AeontelOptions& options, const Exchange& exchange);
// All rows of the name in complete pages; Refused where they cannot be told.
struct Named {
    std::optional<Refused> why;
    std::vector<Row> rows;
};
Named named_in(const Setting& setting, const Operation& operation, std::span<const Exchange> pages);

// One row by id, in one request or two.
struct Look {
    std::optional<Send> ask;    // not decided yet
    std::optional<Refused> why; // cannot be decided
    std::optional<Row> row;     // none of the three: it is gone
};
Look look_at(const Setting& setting, const Operation& operation, Said& said);

Step next_preflight(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_get(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript);

} // namespace kedge::aeontel
