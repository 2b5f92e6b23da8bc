// What answers say. The status alone says little: most refusals are HTTP 200 with success: false.
#include "dialect/gaia_parts.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace kedge::gaia {

namespace {

bool says_not_found(const Exchange& exchange) {
    const auto body = json_of(exchange.response);
    if (!body || text_at(*body, "message").empty()) return false;
    auto text = text_at(*body, "message");
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text.find("not found") != std::string::npos && text.find("route") == std::string::npos;
}

// As built, an unknown id is never a 404: that is a path that does not exist.
bool is_gone(const GaiaOptions& options, const Exchange& exchange) {
    if (!exchange.answered) return false;
    const int status = exchange.response.status;
    if (status == 404) return !options.as_built && says_not_found(exchange);
    return flag_of(exchange) == false && says_not_found(exchange);
}

std::string hint_for(const GaiaOptions& options, const Operation& operation, int status) {
    const std::string other = options.as_built ? "documented" : "as_built";
    if (status == 401) {
        return options.as_built ? "issue a new key; as built it goes into the header gaia-api-key"
                                : "issue a new key, or set api: as_built, where it goes into the header gaia-api-key";
    }
    if (status == 404) return "is this the base url of GAIA AI? api: " + other + " has other paths";
    const bool found_nothing = status < 300 && operation.kind != OperationKind::create;
    return found_nothing ? "is this GAIA AI?" : "";
}

} // namespace

std::optional<bool> flag_of(const Exchange& exchange) {
    if (!is_success(exchange)) return std::nullopt;
    const auto body = json_of(exchange.response);
    if (!body) return std::nullopt;
    const auto& flag = member(*body, "success");
    return flag.is_boolean() ? std::optional<bool>(flag.get<bool>()) : std::nullopt;
}

Refused refuse(const Setting& setting, const Operation& operation, const Exchange& exchange) {
    auto it = plain_refusal(operation, exchange);
    if (!exchange.answered) return it;
    if (flag_of(exchange) == false) {
        it.kind = RefusalKind::invalid;
        it.text = attempt(operation) + ": the control plane refuses it (success: false)";
        it.theirs = message_of(exchange.response);
        if (it.theirs.find("FOREIGN KEY") != std::string::npos)
            it.hint = "is there a project \"" + setting.options.project + "\"?";
        return it;
    }
    it.hint = hint_for(setting.options, operation, exchange.response.status);
    return it;
}

bool refuses(const Exchange& write) {
    return surely_not_done(write) || (write.answered && write.response.status == 409) || flag_of(write) == false;
}

Listing listing_of(const Setting& setting, const Operation& operation, const Exchange& exchange) {
    Listing listing;
    const auto body = flag_of(exchange) == true ? json_of(exchange.response) : std::nullopt;
    const auto& servers = body ? member(*body, "servers") : member(Json(), "servers");
    if (!servers.is_array()) {
        listing.why = refuse(setting, operation, exchange);
        return listing;
    }
    listing.all = exchange.rows + servers.size();
    for (const auto& row : servers) {
        try {
            auto live = read_row(setting.options, row);
            if (live.name != operation.name) continue;
            if (!usable_id(live.remote_id))
                listing.why = refused(operation, RefusalKind::broken, "one of this name has no id that could be used");
            listing.rows.push_back(Row{row, std::move(live)});
        } catch (const std::invalid_argument& error) {
            listing.why = refused(operation, RefusalKind::broken, std::string("the list holds ") + error.what());
        }
    }
    return listing;
}

// GET /api/v1/mcp/{id} -> 200 {"success": true, "server": {...}}, 200 {"success": false, "message": "MCP server not
// found"}
Look look_at(const Setting& setting, const Operation& operation, const std::string& remote_id, Said& said) {
    Look look;
    const auto* answer = said.next();
    if (!answer) {
        look.ask = Send{row_request(setting.options, "GET", remote_id), false};
        return look;
    }
    if (is_gone(setting.options, *answer)) return look;
    const auto body = flag_of(*answer) == true ? json_of(answer->response) : std::nullopt;
    const auto& server = body ? member(*body, "server") : member(Json(), "server");
    try {
        if (text_at(server, "id") == remote_id && text_at(server, "projectId") != setting.options.project) {
            look.why = refused(operation, RefusalKind::conflict, "it belongs to another project");
            return look;
        }
        look.row = Row{server, read_row(setting.options, server)};
        if (look.row->live.remote_id == remote_id) return look;
        look.why = refused(operation, RefusalKind::broken, "the answer is about another registration");
    } catch (const std::invalid_argument&) {
        look.why = refuse(setting, operation, *answer);
    }
    look.row.reset();
    return look;
}

} // namespace kedge::gaia
