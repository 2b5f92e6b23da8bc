// Operations that change something. A write with an unclear end is read back and never sent again:
//
//   POST --200, 202----------------------> [state] -> GET until settled -> Done; still pending: Blocked, but stored
//    |--502 in the control plane's words-> Blocked: nothing was stored
//    |--4xx, or never sent---------------> Refused: nothing was changed
//    '--5xx, nonsense, answer lost-------> list --as sent, or under our marker--> [state] -> GET -> Done
//                                           |--nothing new----------------------> Refused: not carried out
//                                           '--no answer, several, another one--> Unsure, or Refused
//
//   GET -> PUT -> [state] -> GET until settled -> Done     (the same; an unclear PUT is judged by that GET)
#include "dialect/contextforge_parts.h"

#include <algorithm>
#include <stdexcept>

namespace kedge::contextforge {

namespace {

Unsure unsure(const Operation& operation, const Exchange& write, const std::string& why) {
    return Unsure{refuse(operation, write).text + "; it may have been carried out: " + why};
}

Refused not_carried_out(const Operation& operation, const Exchange& write) {
    auto refused = refuse(operation, write);
    refused.text += "; read back: it was not carried out";
    return refused;
}

Refused conflict(const Operation& operation, const std::string& cause) {
    return Refused{RefusalKind::conflict, attempt(operation) + ": " + cause, {}};
}

bool is_enabled(const Json& row) {
    const auto enabled = row.find("enabled");
    return enabled == row.end() || !enabled->is_boolean() || enabled->get<bool>();
}

std::string marker_of(const Json& document) {
    const auto tags = document.find("tags");
    const auto map = tags == document.end() ? Json::object() : tag_map(*tags);
    return text_at(map, "kedge");
}

// Ours in other words than we sent, but under the marker that only this create can have brought.
bool is_ours(const Operation& operation, const Row& row) {
    if (is_as_sent(operation, row.live.document)) return true;
    const auto marker = marker_of(operation.document);
    return !marker.empty() && marker == marker_of(row.live.document);
}

// POST /v1/gateways/{id}/state?activate=false, where a row is not as wanted.
struct Switched {
    std::optional<Send> ask;
    const Exchange* sent = nullptr;
};
Switched switch_state(const Operation& operation, const Row& row, Said& said) {
    Switched switched;
    const bool wanted = wants_enabled(operation.document);
    if (is_enabled(row.raw) == wanted) return switched;
    switched.sent = said.next();
    if (switched.sent == nullptr) {
        const auto target = path_of(row.live.remote_id) + "/state?activate=" + (wanted ? "true" : "false");
        switched.ask = Send{write_request("POST", target), true};
    }
    return switched;
}

// What was written, as it stands in the end.
Step judge(const Operation& operation, const Row& row, const Switched& switched) {
    if (lost_credential(row.raw) && !headers_of(operation.document).empty())
        return Refused{RefusalKind::broken,
                       attempt(operation) + ": stored, but without its credential",
                       {},
                       "the next pass sends it again"};
    const bool wanted = wants_enabled(operation.document);
    if (is_enabled(row.raw) != wanted) {
        const auto attempt_at = std::string(wanted ? "enabled" : "disabled");
        const auto why = switched.sent == nullptr ? std::string() : ": " + refuse(operation, *switched.sent).text;
        return Unsure{attempt(operation) + ": written, but not " + attempt_at + why};
    }
    if (text_at(row.raw, "status") != "pending") return done_with(row.live);
    Blocked blocked{row.live.condition, row.live};
    blocked.condition.reachable = false;
    return blocked;
}

// From the answer to a write (or the row that was found in its stead) to the end.
Step finish(const Setting& setting, const Operation& operation, const Exchange& write, Row row, Said& said) {
    const auto switched = switch_state(operation, row, said);
    if (switched.ask) return *switched.ask;
    auto settled = settle(setting, row.live.remote_id, said, write);
    if (settled.ask) return std::move(*settled.ask);
    if (settled.row) return judge(operation, *settled.row, switched);
    if (settled.last->answered && settled.last->response.status == 404)
        return conflict(operation, "it was written, and deleted again by somebody else");
    // The answer to the write was the whole row; only the second look failed.
    if (switched.sent == nullptr && is_as_sent(operation, row.live.document)) return judge(operation, row, switched);
    return unsure(operation, write, "reading back failed: " + refuse(operation, *settled.last).text);
}

// A row that was created by an answer that never came: the one new one of that name.
Step recover_create(const Setting& setting, const Operation& operation, const Exchange& write, Said& said) {
    auto search = search_list(setting, operation, said);
    if (search.ask) return std::move(*search.ask);
    if (search.why) return unsure(operation, write, "reading back failed: " + search.why->text);
    std::erase_if(search.rows, [&](const Row& row) {
        return std::find(operation.known_ids.begin(), operation.known_ids.end(), row.live.remote_id) !=
               operation.known_ids.end();
    });
    const bool shared = !setting.description.can.names_unique;
    if (shared) std::erase_if(search.rows, [&](const Row& row) { return !is_ours(operation, row); });
    // The MCP server is asked before anything is stored: it may still come, and no name that is taken stops a second.
    if (search.rows.empty() && shared && !write.answered) return unsure(operation, write, "there is none yet");
    if (search.rows.empty()) return not_carried_out(operation, write);
    if (search.rows.size() > 1) return unsure(operation, write, "several have this name by now");
    auto& row = search.rows.front();
    if (is_ours(operation, row)) return finish(setting, operation, write, std::move(row), said);
    auto refused = not_carried_out(operation, write);
    refused.kind = RefusalKind::conflict;
    refused.text += "; another one has this name by now";
    return refused;
}

std::string who_changed(const Json& row) {
    const auto by = text_at(row, "modifiedBy");
    return by.empty() ? std::string() : " (by \"" + words(by, 80) + "\")";
}

// What the row before a write says against it; nothing: go on.
std::optional<Step> objection(const Setting& setting, const Operation& operation, const Row& row) {
    const bool update = operation.kind == OperationKind::update;
    if (row.live.remote_id != operation.remote_id)
        return Refused{RefusalKind::broken, attempt(operation) + ": the answer is about another registration", {}};
    // Where the name is the identity, one of another name is another one.
    if (setting.description.can.names_unique && row.live.name != operation.name)
        return conflict(operation, "it is called \"" + words(row.live.name, 120) + "\" by now");
    if (!update) return std::nullopt;
    if (!operation.live_version.empty() && row.live.version != operation.live_version)
        return conflict(operation, "it was changed in the control plane since the plan" + who_changed(row.raw));
    const auto status = text_at(row.raw, "status");
    if (status == "deleting") return Refused{RefusalKind::gone, attempt(operation) + ": it is being deleted", {}};
    if (status != "pending") return std::nullopt;
    Condition condition = row.live.condition;
    condition.reachable = false;
    condition.text = attempt(operation) + ": the control plane drops updates of a registration that is " +
                     condition.text + "; if the MCP server never answers there, delete it and it is created anew";
    return Blocked{std::move(condition)};
}

// A PUT with an unclear end: the row tells, since we know the version before it.
Step judge_unclear(const Setting& setting, const Operation& operation, const Exchange& write, const Row& before,
                   Said& said) {
    const auto* look = said.next();
    if (look == nullptr) return Send{get_request(path_of(operation.remote_id))};
    auto row = row_of(*look, setting.options.visibility);
    if (!row || row->live.remote_id != operation.remote_id)
        return unsure(operation, write, "reading back failed: " + refuse(operation, *look).text);
    if (row->live.version == before.live.version) return not_carried_out(operation, write);
    if (!is_as_sent(operation, row->live.document))
        return unsure(operation, write, "it was written meanwhile, and differs from what was sent");
    return finish(setting, operation, write, std::move(*row), said);
}

} // namespace

Step next_create(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    Said said(transcript);
    if (setting.options.async) {
        // A create under the name of a pending one is answered 202 with that one, as if it were ours.
        auto search = search_name(setting, operation, said);
        if (search.ask) return std::move(*search.ask);
        if (search.why) return std::move(*search.why);
        const bool known = std::all_of(search.rows.begin(), search.rows.end(), [&](const Row& row) {
            const auto& ids = operation.known_ids;
            return std::find(ids.begin(), ids.end(), row.live.remote_id) != ids.end();
        });
        if (!known) return conflict(operation, "somebody registered this name since the plan");
    }
    const auto* write = said.next();
    if (write == nullptr) {
        const auto body = body_of(operation.document, setting.options, nullptr);
        return Send{write_request("POST", "", body), true};
    }
    if (auto condition = upstream_trouble(operation, *write)) return Blocked{std::move(*condition)};
    if (nothing_done(*write)) return refuse(operation, *write);
    auto row = row_of(*write, setting.options.visibility);
    if (!row || row->live.name != operation.name) return recover_create(setting, operation, *write, said);
    if (write->response.status == 202 && !is_ours(operation, *row))
        return conflict(operation, "another one of this name is pending");
    return finish(setting, operation, *write, std::move(*row), said);
}

Step next_update(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id))
        return Refused{RefusalKind::broken, attempt(operation) + ": an id that names no registration", {}};
    Said said(transcript);
    const auto* look = said.next();
    if (look == nullptr) return Send{get_request(path_of(operation.remote_id))};
    const auto before = row_of(*look, setting.options.visibility);
    if (!before) return refuse(operation, *look);
    if (auto against = objection(setting, operation, *before)) return std::move(*against);
    const auto* write = said.next();
    if (write == nullptr) {
        const auto body = body_of(operation.document, setting.options, &before->raw);
        return Send{write_request("PUT", path_of(operation.remote_id), body), true};
    }
    if (auto condition = upstream_trouble(operation, *write)) return Blocked{std::move(*condition)};
    if (nothing_done(*write)) return refuse(operation, *write);
    auto row = row_of(*write, setting.options.visibility);
    if (!row || row->live.remote_id != operation.remote_id)
        return judge_unclear(setting, operation, *write, *before, said);
    // 202 with the old version: dropped.
    if (write->response.status == 202 && row->live.version == before->live.version) {
        Condition condition = row->live.condition;
        condition.reachable = false;
        condition.text = attempt(operation) + ": the control plane dropped the update, it is " + condition.text;
        return Blocked{std::move(condition)};
    }
    return finish(setting, operation, *write, std::move(*row), said);
}

