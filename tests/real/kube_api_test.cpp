// A real API server, as script/test-real.d/kubernetes.sh starts it: Leases and Secrets by kedge's own client, with a
// service account that may do what the examples of deploy/kubernetes give it.
#include "base/failure.h"
#include "io/run.h"
#include "kube/kube_secrets.h"
#include "kube/own_cluster.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

std::string kube_setting(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0')
        throw std::runtime_error(std::string(name) + " is not set; run script/test-real");
    return value;
}

// KEDGE_SERVICE_ACCOUNT is a folder of the script's; each test has a copy of the names it uses.
struct RealKube {
    std::map<std::string, std::string> environment{{"KUBERNETES_SERVICE_HOST", "127.0.0.1"},
                                                   {"KUBERNETES_SERVICE_PORT", kube_setting("KUBERNETES_SERVICE_PORT")},
                                                   {"KEDGE_SERVICE_ACCOUNT", kube_setting("KEDGE_SERVICE_ACCOUNT")}};
    EventLoop loop;
    ManualClock clock; // waits are over at once
    OwnCluster cluster{environment, clock, nullptr};
    std::string space = cluster.api().place().own;

    template<class T>
    T run(Task<T> task) {
        return run_to_end(loop, std::move(task));
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
    KubeLease fresh(const std::string& holder) const {
        KubeLease lease;
        lease.space = space;
        lease.name = "kedge";
        lease.holder = holder;
        lease.duration_seconds = 15;
        lease.acquired = lease.renewed = kube_time(1'800'000'000, 250);
        return lease;
    }
};

} // namespace

TEST(real_kube, gives_the_lease_to_one_of_two) {
    RealKube kube;
    auto& api = kube.cluster.api();
    auto made = kube.run(api.lease(kube.space, "kedge"));
    if (!made) made = kube.run(api.create(kube.fresh("one")));
    ASSERT_TRUE(made);
    EXPECT_FALSE(kube.run(api.create(kube.fresh("two")))) << "somebody has it";
    auto mine = *made;
    mine.holder = "one";
    mine.duration_seconds = 15;
    mine.acquired = mine.renewed = kube_time(1'800'000'005, 1);
    const auto renewed = kube.run(api.update(mine));
    ASSERT_TRUE(renewed);
    EXPECT_EQ(renewed->renewed, mine.renewed);
    EXPECT_NE(renewed->version, made->version);
    auto late = *made;
    late.holder = "two";
    EXPECT_FALSE(kube.run(api.update(late))) << "it moved since";
    auto released = *renewed;
    released.holder.clear();
    released.acquired.clear();
    ASSERT_TRUE(kube.run(api.update(released)));
    EXPECT_EQ(kube.run(api.lease(kube.space, "kedge"))->holder, "");
}

TEST(real_kube, refuses_leases_of_other_names_and_namespaces) {
    RealKube kube;
    auto& api = kube.cluster.api();
    EXPECT_THAT(kube.failure([&] { return api.lease(kube.space, "other"); }),
                HasSubstr("no: kubernetes: read Lease \"" + kube.space + "/other\": refused (403): "));
    EXPECT_THAT(kube.failure([&] { return api.lease("kube-system", "kedge"); }), HasSubstr("refused (403)"));
}

TEST(real_kube, reads_the_secret_that_its_role_names_and_no_other) {
    RealKube kube;
    auto& api = kube.cluster.api();
    KubeSecrets secrets([&]() -> KubeApi& { return api; });
    run_to_end(kube.loop, secrets.read({"mcp-secrets/github", "mcp-secrets/none", "kedge-credentials/tfy-token"}));
    EXPECT_EQ(secrets.get("mcp-secrets/github").value.reveal(), "ghp_0123456789abcdef");
    EXPECT_THAT(secrets.get("mcp-secrets/none").problem, HasSubstr("has no key \"none\"; it has github"));
    EXPECT_THAT(secrets.get("kedge-credentials/tfy-token").problem,
                HasSubstr("resources [secrets], resourceNames [kedge-credentials], verbs [get]"));
}

TEST(real_kube, says_that_a_token_is_not_known_and_that_an_authority_is_not) {
    RealKube kube;
    const auto folder = std::string(::testing::TempDir()) + "kedge-account";
    std::filesystem::create_directories(folder);
    for (const char* name : {"namespace", "ca.crt"}) {
        std::filesystem::copy_file(kube.environment["KEDGE_SERVICE_ACCOUNT"] + "/" + name, folder + "/" + name,
                                   std::filesystem::copy_options::overwrite_existing);
    }
    std::ofstream(folder + "/token") << "eyJhbGciOiJSUzI1NiJ9.e30.c2ln";
    kube.environment["KEDGE_SERVICE_ACCOUNT"] = folder;
    OwnCluster stranger(kube.environment, kube.clock, nullptr);
    EXPECT_THAT(kube.failure([&] { return stranger.api().secret("mcp-secrets"); }),
                HasSubstr("/token is not known (401): \"Unauthorized\"; it may have expired"));
    std::filesystem::copy_file(kube_setting("KEDGE_OTHER_CA"), folder + "/ca.crt",
                               std::filesystem::copy_options::overwrite_existing);
    OwnCluster misled(kube.environment, kube.clock, nullptr);
    EXPECT_THAT(
        kube.failure([&] { return misled.api().secret("mcp-secrets"); }),
        HasSubstr("retry: kubernetes: read Secret \"" + kube.space + "/mcp-secrets\": no answer from https://"));
    std::filesystem::remove_all(folder);
}
