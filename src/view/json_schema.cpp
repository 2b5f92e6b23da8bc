#include "view/json_schema.h"

#include "model/report.h"
#include "view/json_shapes.h"
#include "view/json_words.h"

#include <vector>

namespace kedge {

using namespace shape;

namespace {

Json place() {
    return object("a place in a file of the source", {{"file", text(), "path inside the source"},
                                                      {"line", count_or_null(), "from 1"},
                                                      {"column", count_or_null(), "from 1"}});
}

Json finding() {
    return object("what a person wrote wrong, or should know",
                  {{"severity", words(Severity::error), "an error keeps its manifest from being used"},
                   {"place", part_or_null("place"), "where"},
                   {"message", text(), "what is wrong"},
                   {"hint", text_or_null(), "what to do"},
                   {"excerpt", text_or_null(), "the line, masked where it may hold a secret"},
                   {"name", text_or_null(), "the registration"},
                   {"policy", flag(), "right in itself, but more than `may` of the unit allows"}});
}

Json difference() {
    return object("one field that differs",
                  {{"path", text(), "dotted, as in auth_data.headers.Authorization"},
                   {"kind", words(DifferenceKind::normalised), "how it differs"},
                   {"live", text_or_null(), "canonical JSON, shortened; \"(secret)\" for secrets"},
                   {"desired", text_or_null(), "the same, of git"},
                   {"moved", flag(), "live is not what it was when last written or adopted, as far as is known"},
                   {"known", text_or_null(), "moved: what it was then, as in live; null: it was absent"}});
}

Json hold() {
    return object("why a change does not run",
                  {{"reason", words(HoldReason::loop), "see docs/holds.md"},
                   {"text", text(), "why, with numbers"},
                   {"way_out", text(), "the command or the wait that ends it"},
                   {"subjects", count_or_null(), "people who would be signed out, at least"},
                   {"until", time_or_null(), "ends by itself then"},
                   {"group", digest_or_null(), "held together with others: a release of this digest frees them all"}});
}

Json commit() {
    return object("a commit", {{"id", text(), "its id"},
                               {"author", text(), "its author"},
                               {"title", text(), "first line of its message"},
                               {"time", time_or_null(), "when it was made"}});
}

Json cause() {
    return object("why a change is planned",
                  {{"kind", words(CauseKind::kedge_changed), "what moved"},
                   {"commit", part_or_null("commit"), "the last commit that touched the file"},
                   {"pull_request", text_or_null(), "where the commit's title names one"},
                   {"renamed_from", text_or_null(), "the name it had"},
                   {"secrets", list(text()), "rotated: the references that the manifest names"},
                   {"sharing", count(), "rotated: so many changes of the plan use one of them"},
                   {"moved_after", time_or_null(), "live moved after this list, the last that did not show it"},
                   {"moved_seen", time_or_null(), "live moved before this list, the first that showed it"}});
}

Json check() {
    return object("what the control plane said to a dry run",
                  {{"kind", words(CheckKind::refused), "whether it was asked, and what it said"},
                   {"text", text_or_null(), "its reason"},
                   {"place", part_or_null("place"), "where the manifest says what it refuses"}});
}

Json change() {
    return object("one change of one registration",
                  {{"action", words(Action::keep), "what would be done"},
                   {"name", text(), "name of the registration"},
                   {"type", text(), "as in mcp-server/remote"},
                   {"remote_id", text_or_null(), "id in the control plane; null for a create"},
                   {"place", part_or_null("place"), "of the manifest; null for a delete"},
                   {"document", count(), "which document of the file, from 0"},
                   {"blob_id", text_or_null(), "of the file that holds it"},
                   {"desired", digest_or_null(), "digest of what git says"},
                   {"live", digest_or_null(), "digest of what is live"},
                   {"digest", digest_or_null(), "the change's own: what a release names"},
                   {"runs", flag(), "nothing holds it"},
                   {"left_alone", text_or_null(), "why the settings ask to leave it, held or not; null: they do not"},
                   {"auth_change", flag(), "it changes how the server authenticates"},
                   {"subjects", count_or_null(), "people who hold credentials that it ends, at least"},
                   {"released", flag(), "a release names it"},
                   {"at_most", count_or_null(), "people whom that release allows to be signed out; null: not stated"},
                   {"cause", part("cause"), "why"},
                   {"check", part("check"), "what the control plane says to it"},
                   {"differences", list(part("difference")), "sorted by path"},
                   {"holds", list(part("hold")), "empty: it may run"}});
}

Json group() {
    return object("changes that are held, and released, as one",
                  {{"reason", words(HoldReason::loop), "see docs/holds.md"},
                   {"name", text(), "what a release of it names"},
                   {"digest", digest_or_null(), "over the digests of its members"},
                   {"size", count(), "so many changes"},
                   {"released", flag(), "a release names it"}});
}

Json budget() {
    return object("how much of a limit is used", {{"kind", words(LimitKind::creates), "what is limited"},
                                                  {"planned", count(), "in this plan"},
                                                  {"used_hour", count(), "written in the last hour"},
                                                  {"allowed_pass", count(), "in one pass"},
                                                  {"allowed_hour", count(), "in one hour"}});
}

Json counts() {
    return object("how many", {{"manifests", count(), "valid ones in git"},
                               {"equal", count(), "in git and live, nothing to do"},
                               {"adopted", count(), "of the equal ones: taken into ownership without a write"},
                               {"normalised", count(), "of the equal ones: equal but for what the server normalised"},
                               {"secrets_unknown", count(), "of the equal ones: with a secret that cannot be compared"},
                               {"live", count(), "live registrations"},
                               {"live_only", count(), "live, not in git, not ours"},
                               {"other_types", count(), "documents of other types"},
                               {"invalid", count(), "manifests with errors"},
                               {"list_requests", count(), "pages that were read"},
                               {"dry_runs", count(), "changes that the control plane checked"},
                               {"other_requests", count(), "what else was asked"},
                               {"running", count(), "changes that nothing holds"},
                               {"held", count(), "changes that something holds"},
                               {"left_alone", count(), "changes that the settings ask to report only"}});
}

Json target() {
    return object("a control plane, as who it knows us", {{"dialect", text(), "kind of control plane"},
                                                          {"tenant", text_or_null(), "its tenant"},
                                                          {"subject", text_or_null(), "whose token is used"},
                                                          {"base_url", text(), "where it is"},
                                                          {"key", text(), "the name it is remembered by"}});
}

Json revision() {
    return object("what was read", {{"id", text(), "commit id, or a digest of the files"},
                                    {"branch", text_or_null(), "the branch that is followed"},
                                    {"title", text_or_null(), "first line of the commit's message"},
                                    {"author", text_or_null(), "its author"},
                                    {"time", time_or_null(), "when it was made"},
                                    {"tip", text_or_null(), "rolled back: the commit of the branch that waits"}});
}

Json condition() {
    return object("the state of a live registration, which is never compared",
                  {{"name", text(), "of the registration"},
                   {"remote_id", text(), "its id"},
                   {"reachable", flag(), "the control plane reaches the server"},
                   {"needs_person", flag(), "it waits for somebody"},
                   {"text", text_or_null(), "in words"},
                   {"url", text_or_null(), "where a person goes on"}});
}

Json plan() {
    return object("what would be done, and what holds it",
                  {{"format_version", exactly(json_format_version), "of this format"},
                   {"kind", exactly("plan"), "what this is"},
                   {"installation", text_or_null(), "in whose name registrations are owned"},
                   {"unit", text_or_null(), "name of the unit"},
                   {"target", part("target"), "the control plane"},
                   {"revision", part("revision"), "what git says"},
                   {"digest", digest_or_null(), "over the digests of all changes"},
                   {"selection", text_or_null(), "the part that was asked for; null: all of the unit"},
                   {"selected", count_or_null(), "registrations in git or live that are part of it"},
                   {"prune", flag(), "deletes may be planned"},
                   {"prune_off", text_or_null(), "why not"},
                   {"counts", part("counts"), "how many"},
                   {"summary", text(), "the counts in words"},
                   {"changes", list(part("change")), "in the order of execution"},
                   {"groups", list(part("group")), "changes that are held as one"},
                   {"budget", list(part("budget")), "the limits of what is planned"},
                   {"findings", list(part("finding")), "what is wrong in git"},
                   {"live_only", list(text()), "names that are live, not in git, not ours; sorted"},
                   {"conditions", list(part("condition")), "what live registrations wait for: information"}});
}

Json outcome() {
    return object("what came of a change", {{"result", words(Result::not_started), "how it ended"},
                                            {"text", text_or_null(), "why; null where it is done"},
                                            {"remote_id", text_or_null(), "the new id after a create"},
                                            {"forced", flag(), "a release let the control plane be told to go on"},
                                            {"change", part("change"), "which"}});
}

Json findings() {
    return object("what `kedge validate --output json` prints",
                  {{"format_version", exactly(json_format_version), "of this format"},
                   {"kind", exactly("findings"), "what this is"},
                   {"errors", count(), "findings of severity error"},
                   {"warnings", count(), "the others"},
                   {"findings", list(part("finding")), "all of them"}});
}

Json report() {
    return object("what was done", {{"format_version", exactly(json_format_version), "of this format"},
                                    {"kind", exactly("report"), "what this is"},
                                    {"plan", part("plan"), "what was to be done"},
                                    {"outcomes", list(part("outcome")), "what came of the changes"},
                                    {"summary", text(), "the outcomes in words"},
                                    {"stopped", text_or_null(), "why the pass ended early"},
                                    {"writes", count(), "write requests that were sent"},
                                    {"took_ms", count(), "how long it took"}});
}

} // namespace

Json shape::parts_of_plan() {
    return {{"place", place()},   {"finding", finding()},   {"findings", findings()},  {"difference", difference()},
            {"hold", hold()},     {"commit", commit()},     {"cause", cause()},        {"check", check()},
            {"change", change()}, {"group", group()},       {"budget", budget()},      {"counts", counts()},
            {"target", target()}, {"revision", revision()}, {"condition", condition()}};
}

Json shape::published(const std::string& name, const std::string& title, Json definitions) {
    auto several = list(part(name));
    several["minItems"] = 2;
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", title},
            {"description", "one object, or an array of them for several units"},
            {"oneOf", Json::array({part(name), std::move(several)})},
            {"$defs", std::move(definitions)}};
}

Json plan_schema() {
    auto parts = parts_of_plan();
    parts["plan"] = plan();
    return published("plan", "kedge plan --output json", std::move(parts));
}

Json report_schema() {
    auto parts = parts_of_plan();
    parts["plan"] = plan();
    parts["outcome"] = outcome();
    parts["report"] = report();
    return published("report", "kedge apply --output json", std::move(parts));
}

} // namespace kedge
