// What must hold once nothing moves any more.
#include "model/marker.h"
#include "model/secret_fields.h"
#include "plan/compare.h"
#include "sandbox/normalise.h"
#include "tests/contract/world_watch.h"

#include <algorithm>

namespace kedge {

namespace {

std::string words(const Outcome& outcome) {
    auto text = outcome.change.name + " (" + std::string(to_text(outcome.change.action)) + ") " +
                std::string(to_text(outcome.result)) + ": " + outcome.text;
    for (const auto& difference : outcome.change.differences)
        text += "; " + difference.path + " " + difference.live + " -> " + difference.desired;
    return text;
}

bool is_marked_by(const Json& manifest, const std::string& installation, const std::string& name) {
    static const Json::json_pointer tag("/tags/kedge");
    return manifest.contains(tag) && manifest[tag] == make_marker(installation, "tools", name);
}

} // namespace

void WorldWatch::at_rest(const Report& report) {
    outcomes_at_rest(report);
    if (world_.settings.on_invalid_stop && has_errors(report.plan.findings)) return; // then nothing is done at all
    ledger_equals_live(report);
    live_equals_git(report);
}

void WorldWatch::outcomes_at_rest(const Report& report) const {
    demand(report.stopped.empty(), "a pass without faults ended early: " + report.stopped);
    for (const auto& outcome : report.outcomes) {
        const auto& holds = outcome.change.holds;
        const bool unsure = std::any_of(holds.begin(), holds.end(), [](const Hold& hold) {
            return hold.reason == HoldReason::unsure || hold.reason == HoldReason::upgrade;
        });
        demand(!unsure, "held for no reason that there is: " + words(outcome));
        // A released delete of what a virtual server combines is for the control plane to refuse.
        const bool combined = world_.plane.knobs().delete_checks_references && is_released(outcome.change) &&
                              outcome.result == Result::failed;
        const bool rests =
            outcome.result == Result::held || outcome.result == Result::left_alone || combined || may_refuse_;
        demand(rests, "neither done nor held: " + words(outcome));
    }
}

void WorldWatch::ledger_equals_live(const Report& report) {
    const auto ledger = run_to_end(world_.loop, world_.ledger.load(world_.unit->ledger_key()));
    demand(ledger.open.empty(), "an intent without an outcome is left");
    for (const auto& [name, owned] : ledger.owned) {
        const auto* server = world_.plane.registry().by_id(owned.remote_id);
        demand(owned.name == name, name + ": the ledger has it under another name");
        const bool others = is_marked_by(world_.live(name), "other", name);
        // While too much is missing from the list at once, nothing is taken for gone.
        const bool lost = std::any_of(report.plan.groups.begin(), report.plan.groups.end(), [](const auto& group) {
            return group.reason == HoldReason::lost && !group.released;
        });
        const bool held = lost || find_change(report.plan, name) != nullptr || is_declared_wrong(report.plan, name);
        demand(server != nullptr || held || others, name + ": the ledger owns what is not there");
        if (server == nullptr) continue;
        demand(server->name == name, name + ": the ledger's id is that of " + server->name);
        demand(server->type == owned.type, name + ": the ledger has another type");
    }
    for (const auto& [name, manifest] : git_.good()) {
        if (find_change(report.plan, name) != nullptr || is_declared_wrong(report.plan, name)) continue;
        const auto* server = world_.plane.registry().by_name(name);
        const auto owned = ledger.owned.find(name);
        const bool owns = owned != ledger.owned.end() && server != nullptr && owned->second.remote_id == server->id;
        const bool others = is_marked_by(world_.live(name), "other", name);
        demand(owns || others, name + " is in sync, and the ledger does not own it");
    }
}

// The two sides as far as they can be compared from outside: without secrets, and without what a manifest leaves to
// others.
Json WorldWatch::as_compared(Json document, const Json& manifest) const {
    document = without_reserved_tags(world_.dialect->canonical(std::move(document)));
    for_each_secret(document, [](const std::string&, Json& value) { value = "secret"; });
    if (!manifest.contains("ownedBy")) document.erase("ownedBy");
    const auto block = manifest.value("x-kedge", Json::object());
    if (block.contains("keep")) document.erase("collaborators");
    if (block.contains("ignore") && document.contains("tags")) {
        document["tags"].erase("owner");
        if (document["tags"].empty()) document.erase("tags");
    }
    return document;
}

void WorldWatch::live_equals_git(const Report& report) {
    for (const auto& [name, manifest] : git_.good()) {
        if (find_change(report.plan, name) != nullptr || is_declared_wrong(report.plan, name)) continue;
        const auto* server = world_.plane.registry().by_name(name);
        demand(server != nullptr, name + " is in git, not live, and not in the plan");
        auto wanted = manifest;
        wanted.erase("x-kedge");
        const sandbox::SaveContext context{world_.plane.knobs(), world_.plane.tenant(), server->creator_slug};
        sandbox::normalise(wanted, context);
        auto as_written = manifest;
        as_written.erase("x-kedge");
        const auto plain = as_compared(std::move(as_written), manifest).dump();
        const auto git = as_compared(std::move(wanted), manifest).dump();
        const auto live = as_compared(server->document(), manifest).dump();
        demand(git == live || plain == live,
               name + " differs, and the plan does not say so:\n  git  " + git + "\n  live " + live);
    }
}

namespace {

std::string budget_words(const Plan& plan) {
    std::string text;
    for (const auto& line : plan.budget) {
        text += "; " + std::string(to_text(line.kind)) + ": " + std::to_string(line.planned) + " planned, " +
                std::to_string(line.used_hour) + " used, " + std::to_string(line.allowed_pass) + " allowed";
    }
    for (const auto& group : plan.groups) text += "; group " + group.name + (group.released ? " released" : " held");
    return text;
}

} // namespace

void WorldWatch::count(const Change& change) {
    deeds_.push_back({pass_, pass_began_, change.action, change.auth_change});
}

// What a unit's settings allow, whatever part of it was asked for: in one pass, and twice that in an hour.
void WorldWatch::within_limits(const Plan& plan) const {
    const auto& limits = world_.settings.limits;
    if (surely_ours_ < limits.population) return;
    for (const auto kind : {LimitKind::deletes, LimitKind::auth_changes, LimitKind::updates}) {
        const auto freed = std::any_of(plan.groups.begin(), plan.groups.end(), [&](const ChangeGroup& group) {
            return group.reason == HoldReason::limit && group.name == to_text(kind) && group.released;
        });
        const auto most = limits.of(kind).allowed(perhaps_ours_);
        if (freed || !most) continue;
        int now = 0, hour = 0;
        for (const auto& deed : deeds_) {
            if (!counts_as(kind, deed.action, deed.auth_change)) continue;
            now += deed.pass == pass_ ? 1 : 0;
            hour += deed.at > pass_began_ - 3600 ? 1 : 0;
        }
        const auto promise = [&](int count, const std::string& when, int allowed) {
            demand(count <= allowed, std::to_string(count) + " " + std::string(to_text(kind)) + " in " + when +
                                         ", where " + std::to_string(allowed) + " are allowed" + budget_words(plan));
        };
        promise(now, "a pass", *most);
        if (now > 0) promise(hour, "an hour", 2 * *most);
    }
}

} // namespace kedge
