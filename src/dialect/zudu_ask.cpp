// Operations that only look: preflight, list, get, find_by_name. Never a server's tools: that contacts the server.
#include "dialect/zudu_parts.h"

#include <cstdint>
#include <set>
#include <stdexcept>

namespace kedge::zudu {

namespace {

Refused broken(const Operation& operation, const std::string& cause) {
    return Refused{RefusalKind::broken, attempt(operation) + ": " + cause, {}};
}

Refused inconsistent(const Operation& operation, const std::string& cause) {
    return Refused{RefusalKind::inconsistent, attempt(operation) + ": " + cause, {}};
}

std::optional<std::size_t> count_in(const Json& data, const char* key) {
    const auto found = data.find(key);
    if (found == data.end() || !found->is_number_integer()) return std::nullopt;
    if (!found->is_number_unsigned() && found->get<std::int64_t>() < 0) return std::nullopt;
    return found->get<std::size_t>();
}

std::optional<Json> page_data(const Exchange& exchange) {
    auto data = data_of(exchange);
    if (!data || !data->is_object()) return std::nullopt;
    return data;
}

Json rows_in(const Exchange& exchange) {
    auto data = page_data(exchange);
    return data && data->contains("servers") ? std::move((*data)["servers"]) : Json();
}

// False where it cannot be told from the others by its id.
bool take_row(const Json& row, std::set<std::string>& ids, std::vector<LiveDocument>& servers) {
    if (!row.is_object() || !row.contains("id") || !row["id"].is_string()) return false;
    if (!usable_id(row["id"].get_ref<const std::string&>())) return false;
    if (!ids.insert(row["id"].get<std::string>()).second) return false;
    try {
        servers.push_back(read_server(row));
    } catch (const std::invalid_argument&) {
        // Without a name it is not the one that is looked for.
    }
    return true;
}

} // namespace

HttpRequest request_of(const std::string& method, const std::string& target, const Json& body) {
    return json_request(method, "/api/mcp-servers" + target, body);
}

std::string path_of(const std::string& remote_id) {
    return "/" + percent_encode(remote_id);
}

// GET /api/mcp-servers?page=0&limit=100&sort=created_at&order=desc   (the order that the page shows)
HttpRequest page_request(const Setting& setting, const Operation& operation, std::size_t page) {
    const int limit = operation.page_size > 0 ? operation.page_size : setting.description.pacing.page_size;
    return request_of("GET", "?page=" + std::to_string(page) + "&limit=" + std::to_string(limit) +
                                 "&sort=created_at&order=desc");
}

// 200 {"message", "status": "success", "data": {"servers": [...], "total_count": 3, "page": 0, "has_next": false}}
Page page_of(const Operation& operation, const Exchange& exchange, std::size_t number) {
    Page page;
    const auto data = page_data(exchange);
    if (!data) {
        page.problem = refuse(operation, exchange);
        return page;
    }
    const auto total = count_in(*data, "total_count");
    const auto next = data->find("has_next");
    if (!total || next == data->end() || !next->is_boolean()) {
        page.problem = broken(operation, "a page without \"total_count\" and \"has_next\"");
        return page;
    }
    if (data->contains("page") && count_in(*data, "page") != number) {
        page.problem = inconsistent(operation, "page " + std::to_string(number) + " was asked for, another one came");
        return page;
    }
    page.total = *total;
    page.last = *next == false;
    return page;
}

// There is no call that says whose key this is; the organization stands in each server, where there is one.
Step next_preflight(const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{request_of("GET", "?page=0&limit=1"), false};
    const auto& last = transcript.back();
    const auto data = page_data(last);
    if (!data || !data->contains("servers") || !(*data)["servers"].is_array()) return refuse(operation, last);
    Done done;
    done.identity = TargetIdentity{};
    done.identity->dialect = "zudu";
    // Not as the tenant, which has to be the same before the first server is there and after.
    for (const auto& row : (*data)["servers"]) {
        const auto named = row.is_object() && row.contains("organization_id") && row["organization_id"].is_string();
        if (named && done.identity->subject.empty())
            done.identity->subject = words(row["organization_id"].get_ref<const std::string&>(), 120);
    }
    return done;
}

// The provider has taken the rows out: `rows` counts them. Pages are numbered from 0.
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{page_request(setting, operation, 0), false};
    std::size_t seen = 0;
    for (const auto& page : transcript) seen += page.rows;
    const auto page = page_of(operation, transcript.back(), transcript.size() - 1);
    if (page.problem) return *page.problem;
    const auto first = page_of(operation, transcript.front(), 0);
    if (first.total != page.total) {
        return inconsistent(operation, std::to_string(first.total) + " registrations announced on one page, " +
                                           std::to_string(page.total) + " on another");
    }
    const bool empty = transcript.back().rows == 0;
    if (!page.last && !empty) return Send{page_request(setting, operation, transcript.size()), false};
    if (seen != page.total) {
        return inconsistent(operation, std::to_string(seen) + " registrations came, " + std::to_string(page.total) +
                                           " were announced");
    }
    Done done;
    done.listed = seen;
    return done;
}

