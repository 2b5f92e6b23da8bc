// Properties of whole plans over small random worlds.
#include "world.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

using namespace kedge;

namespace {

std::string random_name() {
    return "n" + std::to_string(*rc::gen::inRange(0, 8));
}

Json random_document(const std::string& name) {
    if (*rc::gen::weightedElement<bool>({{3, false}, {1, true}})) {
        std::vector<std::string> sources;
        for (int i = *rc::gen::inRange(0, 3); i > 0; --i) sources.push_back(random_name());
        return virtual_server(name, sources);
    }
    Json document = remote(name, {{"description", *rc::gen::element<std::string>("one", "two")}});
    if (*rc::gen::arbitrary<bool>()) document.merge_patch(header(*rc::gen::element<std::string>("x", "y", "${env:T}")));
    return document;
}

void put_live(World& w, const std::string& name, const Json& document) {
    auto& live = w.is_live(document);
    live.marker =
        *rc::gen::element<std::string>("", make_marker("prod", "tools", name), make_marker("prod", "other", name),
                                       make_marker("test", "tools", name), make_marker("prod", "tools", "x"));
    live.paused = *rc::gen::weightedElement<bool>({{5, false}, {1, true}});
}

void put_owned(World& w, const std::string& name) {
    auto& owned = w.ledger.owned[name];
    owned.name = name;
    owned.remote_id = "id-" + name;
    owned.path = *rc::gen::element<std::string>(name + ".yaml", "shared.yaml");
    owned.declared = *rc::gen::element<UnixSeconds>(0, w.now - 10);
    owned.prune_never = *rc::gen::weightedElement<bool>({{5, false}, {1, true}});
    if (*rc::gen::arbitrary<bool>()) owned.sent = owned.answered = sha256("something older");
}

World random_world() {
    World w;
    for (int i = 0; i < 8; ++i) {
        const auto name = "n" + std::to_string(i);
        const auto document = random_document(name);
        if (*rc::gen::arbitrary<bool>()) w.in_git(document);
        if (*rc::gen::arbitrary<bool>())
            put_live(w, name, *rc::gen::arbitrary<bool>() ? document : random_document(name));
        if (*rc::gen::arbitrary<bool>()) put_owned(w, name);
        if (*rc::gen::weightedElement<bool>({{8, false}, {1, true}})) w.elsewhere.insert(name);
        if (*rc::gen::weightedElement<bool>({{8, false}, {1, true}})) w.rotated.insert(name);
    }
    if (*rc::gen::weightedElement<bool>({{6, false}, {1, true}})) w.invalid_names.push_back(random_name());
    if (*rc::gen::weightedElement<bool>({{6, false}, {1, true}})) w.invalid_paths.insert(random_name() + ".yaml");
    w.prune_delay = Milliseconds{*rc::gen::element(0, 5000)};
    return w;
}

std::map<Digest, Rehearsal> random_rehearsals(const Plan& plan) {
    std::map<Digest, Rehearsal> answers;
    for (const auto& change : plan.changes) {
        Rehearsal answer;
        answer.kind = *rc::gen::element(Rehearsal::Kind::equal, Rehearsal::Kind::differs, Rehearsal::Kind::refused,
                                        Rehearsal::Kind::signs_out, Rehearsal::Kind::not_checked);
        if (*rc::gen::arbitrary<bool>()) answer.subjects = *rc::gen::inRange(0, 4);
        answers[change.digest] = answer;
    }
    return answers;
}

const LiveEntry* live_of(const World& w, const std::string& name) {
    const auto found =
        std::find_if(w.live.begin(), w.live.end(), [&](const LiveEntry& live) { return live.name == name; });
    return found == w.live.end() ? nullptr : &*found;
}

} // namespace

RC_GTEST_PROP(plan_property, same_inputs_same_plan_whatever_the_order_of_live_rows, ()) {
    auto w = random_world();
    const auto first = w.plan();
    const auto steps =
        *rc::gen::container<std::vector<std::size_t>>(w.live.size(), rc::gen::inRange<std::size_t>(0, 8));
    for (std::size_t i = 0; i < steps.size(); ++i) std::swap(w.live[i], w.live[steps[i] % w.live.size()]);
    const auto second = w.plan();
    RC_ASSERT(first.plan == second.plan);
    RC_ASSERT(first.adopt == second.adopt);
    RC_ASSERT(first.undeclared == second.undeclared);
    RC_ASSERT(first.forget == second.forget);
    RC_ASSERT(first.links == second.links);
}

RC_GTEST_PROP(plan_property, nothing_foreign_is_written_without_a_release, ()) {
    auto w = random_world();
    for (const auto& change : w.plan().plan.changes) {
        const auto* live = live_of(w, change.name);
        if (live == nullptr || !change.runs()) continue;
        RC_ASSERT(ownership_of(*live, w.ledger, w.us) == Ownership::ours);
        RC_ASSERT(!live->paused);
    }
}

