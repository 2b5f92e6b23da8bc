#include "sandbox/faults.h"

#include "base/glob.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace kedge::sandbox {

const std::vector<FaultKindRow>& fault_table() {
    using enum FaultKind;
    static const std::vector<FaultKindRow> rows{
        {too_many, "429", "429 with Retry-After in seconds (seconds=1)"},
        {too_many_date, "429-date", "429 with Retry-After as an HTTP date"},
        {too_many_reset, "429-reset", "429 with X-RateLimit-Reset (seconds since the epoch)"},
        {slow, "slow", "answers as usual, ms=1000 later"},
        {reset_before, "reset-before", "the connection ends and nothing was done"},
        {reset_after, "reset-after", "it is done, then the connection ends without an answer"},
        {truncate, "truncate", "it is done, the connection ends in the middle of the answer"},
        {cut_json, "cut-json", "it is done, a complete HTTP answer holds half of the JSON"},
        {empty, "empty", "it is done, 200 with an empty body"},
        {silent, "silent", "nothing is done and no answer ever comes"},
        {status, "STATUS", "any status from 400 to 599, 502 with an HTML body (after=true: it is done all the same)"},
    };
    return rows;
}

namespace {

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

bool set_kind(Fault& fault, std::string_view text) {
    for (const auto& row : fault_table()) {
        if (row.kind != FaultKind::status && row.name == text) {
            fault.kind = row.kind;
            if (text.starts_with("429")) fault.status = 429;
            return true;
        }
    }
    const auto status = number(text);
    if (!status || *status < 400 || *status > 599) return false;
    fault.kind = FaultKind::status;
    fault.status = *status;
    return true;
}

std::string set_option(Fault& fault, std::string_view key, std::string_view value) {
    const std::array<std::pair<std::string_view, int Fault::*>, 4> numbers{
        {{"count", &Fault::count}, {"skip", &Fault::skip}, {"ms", &Fault::ms}, {"seconds", &Fault::seconds}}};
    for (const auto& [name, field] : numbers) {
        if (name != key) continue;
        const auto parsed = number(value);
        if (!parsed) return std::string(key) + ": a number is wanted";
        fault.*field = *parsed;
        return {};
    }
    if (key == "after") {
        if (value != "true" && value != "false") return "after: true or false is wanted";
        fault.after = value == "true";
    } else if (key == "when") {
        if (value != "dry" && value != "real") return "when: dry or real is wanted";
        fault.when = value;
    } else if (key == "name") {
        fault.name = value;
    } else if (key == "message") {
        fault.message = value;
    } else {
        return "unknown setting \"" + std::string(key) +
               "\"; count, skip, ms, seconds, after, when, name, message exist";
    }
    return {};
}

std::string kind_text(const Fault& fault) {
    for (const auto& row : fault_table()) {
        if (row.kind == fault.kind && fault.kind != FaultKind::status) return std::string(row.name);
    }
    return std::to_string(fault.status);
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    while (!text.empty()) {
        const auto end = text.find(' ');
        if (end != 0) found.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return found;
}

std::string unknown_kind(std::string_view kind) {
    return "unknown kind \"" + std::string(kind) + "\"; kedge-sandbox --list names them";
}

std::string http_date(std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 64> text{};
    const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return std::string(text.data(), size);
}

} // namespace

FaultText parse_fault(std::string_view text) {
    FaultText result;
    const auto parts = words(text);
    if (parts.size() < 3) {
        result.problem = "METHOD PATH KIND [key=value ...] is wanted, for example: PUT /mcp 503 count=2";
        return result;
    }
    result.fault.method = parts[0];
    result.fault.path = parts[1];
    if (!set_kind(result.fault, parts[2])) result.problem = unknown_kind(parts[2]);
    for (std::size_t i = 3; i < parts.size() && result.problem.empty(); ++i) {
        const auto equals = parts[i].find('=');
        if (equals == std::string_view::npos) {
            result.problem = "\"" + std::string(parts[i]) + "\": key=value is wanted";
        } else {
            result.problem = set_option(result.fault, parts[i].substr(0, equals), parts[i].substr(equals + 1));
        }
    }
    return result;
}

FaultText fault_from_json(const Json& json) {
    FaultText result;
    if (json.is_string()) return parse_fault(json.get<std::string>());
    if (!json.is_object() || !json.contains("kind")) {
        result.problem = "an object with method, path and kind is wanted";
        return result;
    }
    for (const auto& [key, value] : json.items()) {
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        if (key == "method") {
            result.fault.method = text;
        } else if (key == "path") {
            result.fault.path = text;
        } else if (key == "kind") {
            if (!set_kind(result.fault, text)) result.problem = unknown_kind(text);
        } else {
            result.problem = set_option(result.fault, key, text);
        }
        if (!result.problem.empty()) break;
    }
    return result;
}

Json fault_json(const Fault& fault) {
    Json json = {{"method", fault.method}, {"path", fault.path}, {"kind", kind_text(fault)}, {"count", fault.count},
                 {"skip", fault.skip},     {"ms", fault.ms},     {"seconds", fault.seconds}, {"after", fault.after}};
    if (!fault.name.empty()) json["name"] = fault.name;
    if (!fault.when.empty()) json["when"] = fault.when;
    if (!fault.message.empty()) json["message"] = fault.message;
    return json;
}

void Faults::add(Fault fault) {
    Active active;
    active.fault = std::move(fault);
    active_.push_back(std::move(active));
}

bool Faults::wants_bodies() const {
    return std::any_of(active_.begin(), active_.end(),
                       [](const Active& a) { return !a.fault.name.empty() || !a.fault.when.empty(); });
}

std::optional<Fault> Faults::take(const FaultedRequest& request) {
    for (auto active = active_.begin(); active != active_.end(); ++active) {
        const Fault& fault = active->fault;
        if (fault.method != "*" && fault.method != request.method) continue;
        if (!glob_match(fault.path, request.path)) continue;
        if (!fault.name.empty() && !glob_match(fault.name, request.name)) continue;
        if (!fault.when.empty() && request.dry_run != std::optional<bool>(fault.when == "dry")) continue;
        if (active->passed < fault.skip) {
            ++active->passed;
            continue;
        }
        const Fault hit = fault;
        if (hit.count > 0 && ++active->hit >= hit.count) active_.erase(active);
        return hit;
    }
    return std::nullopt;
}

Json Faults::json() const {
    Json list = Json::array();
    for (const auto& active : active_) {
        Json entry = fault_json(active.fault);
        entry["hits"] = active.hit;
        list.push_back(std::move(entry));
    }
    return list;
}

HttpResponse fault_response(const Fault& fault, std::int64_t now_ms,
                            const std::function<HttpResponse(int, const std::string&)>& refuse) {
    HttpResponse response;
    if (fault.status == 502) {
        response.status = 502;
        response.headers.emplace_back("Content-Type", "text/html");
        response.body = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
                        "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
        return response;
    }
    const std::string fallback = fault.status == 429   ? "Too many requests"
                                 : fault.status == 503 ? "Service Unavailable"
                                 : fault.status == 500 ? "Internal server error"
                                                       : "Injected fault";
    response = refuse(fault.status, fault.message.empty() ? fallback : fault.message);
    const std::int64_t until = now_ms / 1000 + fault.seconds;
    if (fault.kind == FaultKind::too_many) response.headers.emplace_back("Retry-After", std::to_string(fault.seconds));
    if (fault.kind == FaultKind::too_many_date) response.headers.emplace_back("Retry-After", http_date(until));
    if (fault.kind == FaultKind::too_many_reset) {
        response.headers.emplace_back("X-RateLimit-Reset", std::to_string(until));
    }
    return response;
}

} // namespace kedge::sandbox
