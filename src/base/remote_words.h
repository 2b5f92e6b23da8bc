// What a server on the other side says, made safe to show: scrubbed, short, and valid UTF-8 whatever it sent.
#pragma once
#include "base/http_message.h"
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace kedge {

std::string words(std::string_view foreign, std::size_t limit = 300);
// Why it says no, as far as it is known how it says that (`message`, `error`, `detail`, the title of a page).
std::string message_of(const HttpResponse& response);
std::optional<Json> json_of(const HttpResponse& response);
// An HTML page, which no API answers with: something stands in between.
bool is_page(const HttpResponse& response);

// Members of foreign objects: empty where there is none of that type.
std::string text_at(const Json& object, const char* key);

} // namespace kedge
