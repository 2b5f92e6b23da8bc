#include "executing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;
using testing::ElementsAre;

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
