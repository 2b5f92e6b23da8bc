// What requests and answers of every control plane have in common: what a status means, and what they put in place of a
// secret. How their words are made safe to show: base/remote_words.h.
#pragma once
#include "base/remote_words.h"
#include "dialect/dialect.h"

#include <optional>
#include <string>
#include <string_view>

namespace kedge {

// Deeper rows are no registrations: everything below may recurse.
inline constexpr int depth_limit = 64;

std::string attempt(const Operation& operation); // create "github"
bool is_success(const Exchange& exchange);       // answered, 2xx
// The answer (or its absence) as a refusal, for every status that is no success. Hints for answers are the caller's.
Refused plain_refusal(const Operation& operation, const Exchange& exchange);
Refused refused(const Operation& operation, RefusalKind kind, const std::string& cause, std::string hint = {});
Done done_with(LiveDocument live);
// Both versions are known, and they differ.
bool moved(const std::string& before, const std::string& after);
// A null is no body.
HttpRequest json_request(const std::string& method, const std::string& target, const Json& body = Json());
// "." and ".." would name another path, an empty one the list.
bool usable_id(const std::string& remote_id);

// True for text that a control plane puts in place of a secret ("****", "Bearer <redacted>", "").
bool looks_masked(const std::string& text);
// A control plane that sends kedge's own word for a masked secret gets one `$` more, so that it never passes for ours.
// Throws std::invalid_argument for what is nested too deep.
void neutralise(Json& document);
// Puts masked_value() in place of what a control plane put in place of a secret ("****", "Bearer <redacted>", null).
void mask_hidden(Json& document);

} // namespace kedge
