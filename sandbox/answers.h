// Answers in the control plane's shapes. Pure.
#pragma once
#include "base/http_message.h"
#include "base/json.h"
#include "sandbox/manifest_check.h"

#include <optional>
#include <string>

namespace kedge::sandbox {

HttpResponse json_text_answer(int status, std::string text); // `text` is JSON already
HttpResponse error_answer(int status, const std::string& message);
// One message as a text, several as an array.
HttpResponse refusal_answer(const Refusal& refusal);
HttpResponse no_content();

// A body of a request: nothing where it is no JSON, or nested deeper than 100 levels.
std::optional<Json> parse_body(const std::string& text);

} // namespace kedge::sandbox
