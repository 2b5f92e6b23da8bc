#include "cli/options.h"

#include "cli/exit_code.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

using namespace kedge;

namespace {

Options good(const std::vector<std::string>& arguments) {
    const auto parsed = parse_options(arguments);
    EXPECT_FALSE(parsed.exit_code) << parsed.text;
    return parsed.options;
}

} // namespace

TEST(options, a_plan_needs_nothing_but_a_path) {
    const auto options = good({"plan", "./truefoundry"});
    EXPECT_EQ(options.verb, Verb::plan);
    EXPECT_EQ(options.path, "./truefoundry");
    EXPECT_EQ(options.output, Output::text);
    EXPECT_FALSE(options.detailed_exitcode);
}

TEST(options, every_flag_of_apply_arrives) {
    const auto options = good({"apply", "-c", "k.yaml", "-u", "a", "-u", "b", "--output", "json", "--yes",
                               "--prune-delay", "15m", "--rehearse", "never"});
    EXPECT_EQ(options.settings, "k.yaml");
    EXPECT_EQ(options.units, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(options.output, Output::json);
    EXPECT_TRUE(options.yes);
    EXPECT_EQ(options.prune_delay, Milliseconds(900000));
    EXPECT_EQ(options.rehearse, "never");
}

namespace {

struct Repeatable {
    std::vector<std::string> command; // with what it cannot do without
    std::string flag;
    std::vector<std::string> Options::*values;
};

const std::vector<Repeatable>& repeatables() {
    static const std::vector<Repeatable> all = [] {
        std::vector<Repeatable> some;
        const std::vector<std::vector<std::string>> with_units{
            {"validate"}, {"plan"},         {"preview"},
            {"apply"},    {"run"},          {"release", "--digest=abc", "--because=x"},
            {"disown"},   {"explain", "x"}, {"holds"},
            {"history"},  {"adopt"},        {"rollback", "--to=abc", "--because=x"}};
        for (const auto& command : with_units) some.push_back({command, "--only-unit", &Options::units});
        for (const char* verb : {"plan", "apply"}) {
            some.push_back({{verb}, "--only", &Options::only_names});
            some.push_back({{verb}, "--type", &Options::only_types});
            some.push_back({{verb}, "--file", &Options::only_files});
        }
        some.push_back({{"apply"}, "--release", &Options::release_digests});
        some.push_back({{"disown"}, "--name", &Options::names});
        some.push_back({{"freeze", "week", "--because=x"}, "--unit", &Options::units});
        some.push_back({{"events"}, "--unit", &Options::units});
        return some;
    }();
    return all;
}

std::size_t times(const std::string& text, const std::string& word) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size()) ++count;
    return count;
}

} // namespace

TEST(options, each_repeatable_option_takes_one_value_at_a_time) {
    for (const auto& one : repeatables()) {
        auto arguments = one.command;
        arguments.insert(arguments.end(), {one.flag, "one", one.flag, "two"});
        EXPECT_EQ(good(arguments).*one.values, (std::vector<std::string>{"one", "two"}));

        arguments = one.command;
        arguments.insert(arguments.end(), {one.flag, "one", "two"});
        const auto parsed = parse_options(arguments);
        EXPECT_EQ(parsed.options.*one.values, (std::vector<std::string>{"one"})) << one.command[0] << " " << one.flag;
        const bool refused = parsed.text.find("two") != std::string::npos;
        EXPECT_TRUE(refused || parsed.options.path == "two" || parsed.options.name == "two") << one.command[0];
    }
}

TEST(options, every_repeatable_option_of_the_help_is_among_these) {
    std::set<std::string> verbs;
    for (const auto& one : repeatables()) verbs.insert(one.command[0]);
    for (const char* other : {"show", "resume", "status", "sync", "pause", "wait", "schema", "store", "version"})
        EXPECT_EQ(times(parse_options({other, "--help"}).text, "repeatable"), 0U) << other;
    for (const auto& verb : verbs) {
        const auto here = std::count_if(repeatables().begin(), repeatables().end(),
                                        [&](const Repeatable& one) { return one.command[0] == verb; });
        EXPECT_EQ(times(parse_options({verb, "--help"}).text, "repeatable"), static_cast<std::size_t>(here)) << verb;
    }
}

