#include "main/unit_set.h"

#include "io/private_folder.h"
#include "io/run.h"
#include "store/memory_ledger.h"

#include <gtest/gtest.h>

using namespace kedge;

// As where new settings name a credential that cannot be read: those of before go on, and what was asked meanwhile was
// asked all the same.
TEST(unit_set, what_one_did_is_counted_though_it_was_never_taken_up) {
    const PrivateFolder folder("unit-set");
    const auto loaded = load_settings((folder.path() / "kedge.yaml").string(), R"(version: 1
installation: prod
store: store
networks: {allow_insecure: true}
sources:
  platform: {git: "/is/not/there.git", branch: main}
targets:
  acme: {provider: truefoundry, url: "https://acme.example.com", token: "${env:T}"}
units:
  - {name: team, source: platform, path: teams/*, target: acme, changes: apply, drift: heal}
)");
    ASSERT_TRUE(loaded.findings.empty()) << loaded.findings[0].message;
    EventLoop loop;
    Stop stop;
    SystemClock clock;
    Worker pool(0);
    MemoryLedger ledger;
    NoMemo memo;
    const Environment environment;
    const SecretStore own({}, environment, Secret());
    Counters counters;
    auto mirrors = [&folder] { return folder.path() / "mirrors"; };
    UnitGround ground{stop, clock,         pool,    ledger, memo, environment,
                      own,  Secret("key"), mirrors, false,  true, &counters};
    auto settings = loaded.settings;
    auto set = run_to_end(loop, UnitSet::read(std::move(ground), std::move(settings), nullptr));
    EXPECT_EQ(set->findings().size(), 1U) << "its folders cannot be listed";
    EXPECT_TRUE(counters.fetches.rows().empty()) << "counted at the end of a pass, or of the set";
    set.reset();
    EXPECT_EQ(counters.fetches.of({"platform", "failed"}), 1);
}
