#include "kube/kube_secrets.h"

#include "base/failure.h"
#include "io/run.h"
#include "kube/own_cluster.h"
#include "tests/kube/fake_kube.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::testing;
using ::testing::HasSubstr;

namespace {

struct SecretsWorld {
    SecretsWorld() : api(server, *kube_place(account.environment())), secrets({"k8s:mcp*/*"}, {}, Secret("key"), kube) {
        server.put_secret("mcp", {{"token", "czNjcjN0Cg=="}, {"empty", ""}});
        server.put_secret("mcp-two", {{"token", "dHdv"}});
        server.put_secret("private", {{"token", "dHdv"}});
    }

    void read(std::vector<std::string> references) {
        run_to_end(loop, secrets.read_ahead(std::move(references)));
        asked.clear();
        for (const auto& request : server.sent) asked.push_back(request.target);
        server.sent.clear();
    }

    EventLoop loop;
    ServiceAccount account;
    FakeKube server;
    KubeApi api;
    std::shared_ptr<KubeSecrets> kube = std::make_shared<KubeSecrets>([this]() -> KubeApi& { return api; });
    SecretStore secrets;
    std::vector<std::string> asked;
};

} // namespace

TEST(kube_secrets, are_read_once_for_all_their_keys) {
    SecretsWorld world;
    world.read({"env:X", "k8s:mcp/empty", "k8s:mcp/token", "k8s:mcp-two/token"});
    EXPECT_EQ(world.asked, (std::vector<std::string>{"/api/v1/namespaces/team/secrets/mcp",
                                                     "/api/v1/namespaces/team/secrets/mcp-two"}));
    EXPECT_EQ(world.secrets.value("k8s", "mcp/token").reveal(), "s3cr3t") << "without the newline at its end";
    EXPECT_EQ(world.secrets.value("k8s", "mcp-two/token").reveal(), "two");
    EXPECT_EQ(world.secrets.problem("k8s", "mcp/empty"), "the key is empty");
}

TEST(kube_secrets, that_the_list_does_not_name_are_never_asked_for) {
    SecretsWorld world;
    world.read({"k8s:private/token"});
    EXPECT_TRUE(world.asked.empty());
    EXPECT_EQ(world.secrets.problem("k8s", "private/token"),
              "not allowed; add \"k8s:private/token\" to the unit's list of secrets");
    EXPECT_FALSE(world.secrets.allows("k8s", "mcp/a/b"));
    EXPECT_FALSE(world.secrets.allows("k8s", "mcp"));
}

TEST(kube_secrets, have_a_new_fingerprint_once_their_value_moved) {
    SecretsWorld world;
    world.read({"k8s:mcp/token"});
    const auto before = world.secrets.fingerprint("k8s", "mcp/token");
    ASSERT_TRUE(before);
    world.read({"k8s:mcp/token"});
    EXPECT_EQ(world.secrets.fingerprint("k8s", "mcp/token"), before);
    world.server.put_secret("mcp", {{"token", "bmV3"}});
    EXPECT_EQ(world.secrets.fingerprint("k8s", "mcp/token"), before) << "it is the one of the look";
    world.read({"k8s:mcp/token"});
    EXPECT_NE(world.secrets.fingerprint("k8s", "mcp/token"), before);
}

TEST(kube_secrets, say_why_they_cannot_be_had) {
    SecretsWorld world;
    EXPECT_EQ(world.secrets.problem("k8s", "mcp/token"), "it was not read yet");
    world.read({"k8s:mcp/none", "k8s:mcp-gone/token"});
    EXPECT_EQ(world.secrets.problem("k8s", "mcp/none"), "Secret \"mcp\" has no key \"none\"; it has empty, token");
    EXPECT_THAT(world.secrets.problem("k8s", "mcp-gone/token"),
                HasSubstr("kubernetes: read Secret \"team/mcp-gone\": there is none (404)"));
    world.server.allowed = {"get secrets/mcp-two"};
    world.read({"k8s:mcp/token", "k8s:mcp-two/token"});
    EXPECT_THAT(world.secrets.problem("k8s", "mcp/token"), HasSubstr("resourceNames [mcp], verbs [get]"));
    EXPECT_EQ(world.secrets.problem("k8s", "mcp-two/token"), "") << "one refusal is not another's";
}

TEST(kube_secrets, come_back_without_a_restart) {
    SecretsWorld world;
    world.server.tokens = {"token-2"};
    world.read({"k8s:mcp/token"});
    EXPECT_THAT(world.secrets.problem("k8s", "mcp/token"), HasSubstr("it may have expired"));
    EXPECT_FALSE(world.secrets.fingerprint("k8s", "mcp/token")) << "unknown, never a change";
    world.account.write("token", "token-2");
    world.read({"k8s:mcp/token"});
    EXPECT_EQ(world.secrets.value("k8s", "mcp/token").reveal(), "s3cr3t");
}

TEST(kube_secrets, with_names_that_cannot_be_are_no_requests) {
    SecretsWorld world;
    world.read({"k8s:mcp-A/token", "k8s:mcp/..data"});
    EXPECT_TRUE(world.asked.empty());
    EXPECT_THAT(world.secrets.problem("k8s", "mcp-A/token"), HasSubstr("no Secret and key have such names"));
}

TEST(kube_secrets, outside_a_cluster_are_a_problem_of_those_who_name_them) {
    EventLoop loop;
    ManualClock clock;
    const std::map<std::string, std::string> nowhere;
    OwnCluster cluster(nowhere, clock, nullptr);
    auto kube = std::make_shared<KubeSecrets>([&]() -> KubeApi& { return cluster.api(); });
    const SecretStore secrets({"k8s:mcp/token"}, {}, Secret("key"), kube);
    run_to_end(loop, secrets.read_ahead({"k8s:mcp/token"}));
    EXPECT_EQ(secrets.problem("k8s", "mcp/token"),
              "kubernetes: find the API server: kedge runs in no cluster (KUBERNETES_SERVICE_HOST is not set)");
}
