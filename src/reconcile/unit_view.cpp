#include "reconcile/unit_view.h"

#include <algorithm>
#include <map>

namespace kedge {

namespace {

bool is_drift(const Change& change) {
    return change.cause.kind == CauseKind::live_moved || change.cause.kind == CauseKind::both_moved;
}

// Waits for something: it is planned, and did not come to be in this pass.
bool is_open(const Outcome& outcome) {
    return outcome.result != Result::done && outcome.change.action != Action::keep;
}

std::string why_held(const Change& change) {
    std::string why;
    for (const auto& hold : change.holds) {
        why += (why.empty() ? "" : "; ") + std::string(to_text(hold.reason)) + ": " + hold.text;
    }
    return why;
}

void show_change(ResourceStatus& status, const Outcome& outcome) {
    using enum ResourceStatus::State;
    const auto& change = outcome.change;
    if (!is_open(outcome) && change.holds.empty()) return;
    status.type = change.type;
    if (!change.place.file.empty()) status.place = change.place;
    status.state = change.is_left_alone() ? left_alone : change.held() ? held : pending;
    status.action = change.action == Action::keep ? "" : to_text(change.action);
    status.drifted = is_drift(change);
    status.drift_after = change.cause.moved_after;
    status.drift_seen = change.cause.moved_seen;
    status.change = change.digest;
    status.why = change.is_left_alone() ? change.left_alone : change.held() ? why_held(change) : outcome.text;
}

} // namespace

UnitStatus status_of(const Unit& unit) {
    const auto& settings = unit.settings();
    UnitStatus status;
    status.unit = settings.us.unit;
    status.installation = settings.us.installation;
    status.source = settings.source;
    status.target = settings.target;
    status.provider = unit.provider_name();
    status.reactions = std::string("changes: ") + (settings.changes == Reaction::act ? "apply" : "report") +
                       ", drift: " + (settings.drift == Reaction::act ? "heal" : "report");
    return status;
}

void show_report(UnitStatus& status, const Report& report) {
    const auto& plan = report.plan;
    status.revision = plan.revision;
    status.counts = plan.counts;
    status.plan = plan.digest;
    status.changes = static_cast<int>(plan.changes.size());
    status.held = count_held(plan);
    status.drifted = static_cast<int>(std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& change) {
        return change.action != Action::keep && is_drift(change);
    }));
    status.errors = static_cast<int>(std::count_if(plan.findings.begin(), plan.findings.end(),
                                                   [](const Finding& f) { return f.severity == Severity::error; }));
    const bool open = std::any_of(report.outcomes.begin(), report.outcomes.end(), is_open);
    status.state = open || status.errors > 0 ? UnitState::pending : UnitState::in_sync;
}

std::vector<std::string> spent_releases(const Report& report) {
    std::vector<std::string> spent;
    for (const auto& outcome : report.outcomes) {
        if (outcome.result == Result::done && !outcome.change.release_entry.empty())
            spent.push_back(outcome.change.release_entry);
    }
    return spent;
}

std::vector<std::string> spent_before(const Look& look) {
    auto spent = look.ledger.spent;
    for (const auto& intent : look.ledger.open) spent.erase(intent.release_entry);
    return {spent.begin(), spent.end()};
}

std::vector<ResourceStatus> resources_of(const Unit& unit, const Report& report) {
    std::map<std::string, ResourceStatus> all;
    for (const auto& [file, entry] : unit.desired().entries()) {
        auto& status = all[entry->name];
        status.name = entry->name;
        status.type = entry->type;
        status.place = {file->path, entry->line, 0};
    }
    for (const auto& finding : report.plan.findings) {
        if (finding.severity != Severity::error || finding.name.empty()) continue;
        auto& status = all[finding.name];
        status.name = finding.name;
        status.place = finding.place;
        status.state = ResourceStatus::State::invalid;
        status.why = finding.message;
    }
    for (const auto& outcome : report.outcomes) {
        auto& status = all[outcome.change.name];
        status.name = outcome.change.name;
        show_change(status, outcome);
    }
    for (const auto& waiting : report.plan.conditions) {
        const auto found = all.find(waiting.name);
        if (found != all.end()) found->second.condition = waiting.condition;
    }
    // A delete that was carried out, or a forgotten one, is no registration any more.
    std::erase_if(all, [](const auto& entry) { return entry.second.type.empty() && entry.second.why.empty(); });
    std::vector<ResourceStatus> sorted;
    sorted.reserve(all.size());
    for (auto& [name, status] : all) sorted.push_back(std::move(status));
    return sorted;
}

} // namespace kedge
