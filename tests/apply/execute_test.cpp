#include "apply/execute.h"

#include "fake_provider.h"
#include "io/run.h"
#include "store/memory_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;
using testing::ElementsAre;

namespace {

Change change_of(Action action, const std::string& name) {
    Change change;
    change.action = action;
    change.name = name;
    change.type = "mcp-server/remote";
    change.digest = sha256("change " + name);
    if (action != Action::remove) change.desired = sha256("desired " + name);
    if (action != Action::create) {
        change.remote_id = "id-" + name;
        change.live = sha256("live " + name);
        change.live_version = "v1";
    }
    return change;
}

class Executing : public testing::Test {
protected:
    Report run(std::vector<Change> changes) {
        ExecuteContext context(provider, ledger, clock, key);
        context.documents = [](std::vector<const Change*> wanted) -> Task<std::map<std::string, Sendable>> {
            std::map<std::string, Sendable> sendables;
            for (const auto* change : wanted) {
                Sendable sendable;
                sendable.document = Json{{"name", change->name}};
                sendable.path = change->name + ".yaml";
                sendable.marked = true;
                sendables.emplace(change->name, std::move(sendable));
            }
            co_return sendables;
        };
        context.live_digest = [](const LiveDocument& live) {
            return sha256("live " + live.name + (live.document.is_null() ? "" : live.document.dump()));
        };
        if (force_up_to > 0) context.sign_out = {SignOut::always, force_up_to};
        context.answered = [](const Change&, const Json&, const LiveDocument& live) {
            return Answered{sha256("live " + live.name), "{\"name\":\"" + live.name + "\"}"};
        };
        context.keep_going = [this] { return static_cast<int>(provider.asked.size()) < stop_after; };
        context.fresh_for = Milliseconds(30000);
        context.listed_at = listed_at;
        Plan plan;
        plan.changes = std::move(changes);
        return run_to_end(loop, execute(context, std::move(plan)));
    }
    LedgerState state() { return run_to_end(loop, ledger.load(key)); }
    static Result result_of(const Report& report, const std::string& name) {
        for (const auto& outcome : report.outcomes) {
            if (outcome.change.name == name) return outcome.result;
        }
        ADD_FAILURE() << "no outcome for " << name;
        return Result::not_started;
    }

    int count(OperationKind kind) const {
        int count = 0;
        for (const auto& operation : provider.asked) count += operation.kind == kind ? 1 : 0;
        return count;
    }

    EventLoop loop;
    FakeProvider provider;
    MemoryLedger ledger;
    ManualClock clock;
    LedgerKey key{"prod", "tools", "tfy"};
    int force_up_to = -1;
    int stop_after = 1000000;
    Milliseconds listed_at{0};
};

Answer refusal(RefusalKind kind) {
    Refused refused;
    refused.kind = kind;
    refused.text = "HTTP 400";
    refused.theirs = "url must be a URL";
    return refused;
}

} // namespace

TEST_F(Executing, a_create_is_written_and_owned) {
    const auto report = run({change_of(Action::create, "github")});
    EXPECT_EQ(result_of(report, "github"), Result::done);
    EXPECT_EQ(report.writes, 1);
    const auto owned = state().owned.at("github");
    EXPECT_EQ(owned.remote_id, "id-github");
    EXPECT_EQ(owned.sent, sha256("desired github"));
    EXPECT_EQ(owned.answered, sha256("live github"));
    EXPECT_TRUE(state().open.empty());
}

TEST_F(Executing, what_the_answer_was_made_of_is_kept_beside_the_entry) {
    run({change_of(Action::create, "github"), change_of(Action::update, "jira")});
    const auto known = run_to_end(loop, ledger.known(key, {"github", "jira", "nobody"}));
    EXPECT_EQ(known.size(), 2U);
    EXPECT_EQ(known.at("jira"), R"({"name":"jira"})");
    run({change_of(Action::remove, "jira")});
    EXPECT_EQ(run_to_end(loop, ledger.known(key, {"github", "jira"})).size(), 1U);
}

