// kedge preview, asked of a running kedge.
#include "cli/exit_code.h"
#include "scripted_daemon.h"
#include "view/json_preview.h"

#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string head(40, 'a');
const std::string question = "GET /previews/12?repository=acme%2Fplatform&head=" + head;

Preview preview_at(const std::string& commit) {
    Preview preview;
    preview.pull.repository = preview.pull.head_repository = "acme/platform";
    preview.pull.number = 12;
    preview.pull.base_branch = "main";
    preview.pull.head_commit = commit;
    preview.tree = std::string(40, 'b');
    UnitPreview unit;
    unit.unit = "tools";
    unit.folder = "registry";
    unit.plan = Plan();
    preview.units.push_back(unit);
    return preview;
}

std::vector<std::string> command(std::vector<std::string> more = {}) {
    std::vector<std::string> all{"preview", "--number", "12", "--repository", "acme/platform", "--head", head};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::string text_of_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

} // namespace

TEST(preview_command, prints_what_stands_in_the_pull_request) {
    ScriptedDaemon daemon;
    daemon.answer(question, preview_json(preview_at(head)));
    const auto ended = daemon.run(command());
    EXPECT_EQ(ended.code, exit_ok);
    EXPECT_THAT(ended.out, HasSubstr("Nothing to do"));
    EXPECT_THAT(daemon.run(command({"--output", "json"})).out, HasSubstr("\"kind\": \"preview\""));
}

TEST(preview_command, ends_with_an_error_for_findings_and_refusals_and_not_for_holds) {
    ScriptedDaemon daemon;
    auto preview = preview_at(head);
    preview.units[0].plan->findings = {{Severity::error, {"mcp/a,b.yaml", 3, 1}, "100% wrong", "", "", ""}};
    daemon.answer(question, preview_json(preview));
    const auto ended = daemon.run(command({"--annotations"}));
    EXPECT_EQ(ended.code, exit_error);
    EXPECT_THAT(ended.error,
                HasSubstr("::error file=registry/mcp/a%2Cb.yaml,line=3,title=kedge%3A manifest::100%25 wrong"));

    preview.units[0].plan->findings[0].policy = true;
    daemon.answer("GET /previews/12?repository=acme%2Fplatform&head=bbbbbbb", preview_json(preview_at("bbbbbbb")));
    EXPECT_EQ(daemon.run({"preview", "--number=12", "--repository=acme/platform", "--head=bbbbbbb"}).code, exit_ok);

    ScriptedDaemon other;
    other.answer(question, preview_json(preview));
    EXPECT_EQ(other.run(command()).code, exit_refused);

    preview.units[0].plan->findings.clear();
    Change held;
    held.action = Action::remove;
    held.name = "wiki";
    held.holds.emplace_back();
    preview.units[0].plan->changes = {held};
    ScriptedDaemon third;
    third.answer(question, preview_json(preview));
    EXPECT_EQ(third.run(command()).code, exit_ok);
}

TEST(preview_command, waits_until_this_head_is_planned) {
    ScriptedDaemon daemon;
    auto away = preview_at(head);
    away.units[0].plan.reset();
    away.units[0].passes = true;
    away.units[0].problem = "the control plane is away since 10:02";
    daemon.answer(question, preview_json(preview_at(std::string(40, 'c'))));
    daemon.answer(question, preview_json(away));
    daemon.answer(question, preview_json(preview_at(head)));
    EXPECT_EQ(daemon.run(command()).code, exit_ok);
    EXPECT_EQ(daemon.clock.slept(), Milliseconds(6'000));
}

TEST(preview_command, gives_up_in_time_and_says_why) {
    ScriptedDaemon daemon;
    auto away = preview_at(head);
    away.units[0].plan.reset();
    away.units[0].passes = true;
    away.units[0].problem = "the control plane is away since 10:02";
    daemon.answer(question, preview_json(away));
    const auto ended = daemon.run(command({"--timeout", "10s"}));
    EXPECT_EQ(ended.code, exit_error);
    EXPECT_THAT(ended.error,
                HasSubstr("not known in time: Waiting: unit tools: the control plane is away since 10:02"));
    EXPECT_EQ(daemon.clock.slept(), Milliseconds(10'000));
}

TEST(preview_command, adds_to_the_summary_of_the_job) {
    ScriptedDaemon daemon;
    daemon.answer(question, preview_json(preview_at(head)));
    const auto file = daemon.path() + ".md";
    std::ofstream(file) << "before\n";
    const auto ended = daemon.run(command({"--summary", file}));
    EXPECT_EQ(text_of_file(file), "before\n" + ended.out.substr(0, text_of_file(file).size() - 7));
    EXPECT_THAT(daemon.complaint(command({"--summary", "/nowhere/at/all.md"})), HasSubstr("it cannot be written"));
}

TEST(preview_options, a_number_goes_with_a_running_kedge_and_a_path_without) {
    EXPECT_THAT(parse_options({"preview", "./mcp", "--number", "3"}).text, HasSubstr("not a PATH"));
    EXPECT_THAT(parse_options({"preview", "./mcp", "--checkout", "."}).text, HasSubstr("goes with settings"));
    EXPECT_TRUE(is_for_daemon(parse_options({"preview", "--number", "3"}).options));
    EXPECT_FALSE(is_for_daemon(parse_options({"preview"}).options));
}
