// The parts of the ContextForge dialect, cut by question. For contextforge*.cpp only.
#pragma once
#include "dialect/contextforge.h"
#include "dialect/remote_text.h"
#include "dialect/said.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge::contextforge {

inline constexpr const char* remote_type = "mcp-server/remote";
inline constexpr const char* usual_transport = "STREAMABLEHTTP";

// Neither absent, null nor the empty text.
bool is_set(const Json& object, const char* key);
// The block `x-kedge.contextforge` of a document; an empty object where there is none.
Json own_block(const Json& document);
bool wants_enabled(const Json& document);
// auth_data.headers and additional_headers as one map: the control plane has one list. Empty: none.
Json headers_of(const Json& document);

// read(): one row.
LiveDocument read_row(const Json& row, const std::string& scope);
// The row has an authentication of some kind.
bool has_auth(const Json& row);
// The kind of authentication is there, its value is not: what a PUT without the credential leaves behind.
bool lost_credential(const Json& row);

// canonical()
Json canonical_manifest(Json document);
std::string normal_url(const std::string& url);
std::string normal_description(std::string text);
// A tag or a character reference is in it.
bool has_html(std::string_view text);
// As the control plane stores it; empty where it would drop it.
std::string normal_tag(std::string_view tag);
// A map or list of tags as the list that is sent, not yet in normal form: {team: core, beta: ""} -> team:core, beta.
std::vector<std::string> flat_tags(const Json& tags);
// Any tags as the map that manifests have, in normal form; two values under one key stand as whole tags.
Json tag_map(const Json& tags);

// True where `live` is what sending `operation.document` leaves behind, as far as it can be read; whether it is enabled
// does not count.
bool is_as_sent(const Operation& operation, const Json& live);

std::vector<Finding> check_resource(const Resource& resource, const ContextForgeOptions& options);

// Bodies. `before` is the row that an update overwrites; null for a create.
Json body_of(const Json& document, const ContextForgeOptions& options, const Json* before);

// Requests.
HttpRequest get_request(const std::string& target);
HttpRequest write_request(const std::string& method, const std::string& target, const Json& body = Json());
HttpRequest list_request(const ContextForgeOptions& options, int limit, const std::string& cursor);
std::string path_of(const std::string& id_or_name);

// Answers.
struct Row {
    Json raw;
    LiveDocument live;
};
std::optional<Row> row_of(const Exchange& exchange, const std::string& scope);
Refused refuse(const Operation& operation, const Exchange& exchange);
// 502 in the control plane's own words: the MCP server behind a registration does not answer. Nothing was stored.
std::optional<Condition> upstream_trouble(const Operation& operation, const Exchange& exchange);
// What it says about a write tells that nothing was done.
bool nothing_done(const Exchange& exchange);

struct Setting {
    const ContextForgeOptions& options;
    const Description& description;
};

// The rows of one name in the scope of the target, by name first and out of the whole list where that does not decide.
struct Search {
    std::optional<Send> ask;    // not decided yet
    std::optional<Refused> why; // cannot be decided
    std::vector<Row> rows;
};
Search search_name(const Setting& setting, const Operation& operation, Said& said);
Search search_list(const Setting& setting, const Operation& operation, Said& said);

// Reads a row until it is no longer pending, or says why it stays so.
struct Settled {
    std::optional<Send> ask;
    std::optional<Row> row; // nothing: the last look failed
    const Exchange* last = nullptr;
};
Settled settle(const Setting& setting, const std::string& id, Said& said, const Exchange& write);

Step next_preflight(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_get(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript);

} // namespace kedge::contextforge
