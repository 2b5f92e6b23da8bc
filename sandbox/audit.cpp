#include "sandbox/audit.h"

#include "sandbox/redact.h"
#include "sandbox/rows.h"

namespace kedge::sandbox {

void Audit::record(AuditEntry entry, std::string_view route) {
    entry.number = ++last_number_;
    ++counters_.requests;
    const bool fine = entry.status >= 200 && entry.status < 300;
    const bool asks_only = entry.method == "GET" || route == "POST /dependency-tree";
    if (!asks_only && fine && !entry.dry_run) ++counters_.writes;
    if (entry.dry_run) ++counters_.dry_runs;
    if (entry.force) ++counters_.forced;
    if (!entry.fault.empty()) ++counters_.faults;
    ++counters_.by_route[std::string(route)];
    ++counters_.by_status[entry.status];
    if (entry.body.size() > most_body_bytes_) entry.body.clear();
    if (most_entries_ == 0) return;
    if (ring_.size() < most_entries_) {
        ring_.push_back(std::move(entry));
    } else {
        ring_[oldest_] = std::move(entry);
        oldest_ = (oldest_ + 1) % most_entries_;
    }
}

std::vector<AuditEntry> Audit::entries() const {
    std::vector<AuditEntry> all;
    for (std::size_t i = 0; i < ring_.size(); ++i) all.push_back(ring_[(oldest_ + i) % ring_.size()]);
    return all;
}

Json Audit::json(std::uint64_t since, std::size_t limit) const {
    Json list = Json::array();
    for (const auto& entry : entries()) {
        if (entry.number <= since) continue;
        if (list.size() >= limit) break;
        Json json = {{"number", entry.number},  {"time", iso_time(entry.time_ms)},
                     {"method", entry.method},  {"path", entry.path},
                     {"status", entry.status},  {"who", entry.who},
                     {"slug", entry.slug},      {"name", entry.name},
                     {"dryRun", entry.dry_run}, {"force", entry.force},
                     {"fault", entry.fault}};
        if (!entry.body.empty()) {
            Json body = Json::parse(entry.body, nullptr, false);
            json["body"] = body.is_discarded() ? Json("(no JSON)") : audit_body(std::move(body));
        }
        list.push_back(std::move(json));
    }
    return list;
}

Json Audit::counters_json() const {
    Json routes = Json::object();
    for (const auto& [route, count] : counters_.by_route) routes[route] = count;
    Json statuses = Json::object();
    for (const auto& [status, count] : counters_.by_status) statuses[std::to_string(status)] = count;
    return {{"requests", counters_.requests}, {"writes", counters_.writes}, {"dryRuns", counters_.dry_runs},
            {"forced", counters_.forced},     {"faults", counters_.faults}, {"byRoute", std::move(routes)},
            {"byStatus", std::move(statuses)}};
}

void Audit::clear() {
    ring_.clear();
    oldest_ = 0;
    counters_ = Counters();
}

} // namespace kedge::sandbox
