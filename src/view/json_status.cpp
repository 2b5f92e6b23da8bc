#include "view/json_status.h"

#include "view/json_parts.h"
#include "view/json_words.h"

#include <utility>

namespace kedge {

namespace {

Json head(const char* kind) {
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = kind;
    return json;
}

Json texts_json(const std::vector<std::string>& values) {
    Json list = Json::array();
    for (const auto& value : values) list.push_back(text(value));
    return list;
}

Json stoppage_json(const Stoppage& stoppage) {
    Json json;
    json["kind"] = stoppage.kind == StoppageKind::freeze ? "freeze" : "pause";
    json["name"] = text_or_null(stoppage.name);
    json["units"] = texts_json(stoppage.units);
    json["resource"] = text_or_null(stoppage.resource);
    json["because"] = text_or_null(stoppage.because);
    json["by"] = text_or_null(stoppage.by);
    json["since"] = time_or_null(stoppage.since);
    json["until"] = time_or_null(stoppage.until);
    return json;
}

Json stoppage_list(const std::vector<Stoppage>& all) {
    Json list = Json::array();
    for (const auto& stoppage : all) list.push_back(stoppage_json(stoppage));
    return list;
}

Json status_json(const UnitStatus& status) {
    Json json;
    json["unit"] = text(status.unit);
    json["installation"] = text_or_null(status.installation);
    json["source"] = text(status.source);
    json["target"] = text(status.target);
    json["provider"] = text(status.provider);
    json["reactions"] = text(status.reactions);
    json["held_by"] = text_or_null(status.held_by);
    json["state"] = to_text(status.state);
    json["busy"] = status.busy;
    json["cause"] = text_or_null(status.cause);
    json["stoppages"] = stoppage_list(status.stoppages);
    json["revision"] = status.revision.id.empty() ? Json() : revision_json(status.revision);
    json["manifests"] = status.counts.manifests;
    json["equal"] = status.counts.equal;
    json["live"] = status.counts.live;
    json["live_only"] = status.counts.live_only;
    json["changes"] = status.changes;
    json["held"] = status.held;
    json["drifted"] = status.drifted;
    json["errors"] = status.errors;
    json["plan"] = digest_or_null(status.plan);
    json["pass"] = text_or_null(status.pass);
    json["last_pass"] = time_or_null(status.last_pass);
    json["last_success"] = time_or_null(status.last_success);
    json["next_pass"] = time_or_null(status.next_pass);
    json["failures"] = status.failures;
    json["took_ms"] = status.took.count();
    return json;
}

Json resource_json(const ResourceStatus& resource) {
    Json json;
    json["name"] = text(resource.name);
    json["type"] = text(resource.type);
    json["place"] = place_json(resource.place);
    json["state"] = to_text(resource.state);
    json["action"] = text_or_null(resource.action);
    json["drifted"] = resource.drifted;
    json["drift_after"] = time_or_null(resource.drift_after);
    json["drift_seen"] = time_or_null(resource.drift_seen);
    json["change"] = digest_or_null(resource.change);
    json["why"] = text_or_null(resource.why);
    json["reachable"] = resource.condition.reachable;
    json["needs_person"] = resource.condition.needs_person;
    json["condition"] = text_or_null(resource.condition.text);
    json["url"] = text_or_null(resource.condition.url);
    return json;
}

} // namespace

Json unit_json(const UnitStatus& status) {
    Json json = head("unit");
    json["unit"] = status_json(status);
    return json;
}

Json units_json(const std::vector<UnitStatus>& all) {
    Json json = head("units");
    json["units"] = Json::array();
    for (const auto& status : all) json["units"].push_back(status_json(status));
    return json;
}

Json resources_json(const std::string& unit, const std::vector<ResourceStatus>& all) {
    Json json = head("resources");
    json["unit"] = text(unit);
    json["resources"] = Json::array();
    for (const auto& resource : all) json["resources"].push_back(resource_json(resource));
    return json;
}

Json stoppages_json(const std::vector<Stoppage>& all) {
    Json json = head("stoppages");
    json["stoppages"] = stoppage_list(all);
    return json;
}

Json event_json(const Event& event) {
    Json json;
    json["id"] = event.id;
    json["at"] = time_or_null(event.at);
    json["kind"] = to_text(event.kind);
    json["severity"] = to_text(event.severity);
    json["unit"] = text_or_null(event.unit);
    json["pass"] = text_or_null(event.pass);
    json["name"] = text_or_null(event.name);
    json["digest"] = text_or_null(event.digest);
    json["text"] = text(event.text);
    return json;
}

Json events_json(const std::vector<Event>& events, std::uint64_t last) {
    Json json = head("events");
    json["last"] = last;
    json["events"] = Json::array();
    for (const auto& event : events) json["events"].push_back(event_json(event));
    return json;
}

Json of_units_json(const std::string& kind, std::vector<Json> documents) {
    Json json = head(kind.c_str());
    json["units"] = std::move(documents);
    return json;
}

Json answered_json(const std::string& result, const std::string& words) {
    Json json = head("answer");
    json["result"] = result;
    json["text"] = text(words);
    return json;
}

Json version_json(const std::string& version) {
    Json json = head("version");
    json["version"] = version;
    return json;
}

} // namespace kedge
