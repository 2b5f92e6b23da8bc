// The daemon as a whole, in virtual time: many units, what people stop and release, what goes wrong for days.
#include "tests/contract/daemon_world.h"

#include "base/failure.h"
#include "tests/contract/target_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr Milliseconds minute{60000};
constexpr Milliseconds hour{3600000};

void declare(DaemonWorld& world, const std::string& unit, const std::string& name,
             const std::string& description = "") {
    const auto patch = description.empty() ? Json::object() : Json{{"description", description}};
    world.source(unit).set(name + ".yaml", manifest_of(name, patch).dump());
}

std::string description(DaemonWorld& world, const std::string& name) {
    return world.live(name).value("description", "");
}

PauseUnit pause(const std::string& unit, const std::string& resource = "", UnixSeconds until = 0) {
    PauseUnit command;
    command.unit = unit;
    command.resource = resource;
    command.because = "incident 7";
    command.until = until;
    return command;
}

Freeze freeze(const std::string& name, std::vector<std::string> units = {}) {
    Freeze command;
    command.name = name;
    command.units = std::move(units);
    command.because = "release week";
    return command;
}

} // namespace

TEST(daemon, keeps_every_unit_at_its_own_interval_for_months) {
    DaemonWorld world({"crm", "wiki"});
    declare(world, "crm", "github");
    declare(world, "wiki", "jira");
    world.settings("crm").interval = 30 * minute;
    world.settings("wiki").interval = 3 * hour;
    world.run(2000 * hour);
    EXPECT_NEAR(world.passes["crm"], 4000 / 1.05, 60);
    EXPECT_NEAR(world.passes["wiki"], 667 / 1.05, 12);
    EXPECT_EQ(world.writes(), 2U);
    EXPECT_EQ(world.status("crm").state, UnitState::in_sync);
    EXPECT_EQ(world.status("wiki").counts.equal, 1);
}

TEST(daemon, a_fetch_that_hangs_delays_nobody_but_its_unit) {
    DaemonWorld world({"crm", "wiki"});
    declare(world, "crm", "github");
    declare(world, "wiki", "jira");
    world.source("crm").before_fetch = [&world]() -> Task<void> {
        co_await world.clock.sleep(2 * hour);
        throw Failure(NextAction::retry, "source git-of-crm: fetch: the server is silent or too slow");
    };
    world.run(5 * hour);
    EXPECT_EQ(world.passes["crm"], 0);
    EXPECT_GT(world.passes["wiki"], 280);
    EXPECT_EQ(world.status("crm").state, UnitState::failing);
    EXPECT_EQ(world.status("crm").failures, 2);
    EXPECT_THAT(world.status("crm").cause, HasSubstr("silent or too slow"));
    EXPECT_EQ(world.status("wiki").state, UnitState::in_sync);
}

TEST(daemon, says_a_failure_once_and_that_it_is_over) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    world.source("crm").before_fetch = []() -> Task<void> {
        throw Failure(NextAction::stop, "source git-of-crm: fetch: the server refuses the token");
        co_return;
    };
    world.at(3 * hour, [&] { world.source("crm").before_fetch = nullptr; });
    world.run(4 * hour);
    const auto events = world.events();
    EXPECT_EQ(std::count(events.begin(), events.end(),
                         "pass-failed crm: source git-of-crm: fetch: the server refuses the token"),
              1);
    EXPECT_THAT(events, Contains(HasSubstr("recovered crm: works again after ")));
    EXPECT_EQ(world.status("crm").cause, "");
    EXPECT_EQ(world.status("crm").failures, 0);
}

TEST(daemon, a_paused_unit_looks_and_reports_but_changes_nothing_until_it_is_resumed) {
    DaemonWorld world({"crm", "wiki"});
    declare(world, "crm", "github");
    declare(world, "wiki", "jira");
    CommandAnswer paused;
    CommandAnswer resumed;
    world.at(5 * minute, [&] { paused = world.ask(pause("crm")); });
    world.at(6 * minute, [&] {
        declare(world, "crm", "github", "new");
        declare(world, "wiki", "jira", "new");
    });
    world.at(60 * minute, [&] {
        EXPECT_EQ(description(world, "github"), "Tools of github");
        EXPECT_EQ(description(world, "jira"), "new");
        EXPECT_EQ(world.status("crm").state, UnitState::pending);
        EXPECT_EQ(world.status("crm").held, 1);
        const auto resources = world.controller->resources("crm");
        ASSERT_EQ(resources.size(), 1U);
        EXPECT_THAT(resources[0].why, HasSubstr("paused: the unit is paused since "));
        EXPECT_THAT(resources[0].why, HasSubstr("incident 7 (ann)"));
        EXPECT_GT(world.passes["crm"], 50);
        ResumeUnit resume;
        resume.unit = "crm";
        resumed = world.ask(resume);
    });
    world.run(70 * minute);
    EXPECT_EQ(paused.result, CommandAnswer::Result::done);
    EXPECT_EQ(resumed.result, CommandAnswer::Result::done);
    EXPECT_EQ(description(world, "github"), "new");
    EXPECT_TRUE(world.kept().stoppages.empty());
}

