// Operations that only look: preflight, list, get, find_by_name; and reading a row until it is settled.
#include "dialect/contextforge_parts.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace kedge::contextforge {

namespace {

constexpr int most_polls = 8; // of a pending registration
constexpr int shortest_wait_ms = 500;
constexpr int longest_wait_ms = 5000;

Refused broken(const Operation& operation, const std::string& cause) {
    return Refused{RefusalKind::broken, attempt(operation) + ": " + cause, {}};
}

// The envelope of a list page: {"gateways": [...], "nextCursor": text or null}.
std::optional<Json> page_of(const Exchange& exchange) {
    if (!exchange.answered || exchange.response.status != 200) return std::nullopt;
    auto body = json_of(exchange.response);
    if (!body || !body->is_object() || !body->contains("gateways") || !(*body)["gateways"].is_array())
        return std::nullopt;
    const auto next = body->find("nextCursor");
    if (next != body->end() && !next->is_null() && !next->is_string()) return std::nullopt;
    return body;
}

std::string next_cursor(const Exchange& page) {
    const auto body = page_of(page);
    return body ? text_at(*body, "nextCursor") : std::string();
}

// What the 202 asks for (Retry-After in seconds), within bounds: somebody waits for the whole operation.
int wait_of(const Exchange& write) {
    const auto text = header(write.response.headers, "Retry-After");
    int seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::clamp(std::clamp(seconds, 0, 60) * 1000, shortest_wait_ms, longest_wait_ms);
}

void add_row(Search& search, const Operation& operation, const Json& raw, const std::string& scope) {
    try {
        Row row{raw, read_row(raw, scope)};
        const bool here = row.live.name == operation.name && text_at(raw, "visibility") == scope;
        if (here && usable_id(row.live.remote_id)) search.rows.push_back(std::move(row));
    } catch (const std::invalid_argument&) {
        // Of another kind: it cannot be the one that is looked for, whose name would have been read.
    }
}

} // namespace

// GET /v1/gateways?...&limit=1 -> 200 {"gateways": [...], "nextCursor": ...}: who we are is not asked (that depends on
// how people sign in there), whether this token may look is.
Step next_preflight(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{list_request(setting.options, 1, {})};
    const auto& last = transcript.back();
    if (!page_of(last)) return refuse(operation, last);
    Done done;
    done.identity.emplace();
    done.identity->dialect = "contextforge";
    const auto& visibility = setting.options.visibility;
    if (visibility != "public") done.identity->scope = visibility;
    return done;
}

// GET /v1/gateways?...&limit=500[&cursor=...] -> 200 {"gateways": [row...], "nextCursor": text, or null on the last
// page} An unknown cursor is answered with page 1 again, so a cursor that was there before ends it.
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    const int limit = operation.page_size > 0 ? operation.page_size : setting.description.pacing.page_size;
    if (transcript.empty()) return Send{list_request(setting.options, limit, {})};
    const auto& last = transcript.back();
    if (!page_of(last)) return refuse(operation, last);
    const auto cursor = next_cursor(last);
    const auto used = [&](const Exchange& page) { return query_parameter(page.request.target, "cursor") == cursor; };
    if (cursor.empty()) {
        Done done;
        for (const auto& page : transcript) done.listed += page.rows;
        return done;
    }
    if (std::any_of(transcript.begin(), transcript.end(), used)) {
        return Refused{RefusalKind::inconsistent, attempt(operation) + ": a page came twice", {}};
    }
    return Send{list_request(setting.options, limit, cursor)};
}

// GET /v1/gateways/{id} -> 200 row, 404. Answers names as well, so the id is compared.
Step next_get(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id)) return broken(operation, "an id that names no registration");
    if (transcript.empty()) return Send{get_request(path_of(operation.remote_id))};
    const auto& last = transcript.back();
    if (last.answered && last.response.status == 404) return Done{};
    auto row = row_of(last, setting.options.visibility);
    if (!row) return refuse(operation, last);
    if (row->live.remote_id != operation.remote_id)
        return broken(operation, "the answer is about another registration");
    return done_with(std::move(row->live));
}

Search search_list(const Setting& setting, const Operation& operation, Said& said) {
    Search search;
    const auto* all = said.next();
    if (all == nullptr) {
        search.ask = Send{list_request(setting.options, 0, {})}; // 0: everything on one page
        return search;
    }
    const auto page = page_of(*all);
    if (!page)
        search.why = refuse(operation, *all);
    else if (!next_cursor(*all).empty())
        search.why = broken(operation, "the list is longer than one page, though all of it was asked for");
    else
        for (const auto& raw : (*page)["gateways"]) add_row(search, operation, raw, setting.options.visibility);
    return search;
}

// GET /v1/gateways/{name} -> 200 row (of that id, name or slug), 404, or 409 where several of them are visible.
Search search_name(const Setting& setting, const Operation& operation, Said& said) {
    Search search;
    const auto* look = said.next();
    if (look == nullptr) {
        search.ask = Send{get_request(path_of(operation.name))};
        return search;
    }
    if (look->answered && look->response.status == 404) return search;
    if (look->answered && look->response.status == 409) return search_list(setting, operation, said);
    const auto row = row_of(*look, setting.options.visibility);
    if (!row) {
        search.why = refuse(operation, *look);
        return search;
    }
    // An id that is spelt like our name would hide the one that has it.
    if (row->live.remote_id == operation.name && row->live.name != operation.name)
        return search_list(setting, operation, said);
    add_row(search, operation, row->raw, setting.options.visibility);
    return search;
}

Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.name)) return broken(operation, "a name that cannot be asked for");
    Said said(transcript);
    auto search = search_name(setting, operation, said);
    if (search.ask) return std::move(*search.ask);
    if (search.why) return std::move(*search.why);
    if (search.rows.size() > 1)
        return Refused{RefusalKind::inconsistent, attempt(operation) + ": more than one has this name", {}};
    if (search.rows.empty()) return Done{};
    return done_with(std::move(search.rows.front().live));
}

Settled settle(const Setting& setting, const std::string& id, Said& said, const Exchange& write) {
    Settled settled;
    const bool later = write.answered && write.response.status == 202;
    for (int polls = 0; polls < most_polls; ++polls) {
        settled.last = said.next();
        if (settled.last == nullptr) {
            Send ask{get_request(path_of(id))};
            ask.wait_ms = later ? wait_of(write) : 0;
            settled.ask = std::move(ask);
            return settled;
        }
        settled.row = row_of(*settled.last, setting.options.visibility);
        if (settled.row && settled.row->live.remote_id != id) settled.row.reset();
        if (!settled.row) return settled;
        const auto status = text_at(settled.row->raw, "status");
        const bool tried = status == "pending" && is_set(settled.row->raw, "lastError");
        if (!later || tried || (status != "pending" && status != "deleting")) return settled;
    }
    return settled;
}

} // namespace kedge::contextforge
