// Operations that only look: preflight, list, get, find_by_name, find_all, subjects.
#include "dialect/truefoundry_parts.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

namespace kedge::truefoundry {

namespace {

constexpr std::string_view api = "/api/svc/v1";
constexpr std::size_t most_subject_names = 20;
constexpr std::size_t subjects_per_page = 1000;

Refused broken(const Operation& operation, const std::string& cause) {
    return Refused{RefusalKind::broken, attempt(operation) + ": " + cause, {}};
}

// A count in `pagination`; nothing where it is missing or no count.
std::optional<std::size_t> total_of(const Json& body) {
    const auto pagination = body.find("pagination");
    if (pagination == body.end() || !pagination->is_object()) return std::nullopt;
    const auto total = pagination->find("total");
    if (total == pagination->end() || !total->is_number_integer()) return std::nullopt;
    if (!total->is_number_unsigned() && total->get<std::int64_t>() < 0) return std::nullopt;
    return total->get<std::size_t>();
}

std::optional<std::size_t> announced(const Exchange& page) {
    const auto body = json_of(page.response);
    return body && body->is_object() ? total_of(*body) : std::nullopt;
}

Refused inconsistent(const Operation& operation, const std::string& cause) {
    return Refused{RefusalKind::inconsistent, attempt(operation) + ": " + cause, {}};
}

bool ok(const Exchange& exchange) {
    return exchange.answered && exchange.response.status == 200;
}

std::vector<std::string> names_of(const HttpResponse& page) {
    std::vector<std::string> names;
    const auto body = json_of(page);
    const auto rows = body && body->is_object() && body->contains("data") ? (*body)["data"] : Json::array();
    for (const auto& row : rows) {
        if (!row.is_object() || names.size() == most_subject_names) continue;
        const auto kind = text_at(row, "subjectType");
        names.push_back(words(kind + (kind.empty() ? "" : ":") + text_at(row, "subjectId"), 120));
    }
    return names;
}

// A tenant is an identity that the ledger is bound to: taken as it is, or not at all.
bool is_plain(const std::string& text) {
    return text.size() <= 256 && std::none_of(text.begin(), text.end(),
                                              [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

TargetIdentity identity_of(const Json& user) {
    TargetIdentity identity;
    identity.dialect = "truefoundry";
    identity.tenant = text_at(user, "tenantName");
    const auto subject = user.find("subject");
    if (subject == user.end() || !subject->is_object()) return identity;
    for (const char* key : {"subjectDisplayName", "subjectSlug", "subjectId"}) {
        if (identity.subject.empty()) identity.subject = words(text_at(*subject, key), 120);
    }
    return identity;
}

} // namespace

HttpRequest get_request(const std::string& target) {
    return json_request("GET", std::string(api) + target);
}

std::string path_of(const std::string& remote_id) {
    return "/mcp/" + percent_encode(remote_id);
}

// GET /api/svc/v1/session            -> 200 {"user": {"tenantName", "subject": {...}}}, or 200 {"user": null} for a bad
// token
Step next_preflight(const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{get_request("/session"), false};
    const auto& last = transcript.back();
    if (!ok(last)) return refuse(operation, last);
    const auto body = json_of(last.response);
    if (!body || !body->is_object()) return refuse(operation, last);
    const auto user = body->find("user");
    if (user == body->end() || user->is_null()) {
        return Refused{RefusalKind::credential,
                       attempt(operation) + ": the control plane does not know this token",
                       {},
                       hint_for(operation.kind, 401)};
    }
    if (!user->is_object()) return refuse(operation, last);
    Done done;
    done.identity = identity_of(*user);
    if (!is_plain(done.identity->tenant)) return broken(operation, "a tenant name that is none");
    return done;
}

// GET /api/svc/v1/mcp?limit=1000&offset=0 -> 200 {"data": [row...], "pagination": {"total": N}}
// The provider has taken the rows out: `rows` counts them.
// Each page is compared with the first when it arrives, so the ones between need not be read again.
Step next_list(const Setting& setting, const Operation& operation, const Transcript& transcript) {
    std::size_t seen = 0;
    for (const auto& page : transcript) seen += page.rows;
    if (!transcript.empty()) {
        const auto& last = transcript.back();
        if (!ok(last)) return refuse(operation, last);
        const auto first_total = announced(transcript.front());
        const auto total = announced(last);
        if (!first_total || !total) return broken(operation, "a page without a total");
        if (*first_total != *total) {
            return inconsistent(operation, std::to_string(*first_total) + " registrations announced on one page, " +
                                               std::to_string(*total) + " on another");
        }
        if (last.rows == 0 || seen >= *total) {
            Done done;
            done.listed = seen;
            if (seen == *total) return done;
            return inconsistent(operation, std::to_string(seen) + " registrations came, " + std::to_string(*total) +
                                               " were announced");
        }
    }
    const int limit = operation.page_size > 0 ? operation.page_size : setting.description.pacing.page_size;
    return Send{get_request("/mcp?limit=" + std::to_string(limit) + "&offset=" + std::to_string(seen)), false};
}

// GET /api/svc/v1/mcp/{id}           -> 200 {"data": row}, 404
Step next_get(const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id)) return broken(operation, "an id that names no registration");
    if (transcript.empty()) return Send{get_request(path_of(operation.remote_id)), false};
    const auto& last = transcript.back();
    if (last.answered && last.response.status == 404) return Done{};
    if (!ok(last)) return refuse(operation, last);
    Done done;
    done.document = row_of(last);
    if (!done.document) return refuse(operation, last);
    if (done.document->remote_id != operation.remote_id)
        return broken(operation, "the answer is about another registration");
    return done;
}

// filter={"op":"and","values":[{"field":"name","op":"EQUAL","value":"github"}]}
HttpRequest find_request(const std::string& name) {
    const Json text(name);
    const std::string filter = R"({"op":"and","values":[{"field":"name","op":"EQUAL","value":)" +
                               text.dump(-1, ' ', false, Json::error_handler_t::replace) + "}]}";
    return get_request("/mcp?limit=10&offset=0&filter=" + percent_encode(filter));
}

Found found_in(const Operation& operation, const Exchange& exchange) {
    Found found;
    if (!ok(exchange)) {
        found.why = refuse(operation, exchange);
        return found;
    }
    const auto body = json_of(exchange.response);
    if (!body || !body->is_object() || !body->contains("data") || !(*body)["data"].is_array()) {
        found.why = refuse(operation, exchange);
        return found;
    }
    const auto& rows = (*body)["data"];
    for (const auto& row : rows) {
        try {
            auto live = read_row(row);
            if (live.name != operation.name) continue;
            if (found.live) {
                found.why =
                    Refused{RefusalKind::inconsistent, attempt(operation) + ": more than one has this name", {}};
                return found;
            }
            if (!usable_id(live.remote_id)) {
                found.why = broken(operation, "the one of this name has no id that could be used");
                return found;
            }
            found.live = std::move(live);
        } catch (const std::invalid_argument&) {
            // Of another kind: it cannot be the one that is looked for, whose name would have been read.
        }
    }
    // A filter that was not obeyed leaves the one we look for on a later page.
    const auto total = total_of(*body);
    if (!found.live && total && *total > rows.size()) {
        found.why = broken(operation, "the filter by name was not obeyed");
        return found;
    }
    found.decided = true;
    return found;
}

Step next_find(const Operation& operation, const Transcript& transcript) {
    if (transcript.empty()) return Send{find_request(operation.name), false};
    auto found = found_in(operation, transcript.back());
    if (!found.decided) return found.why;
    Done done;
    done.document = std::move(found.live);
    return done;
}

namespace {

// As many of the names as one request can hold: most servers refuse a line of 8 KiB.
constexpr std::size_t longest_filter = 6000;

// filter={"op":"and","values":[{"field":"name","op":"IN","values":["github","jira"]}]}
std::string filter_of(const std::vector<std::string>& names, std::size_t from, std::size_t& to) {
    std::string list;
    for (to = from; to < names.size(); ++to) {
        auto text = percent_encode((list.empty() ? "" : ",") +
                                   Json(names[to]).dump(-1, ' ', false, Json::error_handler_t::replace));
        if (!list.empty() && list.size() + text.size() > longest_filter) break;
        list += text;
    }
    return percent_encode(R"({"op":"and","values":[{"field":"name","op":"IN","values":[)") + list +
           percent_encode("]}]}");
}

HttpRequest find_all_request(const std::vector<std::string>& names, std::size_t from, std::size_t& to) {
    const auto filter = filter_of(names, from, to);
    return get_request("/mcp?limit=" + std::to_string(to - from) + "&offset=0&filter=" + filter);
}

// Rows of one answer; why it cannot be believed, where it cannot.
std::optional<Refused> take_found(const Operation& operation, const Exchange& exchange, std::set<std::string> asked,
                                  Done& done) {
    if (!ok(exchange)) return refuse(operation, exchange);
    const auto body = json_of(exchange.response);
    if (!body || !body->is_object() || !body->contains("data") || !(*body)["data"].is_array())
        return refuse(operation, exchange);
    const auto& rows = (*body)["data"];
    if (const auto total = total_of(*body); !total || *total != rows.size())
        return broken(operation, "the answer does not hold all that it announces");
    for (const auto& row : rows) {
        try {
            auto live = read_row(row);
            // Also a name that stands twice.
            if (asked.erase(live.name) == 0 || !usable_id(live.remote_id))
                return broken(operation, "the filter by names was not obeyed");
            done.documents.push_back(std::move(live));
        } catch (const std::invalid_argument&) {
            return broken(operation, "a row that is no registration");
        }
    }
    return std::nullopt;
}

} // namespace

// Names are unique, so one page holds all that a request names.
Step next_find_all(const Operation& operation, const Transcript& transcript) {
    const auto& names = operation.names;
    Done done;
    std::size_t from = 0;
    for (const auto& exchange : transcript) {
        std::size_t to = from;
        static_cast<void>(filter_of(names, from, to));
        const auto first = names.begin() + static_cast<std::ptrdiff_t>(from);
        std::set<std::string> asked(first, first + static_cast<std::ptrdiff_t>(to - from));
        if (auto why = take_found(operation, exchange, std::move(asked), done)) return *why;
        from = to;
    }
    if (from >= names.size()) return done;
    std::size_t to = from;
    return Send{find_all_request(names, from, to), false};
}

// GET /api/svc/v1/mcp/{id}/auth?limit=1000&offset=0 -> 200 {"data": [{"subjectType", "subjectId"}...], "pagination":
// {...}} Documented for overrides only, so the count is a lower bound.
Step next_subjects(const Operation& operation, const Transcript& transcript) {
    if (!usable_id(operation.remote_id)) return broken(operation, "an id that names no registration");
    const auto page_after = [&](std::size_t seen) {
        const auto query = "/auth?limit=" + std::to_string(subjects_per_page) + "&offset=" + std::to_string(seen);
        return Send{get_request(path_of(operation.remote_id) + query), false};
    };
    if (transcript.empty()) return page_after(0);
    const auto& last = transcript.back();
    const auto body = json_of(last.response);
    if (!ok(last) || !body || !body->is_object() || !body->contains("data") || !(*body)["data"].is_array()) {
        return refuse(operation, last);
    }
    const std::size_t seen = (transcript.size() - 1) * subjects_per_page + (*body)["data"].size();
    const auto total = total_of(*body);
    if (!total && (*body)["data"].size() >= subjects_per_page) return page_after(seen);
    const auto most = static_cast<std::size_t>(std::numeric_limits<int>::max());
    Done done;
    done.subjects = static_cast<int>(std::min(most, std::max(seen, total.value_or(0))));
    done.subject_names = names_of(transcript.front().response);
    return done;
}

} // namespace kedge::truefoundry
