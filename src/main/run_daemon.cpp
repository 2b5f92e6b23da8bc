#include "main/run_daemon.h"

#include "base/failure.h"
#include "cli/exit_code.h"
#include "io/loop_steps.h"
#include "io/run.h"
#include "io/service_manager.h"
#include "main/doors.h"
#include "main/preview_forges.h"
#include "preview/preview_service.h"
#include "reconcile/controller.h"
#include "reconcile/preview_book.h"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace kedge {

namespace {

// How often files that the settings are made of are looked at.
constexpr Milliseconds file_interval{5000};

// The settings, what they include, and where they take credentials from. What is read at each use is not among them.
std::set<std::string> files_of(const Settings& settings, const Options& options) {
    std::set<std::string> files;
    if (options.path.empty()) files.insert(settings_file(options));
    const auto add = [&files](const std::string& file) {
        if (!file.empty()) files.insert(file);
    };
    add(settings.included);
    const auto add_secret = [&add](const CredentialSource& from) {
        if (from.scheme == "file") add(from.name);
    };
    for (const auto& [name, source] : settings.sources) {
        add_secret(source.token);
        add_secret(source.bearer);
    }
    for (const auto& [name, target] : settings.targets) {
        add(target.ca_file);
        for (const auto& [key, credential] : target.credentials) add_secret(credential);
    }
    return files;
}

class DaemonRun {
public:
    DaemonRun(Runtime& runtime, const Options& options, FileWatch files)
        : runtime_(runtime), session_(runtime.session()), options_(options), manager_(runtime.environment()),
          counters_(runtime.counters()),
          controller_(
              ControllerParts{session_.clock, session_.log, board_, runtime.chronicle(), runtime.standing(), counters_},
              calls()),
          book_(runtime.previews(), session_.clock,
                {[this](const std::string& unit) { controller_.wake(unit); }, [this] { previews_.book_moved(); }}),
          previews_(preview_parts()), doors_(runtime, controller_, counters_, &previews_), files_(std::move(files)),
          hang_up_(session_.loop, SIGHUP) {}

    int run();

private:
    DaemonCalls calls();
    PreviewParts preview_parts();
    std::vector<std::shared_ptr<const WatchedRepository>> watched(const Settings& settings) const;
    Task<void> side_by_side(std::size_t which);
    Task<void> control();
    Task<void> look_at_files();
    Task<void> stay_alive();
    Task<void> take_up_previews();
    Task<void> preview();
    Task<void> reload(std::string why);
    Task<void> take_up(Settings settings);
    void watch(Milliseconds poll);
    void join();
    void count();
    void refuse(const std::vector<std::string>& why);
    void say_settings(EventSeverity severity, const std::string& text);
    void on_hang_up();
    std::string summary() const;

