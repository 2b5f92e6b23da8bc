// What every manifest loses is one line of the plan, not one for each of them.
#include "tests/contract/sandbox_meeting.h"
#include "tests/contract/target_world.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

std::ptrdiff_t times_said(const std::string& provider, const DialectOptions& options) {
    Meeting it;
    it.api = provider;
    it.by_hand = it.options = options;
    it.token = "sec_tests";
    it.credentials = {{"Authorization", "Bearer sec_tests"}};
    TargetWorld world(meet(it));
    for (const char* name : {"github", "jira", "slack"}) world.add(name);
    const auto plan = world.plan();
    return std::count_if(plan.findings.begin(), plan.findings.end(), [](const Finding& finding) {
        return finding.message.find("\"description\" is not sent") != std::string::npos;
    });
}

} // namespace

TEST(said_once, a_description_that_is_not_kept) {
    EXPECT_EQ(times_said("aeontel", {{"workspace", "wsp_tests"}}), 1);
    EXPECT_EQ(times_said("gravity_rail", {{"workspace", "00000000-0000-4000-8000-000000000001"}}), 1);
}
