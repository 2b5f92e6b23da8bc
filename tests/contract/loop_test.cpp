// The poll loop in virtual time: hours pass in milliseconds.
#include "tests/contract/world.h"

#include "reconcile/loop.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

struct LoopWorld : World {
    LoopWorld() { settings.interval = Milliseconds(60000); }
    void begin() { restart(); }
    // Runs the loop until `enough` says so, asked after each pass.
    void run_until(std::function<bool(const Report&)> enough) {
        Loop* running = nullptr;
        Loop the_loop({unit.get()}, clock, log, [&](const Unit&, const Report& report) {
            if (enough(report)) running->stop();
        });
        running = &the_loop;
        run_to_end(loop, the_loop.run());
    }
    Log log{LogLevel::error, LogFormat::human};
};

} // namespace

TEST(loop, looks_at_its_interval_and_heals_what_moved_in_between) {
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

TEST(loop, a_control_plane_that_is_away_for_an_hour_is_asked_ever_less_often_and_caught_up_with) {
    LoopWorld world;
    world.begin();
    world.add("github");
    world.converge();
    world.edit_live("github", {{"description", "by hand"}});
    sandbox::Fault away;
    away.status = 503;
    away.count = 0;
    world.plane.faults().add(away);
    const auto before = world.plane.audit().counters().requests;
    const auto since = world.clock.monotonic();
    // The pass that ends the outage is nobody's report: the clock does it.
    class Outage final : public Clock {
    public:
        Outage(ManualClock& inner, std::function<void()> end, Milliseconds at)
            : inner_(inner), end_(std::move(end)), at_(at) {}
        UnixSeconds now() const override { return inner_.now(); }
        Milliseconds monotonic() const override { return inner_.monotonic(); }
        double random() override { return inner_.random(); }
        Task<void> sleep(Milliseconds duration) override {
            if (end_ && inner_.monotonic() >= at_) std::exchange(end_, nullptr)();
            return inner_.sleep(duration);
        }

    private:
        ManualClock& inner_;
        std::function<void()> end_;
        Milliseconds at_;
    };
    Outage clock(
        world.clock, [&] { world.plane.faults().clear(); }, since + Milliseconds(3600000));
    Loop* running = nullptr;
    Loop the_loop({world.unit.get()}, clock, world.log, [&](const Unit&, const Report&) { running->stop(); });
    running = &the_loop;
    run_to_end(world.loop, the_loop.run());
    EXPECT_EQ(world.live("github")["description"], "Tools of github");
    EXPECT_LT(world.plane.audit().counters().requests - before, 150U) << "an hour of outage is no hammering";
    EXPECT_LE(world.clock.monotonic() - since, Milliseconds(3600000 + 400000)) << "and it is back soon after";
}

TEST(loop, a_source_that_is_wrong_does_not_stop_the_daemon) {
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
