// The rules of the house, held against the whole repository. That each of them can fail is shown in
// rules_bite_test.cpp.
#include "tests/house/exceptions.h"
#include "tests/house/include_rules.h"
#include "tests/house/size_rules.h"
#include "tests/house/wording_rules.h"

#include <gtest/gtest.h>

#include <functional>

namespace kedge::house {

namespace {

const std::vector<SourceFile>& tree() {
    static const std::vector<SourceFile> files = read_tree(KEDGE_SOURCE_DIR);
    return files;
}

// The exceptions that concern these rules only, so that each rule is a test of its own.
std::vector<Violation> left_over(std::vector<Violation> violations, const std::vector<std::string>& rules) {
    for (const SourceFile& file : tree()) {
        if (file.path != "tests/house/exceptions.txt") continue;
        std::vector<Exception> exceptions = read_exceptions(file.text, violations);
        std::erase_if(exceptions, [&rules](const Exception& exception) {
            return std::find(rules.begin(), rules.end(), exception.rule) == rules.end();
        });
        return excuse(std::move(violations), exceptions);
    }
    violations.push_back({"exception", "tests/house/exceptions.txt", 0, "", "is missing"});
    return violations;
}

std::string broken(std::vector<Violation> violations, const std::vector<std::string>& rules) {
    return describe(left_over(std::move(violations), rules));
}

} // namespace

TEST(HouseRules, the_tree_that_is_checked_is_the_repository) {
    const auto has = [](std::string_view path) {
        return std::any_of(tree().begin(), tree().end(), [path](const SourceFile& file) { return file.path == path; });
    };
    EXPECT_TRUE(has("src/base/failure.h"));
    EXPECT_TRUE(has("tests/house/house_rules_test.cpp"));
    EXPECT_GT(tree().size(), 50U);
}

TEST(HouseRules, a_floor_includes_only_floors_below_it) {
    EXPECT_EQ(broken(check_includes(tree()), {"include"}), "");
}

TEST(HouseRules, no_file_is_longer_than_400_lines) {
    EXPECT_EQ(broken(check_file_lengths(tree()), {"file-length"}), "");
}

TEST(HouseRules, no_function_is_longer_than_60_lines) {
    EXPECT_EQ(broken(check_function_lengths(tree()), {"function-length"}), "");
}

TEST(HouseRules, nothing_is_put_off_and_no_path_of_a_machine_is_written_down) {
    EXPECT_EQ(broken(check_words(tree()), {"word", "path"}), "");
}

TEST(HouseRules, no_room_could_hold_anything) {
    EXPECT_EQ(broken(check_names(tree()), {"name"}), "");
}

TEST(HouseRules, every_header_says_what_it_is) {
    EXPECT_EQ(broken(check_headers(tree()), {"header"}), "");
}

TEST(HouseRules, every_room_has_tests) {
    EXPECT_EQ(broken(check_tests_mirror_rooms(tree()), {"tests"}), "");
}

TEST(HouseRules, every_decision_is_listed) {
    EXPECT_EQ(broken(check_decisions_are_listed(tree()), {"decision"}), "");
}

TEST(HouseRules, every_link_between_documents_leads_somewhere) {
    EXPECT_EQ(broken(check_links(tree()), {"link"}), "");
}

TEST(HouseRules, every_exception_names_a_rule_that_exists) {
    const std::vector<std::string> rules{"include", "file-length", "function-length", "word",     "path",
                                         "name",    "header",      "tests",           "decision", "link"};
    std::vector<Violation> mistakes;
    for (const SourceFile& file : tree()) {
        if (file.path != "tests/house/exceptions.txt") continue;
        for (const Exception& exception : read_exceptions(file.text, mistakes)) {
            EXPECT_NE(std::find(rules.begin(), rules.end(), exception.rule), rules.end()) << exception.rule;
        }
    }
    EXPECT_EQ(describe(mistakes), "");
}

} // namespace kedge::house
