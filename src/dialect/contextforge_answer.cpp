// What answers of ContextForge mean.
#include "dialect/contextforge_parts.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace kedge::contextforge {

namespace {

// 409 has two causes: "Gateway name already exists" is about the slug, "Gateway already exists" about URL and
// credential together.
std::string conflict_hint(const std::string& theirs) {
    if (theirs.find("name") != std::string::npos)
        return "names that differ in capitals, blanks and points alone count as the same";
    return "a registration of this url with the same credential is there; two of them need different urls";
}

bool is_write(OperationKind kind) {
    return kind == OperationKind::create || kind == OperationKind::update || kind == OperationKind::remove;
}

std::string hint_for(OperationKind kind, int status, const std::string& theirs) {
    switch (status) {
    case 401:
        return "issue a new one, or set the one that belongs to this control plane";
    case 403:
        return is_write(kind) ? "the token needs the right to write gateways, and only its owner may change one"
                              : "the token needs the right to read gateways";
    case 404:
        return kind == OperationKind::preflight || kind == OperationKind::list
                   ? "is this the base url of a ContextForge control plane, with /v1 below it?"
                   : "";
    case 409:
        return conflict_hint(theirs);
    case 422:
        return "it never says which field: docs/providers/contextforge.md has the rules";
    case 429:
        return "nothing more is sent for now: the fifth time locks the account for 15 minutes";
    case 500:
        return is_write(kind) && theirs == "Unexpected error"
                   ? "it answers so as well where another registration has this url and credential"
                   : "";
    default:
        return {};
    }
}

// How the control plane's own reports about the MCP server behind a registration begin.
constexpr std::array<std::string_view, 5> upstream_reports{
    "Failed to initialize gateway", "Gateway initialization timed out", "OAuth authentication failed",
    "Failed to fetch tools after OAuth", "MCP server rejected"};

} // namespace

bool nothing_done(const Exchange& exchange) {
    if (!exchange.answered) return !exchange.sent;
    const int status = exchange.response.status;
    return status >= 400 && status < 500 && status != 408;
}

std::optional<Row> row_of(const Exchange& exchange, const std::string& scope) {
    if (!is_success(exchange)) return std::nullopt;
    auto body = json_of(exchange.response);
    if (!body) return std::nullopt;
    try {
        auto live = read_row(*body, scope);
        if (!usable_id(live.remote_id)) return std::nullopt;
        return Row{std::move(*body), std::move(live)};
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

Refused refuse(const Operation& operation, const Exchange& exchange) {
    auto refused = plain_refusal(operation, exchange);
    if (exchange.answered) refused.hint = hint_for(operation.kind, exchange.response.status, refused.theirs);
    return refused;
}

std::optional<Condition> upstream_trouble(const Operation& operation, const Exchange& exchange) {
    if (!exchange.answered || exchange.response.status != 502) return std::nullopt;
    const auto body = json_of(exchange.response);
    const auto message = body ? text_at(*body, "message") : std::string();
    const bool theirs = std::any_of(upstream_reports.begin(), upstream_reports.end(),
                                    [&](std::string_view report) { return message.starts_with(report); });
    if (!theirs) return std::nullopt;
    Condition condition;
    condition.reachable = false;
    condition.text = attempt(operation) +
                     ": nothing was stored, the MCP server behind it does not answer as it should: \"" +
                     words(message) + "\"";
    return condition;
}

} // namespace kedge::contextforge
