// format_version 1. Names never change their meaning; new ones may be added. Times are ISO 8601 in UTC, digests
// hexadecimal, what is unknown is null. Field values are canonical JSON text, shortened; secrets are "(secret)".
//
// The shape is written down in view/json_schema.cpp, which a test compares with what is printed here.
#include "view/json_view.h"

#include "model/pull_request.h"
#include "view/json_parts.h"
#include "view/json_words.h"
#include "view/phrases.h"

#include <algorithm>

namespace kedge {

namespace {

Json difference_json(const FieldDifference& difference) {
    const bool secret =
        difference.kind == DifferenceKind::secret_changed || difference.kind == DifferenceKind::secret_unknown;
    Json json;
    json["path"] = text(difference.path);
    json["kind"] = to_text(difference.kind);
    json["live"] = secret ? Json("(secret)") : text_or_null(difference.live);
    json["desired"] = secret ? Json("(secret)") : text_or_null(difference.desired);
    json["moved"] = difference.known.has_value();
    json["known"] = secret && difference.known ? Json("(secret)") : text_or_null(difference.known.value_or(""));
    return json;
}

Json hold_json(const Hold& hold, const Change& change) {
    Json json;
    json["reason"] = to_text(hold.reason);
    json["text"] = text(hold.text);
    json["way_out"] = way_out(hold, change);
    json["subjects"] = number_or_null(hold.subjects);
    json["until"] = time_or_null(hold.until.value_or(0));
    json["group"] = digest_or_null(hold.group);
    return json;
}

Json cause_json(const Cause& cause) {
    Json json;
    json["kind"] = to_text(cause.kind);
    json["commit"] = nullptr;
    if (cause.commit) json["commit"] = commit_json(*cause.commit);
    json["pull_request"] = text_or_null(cause.commit ? pull_request_of(cause.commit->title) : "");
    json["renamed_from"] = text_or_null(cause.renamed_from);
    json["secrets"] = Json::array();
    for (const auto& secret : cause.secrets) json["secrets"].push_back(text(secret));
    json["sharing"] = cause.sharing;
    json["moved_after"] = time_or_null(cause.moved_after);
    json["moved_seen"] = time_or_null(cause.moved_seen);
    return json;
}

Json check_json(const Check& check) {
    Json json;
    json["kind"] = to_text(check.kind);
    json["text"] = text_or_null(check.text);
    json["place"] = place_json(check.place);
    return json;
}

} // namespace

Json change_json(const Change& change) {
    Json json;
    json["action"] = to_text(change.action);
    json["name"] = text(change.name);
    json["type"] = text(change.type);
    json["remote_id"] = text_or_null(change.remote_id);
    json["place"] = place_json(change.place);
    json["document"] = change.document;
    json["blob_id"] = text_or_null(change.blob_id);
    json["desired"] = digest_or_null(change.desired);
    json["live"] = digest_or_null(change.live);
    json["digest"] = digest_or_null(change.digest);
    json["runs"] = change.runs();
    json["left_alone"] = text_or_null(change.left_alone);
    json["auth_change"] = change.auth_change;
    json["subjects"] = number_or_null(change.subjects);
    json["released"] = change.released;
    json["at_most"] = change.at_most > 0 ? Json(change.at_most) : Json();
    json["cause"] = cause_json(change.cause);
    json["check"] = check_json(change.check);
    json["differences"] = Json::array();
    for (const auto& difference : change.differences) json["differences"].push_back(difference_json(difference));
    json["holds"] = Json::array();
    for (const auto& hold : change.holds) json["holds"].push_back(hold_json(hold, change));
    return json;
}

namespace {

Json counts_json(const Plan& plan) {
    const auto& c = plan.counts;
    Json json;
    json["manifests"] = c.manifests;
    json["equal"] = c.equal;
    json["adopted"] = c.adopted;
    json["normalised"] = c.normalised;
    json["secrets_unknown"] = c.secrets_unknown;
    json["live"] = c.live;
    json["live_only"] = c.live_only;
    json["other_types"] = c.other_types;
    json["invalid"] = c.invalid;
    json["list_requests"] = c.list_requests;
    json["dry_runs"] = c.dry_runs;
    json["other_requests"] = c.other_requests;
    json["running"] = count_running(plan);
    json["held"] = count_held(plan);
    json["left_alone"] = count_left_alone(plan);
    return json;
}

Json budget_json(const BudgetLine& line) {
    Json json;
    json["kind"] = to_text(line.kind);
    json["planned"] = line.planned;
    json["used_hour"] = line.used_hour;
    json["allowed_pass"] = line.allowed_pass;
    json["allowed_hour"] = line.allowed_hour;
    return json;
}

Json condition_json(const LiveCondition& it) {
    Json json;
    json["name"] = text(it.name);
    json["remote_id"] = text(it.remote_id);
    json["reachable"] = it.condition.reachable;
    json["needs_person"] = it.condition.needs_person;
    json["text"] = text_or_null(it.condition.text);
    json["url"] = text_or_null(it.condition.url);
    return json;
}

Json plan_body(const Plan& plan) {
    Json json = plan_head("plan", plan);
    json["digest"] = digest_or_null(plan.digest);
    json["selection"] = text_or_null(plan.selection);
    json["selected"] = plan.selection.empty() ? Json() : Json(plan.selected);
    json["prune"] = plan.prune;
    json["prune_off"] = text_or_null(plan.prune_off);
    json["counts"] = counts_json(plan);
    json["summary"] = count_words(plan);
    json["changes"] = Json::array();
    for (const auto& change : plan.changes) json["changes"].push_back(change_json(change));
    json["groups"] = Json::array();
    for (const auto& group : plan.groups) json["groups"].push_back(group_json(group));
    json["budget"] = Json::array();
    for (const auto& line : plan.budget) json["budget"].push_back(budget_json(line));
    json["findings"] = findings_list(plan.findings);
    json["live_only"] = Json::array();
    for (const auto& name : plan.live_only_names) json["live_only"].push_back(text(name));
    json["conditions"] = Json::array();
    for (const auto& condition : plan.conditions) json["conditions"].push_back(condition_json(condition));
    return json;
}

} // namespace

Json plan_json(const Plan& plan) {
    return plan_body(plan);
}

Json report_json(const Report& report) {
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = "report";
    json["plan"] = plan_body(report.plan);
    json["outcomes"] = Json::array();
    for (const auto& outcome : report.outcomes) {
        Json one;
        one["result"] = to_text(outcome.result);
        one["text"] = text_or_null(outcome.text);
        one["remote_id"] = text_or_null(outcome.remote_id);
        one["forced"] = outcome.forced;
        one["change"] = change_json(outcome.change);
        json["outcomes"].push_back(std::move(one));
    }
    json["summary"] = applied_words(report);
    json["stopped"] = text_or_null(report.stopped);
    json["writes"] = report.writes;
    json["took_ms"] = report.took.count();
    return json;
}

Json findings_json(const std::vector<Finding>& findings) {
    const auto errors =
        std::count_if(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Severity::error; });
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = "findings";
    json["errors"] = errors;
    json["warnings"] = static_cast<std::int64_t>(findings.size()) - errors;
    json["findings"] = findings_list(findings);
    return json;
}

} // namespace kedge
