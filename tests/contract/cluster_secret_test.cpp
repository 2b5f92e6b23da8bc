// A secret that a manifest takes from the cluster that kedge runs in: read in each look, sent at the write, and held
// where the cluster refuses it.
#include "kube/kube_secrets.h"
#include "tests/contract/world.h"
#include "tests/kube/fake_kube.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

const std::string from_cluster = "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    "
                                 "Authorization: Bearer ${k8s:mcp/token}\n";

struct Clustered {
    Clustered() : world(options()), api(server, *kube_place(account.environment())) {
        server.put_secret("mcp", {{"token", "dmFsdWUtb25l"}});
        auto kube = std::make_shared<KubeSecrets>([this]() -> KubeApi& { return api; });
        world.secrets = SecretStore({"k8s:mcp/*"}, {}, Secret("a key of the tests"), kube);
        world.add("github", from_cluster);
    }
    static WorldOptions options() {
        WorldOptions options;
        options.secrets = {"k8s:mcp/*"};
        return options;
    }

    World world;
    kedge::testing::ServiceAccount account;
    kedge::testing::FakeKube server;
    KubeApi api;
};

} // namespace

TEST(cluster_secret, is_sent_and_rotated_like_any_other) {
    Clustered clustered;
    clustered.world.converge();
    EXPECT_TRUE(clustered.world.plan().changes.empty());
    clustered.server.put_secret("mcp", {{"token", "dmFsdWUtdHdv"}});
    const auto plan = clustered.world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    EXPECT_EQ(plan.changes[0].action, Action::rotate);
    EXPECT_EQ(plan.changes[0].cause.secrets, (std::vector<std::string>{"k8s:mcp/token"}));
    clustered.world.converge();
    EXPECT_TRUE(clustered.world.plan().changes.empty());
}

TEST(cluster_secret, that_is_refused_holds_its_write_until_it_is_allowed) {
    Clustered clustered;
    clustered.server.allowed = {"get secrets/other"};
    const auto plan = clustered.world.plan();
    ASSERT_EQ(plan.changes.size(), 1U);
    ASSERT_EQ(plan.changes[0].holds.size(), 1U);
    EXPECT_THAT(plan.changes[0].holds[0].text, ::testing::HasSubstr("kedge cannot read ${k8s:mcp/token}: kubernetes: "
                                                                    "read Secret \"team/mcp\": refused (403)"));
    clustered.server.allowed.clear();
    clustered.world.converge();
    EXPECT_TRUE(clustered.world.plan().changes.empty());
}
