// `store: postgres`, `database`, `lease` and `single`: what is read, and what does not go together.
#include "base/failure.h"
#include "main/members.h"
#include "main/settings.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

std::string members_settings(const std::string& more) {
    return "version: 1\ninstallation: prod\n" + more + R"(
sources:
  manifests: {git: "https://git.example.com/platform.git"}
targets:
  tfy: {provider: truefoundry, url: "https://acme.truefoundry.cloud", token: "${file:/run/token}"}
units:
  - {name: tools, source: manifests, target: tfy, changes: apply, drift: report}
)";
}

std::string first_mistake(const std::string& more) {
    const auto findings = load_settings("/etc/kedge/kedge.yaml", members_settings(more)).findings;
    return findings.empty() ? "" : findings[0].message;
}

Settings settings_of(const std::string& more) {
    const auto loaded = load_settings("/etc/kedge/kedge.yaml", members_settings(more));
    EXPECT_TRUE(loaded.findings.empty()) << loaded.findings[0].message;
    return loaded.settings;
}

const std::string database = "store: postgres\ninstallation_key: /run/key\ndatabase: {host: db.example, "
                             "password: \"${file:/run/password}\"}\n";

} // namespace

TEST(settings_members, a_database_is_shared_by_leases_in_it_unless_somebody_says_otherwise) {
    const auto settings = settings_of(database);
    EXPECT_EQ(settings.store, "");
    ASSERT_TRUE(settings.database);
    EXPECT_EQ(settings.database->host, "db.example");
    EXPECT_EQ(settings.database->port, 5432);
    EXPECT_EQ(settings.database->tls, "verify-full");
    EXPECT_EQ(settings.database->password.name, "/run/password");
    EXPECT_EQ(settings.lease.kind, LeaseSettings::Kind::postgres);
    EXPECT_EQ(settings.lease.duration, Milliseconds(15000));
    EXPECT_EQ(settings_of(database + "single: true\n").lease.kind, LeaseSettings::Kind::none);
    EXPECT_EQ(settings_of("store: postgres\ninstallation_key: /k\ndatabase: {host: /run/postgresql}\n").database->tls,
              "disable");
}

TEST(settings_members, a_folder_stays_a_folder_with_a_lease_of_kubernetes_or_without) {
    EXPECT_EQ(settings_of("store: ./postgres\n").store, "/etc/kedge/postgres");
    const auto settings =
        settings_of("store: s\nlease: {kind: kubernetes, name: gateway, namespace: mcp, duration: 30s}\n");
    EXPECT_EQ(settings.lease.kind, LeaseSettings::Kind::kubernetes);
    EXPECT_EQ(settings.lease.name, "gateway");
    EXPECT_EQ(settings.lease.space, "mcp");
    EXPECT_EQ(settings.lease.duration, Milliseconds(30000));
}

TEST(settings_members, what_does_not_go_together_is_said) {
    EXPECT_EQ(first_mistake("store: postgres\ninstallation_key: /k\n"), "`store: postgres` needs \"database\"");
    EXPECT_EQ(first_mistake("store: s\ndatabase: {host: db}\n"), "the store is a folder");
    EXPECT_EQ(first_mistake("store: s\nlease: {kind: postgres}\n"), "leases in the database need one");
    EXPECT_EQ(first_mistake("store: postgres\ndatabase: {host: db}\n"),
              "members that share a database share the key as well: \"installation_key\" is missing");
    EXPECT_EQ(first_mistake("lease: {kind: kubernetes}\n"), "\"store\" is missing");
    EXPECT_EQ(first_mistake(database + "lease: {kind: none}\n"),
              "a database can be shared, and nobody says who may write");
    EXPECT_EQ(first_mistake(database + "single: true\nlease: {kind: postgres}\n"), "whoever is alone needs no lease");
    EXPECT_EQ(first_mistake(database + "lease: {kind: postgres, name: x}\n"),
              "\"name\" and \"namespace\" are those of a Lease of Kubernetes");
    EXPECT_EQ(first_mistake(database + "lease: {kind: postgres, duration: 100ms}\n"),
              "a lease of less than a second is lost by any hiccup");
    EXPECT_EQ(first_mistake("store: postgres\ninstallation_key: /k\ndatabase: {host: /run/postgresql, tls: require}\n"),
              "there is no TLS over a Unix socket");
    EXPECT_NE(first_mistake("store: postgres\ninstallation_key: /k\ndatabase: {host: db, password: secret}\n"), "");
}

TEST(settings_members, a_pod_that_may_have_copies_does_not_write_without_a_lease) {
    const Environment pod{{"KUBERNETES_SERVICE_HOST", "10.96.0.1"}};
    const auto refused = [&](const std::string& more, const Environment& environment) {
        try {
            refuse_copies(settings_of(more), environment);
        } catch (const Failure&) {
            return true;
        }
        return false;
    };
    EXPECT_TRUE(refused("store: s\n", pod));
    EXPECT_FALSE(refused("store: s\n", {}));
    EXPECT_FALSE(refused("store: s\nsingle: true\n", pod));
    EXPECT_FALSE(refused("store: s\nlease: {kind: kubernetes}\n", pod));
    EXPECT_FALSE(refused(database, pod));
}