TEST(options, a_path_may_follow_a_selection) {
    const auto options = good({"apply", "--only", "github", "saved.plan"});
    EXPECT_EQ(options.only_names, std::vector<std::string>{"github"});
    EXPECT_EQ(options.path, "saved.plan");
}

TEST(options, mistakes_end_with_one_and_say_what_is_wrong) {
    for (const std::vector<std::string>& wrong :
         std::vector<std::vector<std::string>>{{},
                                               {"plann"},
                                               {"plan", "--bogus"},
                                               {"plan", "--output", "xml"},
                                               {"apply", "--prune-delay", "soon"},
                                               {"release", "abc"},
                                               {"schema", "nonsense"},
                                               {"explain"},
                                               {"rollback", "--because", "why"}}) {
        const auto parsed = parse_options(wrong);
        ASSERT_TRUE(parsed.exit_code);
        EXPECT_EQ(*parsed.exit_code, 1);
        EXPECT_FALSE(parsed.text.empty());
    }
}

TEST(options, help_is_no_mistake_and_teaches) {
    const auto parsed = parse_options({"--help"});
    EXPECT_EQ(parsed.exit_code, 0);
    for (const char* word : {"kedge plan ./truefoundry", "TFY_API_KEY", "Exit codes", "validate", "disown"})
        EXPECT_NE(parsed.text.find(word), std::string::npos) << word;
    EXPECT_EQ(parse_options({"plan", "--help"}).exit_code, 0);
}

TEST(options, without_a_command_the_commands_are_shown_one_line_each) {
    const auto parsed = parse_options({});
    EXPECT_EQ(parsed.exit_code, 1);
    std::istringstream lines(parsed.text);
    std::set<std::string> shown;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 100U) << line;
        std::istringstream words(line);
        std::string verb, about;
        words >> verb >> about;
        if (line.starts_with("  ") && !about.empty()) shown.insert(verb);
    }
    EXPECT_EQ(shown, (std::set<std::string>{"validate", "plan",    "preview", "apply",   "show",   "explain",
                                            "holds",    "history", "run",     "release", "adopt",  "disown",
                                            "rollback", "resume",  "status",  "sync",    "pause",  "freeze",
                                            "wait",     "events",  "schema",  "store",   "version"}));
    EXPECT_NE(parsed.text.find("kedge plan PATH"), std::string::npos);
}

TEST(options, the_history_is_asked_by_name_time_and_person) {
    const auto options = good({"history", "--name", "github", "--since", "2027-03", "--until", "30d", "--by", "ann",
                               "--output", "jsonl", "--last", "7"});
    EXPECT_EQ(options.name, "github");
    EXPECT_EQ(options.since, "2027-03");
    EXPECT_EQ(options.until, "30d");
    EXPECT_EQ(options.by, "ann");
    EXPECT_EQ(options.output, Output::jsonl);
    EXPECT_EQ(options.most, 7);
    EXPECT_EQ(good({"history", "github"}).name, "github") << "as it always was";
    EXPECT_EQ(good({"history", "-q", "-o", "markdown"}).output, Output::markdown);
}

TEST(options, what_is_no_point_in_time_is_refused_with_what_is_one) {
    const auto parsed = parse_options({"history", "--since", "yesterday"});
    EXPECT_EQ(parsed.exit_code, 1);
    EXPECT_NE(parsed.text.find("\"yesterday\" is no point in time; write 2027-03, 2027-03-05, 2027-03-05T12:30:00Z "
                               "(UTC), or 30d"),
              std::string::npos)
        << parsed.text;
    EXPECT_EQ(parse_options({"plan", "-o", "jsonl", "."}).exit_code, 1) << "a plan has no lines";
}

