#include "kube/kube_api.h"

#include "base/failure.h"
#include "io/run.h"
#include "tests/kube/fake_kube.h"

#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::testing;

namespace {

struct KubeWorld {
    KubeWorld() : api(server, *kube_place(account.environment())) {
        server.put_secret("mcp", {{"token", "czNjcjN0"}, {"other", "eA=="}});
    }

    template<class Ask>
    std::string failure(Ask ask) {
        try {
            run_to_end(loop, ask());
        } catch (const Failure& failure) {
            return (failure.next() == NextAction::retry ? "retry: " : "no: ") + std::string(failure.what());
        }
        return "done";
    }
    std::string secret_failure(const std::string& name = "mcp") {
        return failure([&] { return api.secret(name); });
    }
    std::optional<KubeLease> lease() { return run_to_end(loop, api.lease("team", "kedge")); }
    std::optional<KubeLease> create(KubeLease lease) { return run_to_end(loop, api.create(std::move(lease))); }
    std::optional<KubeLease> update(KubeLease lease) { return run_to_end(loop, api.update(std::move(lease))); }
    std::string without_folder(std::string text) const {
        for (auto at = text.find(account.folder()); at != std::string::npos; at = text.find(account.folder()))
            text.replace(at, account.folder().size(), "ACCOUNT");
        return text;
    }