TEST_F(Executing, an_update_with_fresh_rows_costs_one_request) {
    run({change_of(Action::update, "github")});
    EXPECT_THAT(provider.kinds_of("github"), ElementsAre(OperationKind::update));
}

TEST_F(Executing, rows_older_than_fresh_for_are_read_again_before_the_write) {
    clock.advance(Milliseconds(31000));
    run({change_of(Action::update, "github")});
    EXPECT_EQ(count(OperationKind::find_all), 1);
    EXPECT_THAT(provider.kinds_of("github"), ElementsAre(OperationKind::update));
}

TEST_F(Executing, a_hundred_old_rows_are_read_again_by_one_request) {
    clock.advance(Milliseconds(31000));
    std::vector<Change> changes;
    for (int i = 0; i < 250; ++i)
        changes.push_back(change_of(i % 2 == 0 ? Action::update : Action::create, "s" + std::to_string(1000 + i)));
    for (const auto& change : changes) {
        if (change.action == Action::create) provider.absent.insert(change.name);
    }
    const auto report = run(changes);
    EXPECT_EQ(report.writes, 250);
    EXPECT_EQ(count(OperationKind::find_all), 3);
    EXPECT_EQ(count(OperationKind::get) + count(OperationKind::find_by_name), 0);
    std::set<std::string> named;
    for (const auto& operation : provider.asked) {
        EXPECT_LE(operation.names.size(), 100U);
        for (const auto& name : operation.names) EXPECT_TRUE(named.insert(name).second) << name << " was asked twice";
    }
    EXPECT_EQ(named.size(), 250U);
}

TEST_F(Executing, rows_that_grew_old_again_while_others_were_written_are_read_once_more) {
    clock.advance(Milliseconds(31000));
    provider.on_perform = [this](const Operation& operation) {
        if (operation.kind == OperationKind::update) clock.advance(Milliseconds(1000));
    };
    std::vector<Change> changes;
    for (int i = 0; i < 100; ++i) changes.push_back(change_of(Action::update, "s" + std::to_string(1000 + i)));
    const auto report = run(changes);
    EXPECT_EQ(report.writes, 100);
    // The first wave of 64 takes 64 s: its second half is read alone, the second wave by one request.
    EXPECT_EQ(count(OperationKind::find_all), 2);
    EXPECT_GT(count(OperationKind::get), 0);
}

TEST_F(Executing, what_moved_since_the_plan_is_a_conflict_and_not_overwritten) {
    clock.advance(Milliseconds(31000));
    provider.absent = {"gone", "new"};
    provider.moved = {"github"};
    provider.anew = {"jira"};
    const auto report =
        run({change_of(Action::update, "github"), change_of(Action::update, "gone"), change_of(Action::create, "taken"),
             change_of(Action::update, "jira"), change_of(Action::update, "same"), change_of(Action::create, "new")});
    EXPECT_EQ(count(OperationKind::find_all), 1);
    for (const auto* name : {"github", "gone", "taken", "jira"}) {
        EXPECT_EQ(result_of(report, name), Result::held) << name;
        EXPECT_THAT(provider.kinds_of(name), ElementsAre()) << name;
    }
    EXPECT_EQ(report.outcomes[0].change.holds.at(0).reason, HoldReason::conflict);
    EXPECT_EQ(result_of(report, "same"), Result::done);
    EXPECT_EQ(result_of(report, "new"), Result::done);
}

// Whole seconds, or writes that do not count as one.
TEST_F(Executing, what_was_changed_while_its_version_stood_still_is_a_conflict_too) {
    clock.advance(Milliseconds(31000));
    provider.traceless = {"together"};
    Done alone;
    alone.document = FakeProvider::registered("alone");
    alone.document->document = Json{{"changed", true}};
    provider.answers[{OperationKind::get, "alone"}].push_back(alone);
    const auto report = run({change_of(Action::update, "together"), change_of(Action::remove, "alone")});
    for (const auto& outcome : report.outcomes) {
        ASSERT_EQ(outcome.result, Result::held) << outcome.change.name;
        EXPECT_EQ(outcome.change.holds.at(0).reason, HoldReason::conflict);
    }
    EXPECT_EQ(count(OperationKind::update) + count(OperationKind::remove), 0);
}