TEST(daemon, a_pause_survives_a_restart_and_ends_by_itself) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    world.at(minute, [&] { world.ask(pause("crm", "", world.clock.now() + 7200)); });
    world.run(5 * minute);
    declare(world, "crm", "github", "new");
    world.run(30 * minute);
    EXPECT_EQ(description(world, "github"), "Tools of github");
    EXPECT_EQ(world.status("crm").stoppages.size(), 1U);
    world.run(2 * hour);
    EXPECT_EQ(description(world, "github"), "new");
    EXPECT_THAT(world.events(), Contains(HasSubstr("the pause is over")));
}

TEST(daemon, a_pause_of_one_registration_leaves_the_others_of_its_unit_free) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    declare(world, "crm", "slack");
    world.at(5 * minute, [&] {
        world.ask(pause("crm", "github"));
        declare(world, "crm", "github", "new");
        declare(world, "crm", "slack", "new");
    });
    world.run(20 * minute);
    EXPECT_EQ(description(world, "github"), "Tools of github");
    EXPECT_EQ(description(world, "slack"), "new");
}

TEST(daemon, a_freeze_of_everything_holds_units_that_come_later_as_well) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    world.at(5 * minute, [&] {
        EXPECT_EQ(world.ask(freeze("release-week")).result, CommandAnswer::Result::done);
        EXPECT_EQ(world.ask(freeze("release-week")).result, CommandAnswer::Result::refused);
    });
    world.at(10 * minute, [&] {
        world.add_unit("wiki");
        declare(world, "wiki", "jira");
    });
    world.at(20 * minute, [&] {
        EXPECT_TRUE(world.live("jira").is_null());
        Unfreeze end;
        end.name = "release-week";
        EXPECT_EQ(world.ask(end).result, CommandAnswer::Result::done);
        EXPECT_EQ(world.ask(end).result, CommandAnswer::Result::not_found);
    });
    world.run(25 * minute);
    EXPECT_FALSE(world.live("jira").is_null());
}

TEST(daemon, refuses_commands_that_mean_nothing_and_keeps_nothing_of_them) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    world.at(5 * minute, [&] {
        using enum CommandAnswer::Result;
        EXPECT_EQ(world.ask(pause("nosuch")).result, not_found);
        EXPECT_EQ(world.ask(pause("crm", "", world.clock.now() - 1)).result, invalid);
        EXPECT_EQ(world.ask(freeze("Release Week")).result, invalid);
        EXPECT_EQ(world.ask(freeze("f", {"crm", "nosuch"})).result, not_found);
        SyncNow sync;
        sync.unit = "nosuch";
        EXPECT_EQ(world.ask(sync).result, not_found);
        ResumeUnit resume;
        resume.unit = "crm";
        EXPECT_EQ(world.ask(resume).result, unchanged);
        ReleaseChange release;
        release.digest = "123";
        release.because = "yes";
        EXPECT_EQ(world.ask(release).result, invalid);
        release.digest = std::string(64, 'a');
        EXPECT_EQ(world.ask(release).result, not_found);
        Rollback rollback;
        rollback.unit = "crm";
        rollback.commit = "HEAD~1";
        EXPECT_EQ(world.ask(rollback).result, invalid);
    });
    world.run(10 * minute);
    EXPECT_TRUE(world.kept().stoppages.empty());
    EXPECT_TRUE(world.kept().releases.empty());
}

TEST(daemon, the_end_of_a_pass_says_what_there_is_and_leaves_out_what_there_is_not) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    world.at(5 * minute, [&] { world.source("crm").set("jira.yaml", "type: mcp-server/remote\nname: [\n"); });
    world.run(10 * minute);
    EXPECT_THAT(world.events(), Contains("pass-ended crm: 1 manifest, 0 equal, 1 change, 1 write"));
    EXPECT_THAT(world.events(), Contains(testing::EndsWith("1 equal, 0 changes, 1 error in manifests")));
}

