// The loop of the daemon in virtual time: hours pass in milliseconds.
#include "tests/contract/world.h"

#include "reconcile/controller.h"
#include "store/memory_stoppages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

using namespace kedge;

namespace {

struct LoopWorld : World {
    LoopWorld() { settings.interval = Milliseconds(60000); }
    void begin() { restart(); }
    // Runs the loop until `enough` says so, asked after each pass.
    void run_until(const std::function<bool(const Report&)>& enough) {
        StatusBoard board;
        NoChronicle chronicle;
        MemoryStoppages standing;
        Counters counters;
        DaemonCalls calls;
        calls.passed = [&](const Unit&, const Report& report) {
            if (enough(report)) running->stop();
        };
        if (tune) tune(calls);
        Controller controller(ControllerParts{clock, log, board, chronicle, standing, counters}, std::move(calls));
        running = &controller;
        controller.set_units({std::shared_ptr<Unit>(unit.get(), [](Unit*) {})});
        run_to_end(loop, controller.run());
    }
    // What the next passes log from `least` on, without their times.
    std::vector<std::string> logged(int passes, LogLevel least, const std::function<void(int)>& between) {
        testing::internal::CaptureStderr();
        log = Log(least, LogFormat::human);
        int pass = 0;
        run_until([&](const Report&) {
            ++pass;
            if (pass < passes) between(pass);
            return pass == passes;
        });
        std::istringstream lines(testing::internal::GetCapturedStderr());
        std::vector<std::string> all;
        for (std::string line; std::getline(lines, line);) all.push_back(line.substr(line.find(' ') + 1));
        return all;
    }
    Log log{LogLevel::error, LogFormat::human};
    std::function<void(DaemonCalls&)> tune; // what else is told
    Controller* running = nullptr;
};

} // namespace

TEST(controller, looks_at_its_interval_and_heals_what_moved_in_between) {
    LoopWorld world;
    world.begin();
    world.add("github");
    int passes = 0;
    world.run_until([&](const Report&) {
        ++passes;
        if (passes == 3) world.edit_live("github", {{"description", "by hand"}});
        return passes == 5;
    });
    EXPECT_EQ(world.live("github")["description"], "Tools of github");
    EXPECT_EQ(world.writes(), 2U);
    const auto elapsed = world.clock.monotonic();
    EXPECT_GE(elapsed, Milliseconds(4 * 60000));
    EXPECT_LE(elapsed, Milliseconds(4 * 66000 + 1000));
}

TEST(controller, a_look_that_outlives_its_lease_is_no_reason_to_write_anything) {
    LoopWorld world;
    world.begin();
    world.add("github");
    int asked = 0;
    world.tune = [&](DaemonCalls& calls) {
        calls.held_by = [&](const Unit&) { return std::string(++asked == 1 ? "" : "another"); };
        calls.ended = [&] { world.running->stop(); };
    };
    world.run_until([](const Report&) { return true; });
    EXPECT_EQ(asked, 2) << "before it looks, and before it acts";
    EXPECT_EQ(world.writes(), 0U);
    EXPECT_TRUE(run_to_end(world.loop, world.ledger.load(world.unit->ledger_key())).is_new);
}

TEST(controller, a_source_that_is_wrong_does_not_stop_the_daemon) {
    LoopWorld world;
    world.begin();
    world.source.set("github.yaml", "type: mcp-server/remote\nname: github\nname: github\n");
    int passes = 0;
    world.run_until([&](const Report& report) {
        EXPECT_EQ(has_errors(report.plan.findings), passes < 2);
        if (++passes == 2) world.add("github");
        return passes == 3;
    });
    EXPECT_FALSE(world.live("github").is_null());
}

TEST(controller, a_broken_manifest_is_logged_once_with_its_place_and_hint_and_again_when_it_is_mended) {
    LoopWorld world;
    world.begin();
    world.add("github");
    const auto lines = world.logged(5, LogLevel::info, [&](int pass) {
        if (pass == 1) world.source.set("jira.yaml", "type: mcp-server/remote\nname: jira\nname: jira\n");
        if (pass == 3) world.source.remove("jira.yaml");
    });
    const auto with = [&](const std::string& words) {
        return std::count_if(lines.begin(), lines.end(),
                             [&](const auto& line) { return line.find(words) != std::string::npos; });
    };
    EXPECT_EQ(with("error manifest error unit=tools place=jira.yaml:3:1 name=jira what=\"duplicate key"), 1)
        << testing::PrintToString(lines);
    EXPECT_EQ(with(" hint=\"keep one of them\""), 1) << testing::PrintToString(lines);
    EXPECT_EQ(with("info  mended unit=tools place=jira.yaml:3:1"), 1) << testing::PrintToString(lines);
    EXPECT_EQ(with("warning nothing is deleted unit=tools why=\"not every manifest could be read\""), 1);
    EXPECT_EQ(with("info  deletes are possible again unit=tools"), 1);
    EXPECT_EQ(with("pass ended"), 3) << "the first, the broken one, the mended one: the others are no news";
}

TEST(controller, a_mistake_that_only_moved_to_another_line_is_neither_new_nor_mended) {
    LoopWorld world;
    world.begin();
    world.add("github");
    const std::string broken = "type: mcp-server/remote\nname: jira\nurl: 7\n";
    world.source.set("jira.yaml", broken);
    const auto lines = world.logged(3, LogLevel::info, [&](int pass) {
        if (pass == 1) world.source.set("jira.yaml", "# moved\n" + broken);
    });
    EXPECT_THAT(lines, testing::Not(testing::Contains(testing::HasSubstr("mended"))));
    EXPECT_THAT(lines, testing::Not(testing::Contains(testing::HasSubstr("jira.yaml:4"))));
}

TEST(controller, a_folder_full_of_mistakes_is_not_ten_thousand_lines) {
    LoopWorld world;
    world.begin();
    for (int i = 0; i < 80; ++i) world.source.set("s" + std::to_string(i) + ".yaml", "type: mcp-server/remote\n");
    const auto lines = world.logged(2, LogLevel::warning, [](int) {});
    EXPECT_THAT(lines, testing::Contains(testing::HasSubstr("more findings unit=tools not_shown=")));
    EXPECT_LT(lines.size(), 60U);
}
