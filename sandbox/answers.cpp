#include "sandbox/answers.h"

namespace kedge::sandbox {

namespace {

// A writer of nested documents is recursive, a parser is not: depth is judged before parsing.
bool too_deep(const std::string& text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > 100) return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

} // namespace

HttpResponse json_text_answer(int status, std::string text) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    response.body = std::move(text);
    return response;
}

HttpResponse error_answer(int status, const std::string& message) {
    const Json body = {{"statusCode", status}, {"message", message}};
    return json_text_answer(status, body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

HttpResponse refusal_answer(const Refusal& refusal) {
    if (refusal.messages.size() == 1 && !refusal.always_array) {
        return error_answer(refusal.status, refusal.messages.front());
    }
    const Json body = {{"statusCode", refusal.status}, {"message", refusal.messages}};
    return json_text_answer(refusal.status, body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

HttpResponse no_content() {
    HttpResponse response;
    response.status = 204;
    return response;
}

std::optional<Json> parse_body(const std::string& text) {
    if (too_deep(text)) return std::nullopt;
    Json body = Json::parse(text, nullptr, false);
    if (body.is_discarded()) return std::nullopt;
    return body;
}

} // namespace kedge::sandbox