    Runtime& runtime_;
    Session& session_;
    const Options& options_;
    ServiceManager manager_;
    StatusBoard board_;
    Counters& counters_;
    Controller controller_;
    PreviewBook book_;
    PreviewService previews_;
    Doors doors_;
    FileWatch files_;
    boost::asio::signal_set hang_up_;
    Waker reload_;
    std::string reload_because_;                   // empty: nobody asked for it
    std::map<std::string, std::string> revisions_; // by source whose folders make units: that they were made from
    std::vector<std::weak_ptr<UnitSet>> sets_;     // the newest last; older ones while a pass of theirs is under way
    std::vector<std::shared_ptr<const WatchedRepository>> repositories_;
    Milliseconds poll_{0};
    bool ending_ = false;
};

std::string DaemonRun::summary() const {
    const auto units = board_.units();
    int good = 0;
    for (const auto& unit : units) good += unit.state == UnitState::in_sync ? 1 : 0;
    return std::to_string(units.size()) + (units.size() == 1 ? " unit, " : " units, ") + std::to_string(good) +
           " in sync";
}

DaemonCalls DaemonRun::calls() {
    DaemonCalls calls;
    calls.source_moved = [this](const std::string& source) { runtime_.set()->source_moved(source); };
    calls.reviewed = [this](const std::string& unit) { return book_.reviewed(unit); };
    calls.ended = [this] { count(); };
    if (auto* members = runtime_.members()) {
        calls.held_by = [members](const Unit& unit) { return members->held_by(unit); };
        calls.under_way = [members](const Unit& unit, bool begins) { members->under_way(unit, begins); };
    }
    calls.passed = [this](const Unit& unit, const Report& report) {
        book_.passed(unit, report);
        // One that is rolled back says nothing about its branch.
        if (report.plan.revision.tip.empty())
            previews_.passed(unit.settings().source, unit.settings().source_url, report.plan.revision.id);
        const auto& source = unit.settings().source;
        if (!runtime_.set()->has_folder_units(source)) return;
        // A commit may bring a folder that has no unit yet.
        auto& known = revisions_[source];
        const auto& now = report.plan.revision.id;
        if (!known.empty() && known != now && reload_because_.empty()) {
            reload_because_ = "source " + source + " moved";
            reload_.wake();
        }
        known = now;
    };
    return calls;
}

PreviewParts DaemonRun::preview_parts() {
    auto plan = [this](PreviewQuestion question) -> Task<Preview> {
        const auto previewer = runtime_.set()->previewer(); // of the settings as they are now
        auto preview = co_await previewer->preview(std::move(question));
        co_return preview;
    };
    auto wants_approvals = [this](const std::string& source) {
        const auto units = runtime_.set()->units();
        const auto& sources = runtime_.set()->settings().sources;
        const auto from = sources.find(source); // another source may follow another branch of the same repository
        return std::any_of(units.begin(), units.end(), [&](const auto& unit) {
            return from != sources.end() && unit->settings().source_url == from->second.git &&
                   unit->settings().require_preview == RequirePreview::approved;
        });
    };
    return {session_.clock,      session_.log, controller_,     book_,
            runtime_.previews(), counters_,    std::move(plan), std::move(wants_approvals)};
}

std::vector<std::shared_ptr<const WatchedRepository>> DaemonRun::watched(const Settings& settings) const {
    const ForgeGround ground{session_.clock, &session_.stop, runtime_.environment(), runtime_.own_secrets()};
    return watched_repositories(settings, ground);
}

void DaemonRun::count() {
    if (const auto* members = runtime_.members()) members->count(counters_);
    std::erase_if(sets_, [this](const auto& one) {
        const auto set = one.lock();
        if (set) set->count(counters_);
        return !set;
    });
}

void DaemonRun::say_settings(EventSeverity severity, const std::string& text) {
    Event event;
    event.at = session_.clock.now();
    event.kind = EventKind::settings;
    event.severity = severity;
    event.text = text;
    board_.say(std::move(event));
}

void DaemonRun::refuse(const std::vector<std::string>& why) {
    for (const auto& one : why) session_.log.error("settings not taken up", {{"why", one}});
    counters_.reloads.add({"refused"});
    const auto more = why.size() == 1 ? "" : "; and " + std::to_string(why.size() - 1) + " more, see the log";
    say_settings(EventSeverity::error, "settings are not taken up, those of before go on: " + why.front() + more);
}

Task<void> DaemonRun::take_up(Settings settings) {
    auto kept = settings;
    refuse_copies(kept, runtime_.environment());
    auto set = co_await runtime_.read_set(std::move(settings));
    repositories_ = watched(kept);
    doors_.open(kept); // the last thing that can fail
    if (auto* members = runtime_.members()) members->take(kept);
    watch(kept.previews.poll);
    count(); // what the one before has done by now: it may go with the next step
    sets_.push_back(set);
    runtime_.take(set);
    controller_.set_units(set->units());
    files_.watch(files_of(kept, options_));
}

// One of several members previews: people are told once.
void DaemonRun::watch(Milliseconds poll) {
    poll_ = poll;
    const auto* members = runtime_.members();
    auto repositories = repositories_;
    if (members != nullptr && !members->leads()) repositories.clear();
    previews_.watch(std::move(repositories), poll);
}

// Read whole, checked whole, taken up whole; or everything stays as it was.
Task<void> DaemonRun::reload(std::string why) {
    session_.log.info("reading settings", {{"why", why}});
    manager_.reloading();
    std::vector<std::string> problems;
    try {
        auto loaded = settings_for(options_, runtime_.environment());
        for (const auto& finding : loaded.findings) {
            if (finding.severity == Severity::error)
                problems.push_back(to_text(finding.place) + ": " + finding.message);
        }
        if (problems.empty()) co_await take_up(std::move(loaded.settings));
    } catch (const Failure& failure) {
        problems.emplace_back(failure.what());
    }
    if (problems.empty()) {
        counters_.reloads.add({"ok"});
        session_.log.info("settings taken up", {{"units", static_cast<int>(board_.units().size())}});
        say_settings(EventSeverity::info, "settings are taken up: " + why);
    } else {
        refuse(problems);
    }
    manager_.ready(summary());
}

Task<void> DaemonRun::look_at_files() {
    while (!session_.stop.asked()) {
        co_await session_.clock.nap(file_interval, &reload_);
        if (session_.stop.asked()) co_return;
        auto why = std::exchange(reload_because_, {});
        const auto moved = files_.moved(); // also where somebody asked: what is wrong is not said twice
        if (why.empty()) {
            if (moved.empty()) continue;
            why = "\"" + moved + "\" has changed";
        }
        co_await reload(std::move(why));
    }
}

Task<void> DaemonRun::stay_alive() {
    const auto every = manager_.watch().value_or(Milliseconds(60000));
    while (!session_.stop.asked()) {
        co_await session_.clock.sleep(every);
        if (session_.stop.asked()) co_return;
        if (manager_.watch()) manager_.alive();
        manager_.status(summary());
        const auto previewer = runtime_.set()->previewer();
        co_await previewer->rest();
    }
}

// Without them everything that wants a review waits for it.
Task<void> DaemonRun::take_up_previews() {
    try {
        co_await book_.open();
    } catch (const Failure& failure) {
        session_.log.warning("no previews are known", {{"why", failure.what()}});
    }
}

// A mistake of ours in there is no reason to go on without it unseen.
Task<void> DaemonRun::preview() {
    std::exception_ptr error;
    try {
        co_await previews_.run();
    } catch (...) {
        error = std::current_exception();
    }
    if (!error) co_return;
    controller_.stop();
    std::rethrow_exception(error);
}

// When it ends, for whatever reason, the others do.
Task<void> DaemonRun::control() {
    std::exception_ptr error;
    try {
        co_await take_up_previews();
        co_await controller_.run();
    } catch (...) {
        error = std::current_exception();
    }
    ending_ = true;
    if (auto* members = runtime_.members()) members->leave();
    session_.stop.ask(); // every wait of the others ends
    reload_.wake();
    previews_.stop();
    doors_.close();
    if (error) std::rethrow_exception(error);
}

Task<void> DaemonRun::side_by_side(std::size_t which) {
    switch (which) {
    case 0:
        return control();
    case 1:
        return look_at_files();
    case 2:
        return stay_alive();
    case 3:
        return preview();
    case 4:
        return doors_.deliver();
    default:
        return runtime_.members()->run();
    }
}

void DaemonRun::join() {
    auto* members = runtime_.members();
    if (members == nullptr) return;
    Members::Calls calls;
    calls.gained = [this](const Members::Concerns& concerns) {
        runtime_.set()->taken_over(concerns);
        controller_.gained(concerns);
    };
    calls.lost = [this](const Members::Concerns& concerns) { controller_.lost(concerns); };
    calls.leading = [this] { watch(poll_); };
    members->tell(std::move(calls));
}

void DaemonRun::on_hang_up() {
    hang_up_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) return;
        controller_.wake();
        reload_because_ = "SIGHUP";
        reload_.wake();
        on_hang_up();
    });
}

