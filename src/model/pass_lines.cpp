#include "model/pass_lines.h"

#include "base/json.h"

namespace kedge {

namespace {

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

Json time_or_null(UnixSeconds time) {
    return time == 0 ? Json() : Json(format_utc(time));
}

std::string line_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// What every line says: whose it is, and which pass.
Json head(const char* kind, const PassRecord& record) {
    return {{"format_version", 1},
            {"kind", kind},
            {"at", time_or_null(record.at)},
            {"installation", text_or_null(record.installation)},
            {"unit", text_or_null(record.unit)},
            {"pass", text_or_null(record.pass)},
            {"revision", text_or_null(record.revision)},
            {"title", text_or_null(record.title)},
            {"subject", text_or_null(record.subject)},
            {"by", text_or_null(record.by)}};
}

std::string change_line(const PassRecord& record, const ChangeRecord& change) {
    auto json = head("change", record);
    json["name"] = change.name;
    json["action"] = change.action;
    json["result"] = change.result;
    json["text"] = text_or_null(change.text);
    json["digest"] = text_or_null(change.digest);
    json["commit"] = text_or_null(change.commit);
    json["author"] = text_or_null(change.author);
    json["commit_title"] = text_or_null(change.commit_title);
    json["pull_request"] = text_or_null(change.pull_request);
    json["released_by"] = text_or_null(change.released_by.who);
    json["because"] = text_or_null(change.released_by.because);
    json["remote_id"] = text_or_null(change.remote_id);
    json["forced"] = change.forced;
    json["moved_after"] = time_or_null(change.moved_after);
    json["moved_seen"] = time_or_null(change.moved_seen);
    json["moved"] = change.moved;
    return line_of(json);
}

} // namespace

std::string pass_lines(const PassRecord& record) {
    auto json = head("pass", record);
    json["started"] = time_or_null(record.started);
    json["writes"] = record.writes;
    json["stopped"] = text_or_null(record.stopped);
    json["changes"] = record.changes.size();
    auto lines = line_of(json);
    for (const auto& change : record.changes) lines += change_line(record, change);
    return lines;
}

} // namespace kedge
