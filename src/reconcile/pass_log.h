// Says what is news about the passes of one unit, in the log and on the board: outcomes, findings, why nothing is
// deleted, failures. What the pass before said already is not said again.
#pragma once
#include "io/log.h"
#include "io/task.h"
#include "model/report.h"
#include "reconcile/status_board.h"

#include <set>
#include <string>
#include <vector>

namespace kedge {

class PassLog final {
public:
    // Both outlive this.
    PassLog(std::string unit, Log& log, StatusBoard& board) : unit_(std::move(unit)), log_(log), board_(board) {}

    // The pass that is under way: its id stands in whatever is said from now on.
    void begin(std::string pass) { pass_ = std::move(pass); }
    // True where the report held news. Others have their turns meanwhile.
    Task<bool> ended(const Report& report, UnixSeconds now);
    // `person_needed`: waiting alone will not mend it.
    void failed(const std::string& cause, bool person_needed, UnixSeconds now);

    const std::string& pass() const { return pass_; }
    int failures() const { return failures_; } // in a row
    const std::string& last_failure() const { return last_failure_; }

private:
    bool findings(const std::vector<Finding>& findings);
    bool prune(const Plan& plan);
    bool rolled_back(const Revision& revision);
    Task<bool> outcomes(const std::vector<Outcome>& outcomes, UnixSeconds now);
    void recovered(UnixSeconds now);
    void summary(const Report& report, bool news, UnixSeconds now);
    void tell(EventKind kind, EventSeverity severity, std::string text, UnixSeconds now);

    std::string unit_;
    Log& log_;
    StatusBoard& board_;
    std::string pass_;
    int failures_ = 0;
    std::string last_failure_;
    std::set<Finding> findings_; // of the last pass
    std::string prune_off_;
    std::string waiting_tip_;    // of the branch, where the unit was rolled back
    std::set<std::string> said_; // outcomes of the last pass: said again only when they change
    bool reported_once_ = false;
};

} // namespace kedge