TEST_F(Executing, rows_that_cannot_be_asked_for_together_are_read_one_by_one) {
    clock.advance(Milliseconds(31000));
    provider.answers[{OperationKind::find_all, ""}].push_back(refusal(RefusalKind::invalid));
    Done moved;
    moved.document = FakeProvider::registered("b");
    moved.document->version = "v2";
    moved.document->name = "other content";
    provider.answers[{OperationKind::get, "b"}].push_back(moved);
    std::vector<Change> changes;
    for (const auto* name : {"a", "b", "c"}) changes.push_back(change_of(Action::update, name));
    for (int i = 0; i < 64; ++i) changes.push_back(change_of(Action::update, "s" + std::to_string(i)));
    const auto report = run(changes);
    EXPECT_EQ(count(OperationKind::find_all), 1) << "a refusal is taken at its word";
    EXPECT_EQ(count(OperationKind::get), 67);
    EXPECT_EQ(result_of(report, "a"), Result::done);
    EXPECT_EQ(result_of(report, "b"), Result::held);
}

TEST_F(Executing, what_would_be_deleted_is_always_read_alone) {
    clock.advance(Milliseconds(31000));
    run({change_of(Action::update, "a"), change_of(Action::remove, "b")});
    EXPECT_EQ(count(OperationKind::find_all), 1);
    EXPECT_THAT(provider.kinds_of("b"),
                ElementsAre(OperationKind::get, OperationKind::subjects, OperationKind::remove));
}

TEST_F(Executing, the_first_try_is_never_forced_even_with_a_release_at_hand) {
    auto change = change_of(Action::update, "github");
    change.released = true;
    force_up_to = 5;
    run({change});
    for (const auto& operation : provider.asked) EXPECT_FALSE(operation.force);
}

TEST_F(Executing, an_acknowledgement_asked_for_only_now_is_held_without_a_release) {
    provider.answers[{OperationKind::update, "github"}].push_back(Held{"2 tokens"});
    Done two;
    two.subjects = 2;
    provider.answers[{OperationKind::subjects, "github"}].push_back(two);
    const auto report = run({change_of(Action::update, "github")});
    EXPECT_EQ(result_of(report, "github"), Result::held);
    EXPECT_EQ(report.outcomes[0].change.holds.at(0).reason, HoldReason::sign_out);
    EXPECT_EQ(report.outcomes[0].change.holds.at(0).subjects, 2);
    EXPECT_EQ(report.writes, 1);
    EXPECT_TRUE(state().open.empty());
    EXPECT_TRUE(state().owned.empty());
}

TEST_F(Executing, a_released_sign_out_is_forced_once_and_its_release_spent) {
    provider.answers[{OperationKind::update, "github"}].push_back(Held{"2 tokens"});
    auto change = change_of(Action::update, "github");
    change.released = true;
    change.release_entry = sha256("entry").hex();
    force_up_to = 2;
    const auto report = run({change});
    EXPECT_EQ(result_of(report, "github"), Result::done);
    EXPECT_TRUE(report.outcomes[0].forced);
    EXPECT_THAT(provider.kinds_of("github"),
                ElementsAre(OperationKind::get, OperationKind::update, OperationKind::subjects, OperationKind::update));
    EXPECT_TRUE(provider.asked.back().force);
    EXPECT_TRUE(state().spent.contains(sha256("entry").hex()));
}

