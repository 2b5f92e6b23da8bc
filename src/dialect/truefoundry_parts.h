// The parts of the TrueFoundry dialect, cut by question. For truefoundry*.cpp only.
#pragma once
#include "dialect/likeness.h"
#include "dialect/remote_text.h"
#include "dialect/truefoundry.h"

#include <optional>
#include <string>

namespace kedge::truefoundry {

// read(): one row of the list, or `data` of a PUT or GET.
LiveDocument read_row(Json row);

// canonical(): section 6 of the published facts.
Json canonical_manifest(Json document, const std::string& disabled_tools_key);

// What answers say.
// `data` of a 2xx answer as a registration; nothing where it is none.
std::optional<LiveDocument> row_of(const Exchange& exchange);
// What to do about an answer of that status; empty: nothing that is known.
std::string hint_for(OperationKind kind, int status);
// The answer (or its absence) as a refusal, for every status that is no success.
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

// The one row of that name in the answer to find_request.
struct Found {
    bool decided = false;             // false: the answer does not tell
    Refused why;                      // where not decided
    std::optional<LiveDocument> live; // nothing: there is none
};
Found found_in(const Operation& operation, const Exchange& exchange);

} // namespace kedge::truefoundry
