#include "model/pass_record.h"

#include "model/pull_request.h"

namespace kedge {

namespace {

constexpr std::size_t most_paths = 64; // of one change: after that nobody reads on

bool is_difference(const FieldDifference& difference) {
    return difference.kind != DifferenceKind::normalised && difference.kind != DifferenceKind::secret_unknown;
}

// Where git did not move, all that differs moved in live. Where both did, only what was known before tells them apart.
std::vector<std::string> moved_paths(const Change& change) {
    std::vector<std::string> paths;
    const bool only_live = change.cause.kind == CauseKind::live_moved;
    for (const auto& difference : change.differences) {
        if (!is_difference(difference) || (!only_live && !difference.known)) continue;
        if (paths.size() == most_paths) break;
        paths.push_back(difference.path);
    }
    return paths;
}

ChangeRecord change_record(const Outcome& outcome) {
    const auto& of = outcome.change;
    ChangeRecord change;
    change.name = of.name;
    change.action = to_text(of.action);
    change.result = to_text(outcome.result);
    change.text = outcome.text;
    change.digest = of.digest.hex();
    change.forced = outcome.forced;
    change.remote_id = outcome.remote_id.empty() ? of.remote_id : outcome.remote_id;
    change.released_by = of.released_by;
    if (of.cause.commit) {
        change.commit = of.cause.commit->id;
        change.author = of.cause.commit->author;
        change.commit_title = of.cause.commit->title;
        change.pull_request = pull_request_of(of.cause.commit->title);
    }
    if (of.cause.kind == CauseKind::live_moved || of.cause.kind == CauseKind::both_moved) {
        change.moved_after = of.cause.moved_after;
        change.moved_seen = of.cause.moved_seen;
        change.moved = moved_paths(of);
    }
    return change;
}

} // namespace

PassRecord record_of(const Report& report, const PassTimes& times) {
    PassRecord record;
    record.at = times.ended;
    record.started = times.started;
    record.pass = times.pass;
    record.revision = report.plan.revision.id;
    record.title = report.plan.revision.title;
    record.writes = report.writes;
    record.stopped = report.stopped;
    record.subject = report.plan.target.subject;
    record.changes.reserve(report.outcomes.size());
    for (const auto& outcome : report.outcomes) record.changes.push_back(change_record(outcome));
    return record;
}

PassRecord record_of(const Report& report, UnixSeconds at) {
    PassTimes times;
    times.ended = at;
    if (report.took.count() > 0) times.started = at - report.took.count() / 1000;
    return record_of(report, times);
}

} // namespace kedge
