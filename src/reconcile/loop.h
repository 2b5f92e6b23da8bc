// The poll loop of `kedge run`: each unit at its own interval, one pass at a time, backing off after failures. Ends
// when asked to, after the change in flight. What is news is logged once: outcomes, findings, why nothing is deleted.
#pragma once
#include "base/backoff.h"
#include "io/clock.h"
#include "io/log.h"
#include "model/pass_record.h"
#include "reconcile/unit.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

class Loop final {
public:
    // All references outlive the loop. `published`: called after each pass that ended (also with nothing to do).
    // `remember`: gets what is news, for the history.
    using Remember = std::function<Task<void>(const Unit&, PassRecord)>;
    Loop(std::vector<Unit*> units, Clock& clock, Log& log, std::function<void(const Unit&, const Report&)> published,
         Remember remember = {});

    // Runs until stop() and returns once the pass under way has ended; a look under way comes to nothing. Throws
    // Failure(stop) only where no unit can ever work.
    Task<void> run();
    void stop() { stopping_ = true; }
    // Every unit looks at once (SIGHUP).
    void wake();

private:
    struct Turn {
        Unit* unit = nullptr;
        Milliseconds next{0}; // monotonic
        int failures = 0;
        std::string last_failure;
        std::set<Finding> findings; // of the last pass
        std::string prune_off;
        std::string waiting_tip;    // of the branch, where the unit was rolled back
        std::set<std::string> said; // outcomes of the last pass: said again only when they change
        bool reported_once = false;
    };
    Task<void> pass(Turn& turn);
    Task<std::optional<Report>> look_and_act(Unit& unit); // nothing: stopped before anything was done
    Task<void> report_pass(Turn& turn, const Report& report);
    void failed(Turn& turn, const std::string& text, bool person_needed);
    // True where it said something that the last pass did not.
    bool log_report(Turn& turn, const Report& report);
    bool log_findings(Turn& turn, const std::vector<Finding>& findings);
    bool log_prune(Turn& turn, const Plan& plan);
    bool log_rolled_back(Turn& turn, const Revision& revision);

    std::vector<Turn> turns_;
    Clock& clock_;
    Log& log_;
    std::function<void(const Unit&, const Report&)> published_;
    Remember remember_;
    Backoff backoff_{Milliseconds(2000), Milliseconds(300000), 0.2};
    bool stopping_ = false;
};

} // namespace kedge
