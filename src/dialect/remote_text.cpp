#include "dialect/remote_text.h"

#include "base/secret.h"

#include <stdexcept>
#include <utility>

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

struct Meaning {
    RefusalKind kind;
    std::string_view text;
};

Meaning meaning_of(int status) {
    switch (status) {
    case 400:
    case 413:
    case 422:
        return {RefusalKind::invalid, "the control plane refuses the manifest"};
    case 401:
        return {RefusalKind::credential, "the control plane does not know this token"};
    case 403:
        return {RefusalKind::forbidden, "this token may not do that"};
    case 404:
        return {RefusalKind::gone, "there is no such thing"};
    case 409:
        return {RefusalKind::conflict, "it collides with what is registered"};
    case 417:
        return {RefusalKind::broken, "an acknowledgement was asked for where there is nothing to acknowledge"};
    case 424:
        return {RefusalKind::busy, "something that the control plane depends on failed"};
    case 429:
        return {RefusalKind::busy, "too many requests"};
    case 503:
        return {RefusalKind::busy, "the control plane is busy"};
    default:
        break;
    }
    if (status >= 500) return {RefusalKind::broken, "the control plane failed"};
    if (status >= 400) return {RefusalKind::broken, "the control plane does not take this request"};
    if (status >= 300) return {RefusalKind::broken, "redirected, which kedge does not follow; is the base url right?"};
    return {RefusalKind::broken, "the answer makes no sense"};
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

std::string attempt(const Operation& operation) {
    std::string text(to_text(operation.kind));
    const auto& subject = operation.name.empty() ? operation.remote_id : operation.name;
    return subject.empty() ? text : text + " \"" + words(subject, 120) + "\"";
}

bool is_success(const Exchange& exchange) {
    return exchange.answered && exchange.response.status >= 200 && exchange.response.status <= 299;
}

Refused plain_refusal(const Operation& operation, const Exchange& exchange) {
    Refused refused;
    if (!exchange.answered) {
        refused.kind = RefusalKind::unreachable;
        refused.text = attempt(operation) + (exchange.sent ? ": no answer: " : ": not sent: ") + words(exchange.error);
        refused.hint = "is the control plane up, and its address right?";
        return refused;
    }
    const int status = exchange.response.status;
    const auto meaning = meaning_of(status);
    refused.kind = meaning.kind;
    refused.text = attempt(operation) + ": " + std::string(meaning.text) + " (" + std::to_string(status) + ")";
    if (status >= 300) refused.theirs = message_of(exchange.response);
    return refused;
}

Refused refused(const Operation& operation, RefusalKind kind, const std::string& cause, std::string hint) {
    return Refused{kind, attempt(operation) + ": " + cause, {}, std::move(hint)};
}

Done done_with(LiveDocument live) {
    Done done;
    done.document = std::move(live);
    return done;
}

bool moved(const std::string& before, const std::string& after) {
    return !before.empty() && !after.empty() && before != after;
}

HttpRequest json_request(const std::string& method, const std::string& target, const Json& body) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers.emplace_back("Accept", "application/json");
    if (body.is_null()) return request;
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = canonical_json(body);
    return request;
}

bool usable_id(const std::string& remote_id) {
    return remote_id.find_first_not_of('.') != std::string::npos;
}

std::string text_at(const Json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace kedge
