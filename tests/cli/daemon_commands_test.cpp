#include "cli/exit_code.h"
#include "model/pass_record.h"
#include "tests/cli/scripted_daemon.h"
#include "view/json_status.h"
#include "view/json_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

const std::string first_commit = std::string(40, 'a');

Json told(const std::string& text) {
    return answered_json("done", text);
}

Json body_of(const HttpRequest& request) {
    return parse_json(request.body);
}

Plan held_plan() {
    Plan plan;
    plan.installation = "prod";
    plan.unit = "tools";
    Change change;
    change.action = Action::update;
    change.name = "github\x1b[2J";
    change.type = "mcp-server/remote";
    change.digest = sha256("github");
    Hold hold;
    hold.reason = HoldReason::paused;
    hold.text = "the unit is paused";
    hold.way_out = "kedge resume tools";
    change.holds.push_back(hold);
    plan.changes.push_back(change);
    return plan;
}

UnitStatus failing_unit() {
    auto status = unit_in_sync("agents", first_commit, "p2");
    status.state = UnitState::failing;
    status.cause = "truefoundry: list: \"acme\": 401";
    status.failures = 3;
    Stoppage freeze;
    freeze.kind = StoppageKind::freeze;
    freeze.name = "release-week";
    freeze.because = "the release";
    freeze.by = "token:ops";
    freeze.since = 1'800'000'000;
    status.stoppages.push_back(freeze);
    return status;
}

} // namespace

TEST(daemon_commands, status_has_a_line_for_each_unit_and_says_what_is_wrong) {
    ScriptedDaemon daemon;
    daemon.answer("GET /units", units_json({failing_unit(), unit_in_sync("tools", first_commit, "p1")}));
    const auto ended = daemon.run({"status"});
    EXPECT_EQ(ended.code, exit_ok);
    EXPECT_EQ(ended.out,
              "agents  failing  aaaaaaa  0 changes  last success 2027-01-15T08:00:00Z  next 2027-01-15T08:01:00Z\n"
              "    truefoundry: list: \"acme\": 401\n"
              "    freeze \"release-week\" since 2027-01-15T08:00:00Z by token:ops: the release\n"
              "tools   in-sync  aaaaaaa  0 changes  last success 2027-01-15T08:00:00Z  next 2027-01-15T08:01:00Z\n");
}

TEST(daemon_commands, status_of_one_says_everything_about_it) {
    ScriptedDaemon daemon;
    auto status = unit_in_sync("tools", first_commit, "p1");
    status.revision.tip = std::string(40, 'b');
    ResourceStatus held;
    held.name = "github";
    held.type = "mcp-server/remote";
    held.state = ResourceStatus::State::held;
    held.action = "update";
    held.drifted = true;
    held.why = "paused: the unit is paused";
    ResourceStatus fine;
    fine.name = "jira";
    daemon.answer("GET /units/tools", unit_json(status));
    daemon.answer("GET /units/tools/resources", resources_json("tools", {held, fine}));
    const auto ended = daemon.run({"status", "tools"});
    EXPECT_THAT(ended.out, AllOf(HasSubstr("source:       platform, target tfy (truefoundry)"),
                                 HasSubstr("rolled back to aaaaaaa; bbbbbbb waits for `kedge resume tools`"),
                                 HasSubstr("last pass:    2027-01-15T08:00:00Z (p1, 1s200ms)"),
                                 HasSubstr("github: held (update), changed by hand: paused: the unit is paused"),
                                 Not(HasSubstr("jira"))));
}

TEST(daemon_commands, json_is_the_document_of_the_api_unchanged) {
    ScriptedDaemon daemon;
    const auto document = units_json({failing_unit()});
    daemon.answer("GET /units", document);
    EXPECT_EQ(parse_json(daemon.run({"status", "--output", "json"}).out), document);
}

TEST(daemon_commands, pause_freeze_and_resume_ask_for_exactly_what_was_said) {
    ScriptedDaemon daemon;
    for (const char* question : {"POST /units/tools/pause", "POST /freezes", "POST /units/tools/resume",
                                 "DELETE /freezes/release-week", "POST /sync", "POST /units/tools/sync"})
        daemon.answer(question, told("as you wish"));
    EXPECT_EQ(daemon.run({"pause", "tools", "--name", "github", "--for", "2h", "--because", "incident"}).out,
              "as you wish\n");
    daemon.run({"pause", "tools", "--until", "2027-03-05T12:30:00Z", "--because", "x"});
    daemon.run({"freeze", "release-week", "--unit", "tools", "--unit", "agents", "--because", "release"});
    daemon.run({"freeze", "all-of-it", "--because", "release"});
    daemon.run({"resume", "tools", "--name", "github"});
    daemon.run({"resume", "tools"});
    daemon.run({"resume", "--freeze", "release-week"});
    daemon.run({"sync"});
    daemon.run({"sync", "tools"});
    ASSERT_EQ(daemon.asked.size(), 9U);
    const auto& asked = daemon.asked;
    EXPECT_EQ(body_of(asked[0]),
              Json({{"because", "incident"}, {"until", "2027-01-15T10:00:00Z"}, {"resource", "github"}}));
    EXPECT_EQ(body_of(asked[1]), Json({{"because", "x"}, {"until", "2027-03-05T12:30:00Z"}}));
    EXPECT_EQ(body_of(asked[2]),
              Json({{"because", "release"}, {"name", "release-week"}, {"units", {"tools", "agents"}}}));
    EXPECT_EQ(body_of(asked[3]), Json({{"because", "release"}, {"name", "all-of-it"}}));
    EXPECT_EQ(body_of(asked[4]), Json({{"resource", "github"}}));
    EXPECT_EQ(body_of(asked[5]), Json::object());
    EXPECT_EQ(asked[6].body, "");
    for (const auto& request : asked) {
        if (request.method != "POST") continue;
        EXPECT_EQ(header(request.headers, "Content-Type"), "application/json");
    }
}

