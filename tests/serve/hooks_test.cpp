#include "serve/hook_payload.h"
#include "tests/serve/scratch_folder.h"
#include "tests/serve/world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

// Two halves, so that no tool takes them for something real.
const std::string secret = std::string("hook-") + "secret";

const std::string github_body = R"({"ref":"refs/heads/main","repository":{"clone_url":"https://git.example.com/a/b.git",
    "ssh_url":"git@git.example.com:a/b.git","html_url":"https://git.example.com/a/b"}})";
const std::string gitlab_body =
    R"({"ref":"refs/heads/main","project":{"git_http_url":"https://git.example.com/a/b.git"}})";

class HooksTest : public World {
protected:
    void serve() {
        settings.secrets = webhook_secrets(settings.webhooks, {{"HOOK", secret}, {"OTHER", "x"}});
        World::serve();
    }

    void hook(WebhookKind kind) { settings.webhooks.push_back({kind, "env", "HOOK", {}}); }

    static std::string hmac(const std::string& text) { return hmac_sha256(secret, text).hex(); }

    Answer deliver(const std::string& kind, HttpHeaders headers, const std::string& body) {
        headers.emplace_back("Content-Type", "application/json");
        return send("POST", "/hooks/" + kind, headers, body);
    }

    Answer github(const std::string& body, const std::string& id = "1", const std::string& event = "push") {
        return deliver(
            "github",
            {{"X-Hub-Signature-256", "sha256=" + hmac(body)}, {"X-GitHub-Event", event}, {"X-GitHub-Delivery", id}},
            body);
    }

    Answer generic(const std::string& body, UnixSeconds at) {
        const auto time = std::to_string(at);
        return deliver("generic",
                       {{"X-Kedge-Timestamp", time}, {"X-Kedge-Signature", "sha256=" + hmac(time + "." + body)}}, body);
    }

    static std::string result(const Answer& answer) {
        EXPECT_EQ(answer.status, 202) << answer.body;
        return answer.json()["result"];
    }

    ScratchFolder folder;
};

} // namespace

TEST_F(HooksTest, do_not_exist_without_a_secret) {
    hook(WebhookKind::gitlab);
    serve();
    EXPECT_EQ(github(github_body).status, 404);
    EXPECT_EQ(deliver("nothing", {}, "{}").status, 404);
    EXPECT_EQ(send("GET", "/hooks/gitlab", {}, "").header("Allow"), "POST");
    EXPECT_THAT(daemon.hints, IsEmpty());
}

TEST_F(HooksTest, of_github_are_proved_by_their_signature) {
    hook(WebhookKind::github);
    serve();
    EXPECT_EQ(result(github(github_body)), "accepted");
    ASSERT_EQ(daemon.hints.size(), 1u);
    EXPECT_THAT(daemon.hints[0].urls, ElementsAre("https://git.example.com/a/b.git", "git@git.example.com:a/b.git",
                                                  "https://git.example.com/a/b"));
    EXPECT_EQ(daemon.hints[0].ref, "refs/heads/main");
    EXPECT_EQ(counters.webhooks.of({"github", "accepted"}), 1);
}

TEST_F(HooksTest, with_a_wrong_signature_are_refused_before_anything_is_read) {
    hook(WebhookKind::github);
    serve();
    const auto right = hmac(github_body);
    for (const auto& wrong : std::vector<std::string>{std::string(), "sha256=", "sha256=00", right, "sha1=" + right,
                                                      "sha256=" + hmac(github_body + " "), "sha256=" + right.substr(1),
                                                      "sha256=" + right + "0", "sha256=" + std::string(64, 'z')}) {
        const auto answer =
            deliver("github", {{"X-Hub-Signature-256", wrong}, {"X-GitHub-Event", "push"}}, github_body);
        EXPECT_EQ(answer.status, 401) << wrong;
    }
    EXPECT_EQ(deliver("github", {{"X-GitHub-Event", "push"}}, "no json").status, 401) << "it was not parsed";
    EXPECT_THAT(daemon.hints, IsEmpty());
    EXPECT_EQ(counters.webhooks.of({"github", "refused"}), 10);
}

TEST_F(HooksTest, of_gitea_and_forgejo_are_proved_by_theirs) {
    hook(WebhookKind::gitea);
    serve();
    EXPECT_EQ(
        result(deliver("gitea", {{"X-Gitea-Signature", hmac(github_body)}, {"X-Gitea-Event", "push"}}, github_body)),
        "accepted");
    const auto other = github_body + " ";
    EXPECT_EQ(result(deliver("gitea", {{"X-Forgejo-Signature", hmac(other)}, {"X-Forgejo-Event", "push"}}, other)),
              "accepted");
    EXPECT_EQ(
        deliver(
            "gitea",
            {{"X-Forgejo-Signature", hmac(other)}, {"X-Gitea-Signature", hmac(github_body)}, {"X-Gitea-Event", "push"}},
            github_body)
            .status,
        401)
        << "both must be of this body";
}

TEST_F(HooksTest, of_gitlab_are_proved_by_the_shared_token) {
    hook(WebhookKind::gitlab);
    serve();
    const HttpHeaders right{{"X-Gitlab-Token", secret}, {"X-Gitlab-Event", "Push Hook"}, {"Idempotency-Key", "k1"}};
    EXPECT_EQ(result(deliver("gitlab", right, gitlab_body)), "accepted");
    EXPECT_EQ(result(deliver("gitlab", right, gitlab_body)), "duplicate");
    EXPECT_EQ(
        deliver("gitlab", {{"X-Gitlab-Token", secret + "x"}, {"X-Gitlab-Event", "Push Hook"}}, gitlab_body).status,
        401);
    EXPECT_EQ(deliver("gitlab", {{"X-Gitlab-Event", "Push Hook"}}, gitlab_body).status, 401);
}

