// Reports and events of a small unit, for the tests of notifications.
#pragma once
#include "model/event.h"
#include "model/report.h"

#include <string>
#include <utility>

namespace kedge {

inline Outcome outcome_of(const std::string& name, Result result, Action action = Action::update) {
    Outcome outcome;
    outcome.change.action = action;
    outcome.change.name = name;
    outcome.change.type = "mcp-server/remote";
    outcome.change.digest = sha256(name);
    outcome.change.cause.kind = CauseKind::git_moved;
    outcome.change.cause.commit = Commit{"1a2b3c4d5e6f", "Ann Example <ann@acme.example>", "Fix it (#12)", 1};
    outcome.change.differences = {{"url", DifferenceKind::changed, "\"https://old\"", "\"https://new\"", std::nullopt}};
    outcome.result = result;
    return outcome;
}

inline Outcome held(const std::string& name, HoldReason reason = HoldReason::sign_out) {
    auto outcome = outcome_of(name, Result::held);
    Hold hold;
    hold.reason = reason;
    hold.text = "it would end the sign-in of at least 41 people";
    hold.way_out = "kedge release " + outcome.change.digest.short_hex() + " --because \"WHY\"";
    outcome.change.holds.push_back(std::move(hold));
    return outcome;
}

inline Report report_of(std::vector<Outcome> outcomes) {
    Report report;
    report.plan.unit = "tools";
    report.plan.revision.id = "1a2b3c4d5e6f";
    report.plan.revision.branch = "main";
    report.plan.revision.title = "Fix it (#12)";
    report.plan.revision.author = "Ann Example <ann@acme.example>";
    report.plan.target.dialect = "truefoundry";
    report.plan.target.tenant = "acme";
    report.plan.target.base_url = "https://acme.example.com";
    report.plan.target.subject = "ci@acme.example";
    report.outcomes = std::move(outcomes);
    return report;
}

inline Event event_of(EventKind kind, EventSeverity severity = EventSeverity::info) {
    Event event;
    event.at = 1'800'000'000;
    event.kind = kind;
    event.severity = severity;
    event.unit = "tools";
    event.pass = "p-1";
    event.text = "the words of it";
    return event;
}

} // namespace kedge
