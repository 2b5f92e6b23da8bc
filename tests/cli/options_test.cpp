#include "cli/options.h"

#include "cli/exit_code.h"

#include <gtest/gtest.h>

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
                                               {"rollback", "--to", "abc"}}) {
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
