// The parts of the TrueFoundry dialect, cut by question. For truefoundry*.cpp only.
#pragma once
#include "dialect/truefoundry.h"

#include <optional>
#include <string>

namespace kedge::truefoundry {

// Deeper rows are no registrations: everything below may recurse.
inline constexpr int depth_limit = 64;

// read(): one row of the list, or `data` of a PUT or GET.
LiveDocument read_row(const Json& row);
// True for text that a control plane puts in place of a secret ("****", "Bearer <redacted>", "").
bool looks_masked(const std::string& text);

// canonical(): section 6 of the published facts.
Json canonical_manifest(Json document, const std::string& disabled_tools_key);

// True where `live` is what a PUT of `operation.document` leaves behind, as far as it can be read: masked and sealed
// secrets and the fields that the control plane fills in do not count. `secrets_hidden` tells whether a secret was
// among them.
struct Likeness {
    bool equal = false;
    bool secrets_hidden = false;
};
Likeness compare_with_sent(const Operation& operation, const Json& live, const CompareRules& rules,
                           const std::string& disabled_tools_key);

// What answers say. All words of the control plane come out scrubbed, short and as valid UTF-8.
std::string words(std::string_view foreign, std::size_t limit = 300);
std::string message_of(const HttpResponse& response);
std::optional<Json> json_of(const HttpResponse& response);
// `data` of a 2xx answer as a registration; nothing where it is none.
std::optional<LiveDocument> row_of(const Exchange& exchange, Json* row = nullptr);
std::string attempt(const Operation& operation); // create "github"
// The answer (or its absence) as a refusal, for every status that is no success.
// What to do about an answer of that status; empty: nothing that is known.
std::string hint_for(OperationKind kind, int status);
Refused refuse(const Operation& operation, const Exchange& exchange);

// The operations, each as a function of what was said so far.
struct Setting {
    const TrueFoundryOptions& options;
    const Description& description;
};
Step next_preflight(const Operation& operation, const Transcript& transcript);
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_get(const Operation& operation, const Transcript& transcript);
Step next_find(const Operation& operation, const Transcript& transcript);
Step next_find_all(const Operation& operation, const Transcript& transcript);
Step next_subjects(const Operation& operation, const Transcript& transcript);
Step next_rehearse(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_write(const Setting& setting, const Operation& operation, const Transcript& transcript);
Step next_remove(const Operation& operation, const Transcript& transcript);

// Building blocks of those.
HttpRequest get_request(const std::string& target);
HttpRequest put_request(const TrueFoundryOptions& options, const Operation& operation, bool dry_run);
HttpRequest find_request(const std::string& name);
std::string path_of(const std::string& remote_id);
bool usable_id(const std::string& remote_id);

// The one row of that name in the answer to find_request.
struct Found {
    bool decided = false; // false: the answer does not tell
    Refused why;          // where not decided
    Json row;             // null: there is none
    std::optional<LiveDocument> live;
};
Found found_in(const Operation& operation, const Exchange& exchange);

} // namespace kedge::truefoundry
