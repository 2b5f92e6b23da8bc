// The loop of `kedge run`: each unit at its own interval, never two passes of one unit at once, backing off after
// failures; units do not wait for each other. Carries out what people ask for through the doors. Leaves what a pass
// does to Unit, what is news to PassLog, and the order to Schedule.
#pragma once
#include "base/backoff.h"
#include "io/clock.h"
#include "io/log.h"
#include "model/counters.h"
#include "reconcile/daemon.h"
#include "reconcile/pass_counts.h"
#include "reconcile/pass_log.h"
#include "reconcile/schedule.h"
#include "reconcile/unit.h"
#include "store/chronicle.h"
#include "store/stoppages.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

// What a controller works with. All of it outlives the controller.
struct ControllerParts {
    Clock& clock;
    Log& log;
    StatusBoard& board;
    Chronicle& chronicle;
    Stoppages& standing; // what people told it, kept across restarts
    Counters& counters;
};

// What the loop tells others.
struct DaemonCalls {
    // After each pass that ended, also with nothing to do.
    std::function<void(const Unit&, const Report&)> passed;
    // After each pass, also one that came to nothing.
    std::function<void()> ended;
    // Somebody says that this source (its configured name) has moved: what was fetched a moment ago does not do.
    std::function<void(const std::string& source)> source_moved;
    // What of this unit was previewed in pull requests that are merged by now; asked before each pass.
    std::function<ReviewedChanges(const std::string& unit)> reviewed{};
    // Where several share the work. Null: nobody does.
    std::function<std::string(const Unit&)> held_by{};         // another member, or why it waits; empty: us
    std::function<void(const Unit&, bool begins)> under_way{}; // a pass that may write begins, or has ended
};

class Controller final : public Daemon {
public:
    explicit Controller(ControllerParts parts, DaemonCalls calls = {});

    // Whole: units that are not among them are not looked at any more (what is live of theirs stays), those of the same
    // name take over where the pass under way, if any, has ended. A unit is kept alive as long as it is needed.
    void set_units(std::vector<std::shared_ptr<Unit>> units);

    // Takes up what people told it before, and runs until stop(); returns once the passes under way have ended. A look
    // under way comes to nothing then. Throws Failure where what was kept cannot be read.
    Task<void> run();
    void stop();
    // Every unit looks at once (SIGHUP); or this one, if there is one.
    void wake();
    void wake(const std::string& unit);
    // The units of these targets are ours from now on, or are not: a pass under way ends at its next change boundary.
    using Concerns = std::function<bool(const Unit&)>;
    void gained(const Concerns& concerns);
    void lost(const Concerns& concerns);

    StatusBoard& board() override { return parts_.board; }
    Task<CommandAnswer> perform(Command command, std::string by) override;
    int source_moved(SourceMoved hint) override;
    Task<std::vector<PassRecord>> history(HistoryQuery query) override;
    std::vector<ResourceStatus> resources(const std::string& unit) override;

private:
    struct Slot {
        std::shared_ptr<Unit> unit;
        std::shared_ptr<Unit> successor;    // takes over when the pass under way has ended
        bool leaving = false;               // goes then
        bool interrupt = false;             // the pass under way ends at its next change boundary
        std::optional<std::string> stay_at; // asked for while a pass was under way: done before the next one
        PassLog log;
    };
    struct PassEnd {
        std::shared_ptr<const Report> report; // null: it came to nothing
        std::string failure;
        bool person_needed = false;
        std::vector<std::string> spent; // entries of releases by command that were used up before this pass
    };
    void start_due(const boost::asio::any_io_executor& executor);
    Task<void> wait();
    Task<void> pass(std::string name);
    Task<void> look_and_act(Slot& slot, PassEnd& end);
    Task<void> report_pass(Slot& slot, const PassEnd& end, UnixSeconds began);
    Milliseconds after_pass(Slot& slot, const PassEnd& end, Milliseconds began);
    void settle_slot(const std::string& name, Milliseconds due);
    void show(const Slot& slot, const PassEnd* end, Milliseconds took, Milliseconds due);
    std::string next_pass_id();
    std::vector<Stoppage> stoppages_of(const std::string& unit) const;
    Task<void> end_stoppages();
    void say(EventKind kind, const std::string& unit, const std::string& text, const std::string& by);
    Task<void> take_up_standing();
    Task<void> read_standing();
    bool set_aside(const std::string& name, Milliseconds now);
    Task<void> remember(const Unit& unit, PassRecord record);
    void say_history_problem();
    std::vector<Release> releases_of(const std::string& unit) const;
    Task<void> drop_spent_releases(const std::string& unit, std::vector<std::string> spent);

    Task<CommandAnswer> obey(SyncNow command, std::string by);
    Task<CommandAnswer> obey(PauseUnit command, std::string by);
    Task<CommandAnswer> obey(ResumeUnit command, std::string by);
    Task<CommandAnswer> obey(Freeze command, std::string by);
    Task<CommandAnswer> obey(Unfreeze command, std::string by);
    Task<CommandAnswer> obey(ReleaseChange command, std::string by);
    Task<CommandAnswer> obey(Rollback command, std::string by);
    std::string held_elsewhere(const Command& command) const;
    Task<void> stay_at(Slot& slot, std::string commit);
    std::shared_ptr<Slot> find(const std::string& unit) const; // null: there is none
    void wake_stopped(const Stoppage& stoppage);
    void look_soon(const std::string& name, const Slot& slot);

    ControllerParts parts_;
    DaemonCalls calls_;
    PassCounts counts_;
    std::map<std::string, std::shared_ptr<Slot>> slots_; // by unit
    std::vector<std::shared_ptr<Unit>> retired_; // followed or gone, until nobody reads their manifests for others
    Schedule schedule_;
    Waker waker_;
    std::vector<Stoppage> stoppages_;
    std::vector<CommandRelease> releases_; // not spent yet; also of units that are not there, until they come back
    std::string history_problem_;          // said already
    std::string release_problem_;          // likewise
    Milliseconds standing_read_{0};
    Backoff backoff_{Milliseconds(2000), Milliseconds(300000), 0.2};
    int under_way_ = 0;
    std::exception_ptr error_; // of a pass, that no pass may throw
    std::uint32_t passes_ = 0;
    bool stopping_ = false;
};

} // namespace kedge
