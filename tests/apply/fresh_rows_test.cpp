// Rows that are read again right before a write.
#include "executing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;
using testing::ElementsAre;

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
