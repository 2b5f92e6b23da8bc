// Control planes that answer a write with success and leave a part of it: never taken for done, and named.
#include "tests/contract/sandbox_meeting.h"
#include "tests/contract/target_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

Meeting zudu(const std::string& fixed) {
    Meeting it;
    it.api = "zudu";
    it.by_hand = it.options = {{"deletes", "yes"}};
    it.knobs = {{"fixed_fields", fixed}};
    it.token = "sk_tests:s3cr3t_tests";
    it.credentials = {{"X-API-KEY", "sk_tests"}, {"X-API-SECRET", "s3cr3t_tests"}};
    return it;
}

// Declared, live, and declared otherwise: the change is tried, fails by the name of the field, and stays in the plan.
void expect_named(const Meeting& meeting, const Json& before, const Json& after, const std::string& field) {
    TargetWorld world(meet(meeting));
    world.declare("github", before);
    world.converge();
    ASSERT_TRUE(world.plan().changes.empty());
    world.declare("github", after);
    const auto report = world.converge();
    const auto* outcome = find_outcome(report, "github");
    ASSERT_NE(outcome, nullptr);
    EXPECT_EQ(outcome->result, Result::failed);
    EXPECT_THAT(outcome->text, HasSubstr(field));
    EXPECT_EQ(world.plan().changes.size(), 1U) << "in sync though it is not";
}

Json headers(const char* value) {
    return {{"additional_headers", {{"X-Team", value}}}};
}
Json transport(const char* value) {
    return {{"x-kedge", {{"zudu", {{"transport", value}}}}}};
}

} // namespace

TEST(unwilling, a_transport_that_zudu_leaves_is_not_done) {
    expect_named(zudu("transport,request_headers"), transport("SSE"), transport("STREAMABLE_HTTP"),
                 "\"x-kedge.zudu.transport\" does not read back as sent");
}

TEST(unwilling, headers_that_zudu_leaves_are_not_done) {
    expect_named(zudu("transport,request_headers"), headers("one"), headers("two"),
                 "\"additional_headers.X-Team\" does not read back as sent");
}
