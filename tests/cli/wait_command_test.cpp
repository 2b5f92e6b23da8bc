#include "cli/exit_code.h"
#include "tests/cli/scripted_daemon.h"
#include "view/json_status.h"
#include "view/json_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;

namespace {

const std::string former = std::string(40, 'a');
const std::string wanted = std::string(40, 'b');

class WaitCommand : public testing::Test {
protected:
    void see(const UnitStatus& status) { daemon.answer("GET /units/tools", unit_json(status)); }
    void may_sync() { daemon.answer("POST /units/tools/sync", answered_json("done", "looks at once")); }
    void history(const std::vector<PassRecord>& passes) {
        daemon.answer("GET /passes?unit=tools&most=50", history_json("tools", passes));
    }
    int syncs() const {
        int count = 0;
        for (const auto& request : daemon.asked) count += request.method == "POST" ? 1 : 0;
        return count;
    }
    static UnitStatus at(const std::string& commit, const std::string& pass) {
        return unit_in_sync("tools", commit, pass);
    }
    // All that is left is held.
    void hold_something() {
        ResourceStatus held;
        held.name = "github";
        held.type = "mcp-server/remote";
        held.state = ResourceStatus::State::held;
        daemon.answer("GET /units/tools/resources", resources_json("tools", {held}));
        Plan plan;
        plan.unit = "tools";
        Change change;
        change.action = Action::update;
        change.name = "github";
        Hold hold;
        hold.reason = HoldReason::paused;
        hold.text = "the unit is paused";
        hold.way_out = "kedge resume tools";
        change.holds.push_back(hold);
        plan.changes.push_back(change);
        daemon.answer("GET /holds?unit=tools", of_units_json("holds", {holds_json(plan)}));
    }

    static Json broken_plan() {
        Plan plan;
        plan.unit = "tools";
        Finding mistake;
        mistake.place = {"slack.yaml", 3, 1};
        mistake.message = "unknown key \"urll\"";
        mistake.hint = "did you mean url?";
        Finding warning = mistake;
        warning.severity = Severity::warning;
        warning.message = "only a warning";
        plan.findings = {mistake, warning};
        return plan_json(plan);
    }

    ScriptedDaemon daemon;
};

} // namespace

TEST_F(WaitCommand, the_newest_is_what_a_look_that_begins_now_finds) {
    see(at(former, "p1"));
    see(at(former, "p1"));
    see(at(wanted, "p2"));
    may_sync();
    const auto ended = daemon.run({"wait", "tools"});
    EXPECT_EQ(ended.code, exit_ok);
    EXPECT_EQ(ended.out, "Unit \"tools\" is in sync at bbbbbbb.\n");
    EXPECT_EQ(syncs(), 1);
}

TEST_F(WaitCommand, a_pass_that_was_under_way_before_does_not_count) {
    auto busy = at(former, "p1");
    busy.busy = true;
    see(busy);
    see(at(former, "p2")); // began before
    see(at(wanted, "p3"));
    may_sync();
    EXPECT_THAT(daemon.run({"wait", "tools"}).out, HasSubstr("in sync at bbbbbbb"));
}

TEST_F(WaitCommand, a_commit_that_was_seen_already_needs_no_waiting) {
    see(at(wanted, "p1"));
    EXPECT_EQ(daemon.run({"wait", "tools", "--commit", wanted}).code, exit_ok);
    EXPECT_EQ(syncs(), 0);
    EXPECT_EQ(daemon.clock.slept(), Milliseconds(0));
}

