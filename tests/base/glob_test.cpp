#include "base/glob.h"

#include <gtest/gtest.h>

using kedge::glob_match;

TEST(glob, star_stays_within_a_segment) {
    EXPECT_TRUE(glob_match("mcp/*.yaml", "mcp/github.yaml"));
    EXPECT_FALSE(glob_match("mcp/*.yaml", "mcp/team/github.yaml"));
}

TEST(glob, two_stars_cross_segments_and_may_stand_for_none) {
    EXPECT_TRUE(glob_match("**/*.yaml", "a/b/c.yaml"));
    EXPECT_TRUE(glob_match("**/*.yaml", "c.yaml"));
    EXPECT_TRUE(glob_match("a/**", "a/b/c"));
    EXPECT_FALSE(glob_match("**/b.yaml", "ab.yaml"));
}

TEST(glob, a_pattern_without_a_slash_matches_the_last_segment) {
    EXPECT_TRUE(glob_match("*.draft.yaml", "a/b/x.draft.yaml"));
    EXPECT_FALSE(glob_match("b", "a/b/c"));
}

TEST(glob, sets_and_question_marks_match_one_character) {
    EXPECT_TRUE(glob_match("team-[a-c]?", "team-b1"));
    EXPECT_FALSE(glob_match("team-[!a-c]?", "team-b1"));
    EXPECT_FALSE(glob_match("a?b", "a/b"));
    EXPECT_TRUE(glob_match("a[b", "a[b"));
}

TEST(glob, a_hostile_pattern_is_not_exponential) {
    const std::string pattern = "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
    EXPECT_FALSE(glob_match(pattern, std::string(2000, 'a')));
}
