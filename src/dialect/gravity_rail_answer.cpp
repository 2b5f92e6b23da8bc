#include "dialect/gravity_rail_parts.h"

#include <stdexcept>

namespace kedge::gravity_rail {

namespace {

Json detail_of(const Exchange& exchange) {
    auto body = exchange.answered ? json_of(exchange.response) : std::nullopt;
    if (!body || !body->is_object() || !body->contains("detail")) return {};
    return std::move((*body)["detail"]);
}

std::string detail_text(const Json& detail) {
    if (detail.is_string()) return words(detail.get_ref<const std::string&>(), 600);
    std::string text;
    if (detail.is_array()) { // what failed validation, one by one
        for (const auto& part : detail) {
            const auto one = part.is_object() ? text_at(part, "msg") : part.is_string() ? part.get<std::string>() : "";
            if (!one.empty() && text.size() < 600) text += (text.empty() ? "" : "; ") + one;
        }
    } else if (detail.is_object()) {
        for (const char* key : {"code", "authType", "message"}) {
            const auto one = text_at(detail, key);
            if (!one.empty()) text += (text.empty() ? "" : ", ") + one;
        }
    }
    return words(text, 600);
}

// Scopes, as each operation's page names them.
std::string hint_for(OperationKind kind, int status) {
    const bool address = kind == OperationKind::preflight || kind == OperationKind::list;
    if (status == 404 && address) return "is this the base url of Gravity Rail, and the workspace right?";
    if (status == 401) return "keys expire: issue a new one for this workspace";
    if (status != 403) return {};
    if (kind == OperationKind::remove) return "the key needs the scope apps:admin";
    const bool write = kind == OperationKind::create || kind == OperationKind::update;
    return write ? "the key needs the scope apps:write" : "the key needs the scope apps:read";
}

} // namespace

std::optional<LiveDocument> server_of(const GravityRailOptions& options, const Exchange& exchange) {
    auto body = is_success(exchange) ? json_of(exchange.response) : std::nullopt;
    if (!body) return std::nullopt;
    try {
        return read_server(options, *body);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

Json rows_of(const Exchange& exchange) {
    auto body = is_success(exchange) ? json_of(exchange.response) : std::nullopt;
    if (!body) return {};
    if (body->is_array()) return std::move(*body);
    if (!body->is_object() || !body->contains("items") || !(*body)["items"].is_array()) return {};
    const auto total = body->find("total");
    if (total != body->end() && *total != (*body)["items"].size()) return {};
    return std::move((*body)["items"]);
}

std::optional<Condition> asks_for_person(const Exchange& exchange) {
    if (!exchange.answered || exchange.response.status != 403) return std::nullopt;
    const auto detail = detail_of(exchange);
    const auto url = text_at(detail, "authorizeUrl");
    const auto app = text_at(detail, "appUuid");
    Condition condition;
    condition.needs_person = true;
    condition.text = "waits for a person to authorize it";
    if (url.starts_with("https://") || url.starts_with("http://"))
        condition.url = words(url, 1000);
    else if (!app.empty())
        condition.text += ": connect app " + words(app, 80) + " in Gravity Rail";
    else
        return std::nullopt;
    return condition;
}

bool says_not_done(const Exchange& exchange) {
    if (!exchange.answered) return !exchange.sent;
    const int status = exchange.response.status;
    return status >= 400 && status < 500 && status != 408;
}

bool is_gone(const Exchange& exchange) {
    return exchange.answered && exchange.response.status == 404 && !is_page(exchange.response);
}

Refused refuse(const Operation& operation, const Exchange& exchange) {
    auto refused = plain_refusal(operation, exchange);
    if (!exchange.answered) return refused;
    const int status = exchange.response.status;
    refused.hint = hint_for(operation.kind, status);
    if (status == 404 && is_page(exchange.response)) refused.kind = RefusalKind::broken;
    if (const auto text = detail_text(detail_of(exchange)); status >= 300 && !text.empty()) refused.theirs = text;
    if (const auto person = asks_for_person(exchange))
        refused.hint = person->text + (person->url.empty() ? "" : ": " + person->url);
    return refused;
}

HttpRequest request_of(const GravityRailOptions& options, const std::string& method, const std::string& place,
                       const Json& body) {
    return json_request(method, "/api/v2/w/" + options.workspace + "/mcp-servers" + place, body);
}

} // namespace kedge::gravity_rail
