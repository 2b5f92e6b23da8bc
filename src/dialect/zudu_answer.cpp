#include "dialect/zudu_parts.h"

#include <stdexcept>

namespace kedge::zudu {

namespace {

std::string hint_for(OperationKind kind, int status) {
    const bool address = kind == OperationKind::preflight || kind == OperationKind::list;
    if (status == 404 && address) return "is this the base url of Zudu AI, without a path?";
    if (status == 401) return "X-API-KEY and X-API-SECRET belong together: set the pair of this organization";
    if (status == 403) return "the key needs a role that may change MCP servers";
    const bool no_route = status == 404 || status == 405 || status == 501;
    if (no_route && kind == OperationKind::remove) return "no page of Zudu AI has a delete: set deletes: no";
    return {};
}

std::optional<Json> envelope_of(const Exchange& exchange) {
    auto body = exchange.answered ? json_of(exchange.response) : std::nullopt;
    if (!body || !body->is_object()) return std::nullopt;
    return body;
}

// 2xx, but the envelope speaks of an error.
bool says_error(const Exchange& exchange) {
    if (!is_success(exchange)) return false;
    const auto body = envelope_of(exchange);
    return body && body->contains("status") && (*body)["status"] == "error";
}

// `error` says more than `message`, where it is a text.
std::string message_of(const Exchange& exchange) {
    const auto body = envelope_of(exchange);
    if (body && body->contains("error") && (*body)["error"].is_string()) {
        auto text = words((*body)["error"].get_ref<const std::string&>(), 600);
        if (!text.empty()) return text;
    }
    return kedge::message_of(exchange.response);
}

} // namespace

bool succeeded(const Exchange& exchange) {
    if (!is_success(exchange)) return false;
    const auto body = envelope_of(exchange);
    return body && body->contains("status") && (*body)["status"] == "success";
}

std::optional<Json> data_of(const Exchange& exchange) {
    if (!succeeded(exchange)) return std::nullopt;
    auto body = envelope_of(exchange);
    if (!body->contains("data")) return std::nullopt;
    return std::move((*body)["data"]);
}

std::optional<LiveDocument> server_of(const Exchange& exchange, Json* row) {
    auto data = data_of(exchange);
    if (!data) return std::nullopt;
    try {
        auto live = read_server(*data);
        if (row) *row = std::move(*data);
        return live;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

bool is_gone(const Exchange& exchange) {
    return exchange.answered && exchange.response.status == 404 && !is_page(exchange.response);
}

bool says_not_done(const Exchange& exchange) {
    if (!exchange.answered) return !exchange.sent;
    const int status = exchange.response.status;
    return says_error(exchange) || (status >= 400 && status < 500 && status != 408);
}

Refused refuse(const Operation& operation, const Exchange& exchange) {
    auto refused = plain_refusal(operation, exchange);
    if (!exchange.answered) return refused;
    refused.hint = hint_for(operation.kind, exchange.response.status);
    const bool error = says_error(exchange);
    if (error) {
        refused.kind = RefusalKind::invalid;
        refused.text = attempt(operation) + ": the control plane answers with an error (" +
                       std::to_string(exchange.response.status) + ")";
    }
    if (exchange.response.status == 404 && is_page(exchange.response)) refused.kind = RefusalKind::broken;
    if (error || exchange.response.status >= 300) refused.theirs = message_of(exchange);
    return refused;
}

} // namespace kedge::zudu
