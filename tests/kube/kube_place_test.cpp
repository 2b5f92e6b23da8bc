#include "kube/kube_place.h"

#include "base/failure.h"
#include "tests/kube/fake_kube.h"

#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::testing;

namespace {

std::string place_failure(const std::map<std::string, std::string>& environment) {
    try {
        static_cast<void>(kube_place(environment));
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "a place";
}

} // namespace

TEST(kube_place, is_read_from_what_every_pod_has) {
    const ServiceAccount account;
    const auto place = kube_place(account.environment());
    ASSERT_TRUE(place);
    EXPECT_EQ(place->url, "https://10.96.0.1:443");
    EXPECT_EQ(place->own, "team");
    EXPECT_EQ(place->token_file, account.folder() + "/token");
    EXPECT_EQ(kube_client_options(*place).ca_file, account.folder() + "/ca.crt");
    EXPECT_TRUE(kube_client_options(*place).proxy.empty());
}

TEST(kube_place, is_asked_for_no_longer_than_its_caller_has) {
    const ServiceAccount account;
    const auto place = *kube_place(account.environment());
    EXPECT_EQ(kube_client_options(place).connect_timeout, Milliseconds(5'000));
    EXPECT_EQ(kube_client_options(place).request_timeout, Milliseconds(10'000));
    EXPECT_EQ(kube_client_options(place, Milliseconds(3'750)).connect_timeout, Milliseconds(3'750));
    EXPECT_EQ(kube_client_options(place, Milliseconds(3'750)).request_timeout, Milliseconds(3'750));
    EXPECT_EQ(kube_client_options(place, Milliseconds(60'000)).request_timeout, Milliseconds(10'000));
}

TEST(kube_place, takes_addresses_of_both_families) {
    const ServiceAccount account;
    auto environment = account.environment();
    environment["KUBERNETES_SERVICE_HOST"] = "fd00::1";
    environment.erase("KUBERNETES_SERVICE_PORT");
    EXPECT_EQ(kube_place(environment)->url, "https://[fd00::1]:443");
    environment["KUBERNETES_SERVICE_PORT"] = "https";
    EXPECT_EQ(place_failure(environment), "kubernetes: read KUBERNETES_SERVICE_PORT \"https\": not a port");
}

TEST(kube_place, is_nowhere_outside_a_cluster) {
    EXPECT_FALSE(kube_place({}));
    EXPECT_FALSE(kube_place({{"KEDGE_SERVICE_ACCOUNT", "/nowhere"}}));
}

TEST(kube_place, says_where_a_pod_has_no_service_account) {
    const ServiceAccount account;
    account.remove("namespace");
    EXPECT_EQ(place_failure(account.environment()),
              "kubernetes: read service account \"" + account.folder() +
                  "/namespace\": No such file or directory; mount one: automountServiceAccountToken, or a projected "
                  "volume that KEDGE_SERVICE_ACCOUNT names");
}
