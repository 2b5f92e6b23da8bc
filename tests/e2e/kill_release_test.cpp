// The real process ends with SIGKILL at every request boundary of a plan that signs people out, which a release in git
// allows once, and that gives a registration its new secret: nobody is signed out twice, and the release is spent
// exactly where that was done.
#include "tests/e2e/killed_at.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

class ReleasedScene {
public:
    ReleasedScene() {
        auto knobs = stage.plane.knobs();
        knobs.auth_list_shows_oauth = true;
        stage.plane.set_knobs(knobs);
        put("signed", oauth("idp"));
        put("rotating",
            "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    Authorization: Bearer ${file:" +
                stage.path("secret") + "}\n");
        put("stays", "");
        stage.write("secret", "value-one\n");
        stage.commit("Before");
        stage.write_settings("secrets: [\"file:" + stage.path("secret") + "\"]");
        EXPECT_EQ(stage.kedge(apply).exit_code, 0);
        sign_in();
        before = *server("signed");

        put("signed", oauth("login"));
        stage.commit("New identity provider");
        const auto plan = planned();
        EXPECT_EQ(plan["changes"].size(), 1U) << plan["changes"].dump(2);
        digest = plan["changes"][0]["digest"].get<std::string>();
        stage.write("repository/mcp/.kedge/releases",
                    "- digest: " + digest + "\n  name: signed\n  because: announced\n  at_most: 1\n");
        stage.commit("Release it");
        stage.write("secret", "value-two\n");
        writes_before = stage.writes();
    }

    void expect_recovery(const std::string& when) {
        const auto again = stage.kedge(apply);
        EXPECT_EQ(again.exit_code, 0) << when << ", signal " << again.signal << "\n" << again.output << again.errors;
        EXPECT_EQ(forced(), 1U) << when;
        EXPECT_EQ(stage.plane.registry().in_order().size(), 3U) << when;
        EXPECT_EQ(stage.console.manifest("signed")["auth_data"]["token_url"], "https://login.example.com/token")
            << when;
        EXPECT_EQ(stage.console.manifest("rotating")["auth_data"]["headers"]["Authorization"], "Bearer value-two")
            << when;
        EXPECT_LE(stage.writes() - writes_before, 2U + 1U) << when << ": at worst the one in flight was sent twice";
        const auto plan = planned();
        EXPECT_EQ(plan["counts"]["equal"], 3) << when;
        EXPECT_TRUE(plan["changes"].empty()) << when << "\n" << plan["changes"].dump(2);
        EXPECT_EQ(plan["counts"]["adopted"], 0) << when << ": the ledger does not know all that is ours";
        expect_spent(when);
    }

    // Things as they were before: the very change that was released comes up again, and the release is used up.
    void expect_spent(const std::string& when) {
        auto* now = server("signed");
        now->manifest = before.manifest;
        now->auth = before.auth;
        stage.plane.refresh(*now);
        const auto plan = planned();
        ASSERT_EQ(plan["changes"].size(), 1U) << when << "\n" << plan["changes"].dump(2);
        const auto& change = plan["changes"][0];
        EXPECT_EQ(change["digest"], digest) << when;
        ASSERT_FALSE(change["holds"].empty()) << when << ": the release was good for a second write";
        EXPECT_EQ(change["holds"][0]["reason"], "sign-out") << when;
        EXPECT_EQ(stage.kedge(apply).exit_code, 3) << when;
        EXPECT_EQ(forced(), 1U) << when;
    }

    Stage stage;
    const std::vector<std::string> apply{"apply", "--yes"};

private:
    static std::string oauth(const std::string& host) {
        return "auth_data:\n  type: oauth2\n  grant_type: authorization_code\n  authorization_url: "
               "https://idp.example.com/authorize\n  token_url: https://" +
               host + ".example.com/token\n  jwt_source: access_token\n";
    }
    void put(const std::string& name, const std::string& more) {
        stage.write("repository/mcp/" + name + ".yaml", Stage::remote(name, more));
    }
    void sign_in() {
        sandbox::AuthRecord record;
        record.subject_id = "ann";
        record.subject_type = "user";
        record.source = "oauth";
        EXPECT_FALSE(stage.console.connect("signed", record));
    }
    sandbox::Server* server(const std::string& name) { return stage.plane.registry().by_name(name); }
    std::uint64_t forced() { return stage.plane.audit().counters().forced; }
    Json planned() { return Json::parse(stage.kedge({"plan", "--output", "json"}).output); }

    sandbox::Server before;
    std::string digest;
    std::uint64_t writes_before = 0;
};

void kill_at_requests(int first, int step) {
    for (int moment = first;; moment += step) {
        ReleasedScene scene;
        const bool killed = killed_at_request(scene.stage, scene.apply, moment);
        scene.expect_recovery("killed at request event " + std::to_string(moment));
        if (!killed) {
            EXPECT_GT(moment, 2 * 5) << "there were fewer requests than a list, dry runs and writes";
            return;
        }
        if (testing::Test::HasFailure()) return;
    }
}

} // namespace

TEST(kill_release, at_request_boundaries_first_share) {
    kill_at_requests(1, 2);
}
TEST(kill_release, at_request_boundaries_second_share) {
    kill_at_requests(2, 2);
}
