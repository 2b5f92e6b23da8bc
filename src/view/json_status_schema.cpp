// The shape of what json_status.cpp prints.
#include "view/json_shapes.h"
#include "view/json_status.h"
#include "view/json_words.h"

namespace kedge {

using namespace shape;

namespace {

std::vector<Name> with_head(const char* kind, std::vector<Name> names) {
    names.insert(names.begin(), {{"format_version", exactly(json_format_version), "of this format"},
                                 {"kind", exactly(kind), "what this is"}});
    return names;
}

Json stoppage() {
    return object("what a person stopped for a while",
                  {{"kind", Json{{"type", "string"}, {"enum", Json::array({"pause", "freeze"})}},
                    "a pause is of one unit, a freeze has a name and may be of all"},
                   {"name", text_or_null(), "of a freeze"},
                   {"units", list(text()), "of a freeze: empty means all"},
                   {"resource", text_or_null(), "of a pause: one registration; null: the whole unit"},
                   {"because", text_or_null(), "why"},
                   {"by", text_or_null(), "who"},
                   {"since", time_or_null(), "when it began"},
                   {"until", time_or_null(), "ends by itself then; null: when somebody ends it"}});
}

Json status() {
    return object("how a unit is",
                  {{"unit", text(), "its name"},
                   {"installation", text_or_null(), "in whose name registrations are owned"},
                   {"source", text(), "name of the source"},
                   {"target", text(), "name of the target"},
                   {"provider", text(), "kind of control plane"},
                   {"reactions", text(), "what is done about changes in git, and about drift"},
                   {"held_by", text_or_null(), "another member, which looks after it; null: this one does"},
                   {"state", words(UnitState::failing), "waiting: its first pass has not ended"},
                   {"busy", flag(), "a pass is under way"},
                   {"cause", text_or_null(), "why the last pass failed or ended early; null: it did not"},
                   {"stoppages", list(part("stoppage")), "that hold its changes now"},
                   {"revision", part_or_null("revision"), "that the last good look saw"},
                   {"manifests", count(), "valid ones in git"},
                   {"equal", count(), "in git and live, nothing to do"},
                   {"live", count(), "live registrations"},
                   {"live_only", count(), "live, not in git, not ours"},
                   {"changes", count(), "planned by the last look"},
                   {"held", count(), "of them"},
                   {"drifted", count(), "of them: live moved though git did not"},
                   {"errors", count(), "mistakes in manifests"},
                   {"plan", digest_or_null(), "digest of the last plan"},
                   {"pass", text_or_null(), "id of the last pass, as in log and history"},
                   {"last_pass", time_or_null(), "its end"},
                   {"last_success", time_or_null(), "end of the last pass that did not fail"},
                   {"next_pass", time_or_null(), "when it is planned"},
                   {"failures", count(), "in a row"},
                   {"took_ms", count(), "the last pass"}});
}

Json resource() {
    return object("one registration as the last look saw it",
                  {{"name", text(), "its name"},
                   {"type", text(), "as in mcp-server/remote"},
                   {"place", part_or_null("place"), "of its manifest; null: it is not in git"},
                   {"state", words(ResourceStatus::State::invalid), "how it is"},
                   {"action", text_or_null(), "what is planned; null: nothing"},
                   {"drifted", flag(), "live moved though git did not"},
                   {"drift_after", time_or_null(), "the last list that did not show it"},
                   {"drift_seen", time_or_null(), "the first list that did"},
                   {"change", digest_or_null(), "digest of the planned change: what a release names"},
                   {"why", text_or_null(), "it is held, left alone, or invalid"},
                   {"reachable", flag(), "the control plane reaches the server"},
                   {"needs_person", flag(), "it waits for somebody"},
                   {"condition", text_or_null(), "the state of the live registration, in words"},
                   {"url", text_or_null(), "where a person goes on"}});
}

Json event() {
    return object("something that happened", {{"id", count(), "rising by one; anew after a restart"},
                                              {"at", time_or_null(), "when"},
                                              {"kind", words(EventKind::settings), "what"},
                                              {"severity", words(EventSeverity::error), "how bad"},
                                              {"unit", text_or_null(), "null: of the daemon"},
                                              {"pass", text_or_null(), "its id"},
                                              {"name", text_or_null(), "of the registration"},
                                              {"digest", text_or_null(), "of the change"},
                                              {"text", text(), "one line for people"}});
}

Json answer() {
    return object(
        "what came of a command",
        with_head("answer", {{"result", Json{{"type", "string"}, {"enum", Json::array({"done", "unchanged"})}},
                              "unchanged: it was so already"},
                             {"text", text(), "one sentence for people"}}));
}

} // namespace

Json status_definitions() {
    Json all;
    all["stoppage"] = stoppage();
    all["status"] = status();
    all["resource"] = resource();
    all["event"] = event();
    all["answer"] = answer();
    all["unit"] = object("one unit", with_head("unit", {{"unit", part("status"), "how it is"}}));
    all["units"] = object("the units", with_head("units", {{"units", list(part("status")), "sorted by name"}}));
    all["resources"] = object("the registrations of a unit",
                              with_head("resources", {{"unit", text(), "its name"},
                                                      {"resources", list(part("resource")), "sorted by name"}}));
    all["stoppages"] = object("pauses and freezes",
                              with_head("stoppages", {{"stoppages", list(part("stoppage")), "that hold changes now"}}));
    all["events"] =
        object("what happened lately", with_head("events", {{"last", count(), "id of the newest event there is"},
                                                            {"events", list(part("event")), "oldest first"}}));
    all["held"] = object("what is held, of each unit",
                         with_head("holds", {{"units", list(part("holds")), "those that have a plan"}}));
    all["version"] = object("which kedge this is", with_head("version", {{"version", text(), "its version"}}));
    return all;
}

} // namespace kedge
