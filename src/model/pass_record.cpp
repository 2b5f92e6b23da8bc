#include "model/pass_record.h"

namespace kedge {

PassRecord record_of(const Report& report, UnixSeconds at) {
    PassRecord record;
    record.at = at;
    record.revision = report.plan.revision.id;
    record.title = report.plan.revision.title;
    record.writes = report.writes;
    record.stopped = report.stopped;
    for (const auto& outcome : report.outcomes) {
        ChangeRecord change;
        change.name = outcome.change.name;
        change.action = to_text(outcome.change.action);
        change.result = to_text(outcome.result);
        change.text = outcome.text;
        change.digest = outcome.change.digest.hex();
        if (outcome.change.cause.commit) change.commit = outcome.change.cause.commit->id;
        change.forced = outcome.forced;
        record.changes.push_back(std::move(change));
    }
    return record;
}

} // namespace kedge
