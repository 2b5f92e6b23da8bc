// Releases that people give by command: good for one write, and kept until that write has been made.
#include "tests/contract/daemon_world.h"
#include "tests/contract/target_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

constexpr Milliseconds a_minute{60000};

// One unit, whose only change is held until somebody releases it.
class ReleasedByCommand : public testing::Test {
protected:
    ReleasedByCommand() : world({"crm"}) {
        world.settings("crm").sign_out.who = SignOut::approver;
        world.source("crm").set("github.yaml", manifest_of("github").dump());
        const Json foreign = manifest_of("github", {{"description", "somebody else's"}});
        world.plane.refresh(world.plane.registry().add(
            world.plane.new_server(foreign, sandbox::person_of(sandbox::Role::admin, world.plane.tenant()))));
    }

    bool is_written() { return world.live("github").at("description") != "somebody else's"; }

    CommandAnswer release_it() {
        const auto held = world.controller->resources("crm");
        EXPECT_EQ(held.size(), 1U);
        EXPECT_EQ(held.at(0).state, ResourceStatus::State::held);
        ReleaseChange release;
        release.digest = held.at(0).change.hex().substr(0, 12);
        release.because = "agreed with its owner";
        return world.ask(release);
    }

    void freeze_everything() {
        Freeze command;
        command.name = "release-week";
        EXPECT_EQ(world.ask(command).result, CommandAnswer::Result::done);
    }

    void end_freeze() {
        Unfreeze command;
        command.name = "release-week";
        EXPECT_EQ(world.ask(command).result, CommandAnswer::Result::done);
    }

    DaemonWorld world;
};

} // namespace

TEST_F(ReleasedByCommand, counts_once) {
    CommandAnswer answer;
    world.at(5 * a_minute, [&] { answer = release_it(); });
    world.run(10 * a_minute);
    EXPECT_EQ(answer.result, CommandAnswer::Result::done) << answer.text;
    EXPECT_TRUE(is_written());
    EXPECT_TRUE(world.kept().releases.empty()) << "used up";
}

TEST_F(ReleasedByCommand, counts_only_where_the_unit_allows_it) {
    world.settings("crm").sign_out.who = SignOut::git;
    CommandAnswer answer;
    world.at(5 * a_minute, [&] { answer = release_it(); });
    world.run(10 * a_minute);
    EXPECT_EQ(answer.result, CommandAnswer::Result::refused) << answer.text;
    EXPECT_FALSE(is_written());
    EXPECT_TRUE(world.kept().releases.empty()) << "never kept";
}

TEST_F(ReleasedByCommand, waits_for_a_unit_that_leaves_the_settings_and_comes_back) {
    world.at(4 * a_minute, [&] { freeze_everything(); });
    world.at(5 * a_minute, [&] { release_it(); });
    world.at(6 * a_minute, [&] { world.remove_unit("crm"); });
    world.at(7 * a_minute, [&] { end_freeze(); });
    world.at(9 * a_minute, [&] {
        EXPECT_FALSE(is_written());
        world.controller->set_units({world.made.at("crm")});
    });
    world.run(15 * a_minute);
    EXPECT_TRUE(is_written());
    EXPECT_TRUE(world.kept().releases.empty());
}

TEST_F(ReleasedByCommand, waits_for_a_unit_that_is_not_there_when_the_daemon_starts) {
    world.at(4 * a_minute, [&] { freeze_everything(); });
    world.at(5 * a_minute, [&] { release_it(); });
    world.run(10 * a_minute);
    world.started = [&] { world.remove_unit("crm"); };
    world.at(2 * a_minute, [&] { end_freeze(); });
    world.at(5 * a_minute, [&] { world.controller->set_units({world.made.at("crm")}); });
    world.run(10 * a_minute);
    EXPECT_TRUE(is_written());
    EXPECT_TRUE(world.kept().releases.empty());
}

TEST_F(ReleasedByCommand, is_cleaned_up_later_where_the_store_kept_it_though_it_is_used_up) {
    world.at(5 * a_minute, [&] {
        world.standing.full = true;
        release_it();
    });
    world.at(9 * a_minute, [&] {
        EXPECT_TRUE(is_written());
        EXPECT_GT(world.standing.refused, 1) << "each pass tries again";
        world.standing.full = false;
    });
    world.run(15 * a_minute);
    EXPECT_TRUE(world.kept().releases.empty());
}

TEST_F(ReleasedByCommand, is_cleaned_up_by_the_next_process_too) {
    world.at(5 * a_minute, [&] {
        world.standing.full = true;
        release_it();
    });
    world.run(15 * a_minute);
    EXPECT_EQ(world.kept().releases.size(), 1U);
    world.standing.full = false;
    world.run(5 * a_minute);
    EXPECT_TRUE(is_written());
    EXPECT_TRUE(world.kept().releases.empty());
}
