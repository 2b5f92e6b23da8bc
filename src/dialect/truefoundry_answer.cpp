#include "dialect/truefoundry_parts.h"

#include <stdexcept>

namespace kedge::truefoundry {

std::string hint_for(OperationKind kind, int status) {
    const bool address = kind == OperationKind::preflight || kind == OperationKind::list;
    if (status == 400 && address) return "is the address right, and does it speak this version of the API?";
    if (status == 404 && address) return "is this the base url of a TrueFoundry control plane?";
    if (status == 401) return "issue a new one, or set the one that belongs to this control plane";
    const bool write = kind == OperationKind::create || kind == OperationKind::update ||
                       kind == OperationKind::remove || kind == OperationKind::rehearse;
    if (status == 403)
        return write ? "the token needs the right to write MCP servers"
                     : "the token needs the right to read MCP servers";
    if (status < 300) return "is this a TrueFoundry control plane?";
    return {};
}

std::optional<LiveDocument> row_of(const Exchange& exchange) {
    if (!is_success(exchange)) return std::nullopt;
    auto body = json_of(exchange.response);
    if (!body || !body->is_object() || !body->contains("data")) return std::nullopt;
    try {
        return read_row(std::move((*body)["data"]));
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

Refused refuse(const Operation& operation, const Exchange& exchange) {
    auto refused = plain_refusal(operation, exchange);
    if (exchange.answered) refused.hint = hint_for(operation.kind, exchange.response.status);
    return refused;
}

} // namespace kedge::truefoundry
