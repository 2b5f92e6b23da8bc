#include "source/file_rules.h"

#include "source/names.h"
#include "source/source.h"

#include <gtest/gtest.h>

using kedge::FileRules;
using kedge::is_listed_file;

namespace {

FileRules rules(const std::string& ignore_file, std::vector<std::string> include = {},
                std::vector<std::string> exclude = {}) {
    FileRules made(std::move(include), exclude);
    made.set_ignore_file(ignore_file);
    return made;
}

} // namespace

TEST(listed_file, is_yaml_outside_git_and_kedge_folders) {
    EXPECT_TRUE(is_listed_file("a.yaml"));
    EXPECT_TRUE(is_listed_file("deep/.hidden/a.yml"));
    EXPECT_FALSE(is_listed_file("a.json"));
    EXPECT_FALSE(is_listed_file("a.YAML.txt"));
    EXPECT_FALSE(is_listed_file(".git/a.yaml"));
    EXPECT_FALSE(is_listed_file("x/.git/a.yaml"));
    EXPECT_FALSE(is_listed_file(".kedge/a.yaml"));
    EXPECT_FALSE(is_listed_file("x/.kedge/releases"));
}

TEST(listed_file, includes_the_two_files_of_the_source_folder_itself) {
    EXPECT_TRUE(is_listed_file(".kedge/overrides"));
    EXPECT_TRUE(is_listed_file(".kedge/releases"));
    EXPECT_FALSE(is_listed_file(".kedge/notes"));
}

TEST(ignore_file, knows_comments_negation_anchors_and_folders) {
    const auto made = rules("# drafts\n*.draft.yaml\n!keep.draft.yaml\r\n/top.yaml\nold/\ndocs/*.yaml\n\\#odd.yaml\n");
    EXPECT_FALSE(made.lists("a/b.draft.yaml"));
    EXPECT_TRUE(made.lists("a/keep.draft.yaml"));
    EXPECT_FALSE(made.lists("top.yaml"));
    EXPECT_TRUE(made.lists("a/top.yaml"));
    EXPECT_TRUE(made.skips_folder("old"));
    EXPECT_TRUE(made.skips_folder("a/old"));
    EXPECT_TRUE(made.lists("old") == false);
    EXPECT_FALSE(made.lists("docs/a.yaml"));
    EXPECT_TRUE(made.lists("docs/a/a.yaml"));
    EXPECT_FALSE(made.lists("#odd.yaml"));
}

TEST(ignore_file, cannot_hide_releases_and_overrides) {
    const auto made = rules(".kedge\n**\n", {"nothing"}, {"**"});
    EXPECT_TRUE(made.lists(".kedge/releases"));
    EXPECT_TRUE(made.lists(".kedge/overrides"));
    EXPECT_FALSE(made.skips_folder(".kedge"));
    EXPECT_TRUE(made.skips_folder(".kedge/inner"));
}

TEST(ignore_file, cannot_take_back_what_the_settings_exclude) {
    const auto made = rules("!drafts/\n!drafts/a.yaml\n", {}, {"drafts/"});
    EXPECT_TRUE(made.skips_folder("drafts"));
}

TEST(include_globs, leave_only_what_fits) {
    const auto made = rules("", {"mcp/**", "*.mcp.yaml"});
    EXPECT_TRUE(made.lists("mcp/a.yaml"));
    EXPECT_TRUE(made.lists("x/y.mcp.yaml"));
    EXPECT_FALSE(made.lists("x/y.yaml"));
}

TEST(names, tell_what_is_wrong_with_them) {
    EXPECT_EQ(kedge::name_problem("plain name.yaml"), "");
    EXPECT_EQ(kedge::name_problem("gr\xc3\xbc\xc3\x9f.yaml"), "");
    EXPECT_EQ(kedge::name_problem(".."), "is not a file name");
    EXPECT_EQ(kedge::name_problem("a\nb"), "holds a control character");
    EXPECT_EQ(kedge::name_problem("a\\b"), "holds a backslash");
    EXPECT_EQ(kedge::name_problem("a\xff"), "is not valid UTF-8");
    EXPECT_EQ(kedge::name_problem("\xed\xa0\x80"), "is not valid UTF-8") << "a surrogate";
    EXPECT_EQ(kedge::name_problem("\xc0\xaf"), "is not valid UTF-8") << "an overlong slash";
    EXPECT_EQ(kedge::shown_name("a\nb\\\xff\xc3\xbc"), "a\\x0ab\\x5c\\xff\xc3\xbc");
    EXPECT_EQ(kedge::one_line("a\nb\xff"), "a b?");
}
