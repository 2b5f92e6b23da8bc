#include "view/json_preview.h"

#include "view/json_parts.h"
#include "view/json_schema.h"
#include "view/json_shapes.h"
#include "view/json_view.h"
#include "view/json_words.h"
#include "view/preview_comment.h"
#include "view/preview_status.h"
#include "view/preview_words.h"

namespace kedge {

using namespace shape;

namespace {

constexpr std::size_t most_markdown = 1'000'000; // GitHub's step summary takes so much

std::string_view verdict_name(PreviewVerdict verdict) {
    switch (verdict) {
    case PreviewVerdict::conflict:
        return "conflict";
    case PreviewVerdict::failed:
        return "failed";
    case PreviewVerdict::errors:
        return "errors";
    case PreviewVerdict::forbidden:
        return "forbidden";
    case PreviewVerdict::refused:
        return "refused";
    case PreviewVerdict::away:
        return "away";
    case PreviewVerdict::held:
        return "held";
    case PreviewVerdict::risky:
        return "risky";
    case PreviewVerdict::ready:
        return "ready";
    case PreviewVerdict::nothing:
        return "nothing";
    case PreviewVerdict::unconcerned:
        break;
    }
    return "unconcerned";
}

Json texts(const std::vector<std::string>& values) {
    Json all = Json::array();
    for (const auto& value : values) all.push_back(kedge::text(value));
    return all;
}

std::string_view pull_state(PullState state) {
    return state == PullState::open ? "open" : state == PullState::merged ? "merged" : "closed";
}

Json pull_json(const PullRequest& pull) {
    Json json;
    json["repository"] = kedge::text(pull.repository);
    json["number"] = pull.number;
    json["title"] = kedge::text(pull.title);
    json["author"] = kedge::text_or_null(pull.author);
    json["url"] = kedge::text_or_null(pull.url);
    json["base_branch"] = kedge::text_or_null(pull.base_branch);
    json["head_branch"] = kedge::text_or_null(pull.head_branch);
    json["head_commit"] = kedge::text_or_null(pull.head_commit);
    json["head_repository"] = kedge::text_or_null(pull.head_repository);
    json["state"] = pull_state(pull.state);
    json["merge_commit"] = kedge::text_or_null(pull.merge_commit);
    return json;
}

Json unit_json(const UnitPreview& unit) {
    Json json;
    json["unit"] = kedge::text(unit.unit);
    json["folder"] = kedge::text_or_null(unit.folder);
    json["problem"] = kedge::text_or_null(unit.problem);
    json["passes"] = unit.passes;
    json["rehearsed"] = unit.rehearsed;
    json["owned"] = unit.owned;
    json["moved_files"] = texts(unit.moved_files);
    json["plan"] = unit.plan ? plan_json(*unit.plan) : Json();
    return json;
}

Json status_json(const CommitStatus& status) {
    Json json;
    json["state"] = to_text(status.state);
    json["description"] = kedge::text(status.line);
    json["annotations"] = Json::array();
    for (const auto& one : status.annotations) {
        json["annotations"].push_back({{"path", kedge::text(one.path)},
                                       {"line", one.first_line},
                                       {"level", one.level == AnnotationLevel::failure ? "error" : "warning"},
                                       {"title", kedge::text(one.title)},
                                       {"message", kedge::text(one.text)}});
    }
    return json;
}

// What is told of each in a list, and first of one alone.
Json head_json(const Preview& preview) {
    Json json;
    json["pull_request"] = pull_json(preview.pull);
    json["base_commit"] = kedge::text_or_null(preview.base_commit);
    json["at"] = kedge::time_or_null(preview.at);
    json["verdict"] = verdict_name(verdict_of(preview));
    json["summary"] = kedge::text(verdict_words(preview));
    return json;
}

Json pull_shape() {
    const Json states{{"type", "string"}, {"enum", Json::array({"open", "merged", "closed"})}};
    return object("a pull request as its forge tells of it", {{"repository", text(), "as the forge calls it"},
                                                              {"number", count(), "its number"},
                                                              {"title", text(), "as its author wrote it"},
                                                              {"author", text_or_null(), "who opened it"},
                                                              {"url", text_or_null(), "its page"},
                                                              {"base_branch", text_or_null(), "where it goes"},
                                                              {"head_branch", text_or_null(), "where it comes from"},
                                                              {"head_commit", text_or_null(), "what was planned"},
                                                              {"head_repository", text_or_null(), "another: a fork"},
                                                              {"state", states, "of the pull request"},
                                                              {"merge_commit", text_or_null(), "once merged"}});
}

Json unit_shape() {
    return object("what merging would do to one unit",
                  {{"unit", text(), "its name"},
                   {"folder", text_or_null(), "of its manifests in the repository; places are paths below it"},
                   {"problem", text_or_null(), "why there is no plan"},
                   {"passes", flag(), "that ends by itself"},
                   {"rehearsed", flag(), "the control plane was asked to check"},
                   {"owned", count(), "registrations that the unit owns now"},
                   {"moved_files", list(text()), "manifests that only stand in another file, \"old -> new\""},
                   {"plan", part_or_null("plan"), "what would be done; null: see `problem`"}});
}

Json status_shape() {
    auto annotation = object("a remark at a line", {{"path", text(), "in the repository"},
                                                    {"line", count(), "from 1"},
                                                    {"level", words(Severity::error), "how bad"},
                                                    {"title", text(), "what kind of remark"},
                                                    {"message", text(), "what is wrong"}});
    return object("what the forge is told of the head commit",
                  {{"state", words(StatusState::failure), "whether it may be merged"},
                   {"description", text(), "one line, 140 bytes at most"},
                   {"annotations", list(std::move(annotation)), "50 at most"}});
}

std::vector<Name> head_shape() {
    Json verdicts = Json::array();
    for (int i = 0; i <= static_cast<int>(PreviewVerdict::unconcerned); ++i)
        verdicts.push_back(verdict_name(static_cast<PreviewVerdict>(i)));
    return {
        {"pull_request", part("pull_request"), "which"},
        {"base_commit", text_or_null(), "that the head was merged into"},
        {"at", time_or_null(), "when it was planned"},
        {"verdict", Json{{"type", "string"}, {"enum", std::move(verdicts)}}, "what it comes to: the first that fits"},
        {"summary", text(), "the verdict in words"}};
}

Json preview_shape() {
    std::vector<Name> names{{"format_version", exactly(json_format_version), "of this format"},
                            {"kind", exactly("preview"), "what this is"}};
    for (auto& name : head_shape()) names.push_back(std::move(name));
    names.push_back({"tree", text_or_null(), "what merging gives, as git names it; null: it does not merge"});
    names.push_back({"conflicts", list(text()), "paths that do not merge by themselves"});
    names.push_back({"problem", text_or_null(), "why nothing could be planned at all"});
    names.push_back({"passes", flag(), "that ends by itself"});
    names.push_back({"status", part("preview_status"), "for the head commit"});
    names.push_back({"units", list(part("unit_preview")), "those that follow the base branch"});
    names.push_back({"markdown", text(), "all of it for people, as in the pull request"});
    return object("what merging a pull request would do", names);
}

} // namespace

Json preview_json(const Preview& preview, const std::string& remark) {
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = "preview";
    json.update(head_json(preview));
    json["tree"] = kedge::text_or_null(preview.tree);
    json["conflicts"] = texts(preview.conflicts);
    json["problem"] = kedge::text_or_null(preview.problem);
    json["passes"] = preview.passes;
    json["status"] = status_json(preview_status(preview, {}));
    json["units"] = Json::array();
    for (const auto& unit : preview.units) json["units"].push_back(unit_json(unit));
    CommentFrame frame;
    frame.limit = most_markdown;
    frame.takes_commands = false; // who reads it stands elsewhere
    frame.remark = remark;
    json["markdown"] = preview_comment(preview, frame);
    return json;
}

Json previews_json(const std::vector<std::shared_ptr<const Preview>>& all) {
    Json json;
    json["format_version"] = json_format_version;
    json["kind"] = "previews";
    json["previews"] = Json::array();
    for (const auto& preview : all) json["previews"].push_back(head_json(*preview));
    return json;
}

Json preview_definitions() {
    Json all = plan_schema().at("$defs");
    all["pull_request"] = pull_shape();
    all["unit_preview"] = unit_shape();
    all["preview_status"] = status_shape();
    all["preview"] = preview_shape();
    all["preview_head"] = object("one of a list", head_shape());
    all["previews"] = object("the previews that are kept",
                             {{"format_version", exactly(json_format_version), "of this format"},
                              {"kind", exactly("previews"), "what this is"},
                              {"previews", list(part("preview_head")), "sorted by repository and number"}});
    return all;
}

Json preview_schema() {
    auto definitions = preview_definitions();
    definitions.erase("previews");
    definitions.erase("preview_head");
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "kedge preview --output json"},
            {"$ref", "#/$defs/preview"},
            {"$defs", std::move(definitions)}};
}

} // namespace kedge
