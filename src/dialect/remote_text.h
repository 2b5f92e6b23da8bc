// What requests and answers of every control plane have in common: their words, made safe to show, what a status means,
// and what they put in place of a secret.
#pragma once
#include "dialect/dialect.h"

#include <optional>
#include <string>
#include <string_view>

namespace kedge {

// Deeper rows are no registrations: everything below may recurse.
inline constexpr int depth_limit = 64;

// All words of the control plane come out scrubbed, short and as valid UTF-8.
std::string words(std::string_view foreign, std::size_t limit = 300);
std::string message_of(const HttpResponse& response);
std::optional<Json> json_of(const HttpResponse& response);
// An HTML page, which no API answers with: something stands in between.
bool is_page(const HttpResponse& response);
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

// Members of foreign objects: empty where there is none of that type.
std::string text_at(const Json& object, const char* key);

// True for text that a control plane puts in place of a secret ("****", "Bearer <redacted>", "").
bool looks_masked(const std::string& text);
// A control plane that sends kedge's own word for a masked secret gets one `$` more, so that it never passes for ours.
// Throws std::invalid_argument for what is nested too deep.
void neutralise(Json& document);
// Puts masked_value() in place of what a control plane put in place of a secret ("****", "Bearer <redacted>", null).
void mask_hidden(Json& document);

} // namespace kedge
