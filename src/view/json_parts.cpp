#include "view/json_parts.h"

#include "view/json_words.h"
#include "view/safe_text.h"

namespace kedge {

Json text(const std::string& value) {
    return valid_utf8(value);
}
Json text_or_null(const std::string& value) {
    return value.empty() ? Json() : text(value);
}
Json time_or_null(UnixSeconds time) {
    return time == 0 ? Json() : Json(format_utc(time));
}
Json digest_or_null(const Digest& digest) {
    return digest.empty() ? Json() : Json(digest.hex());
}
Json number_or_null(const std::optional<int>& number) {
    return number ? Json(*number) : Json();
}

Json place_json(const Place& place) {
    if (place.file.empty()) return {};
    Json json;
    json["file"] = text(place.file);
    json["line"] = place.line > 0 ? Json(place.line) : Json();
    json["column"] = place.column > 0 ? Json(place.column) : Json();
    return json;
}

Json commit_json(const Commit& commit) {
    Json json;
    json["id"] = text(commit.id);
    json["author"] = text(commit.author);
    json["title"] = text(commit.title);
    json["time"] = time_or_null(commit.time);
    return json;
}

namespace {

Json finding_json(const Finding& finding) {
    Json json;
    json["severity"] = to_text(finding.severity);
    json["place"] = place_json(finding.place);
    json["message"] = text(finding.message);
    json["hint"] = text_or_null(finding.hint);
    json["excerpt"] = text_or_null(finding.excerpt);
    json["name"] = text_or_null(finding.name);
    json["policy"] = finding.policy;
    return json;
}

} // namespace

Json findings_list(const std::vector<Finding>& findings) {
    Json json = Json::array();
    for (const auto& finding : findings) json.push_back(finding_json(finding));
    return json;
}

Json target_json(const TargetIdentity& target) {
    Json json;
    json["dialect"] = text(target.dialect);
    json["tenant"] = text_or_null(target.tenant);
    json["subject"] = text_or_null(target.subject);
    json["base_url"] = text(target.base_url);
    json["key"] = text(target.key());
    return json;
}

Json revision_json(const Revision& revision) {
    Json json;
    json["id"] = text(revision.id);
    json["branch"] = text_or_null(revision.branch);
    json["title"] = text_or_null(revision.title);
    json["author"] = text_or_null(revision.author);
    json["time"] = time_or_null(revision.time);
    return json;
}

Json group_json(const ChangeGroup& group) {
    Json json;
    json["reason"] = to_text(group.reason);
    json["name"] = group.name;
    json["digest"] = digest_or_null(group.digest);
    json["size"] = group.size;
    json["released"] = group.released;
    return json;
}

Json plan_head(const char* kind, const Plan& plan) {
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = kind;
    json["installation"] = text_or_null(plan.installation);
    json["unit"] = text_or_null(plan.unit);
    json["target"] = target_json(plan.target);
    json["revision"] = revision_json(plan.revision);
    return json;
}

} // namespace kedge
