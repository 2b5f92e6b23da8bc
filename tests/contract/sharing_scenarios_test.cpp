// Units that share a target, one list and one board, as a daemon has them: their passes come at any time.
#include "tests/contract/world.h"

#include "provider/shared_list_provider.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

constexpr Milliseconds interval{60000};

struct Member {
    Member(World& world, SharedList& list, const std::string& name)
        : settings(world.settings), rest(*world.dialect, world.client, world.secrets, world.clock),
          provider(rest, list, world.clock, interval) {
        settings.us.unit = name;
        settings.prune_delay = Milliseconds(0);
        const UnitParts parts{source, provider, world.ledger, world.memo, world.secrets, world.clock, world.pool};
        unit = std::make_unique<Unit>(settings, parts);
    }
    UnitSettings settings;
    MemorySource source;
    RestProvider rest;
    SharedListProvider provider;
    std::unique_ptr<Unit> unit;
};

class sharing : public testing::Test {
protected:
    World world;
    RestProvider lister{*world.dialect, world.client, world.secrets, world.clock};
    SharedList list{lister, world.clock, world.pool,
                    [this](std::string_view row) { return row_key_of(*world.dialect, row); }};
    std::shared_ptr<TargetBoard> board = std::make_shared<TargetBoard>();
    Member a{world, list, "a"};
    Member b{world, list, "b"};

    void SetUp() override {
        a.unit->join(board, false);
        b.unit->join(board, false);
    }
    Look look(Member& member) { return run_to_end(world.loop, member.unit->look()); }
    Plan plan(Member& member) { return look(member).planned.plan; }
    Report apply(Member& member) {
        auto seen = look(member);
        return run_to_end(world.loop, member.unit->act(std::move(seen), {}, {}));
    }
    static void declare(Member& member, const std::string& name, const std::string& more = {}) {
        member.source.set(name + ".yaml", World::remote(name, more));
    }
    void next_interval() { world.clock.advance(interval + Milliseconds(1)); }
};

const std::string other_description = "tags:\n  owner: somebody\n";

} // namespace

TEST_F(sharing, two_units_list_once_an_interval) {
    declare(a, "github");
    declare(b, "jira");
    apply(a);
    apply(b);
    next_interval();
    const auto before = lister.counts().list;
    EXPECT_THAT(plan(a).changes, IsEmpty());
    EXPECT_THAT(plan(b).changes, IsEmpty());
    EXPECT_EQ(lister.counts().list, before + 1);
}

TEST_F(sharing, a_unit_sees_its_own_write_in_the_next_list) {
    declare(a, "github");
    plan(b);
    apply(a);
    const auto report = apply(a);
    EXPECT_THAT(report.plan.changes, IsEmpty()) << "the list from before the write is not taken again";
    EXPECT_EQ(report.plan.counts.equal, 1);
}

TEST_F(sharing, one_that_only_looks_beside_a_unit_takes_no_list_from_before_its_write) {
    SharedListProvider beside(a.rest, list, world.clock, interval, &a.provider);
    const auto rows = [&] {
        int count = 0;
        RowSink sink;
        sink.row = [&count](std::string_view) { ++count; };
        const auto answer = run_to_end(world.loop, beside.list(std::move(sink)));
        EXPECT_TRUE(std::holds_alternative<Done>(answer));
        return count;
    };
    declare(a, "github");
    plan(b);
    EXPECT_EQ(rows(), 0);
    EXPECT_EQ(beside.counts().list, 0) << "it shares the list of the interval";
    apply(a);
    EXPECT_EQ(rows(), 1) << "and sees what the unit wrote since";
}

TEST_F(sharing, rows_of_the_other_unit_are_counted_and_not_kept) {
    declare(a, "github");
    declare(b, "jira");
    apply(a);
    apply(b);
    world.add_live({{"type", "mcp-server/remote"},
                    {"name", "stranger"},
                    {"description", "nobody's"},
                    {"url", "https://stranger.example.com/mcp"},
                    {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}});
    next_interval();
    const auto seen = plan(a);
    EXPECT_EQ(seen.counts.live, 3);
    EXPECT_EQ(seen.live_only_names, std::vector<std::string>{"stranger"});
}

TEST_F(sharing, drift_lies_between_the_lists_that_showed_it) {
    declare(a, "github");
    apply(a);
    const auto settled = apply(a);
    EXPECT_THAT(settled.plan.changes, IsEmpty());
    next_interval();
    const auto began = world.clock.now();
    plan(b); // asks for the list
    world.edit_live("github", {{"description", "by hand"}});
    world.clock.advance(Milliseconds(30000));
    auto seen = look(a);
    EXPECT_THAT(seen.planned.plan.changes, IsEmpty()) << "that list began before";
    EXPECT_LE(seen.listed_at, world.clock.monotonic() - Milliseconds(30000));
    run_to_end(world.loop, a.unit->act(std::move(seen), {}, {}));
    world.clock.advance(Milliseconds(31000));
    const auto drifted = plan(a);
    ASSERT_EQ(drifted.changes.size(), 1U);
    EXPECT_EQ(drifted.changes[0].cause.kind, CauseKind::live_moved);
    EXPECT_EQ(drifted.changes[0].cause.moved_after, began);
}

