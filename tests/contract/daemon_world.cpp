#include "tests/contract/daemon_world.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <optional>

namespace kedge {

DaemonWorld::DaemonWorld(const std::vector<std::string>& units)
    : direct(plane, "tfy_writer"), client(direct, clock, PatientOptions{}), dialect(make_dialect("truefoundry", {})),
      secrets({}, {}, Secret("a key of the tests")) {
    plane.people().add("tfy_writer", sandbox::person_of(sandbox::Role::writer, plane.tenant()));
    plane.people().add("tfy_admin", sandbox::person_of(sandbox::Role::admin, plane.tenant()));
    for (const auto& unit : units) add_household(unit);
}

void DaemonWorld::add_household(const std::string& unit) {
    auto household = std::make_unique<Household>();
    household->provider =
        std::make_unique<RestProvider>(*dialect, client, secrets, clock, std::vector<Secret>{Secret("tfy_writer")});
    auto& settings = household->settings;
    settings.us = {"prod", unit};
    settings.source = "git-of-" + unit;
    settings.source_url = "https://git.example.com/" + unit + ".git";
    settings.source_ref = "refs/heads/main";
    settings.target = "sandbox";
    settings.target_url = "http://sandbox";
    settings.seal_key = Secret("a key of the tests");
    settings.version = "test";
    settings.interval = Milliseconds(60000);
    households_[unit] = std::move(household);
}

void DaemonWorld::add_unit(const std::string& unit) {
    add_household(unit);
    controller->set_units(make_units());
}

void DaemonWorld::remove_unit(const std::string& unit) {
    // Its objects stay: a pass of it may be under way.
    auto units = make_units();
    std::erase_if(units, [&](const auto& one) { return one->settings().us.unit == unit; });
    controller->set_units(std::move(units));
}

std::vector<std::shared_ptr<Unit>> DaemonWorld::make_units() {
    std::vector<std::shared_ptr<Unit>> units;
    for (const auto& [name, household] : households_) {
        const UnitParts parts{household->source, *household->provider, ledger, memo, secrets, clock, pool};
        auto unit = std::make_shared<Unit>(household->settings, parts);
        if (target_board) unit->join(target_board, false);
        made[name] = unit;
        units.push_back(std::move(unit));
    }
    return units;
}

void DaemonWorld::restart() {
    controller.reset();
    made.clear();
    board = std::make_unique<StatusBoard>();
    DaemonCalls calls;
    calls.passed = [this](const Unit& unit, const Report&) { ++passes[unit.settings().us.unit]; };
    calls.source_moved = [this](const std::string& source) { moved.push_back(source); };
    if (tune) tune(calls);
    controller = std::make_unique<Controller>(ControllerParts{clock, log, *board, chronicle, standing, counters},
                                              std::move(calls));
    controller->set_units(make_units());
}

// What was appointed happens at its time, then the daemon is asked to end.
Task<void> DaemonWorld::let_pass(Milliseconds how_long) {
    const auto end = clock.monotonic() + how_long;
    while (!appointments_.empty() && appointments_.begin()->first <= end) {
        const auto [when, what] = *appointments_.begin();
        appointments_.erase(appointments_.begin());
        if (when > clock.monotonic()) co_await clock.sleep(when - clock.monotonic());
        what();
    }
    if (end > clock.monotonic()) co_await clock.sleep(end - clock.monotonic());
    controller->stop();
}

void DaemonWorld::run(Milliseconds how_long) {
    restart();
    if (started) started();
    boost::asio::co_spawn(loop, let_pass(how_long), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    });
    clock.run(loop, controller->run(), how_long + Milliseconds(3 * 3600000));
}

CommandAnswer DaemonWorld::ask(Command command, const std::string& by) {
    std::optional<CommandAnswer> answer;
    auto asking = controller->perform(std::move(command), by);
    boost::asio::co_spawn(loop, std::move(asking), [&answer](const std::exception_ptr& error, CommandAnswer given) {
        if (error) std::rethrow_exception(error);
        answer = std::move(given);
    });
    // A store in memory answers without waiting: a few turns of the loop are enough, and time stands still.
    for (int turn = 0; !answer && turn < 1000; ++turn) loop.poll_one();
    return answer.value();
}

StandingCommands DaemonWorld::kept() {
    return run_to_end(loop, standing.load());
}

Json DaemonWorld::live(const std::string& name) {
    const auto* server = plane.registry().by_name(name);
    return server == nullptr ? Json() : server->document();
}

void DaemonWorld::edit_live(const std::string& name, const Json& patch) {
    auto* server = plane.registry().by_name(name);
    auto manifest = server->document();
    manifest.merge_patch(patch);
    server->manifest = manifest.dump();
    plane.refresh(*server);
}

std::vector<std::string> DaemonWorld::events() const {
    std::vector<std::string> all;
    for (const auto& event : board->events_after(0, 1000)) {
        all.push_back(std::string(to_text(event.kind)) + " " + event.unit + ": " + event.text);
    }
    return all;
}

} // namespace kedge
