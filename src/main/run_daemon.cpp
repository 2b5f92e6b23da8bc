#include "main/run_daemon.h"

#include "base/failure.h"
#include "cli/exit_code.h"
#include "io/run.h"
#include "io/service_manager.h"
#include "main/doors.h"
#include "main/file_watch.h"
#include "reconcile/controller.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <utility>

namespace kedge {

namespace {

namespace asio = boost::asio;

// How often files that the settings are made of are looked at.
constexpr Milliseconds file_interval{5000};

class DaemonRun {
public:
    DaemonRun(Runtime& runtime, const Options& options, const Environment& environment)
        : runtime_(runtime), session_(runtime.session()), options_(options), environment_(environment),
          manager_(environment), controller_(parts(), calls()), doors_(runtime, controller_, counters_),
          files_(runtime.watched_files()), hang_up_(session_.loop, SIGHUP) {}

    int run();

private:
    ControllerParts parts() {
        return {session_.clock, session_.log, board_, runtime_.chronicle(), runtime_.standing()};
    }
    DaemonCalls calls();
    void spawn(Task<void> task);
    void wait_for_hang_up();
    Task<void> watch_files();
    Task<void> tell_alive();
    Task<void> reload(std::string why);
    Task<void> apply(Settings settings);
    void refuse(const std::string& why);
    std::string summary() const;

    Runtime& runtime_;
    Session& session_;
    const Options& options_;
    const Environment& environment_;
    ServiceManager manager_;
    StatusBoard board_;
    Counters counters_;
    Controller controller_;
    Doors doors_;
    FileWatch files_;
    asio::signal_set hang_up_;
    Waker stopped_;
    std::exception_ptr error_;
    int at_work_ = 0; // tasks beside the controller
    bool reloading_ = false;
    bool ending_ = false;
};

} // namespace

} // namespace kedge