TEST_F(sharing, an_old_list_overwrites_nothing_that_somebody_changed_since) {
    declare(a, "github");
    apply(a);
    next_interval();
    plan(b);
    world.edit_live("github", {{"description", "by hand"}});
    world.clock.advance(Milliseconds(40000));
    declare(a, "github", other_description);
    const auto report = apply(a);
    ASSERT_EQ(report.outcomes.size(), 1U);
    EXPECT_EQ(report.outcomes[0].result, Result::held);
    EXPECT_EQ(report.outcomes[0].change.holds.at(0).reason, HoldReason::conflict);
}

TEST_F(sharing, one_name_in_two_units_is_held_in_both_with_both_places) {
    declare(a, "github");
    apply(a);
    next_interval();
    declare(b, "github", other_description);
    const auto second = plan(b);
    ASSERT_EQ(second.changes.size(), 1U);
    ASSERT_FALSE(second.changes[0].runs());
    EXPECT_EQ(second.changes[0].holds.back().reason, HoldReason::duplicate);
    EXPECT_EQ(second.changes[0].holds.back().text,
              "declared in github.yaml:1, and by unit \"a\" of this target as well, in github.yaml:1");
    declare(a, "github", "tags:\n  owner: platform\n");
    const auto first = plan(a);
    ASSERT_EQ(first.changes.size(), 1U);
    EXPECT_EQ(first.changes[0].holds.back().reason, HoldReason::duplicate);
    b.source.remove("github.yaml");
    plan(b);
    EXPECT_TRUE(plan(a).changes.at(0).runs()) << "one declaration removed ends it";
}

TEST_F(sharing, what_moved_to_another_unit_is_never_deleted_before_that_unit_has_read_its_source) {
    declare(a, "github");
    declare(a, "jira");
    apply(a);
    apply(b);
    next_interval();
    a.source.remove("jira.yaml");
    declare(b, "jira");
    const auto early = plan(a);
    EXPECT_THAT(early.changes, IsEmpty());
    EXPECT_THAT(early.prune_off, HasSubstr("unit \"b\": it has not read its source since"));
    world.clock.advance(Milliseconds(1000));
    apply(b);
    next_interval();
    EXPECT_THAT(plan(a).changes, IsEmpty()) << "handed over";
    EXPECT_FALSE(world.live("jira").is_null());
}

TEST_F(sharing, what_nobody_declares_any_more_is_deleted_once_the_other_unit_has_read_its_source) {
    declare(a, "github");
    declare(a, "jira");
    apply(a);
    apply(b);
    next_interval();
    a.source.remove("jira.yaml");
    EXPECT_THAT(plan(a).changes, IsEmpty());
    world.clock.advance(Milliseconds(1000));
    plan(b);
    EXPECT_EQ(plan(a).changes.size(), 1U);
}

TEST_F(sharing, a_virtual_server_of_another_unit_still_holds_the_delete_of_what_it_combines) {
    declare(a, "github");
    declare(a, "other");
    apply(a);
    b.source.set("all.yaml", "type: mcp-server/virtual\nname: all\ndescription: Combines github\ncollaborators:\n"
                             "  - subject: team:everyone\n    role_id: mcp-server-user\nservers:\n"
                             "  - name: github\n    enabled_tools: [search]\n");
    next_interval(); // in the list from before that write, what it combines is not there yet
    apply(b);
    EXPECT_FALSE(world.live("all").is_null());
    next_interval();
    a.source.remove("github.yaml");
    plan(a);
    world.clock.advance(Milliseconds(1000));
    plan(b);
    const auto seen = plan(a);
    ASSERT_EQ(seen.changes.size(), 1U);
    ASSERT_FALSE(seen.changes[0].runs());
    EXPECT_THAT(seen.changes[0].holds[0].text, HasSubstr("virtual server \"all\" combines it"));
}

TEST_F(sharing, passes_at_one_time_do_not_disturb_each_other) {
    for (int i = 0; i < 40; ++i) {
        declare(a, "a-" + std::to_string(i));
        declare(b, "b-" + std::to_string(i));
    }
    const auto pass = [](Unit& unit) -> Task<void> {
        auto seen = co_await unit.look();
        std::function<bool()> never;
        std::function<void(const Outcome&)> nobody;
        co_await unit.act(std::move(seen), std::move(never), std::move(nobody));
    };
    for (int round = 0; round < 3; ++round) {
        boost::asio::co_spawn(world.loop, pass(*a.unit), boost::asio::detached);
        boost::asio::co_spawn(world.loop, pass(*b.unit), boost::asio::detached);
        world.loop.restart();
        world.loop.run();
        next_interval();
    }
    EXPECT_EQ(world.writes(), 80U);
    EXPECT_THAT(plan(a).changes, IsEmpty());
    EXPECT_THAT(plan(b).changes, IsEmpty());
    EXPECT_EQ(plan(a).counts.equal, 40);
}
