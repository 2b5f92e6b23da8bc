#include "model/preview_outcome.h"

namespace kedge {

namespace {

constexpr std::size_t most_lines = 50;
constexpr std::size_t most_names = 100;

PreviewLine line_of(const Outcome& outcome) {
    PreviewLine line{outcome.change.name,   outcome.change.action, outcome.result,
                     outcome.change.digest, outcome.text,          ""};
    if (line.text.empty() && outcome.result == Result::refused) line.text = "refused: " + outcome.change.check.text;
    if (outcome.result != Result::held || outcome.change.holds.empty()) return line;
    const auto& hold = outcome.change.holds.front();
    line.text = std::string(to_text(hold.reason)) + (hold.text.empty() ? "" : ": " + hold.text);
    line.way_out = hold.way_out;
    return line;
}

} // namespace

PreviewOutcome preview_outcome(const Report& report, UnixSeconds at) {
    PreviewOutcome all;
    all.unit = report.plan.unit;
    all.commit = report.plan.revision.id;
    all.at = at;
    all.text = report.stopped;
    for (const auto& outcome : report.outcomes) {
        switch (outcome.result) {
        case Result::done:
            ++all.applied;
            if (all.names.size() < most_names) all.names.push_back(outcome.change.name);
            continue;
        case Result::left_alone:
            continue;
        case Result::held:
        case Result::blocked:
            ++all.held;
            break;
        case Result::refused:
        case Result::failed:
        case Result::unsure:
        case Result::not_started:
            ++all.failed;
            break;
        }
        if (all.remaining.size() < most_lines) all.remaining.push_back(line_of(outcome));
    }
    return all;
}

} // namespace kedge
