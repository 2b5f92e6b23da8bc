// Many random worlds, each from a seed of its own. KEDGE_SEED: the first seed (default 1; worlds are numbered on from
// it); KEDGE_WORLDS: how many worlds for each test. One world alone, with its story: KEDGE_SEED=N KEDGE_WORLDS=1 and
// --gtest_filter=random_worlds.of_the_first_share.
#include "tests/contract/random_world.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>

using namespace kedge;

namespace {

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string fate_of(std::uint64_t seed, bool tell) {
    RandomWorld world(seed);
    std::string fate;
    try {
        world.run();
    } catch (const std::exception& error) {
        fate = error.what();
    }
    if (tell || !fate.empty()) std::cerr << "world " << seed << ":\n" << world.story();
    return fate;
}

void live_through(std::uint64_t share) {
    const auto worlds = number_of("KEDGE_WORLDS", 250);
    const auto first = number_of("KEDGE_SEED", 1) + share * worlds;
    std::cout << "seeds " << first << " to " << first + worlds - 1 << "\n";
    for (auto seed = first; seed < first + worlds; ++seed) {
        const auto fate = fate_of(seed, worlds == 1);
        ASSERT_EQ(fate, "") << "seed " << seed << "; alone: KEDGE_SEED=" << seed
                            << " KEDGE_WORLDS=1 test_contract --gtest_filter=random_worlds.of_the_first_share";
    }
}

} // namespace

TEST(random_worlds, of_the_first_share) {
    live_through(0);
}
TEST(random_worlds, of_the_second_share) {
    live_through(1);
}
TEST(random_worlds, of_the_third_share) {
    live_through(2);
}
TEST(random_worlds, of_the_fourth_share) {
    live_through(3);
}
TEST(random_worlds, of_the_fifth_share) {
    live_through(4);
}
TEST(random_worlds, of_the_sixth_share) {
    live_through(5);
}
TEST(random_worlds, of_the_seventh_share) {
    live_through(6);
}
TEST(random_worlds, of_the_eighth_share) {
    live_through(7);
}
