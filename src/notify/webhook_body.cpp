#include "base/json.h"
#include "notify/bodies.h"
#include "view/safe_text.h"

namespace kedge {

namespace {

constexpr std::size_t most_bytes = 60'000;

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(valid_utf8(text));
}

Json change_json(const NoticeChange& change) {
    Json json{{"name", valid_utf8(change.name)},
              {"type", text_or_null(change.type)},
              {"action", change.action},
              {"result", change.result},
              {"text", text_or_null(change.text)},
              {"digest", text_or_null(change.digest)},
              {"commit", text_or_null(change.commit)},
              {"author", text_or_null(change.author)},
              {"pull_request", text_or_null(change.pull_request)},
              {"drifted", change.drifted},
              {"new", change.is_new}};
    json["fields"] = Json::array();
    for (const auto& path : change.fields) json["fields"].push_back(valid_utf8(path));
    json["holds"] = Json::array();
    for (const auto& hold : change.holds)
        json["holds"].push_back(
            {{"reason", hold.reason}, {"text", text_or_null(hold.text)}, {"way_out", text_or_null(hold.way_out)}});
    return json;
}

Json revision_json(const Revision& revision) {
    if (revision.id.empty()) return {};
    return {{"id", valid_utf8(revision.id)},
            {"branch", text_or_null(shorten(visible(revision.branch), 200))},
            {"title", text_or_null(shorten(visible(revision.title), 200))},
            {"author", text_or_null(shorten(visible(revision.author), 200))}};
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string webhook_body(const Notice& notice, const std::string& delivery) {
    Json json{{"format_version", 1},
              {"kind", notice.kind},
              {"delivery", delivery},
              {"at", format_utc(notice.at)},
              {"severity", to_text(notice.severity)},
              {"installation", text_or_null(notice.installation)},
              {"unit", text_or_null(notice.unit)},
              {"pass", text_or_null(notice.pass)},
              {"revision", revision_json(notice.revision)},
              {"target", text_or_null(notice.target)},
              {"text", text_or_null(notice.text)},
              {"stopped", text_or_null(notice.stopped)},
              {"counts", notice.counts},
              {"findings_left_out", notice.findings_left_out}};
    json["topics"] = Json::array();
    for (const auto topic : notice.topics) json["topics"].push_back(to_text(topic));
    json["findings"] = Json::array();
    for (const auto& finding : notice.findings) json["findings"].push_back(valid_utf8(finding));
    // What does not fit is counted. The newest stand first, and each is bounded: some always fit.
    json["changes"] = Json::array();
    json["changes_left_out"] = notice.changes_left_out;
    auto size = dump(json).size();
    for (std::size_t i = 0; i < notice.changes.size(); ++i) {
        auto change = change_json(notice.changes[i]);
        size += dump(change).size() + 1;
        if (size > most_bytes) {
            json["changes_left_out"] = notice.changes_left_out + static_cast<int>(notice.changes.size() - i);
            break;
        }
        json["changes"].push_back(std::move(change));
    }
    return dump(json);
}

} // namespace kedge