TEST(daemon_commands, a_release_and_a_rollback_go_to_the_daemon) {
    ScriptedDaemon daemon;
    daemon.answer("POST /releases", told("released"));
    daemon.answer("GET /units", units_json({unit_in_sync("tools", first_commit, "p1")}));
    daemon.answer("POST /units/tools/rollback", told("stays there"));
    daemon.run({"release", "0123456789ab", "--because", "agreed", "--at-most", "2", "--only-unit", "tools"});
    EXPECT_EQ(body_of(daemon.asked.back()),
              Json({{"digest", "0123456789ab"}, {"because", "agreed"}, {"at_most", 2}, {"unit", "tools"}}));
    EXPECT_EQ(daemon.run({"rollback", "--to", "abcdef0"}).code, exit_error) << "the daemon wants to know why";
    EXPECT_EQ(daemon.run({"rollback", "--to", "abcdef0", "--because", "bad merge"}).out, "stays there\n");
    EXPECT_EQ(body_of(daemon.asked.back()), Json({{"commit", "abcdef0"}, {"because", "bad merge"}}));
}

TEST(daemon_commands, holds_are_shown_with_their_way_out_and_without_control_characters) {
    ScriptedDaemon daemon;
    const auto document = holds_json(held_plan());
    daemon.answer("GET /holds", of_units_json("holds", {document}));
    const auto ended = daemon.run({"holds"});
    EXPECT_THAT(ended.out, AllOf(HasSubstr("unit: tools"), HasSubstr("update github\\x1b[2J (mcp-server/remote)"),
                                 HasSubstr("paused: the unit is paused"), HasSubstr("kedge resume tools"),
                                 HasSubstr("1 held"), Not(HasSubstr("\x1b"))));
    EXPECT_EQ(parse_json(daemon.run({"holds", "--output", "json"}).out), document)
        << "the same shape as without a daemon";
}

TEST(daemon_commands, the_history_is_the_same_as_without_a_daemon) {
    ScriptedDaemon daemon;
    PassRecord record;
    record.at = 1'800'000'000;
    record.revision = first_commit;
    record.title = "Fix the url";
    record.writes = 1;
    record.pass = "p1";
    ChangeRecord change;
    change.name = "github";
    change.action = "update";
    change.result = "done";
    change.author = "Ann";
    change.released_by.who = "Bob";
    change.moved_seen = 1'800'000'000;
    change.moved = {"url"};
    record.changes.push_back(change);
    const auto document = history_json("tools", {record});
    daemon.answer("GET /passes?unit=tools&most=1000&name=github&by=ann&since=2027-01-01T00%3A00%3A00Z", document);
    const std::vector<std::string> question{"history", "github",  "--by",        "ann",
                                            "--since", "2027-01", "--only-unit", "tools"};
    EXPECT_THAT(daemon.run(question).out, AllOf(HasSubstr("aaaaaaa  Fix the url"), HasSubstr("update github: done"),
                                                HasSubstr("released by Bob")));
    auto as_json = question;
    as_json.insert(as_json.end(), {"--output", "json"});
    EXPECT_EQ(parse_json(daemon.run(as_json).out), document) << "read back without a loss";
    auto as_lines = question;
    as_lines.insert(as_lines.end(), {"--output", "jsonl"});
    EXPECT_THAT(daemon.run(as_lines).out, HasSubstr("\"unit\":\"tools\""));
}

TEST(daemon_commands, a_refusal_says_why_and_how_to_go_on) {
    ScriptedDaemon daemon;
    daemon.refuse("GET /units", 401, "this token is not known here");
    daemon.refuse("POST /sync", 403, "this needs the role operator, and you have viewer");
    daemon.refuse("GET /units/x", 404, "there is no such unit");
    daemon.refuse("POST /freezes", 409, "there is a freeze \"a\" already");
    EXPECT_THAT(daemon.complaint({"status"}),
                AllOf(HasSubstr("this token is not known here"), HasSubstr("--token-file FILE, or KEDGE_TOKEN")));
    EXPECT_THAT(daemon.complaint({"sync"}), HasSubstr("needs the role operator, and you have viewer; ask for another"));
    EXPECT_THAT(daemon.complaint({"status", "x"}), HasSubstr("there is no such unit"));
    EXPECT_THAT(daemon.complaint({"freeze", "a", "--because", "x"}), HasSubstr("there is a freeze \"a\" already"));
}

TEST(daemon_commands, what_is_no_kedge_is_told_from_one) {
    ScriptedDaemon daemon;
    ServerAnswer page;
    page.response.status = 200;
    page.response.body = "<html>";
    daemon.answer_with("GET /units", page);
    EXPECT_THAT(daemon.complaint({"status"}), HasSubstr("no document of a kedge"));
    page.response.status = 502;
    daemon.answer_with("GET /units/x", page);
    EXPECT_THAT(daemon.complaint({"status", "x"}), HasSubstr("it answered 502, and not as a kedge does"));
}

TEST(daemon_commands, nobody_at_the_socket_is_said_with_the_question_whether_it_runs) {
    ScriptedDaemon daemon;
    daemon.stop();
    EXPECT_THAT(daemon.complaint({"status"}), AllOf(HasSubstr("kedge.sock\": No such file or directory"),
                                                    HasSubstr("is `kedge run` running, with this server.unix_socket")));
}