TEST_F(Executing, more_people_than_the_release_allows_hold_again) {
    provider.answers[{OperationKind::update, "github"}].push_back(Held{"3 tokens"});
    Done three;
    three.subjects = 3;
    provider.answers[{OperationKind::subjects, "github"}].push_back(three);
    auto change = change_of(Action::update, "github");
    change.released = true;
    change.release_entry = sha256("entry").hex();
    change.at_most = 2;
    EXPECT_EQ(result_of(run({change}), "github"), Result::held);
    EXPECT_FALSE(state().spent.contains(sha256("entry").hex()));
}

TEST_F(Executing, a_delete_asks_who_holds_credentials_first) {
    Done one;
    one.subjects = 1;
    provider.answers[{OperationKind::subjects, "old"}].push_back(one);
    const auto report = run({change_of(Action::remove, "old")});
    EXPECT_EQ(result_of(report, "old"), Result::held);
    EXPECT_EQ(report.writes, 0);
}

TEST_F(Executing, a_delete_forgets_the_name) {
    run({change_of(Action::create, "old")});
    run({change_of(Action::remove, "old")});
    EXPECT_TRUE(state().owned.empty());
}

TEST_F(Executing, deletes_come_last_and_virtual_servers_after_their_sources) {
    auto combined = change_of(Action::create, "combined");
    combined.type = "mcp-server/virtual";
    run({change_of(Action::remove, "old"), combined, change_of(Action::create, "github")});
    std::vector<std::string> writes;
    for (const auto& operation : provider.asked) {
        if (operation.kind == OperationKind::create || operation.kind == OperationKind::remove)
            writes.push_back(operation.name);
    }
    EXPECT_THAT(writes, ElementsAre("github", "combined", "old"));
}

TEST_F(Executing, a_renamed_registration_is_not_deleted_while_its_new_name_failed) {
    provider.answers[{OperationKind::create, "new"}].push_back(refusal(RefusalKind::invalid));
    auto create = change_of(Action::create, "new");
    create.cause.renamed_from = "old";
    const auto report = run({create, change_of(Action::remove, "old")});
    EXPECT_EQ(result_of(report, "new"), Result::refused);
    EXPECT_EQ(result_of(report, "old"), Result::not_started);
    EXPECT_TRUE(provider.kinds_of("old").empty());
}

TEST_F(Executing, one_refused_change_does_not_stop_the_others) {
    provider.answers[{OperationKind::create, "bad"}].push_back(refusal(RefusalKind::invalid));
    const auto report = run({change_of(Action::create, "bad"), change_of(Action::create, "good")});
    EXPECT_EQ(result_of(report, "bad"), Result::refused);
    EXPECT_EQ(result_of(report, "good"), Result::done);
    EXPECT_EQ(report.stopped, "");
}

TEST_F(Executing, a_refused_credential_stops_the_pass) {
    std::vector<Change> changes;
    for (int i = 0; i < 20; ++i) changes.push_back(change_of(Action::create, "s" + std::to_string(10 + i)));
    provider.answers[{OperationKind::create, "s10"}].push_back(refusal(RefusalKind::credential));
    const auto report = run(changes);
    EXPECT_NE(report.stopped, "");
    EXPECT_EQ(result_of(report, "s10"), Result::failed);
    EXPECT_EQ(result_of(report, "s29"), Result::not_started);
    EXPECT_TRUE(state().open.empty()) << "what was not sent is closed as not sent";
}

TEST_F(Executing, a_stop_is_obeyed_at_the_next_change) {
    stop_after = 1;
    std::vector<Change> changes;
    for (int i = 0; i < 20; ++i) changes.push_back(change_of(Action::create, "s" + std::to_string(10 + i)));
    const auto report = run(changes);
    EXPECT_EQ(report.outcomes.size(), 20U);
    EXPECT_EQ(result_of(report, "s29"), Result::not_started);
    EXPECT_TRUE(state().open.empty());
}

TEST_F(Executing, an_unclear_end_leaves_the_intent_open) {
    provider.answers[{OperationKind::create, "github"}].push_back(Unsure{"no answer, and reading back failed"});
    const auto report = run({change_of(Action::create, "github")});
    EXPECT_EQ(result_of(report, "github"), Result::unsure);
    ASSERT_EQ(state().open.size(), 1U);
    EXPECT_EQ(state().open[0].name, "github");
}