// GET, then DELETE /v1/gateways/{id} -> 200 {"status": "success"}; 404: it is gone already; 202: soon.
Step next_remove(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id))
        return Refused{RefusalKind::broken, attempt(operation) + ": an id that names no registration", {}};
    const auto is_gone = [](const Exchange& exchange) { return exchange.answered && exchange.response.status == 404; };
    Said said(transcript);
    const auto* look = said.next();
    if (look == nullptr) return Send{get_request(path_of(operation.remote_id))};
    if (is_gone(*look)) return Done{};
    const auto before = row_of(*look, setting.options.visibility);
    if (!before) return refuse(operation, *look);
    if (auto against = objection(setting, operation, *before)) return std::move(*against);
    const auto* write = said.next();
    if (write == nullptr) return Send{write_request("DELETE", path_of(operation.remote_id)), true};
    if (is_gone(*write)) return Done{};
    if (nothing_done(*write)) return refuse(operation, *write);
    const bool told = is_success(*write) && write->response.status != 202;
    if (told) return Done{};
    const auto settled = settle(setting, operation.remote_id, said, *write);
    if (settled.ask) return *settled.ask;
    if (is_gone(*settled.last)) return Done{};
    if (!settled.row) return unsure(operation, *write, "reading back failed: " + refuse(operation, *settled.last).text);
    if (text_at(settled.row->raw, "status") != "deleting") return not_carried_out(operation, *write);
    Condition condition = settled.row->live.condition;
    condition.text = attempt(operation) + ": the control plane has taken it on and is not done yet";
    return Blocked{std::move(condition)};
}

} // namespace kedge::contextforge
