// The shape of what json_answers.cpp prints.
#include "view/json_schema.h"
#include "view/json_shapes.h"
#include "view/json_words.h"

namespace kedge {

using namespace shape;

namespace {

Json record() {
    return object("what became of one change",
                  {{"name", text(), "name of the registration"},
                   {"action", text(), "what was done, as in a change, or disown"},
                   {"result", text(), "how it ended, as in an outcome"},
                   {"text", text_or_null(), "why; null where it is done"},
                   {"digest", text_or_null(), "of the change"},
                   {"commit", text_or_null(), "that caused it"},
                   {"forced", flag(), "a release let it go on"},
                   {"author", text_or_null(), "of that commit"},
                   {"commit_title", text_or_null(), "of that commit"},
                   {"pull_request", text_or_null(), "where the title names one"},
                   {"id", text_or_null(), "of the registration, in the control plane"},
                   {"released_by", text_or_null(), "who said yes, where it had been held"},
                   {"because", text_or_null(), "why they did"},
                   {"moved_after", time_or_null(), "changed by hand: the last list without it"},
                   {"moved_seen", time_or_null(), "changed by hand: the first list with it"},
                   {"moved", list(text()), "changed by hand: paths of the fields"}});
}

Json pass() {
    return object("one pass that did something, or what a person did",
                  {{"at", time_or_null(), "when it ended"},
                   {"revision", text_or_null(), "what git said"},
                   {"title", text_or_null(), "of its commit, or what a person did"},
                   {"writes", count(), "write requests that were sent"},
                   {"stopped", text_or_null(), "why it ended early"},
                   {"pass", text_or_null(), "its id, as in log and notifications; null: a person did it by command"},
                   {"started", time_or_null(), "when it began"},
                   {"subject", text_or_null(), "whose token it used, as the control plane names it"},
                   {"by", text_or_null(), "who gave the command"},
                   {"changes", list(part("record")), "what became of them"}});
}

Json live() {
    return object("what is registered",
                  {{"id", text(), "in the control plane"},
                   {"type", text(), "as in mcp-server/remote"},
                   {"version", text_or_null(), "as the control plane tells it: when it was last changed"},
                   {"ownership", words(Ownership::other_installation), "whose it is"},
                   {"marker", text_or_null(), "the ownership marker that it carries"},
                   {"hides_secrets", flag(), "the control plane does not show all of it"},
                   {"paused", flag(), "it carries the tag kedge-pause"}});
}

Json ledger() {
    return object("what the ledger knows of it",
                  {{"id", text_or_null(), "the one that is owned"},
                   {"written", flag(), "false: adopted as it was"},
                   {"path", text_or_null(), "of its manifest, when last seen"},
                   {"commit", text_or_null(), "whose text was last applied, or was equal"},
                   {"marked", flag(), "our marker was written, or seen"},
                   {"prune_never", flag(), "it stays when it leaves git"},
                   {"gone_from_git", time_or_null(), "since when; null: it is declared"}});
}

Json line() {
    return object("where the manifest says what differs",
                  {{"path", text(), "of the difference"},
                   {"place", part("place"), "its line"},
                   {"commit", part_or_null("commit"), "the last one that touched that line"}});
}

Json explanation() {
    return object("everything about one registration",
                  {{"format_version", exactly(json_format_version), "of this format"},
                   {"kind", exactly("explanation"), "what this is"},
                   {"unit", text(), "that was asked"},
                   {"name", text(), "of the registration"},
                   {"declared", list(part("place")), "where manifests declare it"},
                   {"elsewhere", text_or_null(), "the other unit that declares it"},
                   {"live", part_or_null("live"), "null: it is not registered"},
                   {"ledger", part_or_null("ledger"), "null: nothing is known of it"},
                   {"change", part_or_null("change"), "what would be done; null: nothing"},
                   {"lines", list(part("line")), "of the change's differences"},
                   {"findings", list(part("finding")), "what is wrong in its manifest"},
                   {"history", list(part("pass")), "what was done to it, newest first"}});
}

Json holds() {
    return object("what is held, and why", {{"format_version", exactly(json_format_version), "of this format"},
                                            {"kind", exactly("holds"), "what this is"},
                                            {"installation", text_or_null(), "in whose name registrations are owned"},
                                            {"unit", text_or_null(), "name of the unit"},
                                            {"target", part("target"), "the control plane"},
                                            {"revision", part("revision"), "what git says"},
                                            {"changes", list(part("change")), "those that are held"},
                                            {"groups", list(part("group")), "those that are held as one"}});
}

Json history() {
    return object("what was done", {{"format_version", exactly(json_format_version), "of this format"},
                                    {"kind", exactly("history"), "what this is"},
                                    {"unit", text(), "whose"},
                                    {"passes", list(part("pass")), "newest first"}});
}

// Of `all` those that `names` names.
Json some_of(const Json& all, const std::vector<std::string>& names) {
    Json some = Json::object();
    for (const auto& name : names) some[name] = all.at(name);
    return some;
}

} // namespace

Json explain_schema() {
    auto parts =
        some_of(parts_of_plan(), {"place", "finding", "difference", "hold", "commit", "cause", "check", "change"});
    parts.update({{"record", record()},
                  {"pass", pass()},
                  {"live", live()},
                  {"ledger", ledger()},
                  {"line", line()},
                  {"explanation", explanation()}});
    return published("explanation", "kedge explain --output json", std::move(parts));
}

Json holds_schema() {
    auto parts = some_of(parts_of_plan(), {"place", "difference", "hold", "commit", "cause", "check", "change", "group",
                                           "target", "revision"});
    parts["holds"] = holds();
    return published("holds", "kedge holds --output json", std::move(parts));
}

Json history_schema() {
    return published("history", "kedge history --output json",
                     {{"record", record()}, {"pass", pass()}, {"history", history()}});
}

} // namespace kedge