int DaemonRun::run() {
    const auto& set = runtime_.set();
    for (const char* result : {"ok", "refused"})
        counters_.reloads.add({result}, 0); // so that the first one is an increase
    sets_.push_back(set);
    controller_.set_units(set->units());
    doors_.open(set->settings());
    repositories_ = watched(set->settings());
    watch(set->settings().previews.poll);
    join();
    files_.watch(files_of(set->settings(), options_));
    const Stop::Listener heard(&session_.stop, [this] {
        if (ending_) return;
        session_.log.info("stopping", {{"why", "signal"}});
        manager_.stopping();
        controller_.stop();
        if (auto* members = runtime_.members()) members->leave();
    });
    on_hang_up();
    session_.log.info("started", {{"units", static_cast<int>(set->units().size())}});
    manager_.ready(summary());
    std::function<Task<void>(std::size_t)> job = [this](std::size_t i) { return side_by_side(i); };
    const std::size_t jobs = runtime_.members() == nullptr ? 5 : 6;
    run_to_end(session_.loop, for_each_index(jobs, jobs, std::move(job)), counters_.longest_step);
    session_.log.info("stopped");
    return exit_ok;
}

} // namespace

int run_daemon(Runtime& runtime, const Options& options, FileWatch files) {
    DaemonRun daemon(runtime, options, std::move(files));
    return daemon.run();
}

} // namespace kedge
