// The two lists that a new provider has to be on: whose dialect kedge speaks, and whose block a manifest may have. No
// room sees both.
#include "dialect/dialects.h"
#include "manifest/schema.h"

#include <gtest/gtest.h>
#include <set>

using namespace kedge;

TEST(providers, have_a_dialect_and_a_block_in_manifests_each) {
    std::set<std::string> spoken;
    for (const auto& entry : dialects()) spoken.insert(entry.name);
    const auto& blocks = extension_providers();
    EXPECT_EQ(spoken, std::set<std::string>(blocks.begin(), blocks.end()));
}