// GET /api/mcp-servers/{id}           -> 200 {"status": "success", "data": {...}}, 404
Step next_get(const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id)) return broken(operation, "an id that names no registration");
    if (transcript.empty()) return Send{request_of("GET", path_of(operation.remote_id)), false};
    const auto& last = transcript.back();
    if (is_gone(last)) return Done{};
    Done done;
    done.document = server_of(last);
    if (!done.document) return refuse(operation, last);
    if (done.document->remote_id != operation.remote_id)
        return broken(operation, "the answer is about another registration");
    return done;
}

Listed list_all(const Setting& setting, const Operation& operation, Said& said) {
    Listed listed;
    std::set<std::string> ids;
    std::optional<std::size_t> total;
    for (std::size_t number = 0;; ++number) {
        const auto* answer = said.next();
        if (!answer) {
            listed.step = Send{page_request(setting, operation, number), false};
            return listed;
        }
        const auto page = page_of(operation, *answer, number);
        if (page.problem) listed.problem = page.problem;
        const auto rows = page.problem ? Json() : rows_in(*answer);
        if (!page.problem && !rows.is_array()) listed.problem = broken(operation, "a page without a list \"servers\"");
        if (!listed.problem && total.value_or(page.total) != page.total)
            listed.problem = inconsistent(operation, "pages that announce different numbers");
        for (const auto& row : rows) {
            if (!listed.problem && !take_row(row, ids, listed.servers))
                listed.problem = inconsistent(operation, "a server without an id, or one that stands twice");
        }
        if (listed.problem) return listed;
        total = page.total;
        if (!page.last && !rows.empty()) continue;
        if (ids.size() != *total) {
            listed.problem = inconsistent(operation, std::to_string(ids.size()) + " registrations came, " +
                                                         std::to_string(*total) + " were announced");
        }
        return listed;
    }
}

// `search` is a text search whose misses prove nothing, so the list is read to its end, then the one of that name.
Step next_find(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    Said said(transcript);
    const auto listed = list_all(setting, operation, said);
    if (listed.step) return *listed.step;
    if (listed.problem) return *listed.problem;
    std::vector<std::string> ids;
    for (const auto& server : listed.servers) {
        if (server.name == operation.name) ids.push_back(server.remote_id);
    }
    if (ids.empty()) return Done{};
    if (ids.size() > 1) return inconsistent(operation, std::to_string(ids.size()) + " have this name");
    const auto* look = said.next();
    if (!look) return Send{request_of("GET", path_of(ids.front())), false};
    if (is_gone(*look)) return Done{};
    Done done;
    done.document = server_of(*look);
    if (!done.document) return refuse(operation, *look);
    if (done.document->remote_id != ids.front()) return broken(operation, "the answer is about another registration");
    return done;
}

} // namespace kedge::zudu
