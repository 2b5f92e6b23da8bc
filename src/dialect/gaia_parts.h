// The parts of the GAIA AI dialect, cut by question. For gaia*.cpp only.
#pragma once
#include "dialect/gaia.h"
#include "dialect/likeness.h"
#include "dialect/remote_text.h"
#include "dialect/said.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge::gaia {

inline constexpr const char* remote_type = "mcp-server/remote";
inline constexpr const char* stdio_type = "mcp-server/stdio";

struct Setting {
    const GaiaOptions& options;
    const Description& description;
};

std::vector<Finding> check_resource(const GaiaOptions& options, const Resource& resource);

// Absent, null, "", [] and {} are the same.
bool is_empty(const Json& value);
const Json& member(const Json& object, const char* key); // null where there is none
const Json& block_of(const Json& document);              // `x-kedge.gaia`
// auth_data.headers and additional_headers as one map: the control plane has one list.
Json headers_of(const Json& document);

// read(): one server. Throws for one of another project.
LiveDocument read_row(const GaiaOptions& options, const Json& row);
// Puts headers where read() and canonical() have them: those that carry a credential into auth_data.
void place_headers(const Json& headers, Json& document);
Json canonical_manifest(Json document, const GaiaOptions& options);
// Of that, what the control plane shows: as documented, neither credentials and headers nor most settings.
Json shown_form(Json document, const GaiaOptions& options);
// The connection that the manifest stands for.
std::string connection_of(const Json& document);

// Bodies. All throw std::invalid_argument for what check() finds an error in.
Json create_body(const GaiaOptions& options, const Json& document);
Json validate_body(const GaiaOptions& options, const Json& document);
// With an empty value for what `row` has, or may have, and the manifest does not.
Json update_body(const GaiaOptions& options, const Json& document, const Json& row);

// Requests.
HttpRequest list_request(const GaiaOptions& options);
HttpRequest row_request(const GaiaOptions& options, const std::string& method, const std::string& remote_id,
                        const Json& body = Json());
HttpRequest create_request(const GaiaOptions& options, const Json& body);
HttpRequest validate_request(const GaiaOptions& options, const Json& body);

// Answers.
// Also for HTTP 200 with success: false, which is how most refusals come.
Refused refuse(const Setting& setting, const Operation& operation, const Exchange& exchange);
// 2xx, an object, and its flag `success`; nothing where the answer is none of that kind.
std::optional<bool> flag_of(const Exchange& exchange);
// Nothing was done, and the answer says so.
bool refuses(const Exchange& write);
struct Row {
    Json raw;
    LiveDocument live;
};
// All rows of the list, or why they cannot be told.
struct Listing {
    std::optional<Refused> why;
    std::vector<Row> rows; // of the name that the operation asks for
    std::size_t all = 0;   // of every name; taken out or not
};
Listing listing_of(const Setting& setting, const Operation& operation, const Exchange& exchange);

// One row by id.
struct Look {
    std::optional<Send> ask;    // not asked yet
    std::optional<Refused> why; // cannot be told
    std::optional<Row> row;     // none of the three: it is gone
};
Look look_at(const Setting& setting, const Operation& operation, const std::string& remote_id, Said& said);

Step next_preflight(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_get(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_rehearse(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript);

} // namespace kedge::gaia
