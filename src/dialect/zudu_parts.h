// The parts of the Zudu dialect, cut by question. For zudu*.cpp only.
#pragma once
#include "dialect/likeness.h"
#include "dialect/remote_text.h"
#include "dialect/said.h"
#include "dialect/zudu.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge::zudu {

std::vector<Finding> check_resource(const ZuduOptions& options, const Resource& resource);
// read(): a server in the words of either generation: `data` of an answer, or an item of the list.
LiveDocument read_server(const Json& row);
// canonical(): what Zudu holds of a manifest, each header where it is looked for (see zudu_canonical.cpp).
Json canonical_manifest(const Json& document);

// "x-kedge" -> "zudu" of a document; null where there is none.
const Json& block_of(const Json& document);
// "auth_data.headers" and "additional_headers" in one map, which is all that Zudu has.
Json headers_of(const Json& document);

// What the API calls these fields, with everything that an update can change: description and headers are always there,
// so that an absent one is emptied.
Json wire_fields(const Json& document);
// Tools whose approval is declared, by name; null: none is, so they are left alone.
const Json& approvals_of(const Json& document);

// How a row compares with what was sent: see likeness.h. `differs` is the first field below a path of
// description.rules.exact that is otherwise; secrets that do not show are not among them.
struct Outcome {
    bool equal = false;
    bool secrets_hidden = false;
    std::string differs;
};
struct Setting {
    const ZuduOptions& options;
    const Description& description;
};
Outcome compare_with_sent(const Setting& setting, const Operation& operation, const Json& live);

// What an answer says. The envelope is {"message", "status": "success", "error": null, "data"}: HTTP status and
// `status` both have to be good.
bool succeeded(const Exchange& exchange);
std::optional<Json> data_of(const Exchange& exchange);
std::optional<LiveDocument> server_of(const Exchange& exchange, Json* row = nullptr);
Refused refuse(const Operation& operation, const Exchange& exchange);
// 404 from the API itself: a proxy's page about a wrong address proves nothing.
bool is_gone(const Exchange& exchange);
// The control plane says that it did nothing, or nothing was sent.
bool says_not_done(const Exchange& exchange);

HttpRequest request_of(const std::string& method, const std::string& target, const Json& body = Json());
std::string path_of(const std::string& remote_id);
HttpRequest page_request(const Setting& setting, const Operation& operation, std::size_t page);
// What one page of the list says of itself; `rows` are left to whoever counts them.
struct Page {
    std::optional<Refused> problem;
    std::size_t total = 0;
    bool last = false;
};
Page page_of(const Operation& operation, const Exchange& exchange, std::size_t number);
// Every server, as list items tell them. Where `step` is set the list goes on, where `problem` is set it ended badly.
struct Listed {
    std::optional<Step> step;
    std::optional<Refused> problem;
    std::vector<LiveDocument> servers;
};
Listed list_all(const Setting& setting, const Operation& operation, Said& said);

Step next_preflight(const Operation& operation, const Transcript& transcript);
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_get(const Operation& operation, const Transcript& transcript);
Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript);

} // namespace kedge::zudu
