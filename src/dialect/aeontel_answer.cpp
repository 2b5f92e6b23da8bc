// Requests, and what their answers say.
#include "dialect/aeontel_parts.h"

#include <stdexcept>

namespace kedge::aeontel {

namespace {

constexpr std::string_view collection = "/api/mcp-servers";

std::string hint_for(OperationKind kind, int status) {
    const bool list = kind == OperationKind::list || kind == OperationKind::find_by_name;
    if (status == 401) return "a secret key (sec_...) of the workspace is needed";
    if (status == 403) return "publishable and session keys may not: use a secret key (sec_...)";
    if (kind == OperationKind::preflight && status == 404)
        return "is this the base url of Aeontel, and the workspace right?";
    if ((status == 404 || status == 405) && list)
        return "the list is not published; set api: published to do without it";
    if (status == 405 && kind == OperationKind::remove)
        return "delete is not published; set api: published to do without it";
    if (status < 300) return "is this Aeontel?";
    return {};
}

struct PageInfo {
    bool more = false;
    std::string cursor;
    std::optional<std::size_t> total;
};

std::optional<PageInfo> info_of(const Exchange& page) {
    const auto body = json_of(page.response);
    if (!body || !body->is_object() || !body->contains("data") || !(*body)["data"].is_array()) return std::nullopt;
    const auto info = body->find("pageInfo");
    if (info == body->end() || !info->is_object()) return std::nullopt;
    const auto more = info->find("hasNextPage");
    if (more == info->end() || !more->is_boolean()) return std::nullopt;
    PageInfo it;
    it.more = more->get<bool>();
    it.cursor = text_at(*info, "endCursor");
    const auto total = info->find("total");
    if (total != info->end() && total->is_number_unsigned()) it.total = total->get<std::size_t>();
    return it;
}

Json rows_of(const Exchange& page) {
    auto body = json_of(page.response);
    const bool there = body && body->is_object() && body->contains("data") && (*body)["data"].is_array();
    return there ? std::move((*body)["data"]) : Json::array();
}

// Rows are in the page, or were taken out of it.
std::size_t rows_in(const Exchange& page) {
    return page.rows + (page.rows == 0 ? rows_of(page).size() : 0);
}

Refused inconsistent(const Operation& operation, const std::string& cause) {
    return refused(operation, RefusalKind::inconsistent, cause);
}

std::optional<Step> judge_end(const Operation& operation, std::span<const Exchange> pages, std::size_t total) {
    std::size_t seen = 0;
    for (const auto& page : pages) seen += rows_in(page);
    if (seen == total) return std::nullopt;
    return inconsistent(operation,
                        std::to_string(seen) + " registrations came, " + std::to_string(total) + " were announced");
}

} // namespace

std::string path_of(const std::string& remote_id) {
    return std::string(collection) + "/" + percent_encode(remote_id);
}

Refused refuse(const Operation& operation, const Exchange& exchange) {
    auto it = plain_refusal(operation, exchange);
    if (exchange.answered) it.hint = hint_for(operation.kind, exchange.response.status);
    return it;
}

std::optional<Row> row_of(const AeontelOptions& options, const Exchange& exchange) {
    if (!is_success(exchange)) return std::nullopt;
    auto body = json_of(exchange.response);
    if (!body) return std::nullopt;
    try {
        auto live = read_row(options, *body);
        return Row{std::move(*body), std::move(live)};
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

// GET /api/mcp-servers?workspace_id=wsp_1&limit=100&after=CURSOR
// -> 200 {"data": [...], "pageInfo": {"total", "hasNextPage", "hasPreviousPage", "startCursor", "endCursor"}}
// Looks into the first page and the last alone until the end: the ones between were looked at when they came.
std::optional<Step> next_page(const Setting& setting, const Operation& operation, std::span<const Exchange> pages) {
    const auto& options = setting.options;
    const int limit = operation.page_size > 0 ? std::min(operation.page_size, 100) : options.page_size;
    std::string target = std::string(collection) + "?workspace_id=" + percent_encode(options.workspace) +
                         "&limit=" + std::to_string(limit);
    if (pages.empty()) return Send{json_request("GET", target), false};
    const auto& last = pages.back();
    if (!last.answered || last.response.status != 200) return refuse(operation, last);
    const auto first_info = info_of(pages.front());
    const auto info = info_of(last);
    if (!first_info || !info) return refuse(operation, last);
    if (!first_info->total || !info->total) {
        return refused(operation, RefusalKind::broken, "a page without a total");
    }
    if (*first_info->total != *info->total) {
        return inconsistent(operation, std::to_string(*first_info->total) + " registrations announced on one page, " +
                                           std::to_string(*info->total) + " on another");
    }
    if (!info->more) return judge_end(operation, pages, *info->total);
    const auto before = query_parameter(last.request.target, "after");
    if (info->cursor.empty() || info->cursor == before || rows_in(last) == 0) {
        return inconsistent(operation, "more pages are announced, and no way to them");
    }
    return Send{json_request("GET", target + "&after=" + percent_encode(info->cursor)), false};
}

Named named_in(const Setting& setting, const Operation& operation, std::span<const Exchange> pages) {
    Named named;
    for (const auto& page : pages) {
        for (const auto& row : rows_of(page)) {
            try {
                auto live = read_row(setting.options, row);
                if (live.name != operation.name) continue;
                if (!usable_id(live.remote_id))
                    named.why =
                        refused(operation, RefusalKind::broken, "one of this name has no id that could be used");
                named.rows.push_back(Row{row, std::move(live)});
            } catch (const std::invalid_argument& error) {
                named.why = refused(operation, RefusalKind::broken, std::string("the list holds ") + error.what());
            }
        }
    }
    return named;
}

// GET /api/mcp-servers/{id} -> 200 row, 404. That path is not published: where only published ones are used, and it is
// not there, an empty PATCH answers the row and changes no field of it.
Look look_at(const Setting& setting, const Operation& operation, Said& said) {
    Look look;
    const auto* answer = said.next();
    if (!answer) {
        look.ask = Send{json_request("GET", path_of(operation.remote_id)), false};
        return look;
    }
    const auto not_there = [](const Exchange& exchange) {
        return exchange.answered && (exchange.response.status == 404 || exchange.response.status == 405);
    };
    const bool empty_patch = setting.options.published && not_there(*answer);
    if (empty_patch) {
        answer = said.next();
        if (!answer) {
            const Json nothing = Json::object();
            look.ask = Send{json_request("PATCH", path_of(operation.remote_id), nothing), false};
            return look;
        }
    }
    if (answer->answered && answer->response.status == 404) return look;
    const auto body = is_success(*answer) ? json_of(answer->response) : std::nullopt;
    const bool deleted = body && body->is_object() && body->contains("deletedAt") && !(*body)["deletedAt"].is_null();
    if (deleted) return look;
    look.row = row_of(setting.options, *answer);
    const bool elsewhere = body && text_at(*body, "id") == operation.remote_id &&
                           text_at(*body, "workspaceId") != setting.options.workspace;
    if (elsewhere) {
        look.why = refused(operation, RefusalKind::conflict, "it belongs to another workspace");
    } else if (!look.row) {
        look.why = refuse(operation, *answer);
    } else if (look.row->live.remote_id != operation.remote_id) {
        look.why = refused(operation, RefusalKind::broken, "the answer is about another registration");
    } else if (empty_patch) {
        look.row->live.version.clear(); // moved by the look itself
    }
    if (look.why) look.row.reset();
    return look;
}

} // namespace kedge::aeontel