TEST(options, a_pause_says_why_and_how_long) {
    const auto options = good({"pause", "tools", "--name", "github", "--for", "2h", "--because", "incident"});
    EXPECT_EQ(options.verb, Verb::pause);
    EXPECT_EQ(options.name, "tools");
    EXPECT_EQ(options.resource, "github");
    EXPECT_EQ(options.lasting, Milliseconds(7'200'000));
    EXPECT_EQ(options.because, "incident");
    EXPECT_EQ(good({"freeze", "week", "--until", "2027-03-05T12:30:00Z", "--because", "x"}).until,
              "2027-03-05T12:30:00Z");
}

TEST(options, the_end_of_a_pause_is_one_second_and_said_once) {
    for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
             {"pause", "tools"},
             {"pause", "tools", "--because", "x", "--until", "2027-03-05"},
             {"pause", "tools", "--because", "x", "--until", "30d"},
             {"pause", "tools", "--because", "x", "--for", "soon"},
             {"pause", "tools", "--because", "x", "--for", "2h", "--until", "2027-03-05T12:30:00Z"},
             {"freeze", "--because", "x"},
             {"resume"},
             {"resume", "tools", "--freeze", "week"},
             {"sync", "--wait"},
             {"wait"}}) {
        EXPECT_EQ(parse_options(wrong).exit_code, 1) << wrong[0];
    }
    const auto text = parse_options({"pause", "tools", "--because", "x", "--until", "2027-03-05"}).text;
    EXPECT_NE(text.find("write 2027-03-05T12:30:00Z (UTC), or --for 2h"), std::string::npos) << text;
}

TEST(options, no_credential_is_taken_from_the_command_line) {
    for (const char* verb :
         {"status", "sync", "pause", "resume", "freeze", "release", "holds", "history", "wait", "events"}) {
        EXPECT_EQ(parse_options({verb, "--token", "secret"}).exit_code, 1) << verb;
        EXPECT_NE(parse_options({verb, "--help"}).text.find("--token-file"), std::string::npos) << verb;
    }
}

TEST(options, going_back_asks_for_no_reason) {
    const auto options = good({"rollback", "--to", "1a2b3c4"});
    EXPECT_EQ(options.commit, "1a2b3c4");
    EXPECT_EQ(options.because, "");
}

namespace {

Report report_of(std::initializer_list<Result> results) {
    Report report;
    for (const auto result : results) {
        Outcome outcome;
        outcome.result = result;
        report.outcomes.push_back(outcome);
    }
    return report;
}

} // namespace

TEST(exit_code, the_first_that_fits_counts) {
    EXPECT_EQ(exit_code_of_reports({report_of({})}), exit_ok);
    EXPECT_EQ(exit_code_of_reports({report_of({Result::done})}), exit_ok);
    EXPECT_EQ(exit_code_of_reports({report_of({Result::left_alone})}), exit_ok);
    EXPECT_EQ(exit_code_of_reports({report_of({Result::left_alone, Result::held})}), exit_held);
    EXPECT_EQ(exit_code_of_reports({report_of({Result::done, Result::held})}), exit_held);
    EXPECT_EQ(exit_code_of_reports({report_of({Result::done, Result::failed, Result::held})}), exit_partial);
    EXPECT_EQ(exit_code_of_reports({report_of({Result::refused})}), exit_error);
    EXPECT_EQ(exit_code_of_reports({report_of({Result::done}), report_of({Result::not_started})}), exit_partial);
}

TEST(exit_code, a_plan_is_green_unless_asked_or_wrong) {
    Plan plan;
    EXPECT_EQ(exit_code_of_plans({&plan}, true), exit_ok);
    plan.changes.emplace_back();
    plan.changes.back().action = Action::create;
    EXPECT_EQ(exit_code_of_plans({&plan}, false), exit_ok);
    EXPECT_EQ(exit_code_of_plans({&plan}, true), exit_pending);
    plan.findings.emplace_back();
    EXPECT_EQ(exit_code_of_plans({&plan}, true), exit_error);
}
