#include "main/run_daemon.h"

#include "cli/exit_code.h"
#include "io/run.h"
#include "reconcile/controller.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace kedge {

namespace {

// Says once why no history is kept.
class HistoryKeeper {
public:
    explicit HistoryKeeper(Session& session) : session_(session) { say_problem(); }
    Task<void> remember(const Unit& unit, PassRecord record) {
        co_await session_.remember(unit, std::move(record));
        say_problem();
    }

private:
    void say_problem() {
        const auto why = session_.history_problem();
        if (said_ || why.empty()) return;
        said_ = true;
        session_.log.warning("no history is kept", {{"why", why}});
    }
    Session& session_;
    bool said_ = false;
};

} // namespace

int run_daemon(Session& session) {
    HistoryKeeper keeper(session);
    StatusBoard board;
    DaemonStore store;
    store.remember = [&keeper](const Unit& unit, PassRecord record) {
        return keeper.remember(unit, std::move(record));
    };
    Controller controller(session.clock, session.log, board, std::move(store));
    std::vector<std::shared_ptr<Unit>> units;
    for (auto* unit : session.units) units.emplace_back(unit, [](Unit*) {});
    controller.set_units(std::move(units));
    const Stop::Listener heard(&session.stop, [&] {
        session.log.info("stopping", {{"why", "signal"}});
        controller.stop();
    });
    boost::asio::signal_set wake(session.loop, SIGHUP);
    std::function<void()> wait = [&] {
        wake.async_wait([&](const boost::system::error_code& error, int) {
            if (error) return;
            session.log.info("looking at once", {{"why", "SIGHUP"}});
            controller.wake();
            wait();
        });
    };
    wait();
    session.log.info("started", {{"units", static_cast<int>(session.units.size())}});
    run_to_end(session.loop, controller.run());
    session.log.info("stopped");
    return exit_ok;
}

} // namespace kedge
