// A daemon that remembers what it was asked and says what a test wants.
#pragma once
#include "base/failure.h"
#include "reconcile/daemon.h"

#include <utility>

namespace kedge {

class FakeDaemon final : public Daemon {
public:
    StatusBoard& board() override { return board_; }

    Task<CommandAnswer> perform(Command command, std::string by) override {
        performed.emplace_back(std::move(command), std::move(by));
        if (!failure.empty()) throw Failure(NextAction::retry, failure);
        co_return answer;
    }

    int source_moved(SourceMoved hint) override {
        hints.push_back(std::move(hint));
        return wakes;
    }

    Task<std::vector<PassRecord>> history(HistoryQuery query) override {
        asked.push_back(query);
        if (!failure.empty()) throw Failure(NextAction::retry, failure);
        co_return records;
    }

    std::vector<ResourceStatus> resources(const std::string& unit) override {
        return unit == "tools" ? rows : std::vector<ResourceStatus>();
    }

    // A unit with a plan of one held change, as its pass left it.
    void add_unit(const std::string& name) {
        UnitStatus status;
        status.unit = name;
        status.installation = "prod";
        status.source = "platform";
        status.target = "acme";
        status.provider = "truefoundry";
        status.reactions = "changes: apply, drift: heal";
        status.state = UnitState::pending;
        status.revision.id = "0123456789012345678901234567890123456789";
        status.last_pass = status.last_success = 1'800'000'000;
        auto report = std::make_shared<Report>();
        report->plan.unit = name;
        report->plan.installation = "prod";
        report->plan.revision = status.revision;
        Change change;
        change.action = Action::remove;
        change.name = name + "-github";
        change.type = "mcp-server/remote";
        change.digest = sha256("change of " + name);
        Hold hold;
        hold.reason = HoldReason::delete_;
        hold.text = "it would be deleted";
        change.holds.push_back(hold);
        report->plan.changes.push_back(change);
        report->plan.digest = plan_digest(report->plan.changes);
        report->outcomes.push_back({change, Result::held, "held", {}, false});
        status.plan = report->plan.digest;
        status.changes = status.held = 1;
        board_.put(std::move(status));
        board_.put(name, std::move(report));
    }

    void stop_unit(const std::string& name, Stoppage stoppage) {
        UnitStatus status = *board_.unit(name);
        status.stoppages.push_back(std::move(stoppage));
        board_.put(std::move(status));
    }

    std::vector<std::pair<Command, std::string>> performed;
    std::vector<SourceMoved> hints;
    std::vector<HistoryQuery> asked;
    std::vector<PassRecord> records;
    std::vector<ResourceStatus> rows;
    CommandAnswer answer{CommandAnswer::Result::done, "it begins now"};
    std::string failure; // of the store
    int wakes = 1;

private:
    StatusBoard board_;
};

} // namespace kedge