TEST_F(HooksTest, that_come_again_are_not_heard_twice) {
    hook(WebhookKind::github);
    serve();
    EXPECT_EQ(result(github(github_body, "d1")), "accepted");
    EXPECT_EQ(result(github(github_body, "d1")), "duplicate");
    EXPECT_EQ(result(github(github_body, "d2")), "duplicate") << "the id is not signed: the body counts";
    EXPECT_EQ(result(github(github_body + " ", "d1")), "duplicate");
    EXPECT_EQ(daemon.hints.size(), 1u);
    clock.advance(std::chrono::minutes(11));
    EXPECT_EQ(result(github(github_body, "d1")), "accepted");
}

TEST_F(HooksTest, of_the_generic_kind_sign_their_time) {
    hook(WebhookKind::generic);
    serve();
    const std::string body = R"({"url":"https://git.example.com/a/b","ref":"refs/heads/main"})";
    EXPECT_EQ(result(generic(body, clock.now())), "accepted");
    EXPECT_EQ(result(generic(body, clock.now())), "duplicate");
    EXPECT_EQ(result(generic(body, clock.now() - 1)), "accepted");
    EXPECT_EQ(generic(body, clock.now() - 301).status, 401) << "a copy of long ago";
    EXPECT_EQ(generic(body, clock.now() + 301).status, 401);
    const auto now = std::to_string(clock.now());
    const auto signature = "sha256=" + hmac(now + "." + body);
    EXPECT_EQ(deliver("generic", {{"X-Kedge-Signature", signature}}, body).status, 401) << "no time";
    EXPECT_EQ(deliver("generic",
                      {{"X-Kedge-Timestamp", std::to_string(clock.now() + 1)}, {"X-Kedge-Signature", signature}}, body)
                  .status,
              401)
        << "another time than the one that was signed";
    EXPECT_EQ(
        deliver("generic", {{"X-Kedge-Timestamp", now}, {"X-Kedge-Signature", "sha256=" + hmac(body)}}, body).status,
        401)
        << "the time is not signed";
}

TEST_F(HooksTest, that_say_nothing_of_use_are_taken_and_ignored) {
    hook(WebhookKind::github);
    serve();
    EXPECT_EQ(result(github("{\"zen\":\"x\"}", "1", "ping")), "ignored");
    daemon.wakes = 0;
    EXPECT_EQ(result(github(github_body, "2")), "ignored") << "no unit follows it";
}

TEST_F(HooksTest, that_cannot_be_read_are_said_to_be_so) {
    hook(WebhookKind::github);
    serve();
    EXPECT_EQ(github("{", "1").status, 400);
    EXPECT_EQ(github("[]", "2").status, 400);
    EXPECT_EQ(github("{}", "3").status, 400);
    EXPECT_EQ(github(R"({"ref":7,"repository":{"clone_url":"https://a/b"}})", "4").status, 400);
    const auto form = send("POST", "/hooks/github",
                           {{"X-Hub-Signature-256", "sha256=" + hmac("payload=x")},
                            {"X-GitHub-Event", "push"},
                            {"Content-Type", "application/x-www-form-urlencoded"}},
                           "payload=x");
    EXPECT_EQ(form.status, 415);
    EXPECT_EQ(
        send("POST", "/hooks/github", {{"Content-Type", "application/json"}}, std::string(1024 * 1024 + 1, ' ')).status,
        413);
    EXPECT_THAT(daemon.hints, IsEmpty());
}

TEST_F(HooksTest, are_limited_by_the_address_they_come_from) {
    settings.limits.webhooks_per_minute = 60;
    hook(WebhookKind::github);
    serve();
    int limited = 0;
    Answer last;
    for (int i = 0; i < 12; ++i) {
        last = deliver("github", {{"X-Hub-Signature-256", "sha256=00"}}, "{}");
        limited += last.status == 429 ? 1 : 0;
    }
    EXPECT_EQ(limited, 6) << "six may come at once";
    EXPECT_EQ(last.header("Retry-After"), "2");
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(result(github(github_body)), "accepted");
    EXPECT_EQ(counters.webhooks.of({"github", "limited"}), 6);
}

TEST_F(HooksTest, read_their_secret_anew_each_time) {
    const auto file = folder.write("secret", "first\n");
    settings.webhooks.push_back({WebhookKind::gitlab, "file", file, {}});
    serve();
    const auto ask = [&](const std::string& token) {
        return deliver("gitlab", {{"X-Gitlab-Token", token}, {"X-Gitlab-Event", "Push Hook"}}, gitlab_body).status;
    };
    EXPECT_EQ(ask("first"), 202);
    folder.write("secret", "second\n");
    EXPECT_EQ(ask("first"), 401);
    EXPECT_EQ(ask("second"), 202);
    std::filesystem::remove(file);
    EXPECT_EQ(ask("second"), 503);
}

TEST_F(HooksTest, of_several_secrets_any_may_fit_and_each_wakes_its_own_sources) {
    settings.webhooks.push_back({WebhookKind::github, "file", folder.write("other", "other-secret"), {}});
    settings.webhooks.push_back(
        {WebhookKind::github, "env", "HOOK", {"https://git.example.com/x/y", "ssh://git@git.example.com:22/a/b.git"}});
    serve();
    EXPECT_EQ(result(github(github_body, "1")), "accepted");
    const std::string elsewhere = R"({"repository":{"clone_url":"https://git.example.com/other/repo.git"}})";
    EXPECT_EQ(result(github(elsewhere, "2")), "ignored");
    EXPECT_EQ(daemon.hints.size(), 1u);
}
