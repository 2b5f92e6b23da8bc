// A secret that kedge cannot read: said once, never "in sync", and no write that needs it is tried.
#include "tests/contract/world.h"

#include "cli/exit_code.h"
#include "view/text.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr int users = 3;
const std::string with_secret = "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
                                "Authorization: Bearer ${env:SHARED}\n";

std::string name_of(int i) {
    return "server-" + std::to_string(i);
}

struct Shared {
    explicit Shared(bool set, const std::string& unit = "tools") : world(options(set, unit)) {
        for (int i = 0; i < users; ++i) world.add(name_of(i), with_secret);
    }
    static WorldOptions options(bool set, const std::string& unit) {
        WorldOptions options;
        if (set) options.environment = {{"SHARED", "value-one"}};
        options.secrets = {"env:SHARED"};
        options.unit = unit;
        return options;
    }
    void unset() { world.secrets = SecretStore({"env:SHARED"}, {}, Secret("a key of the tests")); }
    void set() { world.secrets = SecretStore({"env:SHARED"}, {{"SHARED", "value-two"}}, Secret("a key of the tests")); }

    World world;
};

std::vector<Finding> about_secret(const Plan& plan) {
    std::vector<Finding> found;
    for (const auto& finding : plan.findings) {
        if (finding.message.find("${env:SHARED}") != std::string::npos) found.push_back(finding);
    }
    return found;
}

std::string text_of(const Plan& plan) {
    TextStyle wide;
    wide.width = 200;
    return render_plan(plan, wide);
}

} // namespace

TEST(unreadable_secret, of_equal_registrations_is_unknown_and_said_once) {
    Shared shared(true);
    shared.world.converge();
    shared.unset();
    const auto plan = shared.world.plan();
    EXPECT_TRUE(plan.changes.empty());
    EXPECT_EQ(plan.counts.equal, users);
    EXPECT_EQ(plan.counts.secrets_unknown, users);
    const auto said = about_secret(plan);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].severity, Severity::warning) << "no write needs it";
    EXPECT_EQ(to_text(said[0].place), "server-0.yaml:1");
    EXPECT_EQ(said[0].message, "kedge cannot read ${env:SHARED}: the variable is not set; 3 registrations use it, and "
                               "whether it has a new value is not known");
    EXPECT_EQ(said[0].hint, "set the variable SHARED where kedge runs");
    EXPECT_THAT(text_of(plan), HasSubstr("agree in all that could be compared."));
    EXPECT_EQ(exit_code_of_plans({&plan}, true), 0);
}

TEST(unreadable_secret, holds_the_writes_that_need_it_and_nothing_else) {
    Shared shared(false);
    shared.world.add("other");
    shared.world.source.set(
        "virtual.yaml",
        "type: mcp-server/virtual\nname: all\ndescription: All tools\nservers:\n  - name: " + name_of(0) +
            "\n    enabled_tools: []\ncollaborators:\n  - subject: "
            "team:everyone\n    role_id: mcp-server-user\n");
    const auto plan = shared.world.plan();
    const auto said = about_secret(plan);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].severity, Severity::error);
    EXPECT_EQ(said[0].message, "kedge cannot read ${env:SHARED}: the variable is not set; 3 registrations use it, 3 "
                               "changes wait for it");
    EXPECT_THAT(text_of(plan), HasSubstr("depends: kedge cannot read ${env:SHARED}: the variable is not set"));
    EXPECT_THAT(text_of(plan), HasSubstr("way out: set the variable SHARED where kedge runs"));
    EXPECT_EQ(exit_code_of_plans({&plan}, false), 1);
    EXPECT_FALSE(find_change(plan, "all")->runs()) << "its source is not created";

    const auto report = shared.world.apply();
    for (int i = 0; i < users; ++i) {
        EXPECT_EQ(find_outcome(report, name_of(i))->result, Result::held);
        EXPECT_TRUE(shared.world.live(name_of(i)).is_null());
    }
    EXPECT_EQ(find_outcome(report, "other")->result, Result::done);
    const auto text = render_report(report, {});
    EXPECT_THAT(text, Not(HasSubstr("refused")));
    EXPECT_THAT(text, Not(HasSubstr("another text in git")));
    EXPECT_EQ(exit_code_of_reports({report}), 6);

    shared.set();
    shared.world.converge();
    EXPECT_EQ(shared.world.live(name_of(2))["auth_data"]["headers"]["Authorization"], "Bearer value-two");
    EXPECT_TRUE(shared.world.plan().changes.empty());
}

TEST(unreadable_secret, does_not_keep_what_left_git_from_being_deleted) {
    Shared shared(true);
    shared.world.add("leaves");
    shared.world.converge();
    shared.unset();
    shared.world.source.remove("leaves.yaml");
    shared.world.add(name_of(1), with_secret + "tags:\n  moved: \"yes\"\n");
    const auto report = shared.world.apply();
    EXPECT_EQ(find_outcome(report, "leaves")->result, Result::done);
    EXPECT_EQ(find_outcome(report, name_of(1))->result, Result::held);
    EXPECT_FALSE(shared.world.live(name_of(1)).contains("tags") &&
                 shared.world.live(name_of(1))["tags"].contains("moved"));
}

TEST(unreadable_secret, is_a_warning_in_a_plan_that_nobody_here_carries_out) {
    Shared shared(false, "");
    const auto plan = shared.world.plan();
    ASSERT_EQ(about_secret(plan).size(), 1U);
    EXPECT_EQ(about_secret(plan)[0].severity, Severity::warning);
    EXPECT_EQ(exit_code_of_plans({&plan}, false), 0);
}

TEST(unreadable_secret, that_vanishes_after_the_plan_is_a_failure_of_kedge_and_not_of_the_manifest) {
    Shared shared(true);
    auto seen = shared.world.look();
    shared.unset();
    const auto report = run_to_end(shared.world.loop, shared.world.unit->act(std::move(seen), {}, {}));
    for (const auto& outcome : report.outcomes) {
        EXPECT_EQ(outcome.result, Result::failed);
        EXPECT_EQ(outcome.text, "not sent: kedge could not read ${env:SHARED}: the variable is not set");
    }
    EXPECT_EQ(shared.world.writes(), 0U);
    EXPECT_THAT(render_report(report, {}), Not(HasSubstr("refused")));
}
