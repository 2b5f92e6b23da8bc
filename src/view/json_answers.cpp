// The answers to questions: explain, holds, history. Their shape is written down in json_answer_schema.cpp.
#include "view/json_parts.h"
#include "view/json_view.h"
#include "view/json_words.h"

namespace kedge {

namespace {

Json record_json(const ChangeRecord& change) {
    Json one;
    one["name"] = text(change.name);
    one["action"] = text(change.action);
    one["result"] = text(change.result);
    one["text"] = text_or_null(change.text);
    one["digest"] = text_or_null(change.digest);
    one["commit"] = text_or_null(change.commit);
    one["forced"] = change.forced;
    one["author"] = text_or_null(change.author);
    one["commit_title"] = text_or_null(change.commit_title);
    one["pull_request"] = text_or_null(change.pull_request);
    one["id"] = text_or_null(change.remote_id);
    one["released_by"] = text_or_null(change.released_by.who);
    one["because"] = text_or_null(change.released_by.because);
    one["moved_after"] = time_or_null(change.moved_after);
    one["moved_seen"] = time_or_null(change.moved_seen);
    one["moved"] = Json::array();
    for (const auto& path : change.moved) one["moved"].push_back(text(path));
    return one;
}

Json passes_json(const std::vector<PassRecord>& records) {
    Json passes = Json::array();
    for (const auto& record : records) {
        Json pass;
        pass["at"] = time_or_null(record.at);
        pass["revision"] = text_or_null(record.revision);
        pass["title"] = text_or_null(record.title);
        pass["writes"] = record.writes;
        pass["stopped"] = text_or_null(record.stopped);
        pass["pass"] = text_or_null(record.pass);
        pass["started"] = time_or_null(record.started);
        pass["subject"] = text_or_null(record.subject);
        pass["by"] = text_or_null(record.by);
        pass["changes"] = Json::array();
        for (const auto& change : record.changes) {
            pass["changes"].push_back(record_json(change));
        }
        passes.push_back(std::move(pass));
    }
    return passes;
}

Json live_json(const Explained& about) {
    if (!about.live) return {};
    Json json;
    json["id"] = text(about.live->remote_id);
    json["type"] = text(about.live->type);
    json["version"] = text_or_null(about.live->version);
    json["ownership"] = to_text(about.ownership);
    json["marker"] = text_or_null(about.live->marker);
    json["hides_secrets"] = about.live->masked;
    json["paused"] = about.live->paused;
    return json;
}

Json ledger_json(const Explained& about) {
    if (!about.owned) return {};
    const auto& owned = *about.owned;
    Json json;
    json["id"] = text_or_null(owned.remote_id);
    json["written"] = !owned.sent.empty() && !owned.version.empty();
    json["path"] = text_or_null(owned.path);
    json["commit"] = text_or_null(owned.commit);
    json["marked"] = owned.marked;
    json["prune_never"] = owned.prune_never;
    json["gone_from_git"] = time_or_null(owned.undeclared);
    return json;
}

Json lines_json(const Explained& about) {
    Json lines = Json::array();
    if (!about.change || about.declared.empty()) return lines;
    for (const auto& difference : about.change->differences) {
        const int line = line_of(about, difference.path);
        if (line == 0) continue;
        Json json;
        json["path"] = text(difference.path);
        json["place"] = place_json({about.declared.front().file, line, 0});
        const auto author = about.authors.find(line);
        json["commit"] = author == about.authors.end() ? Json() : commit_json(author->second);
        lines.push_back(std::move(json));
    }
    return lines;
}

} // namespace

Json history_json(const std::string& unit, const std::vector<PassRecord>& records) {
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = "history";
    json["unit"] = text(unit);
    json["passes"] = passes_json(records);
    return json;
}

Json explanation_json(const Explained& about, const std::vector<PassRecord>& history) {
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = "explanation";
    json["unit"] = text(about.unit);
    json["name"] = text(about.name);
    json["declared"] = Json::array();
    for (const auto& place : about.declared) json["declared"].push_back(place_json(place));
    json["elsewhere"] = text_or_null(about.elsewhere);
    json["live"] = live_json(about);
    json["ledger"] = ledger_json(about);
    json["change"] = about.change ? change_json(*about.change) : Json();
    json["lines"] = lines_json(about);
    json["findings"] = findings_list(about.findings);
    json["history"] = passes_json(history);
    return json;
}

Json holds_json(const Plan& plan) {
    Json json = plan_head("holds", plan);
    json["changes"] = Json::array();
    for (const auto& change : plan.changes) {
        if (change.held()) json["changes"].push_back(change_json(change));
    }
    json["groups"] = Json::array();
    for (const auto& group : plan.groups) {
        if (!group.released) json["groups"].push_back(group_json(group));
    }
    return json;
}

} // namespace kedge
