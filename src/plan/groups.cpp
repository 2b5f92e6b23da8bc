#include "plan/groups.h"

#include "plan/holds.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr UnixSeconds an_hour = 3600;
constexpr UnixSeconds a_day = 86400;
constexpr int loop_after = 3;
constexpr int least_lost = 3;
constexpr int lost_percent = 10;

bool held_otherwise(const Change& change) {
    return !change.runs();
}

std::string percent_words(const Limit& limit, int population) {
    return limit.percent ? std::to_string(*limit.percent) + " % of " + std::to_string(population) + " owned"
                         : "as the settings say";
}

// Holds `members` as one group, or marks them as released by the entry that names it.
void hold_group(Plan& plan, std::vector<Change*> members, ChangeGroup group, const std::string& why,
                const std::vector<Release>& releases) {
    std::vector<Change> digests;
    for (const auto* member : members) digests.emplace_back().digest = member->digest;
    group.digest = plan_digest(digests);
    group.size = static_cast<int>(members.size());
    const auto yes = std::find_if(releases.begin(), releases.end(), [&](const Release& release) {
        return release.digest == group.digest &&
               (release.name == group.name || (release.name.empty() && !release.from_git));
    });
    group.released = yes != releases.end();
    for (auto* member : members) {
        if (group.released) {
            if (member->release_entry.empty()) member->release_entry = yes->entry().hex();
            continue;
        }
        Hold hold;
        hold.reason = group.reason;
        hold.text = why;
        hold.way_out = "add to .kedge/releases: " + release_line(group);
        hold.group = group.digest;
        add_hold(*member, std::move(hold));
    }
    plan.groups.push_back(std::move(group));
}

void hold_lost(Plan& plan, const GroupRules& rules) {
    if (!is_lost(rules)) return;
    std::vector<Change*> all;
    for (auto& change : plan.changes) {
        if (change.action != Action::keep) all.push_back(&change);
    }
    if (all.empty()) return;
    ChangeGroup group;
    group.reason = HoldReason::lost;
    group.name = "lost";
    hold_group(plan, std::move(all), std::move(group),
               std::to_string(rules.missing) + " of " + std::to_string(rules.owned_ids) +
                   " owned registrations are missing from the list at once",
               rules.releases);
}

void hold_upgrade(Plan& plan, const GroupRules& rules) {
    std::vector<Change*> members;
    for (auto& change : plan.changes) {
        if (change.cause.kind == CauseKind::kedge_changed && !held_otherwise(change)) members.push_back(&change);
    }
    if (members.empty()) return;
    ChangeGroup group;
    group.reason = HoldReason::upgrade;
    group.name = "upgrade";
    hold_group(plan, std::move(members), std::move(group),
               "neither git nor the control plane moved: this kedge compares by newer rules", rules.releases);
}

void hold_over_limit(Plan& plan, const GroupRules& rules, LimitKind kind) {
    const auto& limit = rules.limits.of(kind);
    const auto allowed = limit.allowed(rules.population);
    if (!allowed) return;
    std::vector<Change*> members;
    for (auto& change : plan.changes) {
        if (counts_as(kind, change.action, change.auth_change) && !held_otherwise(change)) members.push_back(&change);
    }
    if (members.empty()) return;
    BudgetLine line;
    line.kind = kind;
    line.planned = static_cast<int>(members.size());
    line.used_hour = rules.used_hour[static_cast<std::size_t>(kind)];
    line.allowed_pass = *allowed;
    line.allowed_hour = 2 * *allowed;
    if (rules.hour_unknown) line.used_hour = std::max(line.used_hour, line.allowed_hour);
    plan.budget.push_back(line);
    if (!line.exceeded()) return;
    const bool this_pass = line.planned > line.allowed_pass;
    ChangeGroup group;
    group.reason = HoldReason::limit;
    group.name = to_text(kind);
    const auto most = std::to_string(this_pass ? line.allowed_pass : line.allowed_hour);
    const bool one = line.planned == 1;
    const auto what = one ? group.name.substr(0, group.name.size() - 1) + " is" : group.name + " are";
    auto used = std::to_string(line.used_hour) + (line.used_hour == 1 ? " was" : " were") + " made in the last hour";
    if (rules.hour_unknown)
        used = "this ledger does not know what was written in the last hour, which counts as used up";
    const auto why = std::to_string(line.planned) + " " + what + " planned" + (this_pass ? "" : " and " + used) +
                     "; the limit is " + most + (this_pass ? " in one pass (" : " in an hour (twice ") +
                     percent_words(limit, rules.population) + ")";
    hold_group(plan, std::move(members), std::move(group), why, rules.releases);
}

} // namespace

bool is_lost(const GroupRules& rules) {
    return rules.missing >= least_lost && rules.missing * 100 > rules.owned_ids * lost_percent;
}

GroupRules group_rules(const PlanInput& input) {
    GroupRules rules;
    rules.limits = input.limits;
    rules.missing = input.matched.missing;
    rules.owned_ids = input.matched.owned_ids;
    // Of the whole unit: a selection must not make a limit looser, or stricter.
    rules.population = input.matched.ours_left_out;
    const auto count = [&](const Candidate& pair) {
        if (pair.live != nullptr && pair.ownership == Ownership::ours) ++rules.population;
    };
    for (const auto& pair : input.matched.in_sync) count(pair);
    for (const auto& compared : input.compared) count(compared.candidate);
    const auto note = [&](UnixSeconds at, Action action, bool auth_change) {
        if (at <= input.now - an_hour) return;
        for (const auto kind : {LimitKind::deletes, LimitKind::auth_changes, LimitKind::updates, LimitKind::creates}) {
            if (counts_as(kind, action, auth_change)) ++rules.used_hour[static_cast<std::size_t>(kind)];
        }
    };
    for (const auto& write : input.ledger.recent) {
        note(write.at, write.action, write.auth_change);
        if (write.action == Action::keep && write.at > input.now - an_hour) rules.hour_unknown = true;
    }
    // Ours without a ledger that says so: a ledger was lost, or it is another member's.
    if (input.ledger.is_new && input.ledger.kept && rules.population > 0) rules.hour_unknown = true;
    for (const auto& intent : input.ledger.open) note(intent.at, intent.action, intent.auth_change);
    for (const auto& release : input.releases) {
        const bool spent = input.ledger.spent.contains(release.entry().hex());
        if (!spent && !(input.ledger.is_new && release.from_git)) rules.releases.push_back(release);
    }
    return rules;
}

void hold_groups(Plan& plan, const GroupRules& rules) {
    if (!plan.groups.empty() || !plan.budget.empty()) return;
    hold_lost(plan, rules);
    hold_upgrade(plan, rules);
    if (rules.population < rules.limits.population) return;
    for (const auto kind : {LimitKind::deletes, LimitKind::auth_changes, LimitKind::updates, LimitKind::creates})
        hold_over_limit(plan, rules, kind);
}

std::string release_line(const ChangeGroup& group) {
    return "- {digest: \"" + group.digest.hex() + "\", name: \"" + group.name + "\", because: \"WHY\"}";
}

int repeated(const LedgerState& ledger, const Digest& change, UnixSeconds now) {
    const auto times = std::count_if(ledger.recent.begin(), ledger.recent.end(), [&](const PastWrite& write) {
        return write.change == change && write.at > now - a_day;
    });
    return times >= loop_after ? static_cast<int>(times) : 0;
}

} // namespace kedge
