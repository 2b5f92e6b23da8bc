#include "plan/prune.h"

#include "plan/changes.h"
#include "plan/holds.h"
#include "plan/offered.h"

#include <algorithm>

namespace kedge {

namespace {

std::string missing_marker(const PlanInput& input, const Candidate& candidate) {
    if (!input.description.can.tags) return {};
    const auto unit = marked_unit(*candidate.live, input.us);
    if (unit == input.us.unit) return {};
    if (unit.empty()) return "it does not carry our marker";
    const auto former = unit + "/" + candidate.live->name;
    const bool handed_over = std::any_of(input.desired.begin(), input.desired.end(), [&](const DesiredEntry& desired) {
        const auto& names = desired.entry->formerly;
        return std::find(names.begin(), names.end(), former) != names.end();
    });
    return handed_over ? "" : "it carries the marker of unit \"" + unit + "\"";
}

// A person may have started another ledger, or restored an old one: what it never saw in git was perhaps never meant to
// go.
bool was_declared(const PlanInput& input, const Candidate& candidate) {
    if (candidate.owned != nullptr && candidate.owned->declared != 0) return true;
    // A manifest that says what it was called before vouches for the old name.
    const auto& name = candidate.live->name;
    const auto unit = marked_unit(*candidate.live, input.us);
    return !unit.empty() && std::any_of(input.desired.begin(), input.desired.end(), [&](const DesiredEntry& desired) {
        const auto& names = desired.entry->formerly;
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& former) { return former == name || former == unit + "/" + name; });
    });
}

} // namespace

std::string why_no_prune(const PlanInput& input) {
    if (input.us.is_stranger()) return "no installation and unit are named, so nothing here is ours to delete";
    if (input.prune == Prune::never) return "the unit says prune: never";
    const auto& can = input.description.can;
    if (!can.remove) return why_not_offered(can, Action::remove);
    if (!can.list) {
        return "this control plane has no list: only what this ledger owns is looked at, so nothing else is deleted "
               "or adopted";
    }
    if (!can.list_has_total) return "this control plane does not say how many registrations it has";
    if (has_errors(input.findings) || !input.invalid_names.empty() || !input.invalid_paths.empty()) {
        return "not every manifest could be read";
    }
    if (input.desired.empty()) return "the source holds no manifests";
    if (!input.sibling_problem.empty())
        return "another unit of this target could not be read (" + input.sibling_problem + ")";
    return {};
}

bool is_invalid_now(const PlanInput& input, const Candidate& candidate) {
    const auto& names = input.invalid_names;
    if (std::find(names.begin(), names.end(), candidate.live->name) != names.end()) return true;
    return candidate.owned != nullptr && input.invalid_paths.contains(candidate.owned->path);
}

Change plan_superseded(const PlanInput& input, const Candidate& candidate) {
    Change change = make_delete(input, candidate);
    hold_if_paused_or_unsure(input, candidate, change);
    return change;
}

Change plan_delete(const PlanInput& input, const Candidate& candidate, UnixSeconds since) {
    Change change = make_delete(input, candidate);
    hold_if_paused_or_unsure(input, candidate, change);
    if (!was_declared(input, candidate)) {
        add_hold(change, delete_hold(change, "this ledger has never seen it in git"));
    }
    if (auto why = missing_marker(input, candidate); !why.empty())
        add_hold(change, delete_hold(change, std::move(why)));
    const auto delay = (input.prune_delay.count() + 999) / 1000;
    if (input.now < since + delay) {
        auto hold = delete_hold(change, "gone from git since " + format_utc(since) + ", deleted after " +
                                            format_duration(input.prune_delay));
        hold.until = since + delay;
        hold.way_out = "wait until " + format_utc(*hold.until) + ", or " + hold.way_out;
        add_hold(change, std::move(hold));
    }
    return change;
}

} // namespace kedge