TEST_F(Executing, what_a_switch_leaves_alone_is_reported_and_not_sent) {
    auto change = change_of(Action::update, "github");
    change.left_alone = "only reported";
    const auto report = run({change});
    EXPECT_EQ(result_of(report, "github"), Result::left_alone);
    EXPECT_EQ(report.outcomes[0].text, "only reported");
    change.holds.push_back({HoldReason::foreign, "not managed", "", std::nullopt, std::nullopt, {}});
    EXPECT_EQ(result_of(run({change}), "github"), Result::left_alone) << "held or not";
    EXPECT_TRUE(provider.asked.empty());
}

TEST_F(Executing, a_held_change_is_not_sent) {
    auto change = change_of(Action::update, "github");
    Hold hold;
    hold.reason = HoldReason::foreign;
    hold.text = "not managed";
    change.holds.push_back(hold);
    EXPECT_EQ(result_of(run({change}), "github"), Result::held);
    EXPECT_TRUE(provider.asked.empty());
}

TEST_F(Executing, a_replacement_deletes_before_it_creates_and_is_owned_under_the_new_id) {
    auto change = change_of(Action::replace, "github");
    change.released = true;
    Done created;
    created.document = LiveDocument{};
    created.document->name = "github";
    created.document->remote_id = "id-new";
    provider.answers[{OperationKind::create, "github"}].push_back(created);
    EXPECT_EQ(result_of(run({change}), "github"), Result::done);
    EXPECT_THAT(provider.kinds_of("github"),
                ElementsAre(OperationKind::get, OperationKind::subjects, OperationKind::remove, OperationKind::create));
    EXPECT_EQ(state().owned.at("github").remote_id, "id-new");
}

TEST_F(Executing, a_replacement_whose_delete_is_refused_creates_nothing) {
    provider.answers[{OperationKind::remove, "github"}].push_back(refusal(RefusalKind::forbidden));
    const auto report = run({change_of(Action::replace, "github")});
    EXPECT_EQ(result_of(report, "github"), Result::refused);
    EXPECT_THAT(provider.kinds_of("github"),
                ElementsAre(OperationKind::get, OperationKind::subjects, OperationKind::remove));
}

TEST_F(Executing, a_thousand_changes_use_one_transaction_for_each_wave) {
    std::vector<Change> changes;
    for (int i = 0; i < 1000; ++i) changes.push_back(change_of(Action::create, "s" + std::to_string(10000 + i)));
    const auto report = run(changes);
    EXPECT_EQ(report.writes, 1000);
    EXPECT_EQ(state().owned.size(), 1000U);
}

TEST_F(Executing, what_waits_for_a_person_is_neither_done_nor_failed) {
    Blocked stored;
    stored.condition = {true, true, "somebody has to sign in", "https://acme.example/authorize"};
    stored.document = LiveDocument{"id-9", "github", "mcp-server/remote", "v7", Json{{"name", "github"}}, {}};
    Blocked not_stored;
    not_stored.condition = {false, false, "the upstream does not answer"};
    provider.answers[{OperationKind::create, "github"}] = {stored};
    provider.answers[{OperationKind::create, "jira"}] = {not_stored};
    const auto report = run({change_of(Action::create, "github"), change_of(Action::create, "jira")});
    EXPECT_EQ(result_of(report, "github"), Result::blocked);
    EXPECT_EQ(report.outcomes[0].text, "somebody has to sign in (https://acme.example/authorize)");
    EXPECT_EQ(result_of(report, "jira"), Result::blocked);
    const auto known = state();
    EXPECT_EQ(known.owned.at("github").remote_id, "id-9");
    EXPECT_EQ(known.owned.at("github").sent, sha256("desired github")) << "it is not written again";
    EXPECT_FALSE(known.owned.contains("jira"));
    EXPECT_TRUE(known.open.empty());
}