    EventLoop loop;
    ServiceAccount account;
    FakeKube server;
    KubeApi api;
};

KubeLease fresh_lease(const std::string& holder) {
    KubeLease lease;
    lease.space = "team";
    lease.name = "kedge";
    lease.holder = holder;
    lease.duration_seconds = 15;
    lease.acquired = lease.renewed = kube_time(1'800'000'000, 250);
    return lease;
}

} // namespace

TEST(kube_api, reads_a_secret_of_its_own_namespace_with_the_token_of_its_account) {
    KubeWorld world;
    const auto secret = run_to_end(world.loop, world.api.secret("mcp"));
    EXPECT_EQ(secret.data.at("token").reveal(), "s3cr3t");
    EXPECT_EQ(secret.data.at("other").reveal(), "x");
    ASSERT_EQ(world.server.sent.size(), 1U);
    EXPECT_EQ(world.server.sent[0].target, "/api/v1/namespaces/team/secrets/mcp");
    EXPECT_TRUE(world.server.sent[0].only_looks);
}

TEST(kube_api, reads_the_token_anew_for_each_request) {
    KubeWorld world;
    EXPECT_EQ(world.secret_failure(), "done");
    world.server.tokens = {"token-2"};
    world.account.write("token", "token-2");
    EXPECT_EQ(world.secret_failure(), "done");
    EXPECT_EQ(world.server.sent.size(), 2U);
}

TEST(kube_api, tries_once_more_where_the_token_was_renewed_while_it_asked) {
    KubeWorld world;
    world.server.before = [&](const HttpRequest&) {
        world.server.tokens = {"token-2"};
        world.account.write("token", "token-2");
    };
    EXPECT_EQ(world.secret_failure(), "done");
    EXPECT_EQ(world.server.sent.size(), 2U);
}

TEST(kube_api, says_that_a_token_has_expired_and_never_shows_it) {
    KubeWorld world;
    world.server.tokens = {};
    EXPECT_EQ(world.without_folder(world.secret_failure()),
              "retry: kubernetes: read Secret \"team/mcp\": the token in ACCOUNT/token is not known (401): "
              "\"Unauthorized\"; it may have expired: the kubelet renews it only in a mounted volume");
    EXPECT_EQ(world.server.sent.size(), 1U);
    world.account.remove("token");
    EXPECT_EQ(world.without_folder(world.secret_failure()),
              "retry: kubernetes: read Secret \"team/mcp\": the token in ACCOUNT/token cannot be read: No such file or "
              "directory");
}

TEST(kube_api, names_the_right_that_is_missing) {
    KubeWorld world;
    world.server.allowed = {"get secrets/other"};
    EXPECT_EQ(world.secret_failure(),
              "no: kubernetes: read Secret \"team/mcp\": refused (403): \"secrets is forbidden: User "
              "\"system:serviceaccount:team:kedge\" cannot get resource \"secrets\" in API group \"\" in the "
              "namespace \"team\"\"; allow it with a Role in team: resources [secrets], resourceNames [mcp], verbs "
              "[get]");
    EXPECT_NE(world.failure([&] { return world.api.create(fresh_lease("a")); })
                  .find("allow it with a Role in team: resources [leases], verbs [create]"),
              std::string::npos);
}

TEST(kube_api, tells_what_is_not_there_from_what_does_not_answer) {
    KubeWorld world;
    EXPECT_EQ(world.secret_failure("gone"),
              "no: kubernetes: read Secret \"team/gone\": there is none (404): \"secrets/gone not found\"; make it, or "
              "correct the reference");
    world.server.delivery = Delivery::not_sent;
    EXPECT_EQ(world.secret_failure(),
              "retry: kubernetes: read Secret \"team/mcp\": no answer from https://10.96.0.1:443: connection refused");
}

TEST(kube_api, makes_a_lease_once) {
    KubeWorld world;
    EXPECT_FALSE(world.lease());
    const auto made = world.create(fresh_lease("a"));
    ASSERT_TRUE(made);
    EXPECT_EQ(made->holder, "a");
    EXPECT_EQ(made->renewed, "2027-01-15T08:00:00.000250Z");
    EXPECT_EQ(made->duration_seconds, 15);
    EXPECT_FALSE(made->version.empty());
    EXPECT_FALSE(world.create(fresh_lease("b"))) << "somebody has it";
    EXPECT_EQ(world.lease(), made);
}

TEST(kube_api, updates_a_lease_only_as_it_was_read) {
    KubeWorld world;
    const auto first = *world.create(fresh_lease("a"));
    auto mine = first;
    mine.renewed = kube_time(1'800'000'005, 0);
    const auto second = world.update(mine);
    ASSERT_TRUE(second);
    EXPECT_NE(second->version, first.version);
    auto theirs = first;
    theirs.holder = "b";
    EXPECT_FALSE(world.update(theirs)) << "it moved since";
    EXPECT_EQ(world.lease()->holder, "a");
    world.server.objects.clear();
    EXPECT_FALSE(world.update(*second)) << "it is gone";
}

TEST(kube_api, keeps_what_others_wrote_into_a_lease) {
    KubeWorld world;
    auto lease = fresh_lease("a");
    lease.document = {{"metadata", {{"labels", {{"team", "mcp"}}}}},
                      {"spec", {{"strategy", "OldestEmulationVersion"}}}};
    auto made = *world.create(lease);
    made.holder.clear();
    const auto released = *world.update(made);
    EXPECT_EQ(released.holder, "");
    EXPECT_EQ(released.document["metadata"]["labels"]["team"], "mcp");
    EXPECT_EQ(released.document["spec"]["strategy"], "OldestEmulationVersion");
    EXPECT_FALSE(released.document["spec"].contains("holderIdentity"));
}

TEST(kube_api, leaves_open_whether_an_unanswered_update_was_written) {
    KubeWorld world;
    auto lease = *world.create(fresh_lease("a"));
    lease.holder = "b";
    world.server.delivery = Delivery::unknown;
    world.server.lose_answer = true;
    EXPECT_TRUE(world.failure([&] { return world.api.update(lease); }).starts_with("retry: "));
    world.server.delivery = Delivery::answered;
    EXPECT_EQ(world.lease()->holder, "b");
}

TEST(kube_api, says_where_a_lease_has_no_namespace) {
    KubeWorld world;
    auto lease = fresh_lease("a");
    lease.space = "nowhere";
    EXPECT_EQ(world.failure([&] { return world.api.create(lease); }),
              "no: kubernetes: make Lease \"nowhere/kedge\": refused (404): \"namespaces \"nowhere\" not found\"");
}