TEST_F(WaitCommand, a_commit_is_waited_for_without_hammering) {
    see(at(former, "p1"));
    for (int i = 0; i < 20; ++i) see(at(former, "p1"));
    see(at(former, "p2"));
    see(at(wanted, "p3"));
    may_sync();
    history({});
    EXPECT_EQ(daemon.run({"wait", "tools", "--commit", "bbbbbbbbb"}).code, exit_ok);
    EXPECT_EQ(syncs(), 1);
    EXPECT_GT(daemon.clock.slept(), Milliseconds(25'000)) << "pauses grow up to 2 s";
}

TEST_F(WaitCommand, a_commit_that_a_later_one_has_passed_was_seen) {
    see(at(former, "p1"));
    PassRecord record;
    record.at = 1;
    record.revision = wanted;
    history({record});
    EXPECT_EQ(daemon.run({"wait", "tools", "--commit", "bbbbbbb"}).code, exit_ok);
}

TEST_F(WaitCommand, what_is_left_is_shown_with_its_way_out) {
    see(at(former, "p1"));
    auto pending = at(wanted, "p2");
    pending.state = UnitState::pending;
    see(pending);
    may_sync();
    hold_something();
    const auto ended = daemon.run({"wait", "tools"});
    EXPECT_EQ(ended.code, exit_held);
    EXPECT_THAT(ended.out, AllOf(HasSubstr("paused: the unit is paused"), HasSubstr("kedge resume tools"),
                                 testing::Not(HasSubstr("Not in sync"))))
        << "nothing is shown twice";
}

TEST_F(WaitCommand, what_may_still_run_is_waited_for) {
    see(at(former, "p1"));
    auto pending = at(wanted, "p2");
    pending.state = UnitState::pending;
    see(pending);
    see(at(wanted, "p3"));
    may_sync();
    ResourceStatus open;
    open.name = "github";
    open.type = "mcp-server/remote";
    open.state = ResourceStatus::State::pending;
    daemon.answer("GET /units/tools/resources", resources_json("tools", {open}));
    EXPECT_EQ(daemon.run({"wait", "tools"}).code, exit_ok);
}

TEST_F(WaitCommand, manifests_with_errors_are_no_success) {
    see(at(former, "p1"));
    auto pending = at(wanted, "p2");
    pending.state = UnitState::pending;
    pending.errors = 1;
    see(pending);
    may_sync();
    hold_something();
    daemon.answer("GET /units/tools/plan", broken_plan());
    const auto ended = daemon.run({"wait", "tools"});
    EXPECT_EQ(ended.code, exit_error);
    EXPECT_THAT(ended.out,
                HasSubstr("Mistakes in its manifests:\n  slack.yaml:3: unknown key \"urll\"; did you mean url?\n"));
    EXPECT_THAT(ended.out, testing::Not(HasSubstr("only a warning")));
    EXPECT_THAT(ended.error, HasSubstr("manifests with errors at bbbbbbb"));
}

TEST_F(WaitCommand, where_nothing_is_held_only_what_is_wrong_is_shown) {
    see(at(former, "p1"));
    auto pending = at(wanted, "p2");
    pending.state = UnitState::pending;
    pending.errors = 1;
    see(pending);
    may_sync();
    daemon.answer("GET /units/tools/resources", resources_json("tools", {}));
    daemon.answer("GET /holds?unit=tools", of_units_json("holds", {}));
    daemon.answer("GET /units/tools/plan", broken_plan());
    EXPECT_THAT(daemon.run({"wait", "tools"}).out, testing::StartsWith("\nMistakes in its manifests:"));
}

TEST_F(WaitCommand, a_failing_unit_ends_it_with_the_cause) {
    see(at(former, "p1"));
    auto failing = at(former, "p2");
    failing.state = UnitState::failing;
    failing.cause = "git: fetch: no route";
    see(failing);
    may_sync();
    const auto ended = daemon.run({"wait", "tools"});
    EXPECT_EQ(ended.code, exit_error);
    EXPECT_THAT(ended.error, HasSubstr("fails: git: fetch: no route"));
}

TEST_F(WaitCommand, a_unit_that_is_rolled_back_waits_for_a_person) {
    see(at(former, "p1"));
    auto pinned = at(former, "p2");
    pinned.revision.tip = wanted;
    see(pinned);
    may_sync();
    history({});
    const auto ended = daemon.run({"wait", "tools", "--commit", wanted});
    EXPECT_EQ(ended.code, exit_held);
    EXPECT_THAT(ended.error, HasSubstr("`kedge resume tools` lets it"));
}

TEST_F(WaitCommand, it_gives_up_when_its_time_is_over_and_says_where_the_unit_is) {
    see(at(former, "p1"));
    may_sync();
    history({});
    const auto ended = daemon.run({"wait", "tools", "--commit", wanted, "--timeout", "30s"});
    EXPECT_EQ(ended.code, exit_error);
    EXPECT_THAT(ended.error, HasSubstr("not there after 30s: it is at aaaaaaa, not at bbbbbbb; is that commit on"));
    EXPECT_EQ(daemon.clock.slept(), Milliseconds(30'000));
}

TEST_F(WaitCommand, whoever_may_only_look_waits_for_the_next_pass) {
    see(at(former, "p1"));
    see(at(wanted, "p2"));
    daemon.refuse("POST /units/tools/sync", 403, "this needs the role operator");
    EXPECT_EQ(daemon.run({"wait", "tools"}).code, exit_ok);
    EXPECT_THAT(daemon.complaint({"sync", "tools", "--wait"}), HasSubstr("role operator"))
        << "asked for, so not silent";
}

TEST_F(WaitCommand, a_daemon_that_is_away_for_a_moment_is_waited_for) {
    see(at(former, "p1"));
    daemon.refuse("GET /units/tools", 503, "it starts");
    see(at(wanted, "p2"));
    may_sync();
    EXPECT_EQ(daemon.run({"wait", "tools"}).code, exit_ok);
}

TEST_F(WaitCommand, what_is_no_commit_is_refused_before_anything_is_asked) {
    const auto ended = daemon.run({"wait", "tools", "--commit", "main"});
    EXPECT_EQ(ended.code, exit_error);
    EXPECT_THAT(ended.error, HasSubstr("\"main\" is no commit id"));
    EXPECT_TRUE(daemon.asked.empty());
}