RC_GTEST_PROP(plan_property, nothing_is_deleted_that_is_not_owned_marked_and_seen_in_git_before, ()) {
    auto w = random_world();
    const auto plan = w.plan().plan;
    for (const auto& change : plan.changes) {
        if (change.action != Action::remove) continue;
        RC_ASSERT(plan.prune);
        RC_ASSERT((!w.manifests.contains(change.name) && !w.elsewhere.contains(change.name)));
        const auto* live = live_of(w, change.name);
        RC_ASSERT((live != nullptr && ownership_of(*live, w.ledger, w.us) == Ownership::ours));
        if (!change.runs()) continue;
        RC_ASSERT(live->marker == make_marker("prod", "tools", change.name));
        RC_ASSERT(w.ledger.owned.at(change.name).declared != 0);
        RC_ASSERT(!w.ledger.owned.at(change.name).prune_never);
        for (const auto& other : w.live) {
            const auto* leaves = find(plan, other.name);
            const bool stays = leaves == nullptr || !leaves->runs();
            const bool names_it =
                std::find(other.sources.begin(), other.sources.end(), change.name) != other.sources.end();
            RC_ASSERT((!(stays && names_it && other.virtual_server)));
        }
    }
}

RC_GTEST_PROP(plan_property, a_stranger_never_deletes_adopts_or_overwrites, ()) {
    auto w = random_world();
    w.becomes_stranger();
    const auto planned = w.plan();
    RC_ASSERT((planned.adopt.empty() && planned.undeclared.empty() && planned.forget.empty()));
    for (const auto& change : planned.plan.changes) {
        RC_ASSERT(change.action != Action::remove);
        RC_ASSERT((!change.runs() || change.action == Action::create));
    }
}

RC_GTEST_PROP(plan_property, every_name_is_counted_once, ()) {
    auto w = random_world();
    w.invalid_names.clear();
    w.invalid_paths.clear();
    const auto plan = w.plan().plan;
    std::set<std::string> names;
    for (const auto& [name, document] : w.manifests) names.insert(name);
    for (const auto& live : w.live) names.insert(live.name);
    RC_ASSERT(static_cast<std::size_t>(plan.counts.equal + plan.counts.live_only) + plan.changes.size() ==
              names.size());
}

RC_GTEST_PROP(plan_property, creates_come_before_deletes_and_sources_before_those_who_name_them, ()) {
    auto w = random_world();
    const auto planned = w.plan();
    std::set<std::string> done;
    bool deletes = false;
    for (const auto& change : planned.plan.changes) {
        RC_ASSERT((!deletes || change.action == Action::remove));
        deletes = change.action == Action::remove;
        const auto sources = planned.links.declared.find(change.name);
        const bool writes = change.action == Action::create && change.runs();
        if (writes && sources != planned.links.declared.end()) {
            for (const auto& source : sources->second) {
                const auto* other = find(planned.plan, source);
                const bool comes = other != nullptr && other->action == Action::create;
                // A virtual source may stand in a circle: then there is no right order.
                RC_ASSERT((!comes || planned.links.declared.contains(source) || done.contains(source)));
            }
        }
        done.insert(change.name);
    }
}

RC_GTEST_PROP(settle_property, never_adds_or_alters_a_change_and_never_frees_one, ()) {
    auto w = random_world();
    const auto planned = w.plan();
    const auto settled = settle(planned.plan, random_rehearsals(planned.plan), planned.links);
    RC_ASSERT(settled.changes.size() <= planned.plan.changes.size());
    RC_ASSERT(settled.digest == plan_digest(settled.changes));
    auto before = planned.plan.changes.begin();
    for (const auto& change : settled.changes) {
        while (before != planned.plan.changes.end() && before->digest != change.digest) ++before;
        RC_ASSERT(before != planned.plan.changes.end());
        auto stripped = change;
        stripped.holds = before->holds;
        stripped.check = before->check;
        stripped.subjects = before->subjects;
        RC_ASSERT(stripped == *before);
        RC_ASSERT((!change.runs() || before->runs()));
        RC_ASSERT(std::includes(change.holds.begin(), change.holds.end(), before->holds.begin(), before->holds.end(),
                                [](const Hold&, const Hold&) { return false; }));
    }
}

RC_GTEST_PROP(settle_property, settling_twice_is_settling_once, ()) {
    auto w = random_world();
    const auto planned = w.plan();
    const auto answers = random_rehearsals(planned.plan);
    const auto once = settle(planned.plan, answers, planned.links);
    RC_ASSERT(settle(once, answers, planned.links) == once);
}
