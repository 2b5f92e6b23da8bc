#include "main/run_daemon.h"

#include "cli/exit_code.h"
#include "io/run.h"
#include "reconcile/controller.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace kedge {

int run_daemon(Runtime& runtime) {
    auto& session = runtime.session();
    StatusBoard board;
    Controller controller(ControllerParts{session.clock, session.log, board, runtime.chronicle(), runtime.standing()});
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
