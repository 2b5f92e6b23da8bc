#include "base/remote_words.h"

#include "base/secret.h"

#include <stdexcept>

namespace kedge {

namespace {

// A title is the one readable line of a proxy's error page.
std::string page_title(const std::string& body) {
    const auto start = body.find("<title>");
    const auto end = body.find("</title>");
    if (start == std::string::npos || end == std::string::npos || end < start + 7) return "an HTML page";
    return "an HTML page: " + body.substr(start + 7, end - start - 7);
}

std::string joined(const Json& message) {
    if (message.is_string()) return message.get<std::string>();
    if (message.is_object()) return text_at(message, "message");
    std::string text;
    if (message.is_array()) {
        for (const auto& part : message) {
            if (!part.is_string() || text.size() > 4000) continue;
            if (!text.empty()) text += "; ";
            text += part.get<std::string>();
        }
    }
    return text;
}

} // namespace

std::string words(std::string_view foreign, std::size_t limit) {
    const Json clean(scrub(foreign, limit));
    // Foreign bytes may be no UTF-8, which no view could print.
    return Json::parse(clean.dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

std::optional<Json> json_of(const HttpResponse& response) {
    try {
        return parse_json(response.body);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

bool is_page(const HttpResponse& response) {
    const auto first = response.body.find_first_not_of(" \t\r\n");
    return first != std::string::npos && response.body[first] == '<';
}

std::string message_of(const HttpResponse& response) {
    if (response.body.empty()) return {};
    if (is_page(response)) return words(page_title(response.body));
    const auto body = json_of(response);
    if (body && body->is_object()) {
        for (const char* key : {"message", "error", "detail"}) {
            const auto found = body->find(key);
            const auto text = found == body->end() ? std::string() : joined(*found);
            if (!text.empty()) return words(text, 600);
        }
    }
    return words(response.body);
}

std::string text_at(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace kedge