TEST(daemon, only_the_unit_whose_repository_moved_looks_at_once) {
    DaemonWorld world({"crm", "wiki"});
    world.settings("crm").interval = world.settings("wiki").interval = 10 * hour;
    SourceMoved hint;
    hint.urls = {"git@git.example.com:Wiki.git", "https://git.example.com/wiki"};
    hint.ref = "refs/heads/main";
    world.at(hour, [&] {
        EXPECT_EQ(world.controller->source_moved(hint), 1);
        hint.ref = "refs/heads/other";
        EXPECT_EQ(world.controller->source_moved(hint), 0);
    });
    world.run(2 * hour);
    EXPECT_EQ(world.passes["crm"], 1);
    EXPECT_EQ(world.passes["wiki"], 2);
    EXPECT_THAT(world.moved, testing::ElementsAre("git-of-wiki"));
}

TEST(daemon, a_hint_that_comes_during_a_pass_leads_to_another_one_right_after) {
    DaemonWorld world({"crm"});
    world.settings("crm").interval = 10 * hour;
    world.source("crm").before_fetch = [&world]() -> Task<void> { co_await world.clock.sleep(minute); };
    world.at(30 * Milliseconds(1000), [&] { world.ask(SyncNow{}); });
    world.run(5 * minute);
    EXPECT_EQ(world.passes["crm"], 2);
}

TEST(daemon, a_unit_that_leaves_the_settings_leaves_everything_live) {
    DaemonWorld world({"crm", "wiki"});
    declare(world, "crm", "github");
    declare(world, "wiki", "jira");
    world.at(5 * minute, [&] { world.remove_unit("wiki"); });
    world.run(2 * hour);
    EXPECT_FALSE(world.live("jira").is_null());
    EXPECT_EQ(world.board->unit("wiki"), nullptr);
    EXPECT_LE(world.passes["wiki"], 6);
}

TEST(daemon, a_unit_with_new_settings_takes_over_after_the_pass_under_way) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    int fetches = 0;
    world.source("crm").before_fetch = [&]() -> Task<void> {
        ++fetches;
        co_await world.clock.sleep(minute);
    };
    world.at(Milliseconds(30000), [&] {
        world.settings("crm").interval = 10 * hour;
        world.add_unit("wiki");
    });
    world.run(3 * hour);
    EXPECT_EQ(fetches, 2) << "the look of the former settings came to nothing, the next one counts";
    EXPECT_FALSE(world.live("github").is_null());
}

TEST(daemon, a_machine_whose_clock_jumps_goes_on_at_its_pace) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    world.at(10 * minute, [&] { world.clock.jump(-86400 * 30); });
    world.at(30 * minute, [&] { world.clock.jump(86400 * 365); });
    world.run(hour);
    EXPECT_NEAR(world.passes["crm"], 57, 3);
    EXPECT_EQ(world.status("crm").state, UnitState::in_sync);
}

TEST(daemon, a_control_plane_that_is_away_for_an_hour_is_caught_up_with_by_all_units) {
    DaemonWorld world({"crm", "wiki", "ops"});
    for (const auto* unit : {"crm", "wiki", "ops"}) declare(world, unit, std::string("server-of-") + unit);
    sandbox::Fault away;
    away.status = 503;
    away.count = 0;
    world.at(10 * minute, [&] {
        world.edit_live("server-of-wiki", {{"description", "by hand"}});
        world.plane.faults().add(away);
    });
    std::uint64_t requests = 0;
    world.at(11 * minute, [&] { requests = world.plane.audit().counters().requests; });
    world.at(70 * minute, [&] {
        EXPECT_LT(world.plane.audit().counters().requests - requests, 450U) << "an hour of outage is no hammering";
        world.plane.faults().clear();
    });
    world.run(77 * minute);
    EXPECT_EQ(description(world, "server-of-wiki"), "Tools of server-of-wiki");
    for (const auto* unit : {"crm", "wiki", "ops"}) EXPECT_EQ(world.status(unit).state, UnitState::in_sync) << unit;
    EXPECT_EQ(world.writes(), 4U);
}

TEST(daemon, ends_when_asked_to_though_a_fetch_hangs) {
    DaemonWorld world({"crm"});
    world.source("crm").before_fetch = [&world]() -> Task<void> { co_await world.clock.sleep(minute); };
    world.run(Milliseconds(1000));
    EXPECT_EQ(world.passes["crm"], 0);
    EXPECT_LE(world.clock.monotonic(), 2 * minute);
}

TEST(daemon, a_pass_that_takes_longer_than_its_deadline_begins_no_further_step) {
    DaemonWorld world({"crm"});
    declare(world, "crm", "github");
    world.settings("crm").deadline = 5 * minute;
    world.source("crm").before_fetch = [&world]() -> Task<void> { co_await world.clock.sleep(6 * minute); };
    world.run(8 * minute);
    EXPECT_EQ(world.passes["crm"], 0);
    EXPECT_TRUE(world.live("github").is_null());
    EXPECT_THAT(world.status("crm").cause, HasSubstr("not done within 5m (deadline)"));
}
