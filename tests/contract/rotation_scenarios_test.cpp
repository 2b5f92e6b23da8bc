// One secret that many manifests use gets a new value: one story, and the first registration goes alone.
#include "tests/contract/plain_plane.h"
#include "tests/contract/target_world.h"
#include "tests/contract/world.h"
#include "view/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr int users = 6;

std::string name_of(int i) {
    return "server-" + std::to_string(i);
}

// Six registrations of one secret, whose value has just changed.
struct Rotated {
    static WorldOptions options() {
        WorldOptions options;
        options.environment = {{"SHARED", "value-one"}};
        options.secrets = {"env:SHARED"};
        return options;
    }
    Rotated() : world(options()) {
        for (int i = 0; i < users; ++i)
            world.add(name_of(i), "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
                                  "Authorization: Bearer ${env:SHARED}\n");
        world.converge();
        world.secrets = SecretStore({"env:SHARED"}, {{"SHARED", "value-two"}}, Secret("a key of the tests"));
    }
    std::string sent_to(int i) { return world.live(name_of(i))["auth_data"]["headers"]["Authorization"]; }

    World world;
};

} // namespace

TEST(rotation, of_a_shared_secret_is_shown_as_one_story) {
    Rotated rotated;
    const auto plan = rotated.world.plan();
    ASSERT_EQ(plan.changes.size(), std::size_t{users});
    for (const auto& change : plan.changes) {
        EXPECT_EQ(change.action, Action::rotate);
        EXPECT_EQ(change.cause.kind, CauseKind::secret_rotated);
        EXPECT_EQ(change.cause.sharing, users);
    }
    TextStyle wide;
    wide.width = 200;
    const auto text = render_plan(plan, wide);
    EXPECT_THAT(text, HasSubstr("* 6 registrations would be given the new value of ${env:SHARED}"));
    EXPECT_THAT(text, HasSubstr("the first alone, the others after it went through"));
    EXPECT_THAT(text, Not(HasSubstr("server-3 would be"))) << "none is told one by one";
    EXPECT_THAT(text, Not(HasSubstr("value-")));
}

TEST(rotation, the_first_registration_goes_alone) {
    Rotated rotated;
    int writes = 0;
    rotated.world.direct.gate = [&](const HttpRequest& request) {
        const bool write = request.method == "PUT" && request.body.find("\"dryRun\":false") != std::string::npos;
        if (!write) return;
        if (++writes == 1) return;
        EXPECT_EQ(rotated.sent_to(0), "Bearer value-two") << "the first had gone through by then";
    };
    rotated.world.apply();
    EXPECT_EQ(writes, users);
    for (int i = 0; i < users; ++i) EXPECT_EQ(rotated.sent_to(i), "Bearer value-two");
}

TEST(rotation, where_the_first_fails_the_others_keep_the_old_value) {
    Rotated rotated;
    rotated.world.direct.tamper = [](const HttpRequest& request, HttpOutcome& outcome) {
        const bool write = request.method == "PUT" && request.body.find("\"dryRun\":false") != std::string::npos;
        if (!write || request.body.find("\"server-0\"") == std::string::npos) return;
        outcome.response.status = 422;
        outcome.response.body = R"({"statusCode":422,"message":"the upstream does not take this token"})";
    };
    const auto report = rotated.world.apply();
    EXPECT_EQ(find_outcome(report, name_of(0))->result, Result::refused);
    for (int i = 1; i < users; ++i) {
        const auto* outcome = find_outcome(report, name_of(i));
        EXPECT_EQ(outcome->result, Result::not_started);
        EXPECT_THAT(outcome->text, HasSubstr("waits for \"server-0\", the first that gets the new secret"));
        EXPECT_EQ(rotated.sent_to(i), "Bearer value-one");
    }
}

TEST(rotation, where_the_first_waits_for_a_person_the_next_one_goes_first) {
    Rotated rotated;
    rotated.world.direct.tamper = [](const HttpRequest& request, HttpOutcome& outcome) {
        const bool write = request.method == "PUT" && request.body.find("\"dryRun\":false") != std::string::npos;
        if (!write || request.body.find("\"server-0\"") == std::string::npos) return;
        outcome.response.status = 417;
        outcome.response.body =
            R"({"statusCode":417,"message":"Updating MCP server server-0 will delete 1 existing auth )"
            R"(records. Set forceDelete to true to continue."})";
    };
    int writes = 0;
    rotated.world.direct.gate = [&](const HttpRequest& request) {
        const bool write = request.method == "PUT" && request.body.find("\"dryRun\":false") != std::string::npos;
        if (!write || ++writes < 3) return;
        EXPECT_EQ(rotated.sent_to(1), "Bearer value-two") << "the second had gone through by then";
    };
    const auto report = rotated.world.apply();
    EXPECT_EQ(find_outcome(report, name_of(0))->result, Result::held);
    for (int i = 1; i < users; ++i) EXPECT_EQ(find_outcome(report, name_of(i))->result, Result::done);
    EXPECT_EQ(writes, users);
}

namespace {

// Its variables cannot be changed in place, and one of them is a secret whose value has just changed.
struct FixedVariables {
    FixedVariables() : world(plane()) {
        world.settings.secrets = {"env:TOKEN"};
        world.restart();
        world.secrets = store("value-one");
        declare("Tools");
        world.converge();
        id = world.known().owned.at("github").remote_id;
    }
    static std::unique_ptr<Plane> plane() {
        PlainKnobs knobs;
        knobs.replace_fields = {"type", "auth_data.env"};
        return make_plain_plane(knobs);
    }
    static SecretStore store(const std::string& value) {
        return SecretStore({"env:TOKEN"}, {{"TOKEN", value}}, Secret("a key of the tests"));
    }
    void declare(const std::string& description, const std::string& more = {}) {
        world.source.set("github.yaml",
                         "type: mcp-server/stdio\nname: github\ndescription: " + description +
                             "\ncommand: npx\nargs: [server]\ncollaborators:\n  - subject: team:everyone\n    "
                             "role_id: mcp-server-user\nauth_data:\n  type: env\n  auth_level: global\n  env:\n    "
                             "TOKEN: ${env:TOKEN}\n" +
                             more);
    }

    TargetWorld world;
    std::string id;
};

} // namespace

TEST(rotation, of_what_cannot_be_changed_in_place_is_a_replacement_alone_or_beside_other_changes) {
    for (const char* description : {"Tools", "Other tools"}) {
        FixedVariables fixed;
        auto& world = fixed.world;
        world.secrets = FixedVariables::store("value-two");
        fixed.declare(description);
        const auto held = world.converge();
        ASSERT_NE(find_outcome(held, "github"), nullptr) << description;
        const auto& change = find_outcome(held, "github")->change;
        EXPECT_EQ(change.action, Action::replace);
        EXPECT_THAT(change.holds.at(0).text, HasSubstr("auth_data.env.TOKEN cannot be changed in place"));
        EXPECT_EQ(world.known().owned.at("github").remote_id, fixed.id);
        EXPECT_EQ(world.release_all({HoldReason::replace}), 1);
        world.converge();
        EXPECT_NE(world.known().owned.at("github").remote_id, fixed.id);
        EXPECT_TRUE(world.plan().changes.empty()) << "and the new value counts as sent";
    }
}

TEST(rotation, that_did_not_happen_leaves_other_changes_in_place) {
    FixedVariables fixed;
    fixed.declare("Other tools");
    fixed.world.converge();
    EXPECT_EQ(fixed.world.known().owned.at("github").remote_id, fixed.id);
    EXPECT_TRUE(fixed.world.plan().changes.empty());
}
