#include "manifest/yaml.h"

#include "tests/manifest/read.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

std::string repeated(const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

} // namespace

TEST(yaml_limits, sixty_four_levels_are_read_and_one_more_is_not) {
    EXPECT_THAT(yaml_problems(repeated("[", 64) + repeated("]", 64)), IsEmpty());
    EXPECT_THAT(yaml_problems(repeated("[", 65) + repeated("]", 65)), ElementsAre("1:65 nested deeper than 64 levels"));
    EXPECT_THAT(yaml_problems(repeated("[", 1'000'000)), ElementsAre("1:65 nested deeper than 64 levels"));
    EXPECT_THAT(yaml_problems(repeated("{a: ", 200'000)), ElementsAre(HasSubstr("nested deeper than 64 levels")));
    EXPECT_THAT(yaml_problems(repeated("- ", 1000)), ElementsAre("1:129 nested deeper than 64 levels"));
}

TEST(yaml_limits, aliases_cannot_nest_deeper_either) {
    std::string text = "a0: &a0 [x]\n";
    for (int i = 1; i < 70; ++i)
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    EXPECT_THAT(yaml_problems(text), ElementsAre(HasSubstr("nested deeper than 64 levels, aliases expanded")));
}

TEST(yaml_limits, an_alias_bomb_ends_at_the_node_budget) {
    std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        text +=
            "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + repeated(", " + before, 8) + "]\n";
    }
    EXPECT_THAT(
        yaml_problems(text),
        ElementsAre(HasSubstr("more than 100000 values, aliases expanded | split the file, or write fewer aliases")));
}

TEST(yaml_limits, a_bomb_of_long_texts_ends_at_the_byte_budget) {
    const std::string text = "a: &a " + std::string(500'000, 'x') + "\nb: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n";
    EXPECT_THAT(yaml_problems(text), ElementsAre(HasSubstr("anchors and aliases copy more than 4194304 bytes")));
}

TEST(yaml_limits, merges_of_a_bomb_end_at_the_node_budget) {
    YamlLimits limits;
    limits.most_nodes = 40;
    EXPECT_THAT(yaml_problems("a: &a {x: 1, y: 2, z: 3}\nb: [{<<: *a}, {<<: *a}, {<<: *a}, {<<: *a}]\n", limits),
                ElementsAre(HasSubstr("more than 40 values")));
}

TEST(yaml_limits, files_over_one_mebibyte_are_not_read) {
    EXPECT_THAT(yaml_problems("a: " + std::string(1024 * 1024 - 4, 'x') + "\n"), IsEmpty());
    EXPECT_THAT(yaml_problems("a: " + std::string(1024 * 1024 - 2, 'x')),
                ElementsAre("0:0 the file is larger than 1048576 bytes | split it, or keep it out with .kedgeignore"));
}

TEST(yaml_limits, a_file_holds_at_most_a_thousand_documents) {
    EXPECT_THAT(parse_yaml("a.yaml", repeated("---\na: 1\n", 1000)).documents, SizeIs(1000));
    const auto file = parse_yaml("a.yaml", repeated("---\na: 1\n", 1001));
    EXPECT_THAT(lines_of(file.findings), ElementsAre("0:0 more than 1000 documents in one file | split the file"));
    EXPECT_TRUE(file.unreadable);
}

TEST(yaml_limits, at_most_a_hundred_mistakes_are_told) {
    const auto problems = yaml_problems(repeated("a: 1\n", 500));
    ASSERT_THAT(problems, SizeIs(101));
    EXPECT_EQ(problems.back(), "102:1 more than 100 mistakes: the rest is not read | mend these first");
}

TEST(yaml_limits, keys_and_paths_of_keys_are_bounded) {
    EXPECT_THAT(yaml_problems("? " + std::string(1025, 'k') + "\n: 1\n"),
                ElementsAre("1:3 a key of more than 1024 bytes"));
    EXPECT_THAT(yaml_problems("? " + std::string(1000, 'k') + "\n:\n  ? " + std::string(1000, 'k') + "\n  :\n    ? " +
                              std::string(1000, 'k') + "\n    : 1\n"),
                ElementsAre(HasSubstr("keys of one path are longer than 2048 bytes together")));
}

TEST(yaml_limits, messages_are_short_and_valid_text_whatever_the_keys_are) {
    const std::string key = std::string(79, 'k') + "\u00E9\u00E9";
    EXPECT_THAT(
        yaml_problems(key + ": 1\n" + key + ": 2\n"),
        ElementsAre("2:1 duplicate key \"" + std::string(79, 'k') + "\u00E9...\", first in line 1 | keep one of them"));
    const auto file = load(minimal + "x-kedge: {units: [" + std::string(5000, 'X') + "]}\n");
    ASSERT_THAT(file.findings, SizeIs(1));
    EXPECT_LE(file.findings[0].message.size(), 303u);
}

TEST(yaml_limits, ambiguous_scalars_are_counted) {
    EXPECT_THAT(yaml_problems("[" + repeated("yes, ", 1001) + "]"),
                ElementsAre(HasSubstr("more than 1000 scalars that YAML 1.1 and 1.2 read differently")));
}

TEST(yaml_syntax, mistakes_are_told_with_their_place_and_a_way_out) {
    const std::vector<std::pair<std::string, std::string>> samples{
        {"a: 1\nb: \"never ends\nc: 2\n",
         "2:4 not valid YAML: a quoted text begins here and never ends | close the quote"},
        {"- a\nb: c\n", "2:1 not valid YAML: wrong indentation: the next \"-\" of a list was expected here | line the "
                        "items of one list up"},
        {"a: b: c\n", "1:5 not valid YAML: \": \" inside a plain value, or wrong indentation | put the value in "
                      "quotes, or mend the indentation"},
        {"a:\n\t- b\n", "2:1 not valid YAML: a character that cannot begin a value | put the value in quotes; indent "
                        "with spaces, never with tabs"},
        {"a: @b\n", "1:4 not valid YAML: a character that cannot begin a value | put the value in quotes; indent with "
                    "spaces, never with tabs"},
        {"a: [1, 2\nb: 3\n", "1:4 not valid YAML: a list in brackets begins here and is not closed | write \",\" "
                             "between items and \"]\" at the end"},
        {"a: {b: 1\nc: 3\n", "1:4 not valid YAML: a map in braces begins here and is not closed | write \",\" between "
                             "members and \"}\" at the end"},
        {"a: \"\\q\"\n",
         "1:5 not valid YAML: unknown escape in a double-quoted text | double the backslash, or use single quotes"},
        {"a: \"\\ud83d\\ude00\"\n",
         "1:7 not valid YAML: an escape that is no character | write the character itself instead of a surrogate pair"},
        {"a: 1\n...\nb: 2\n", "3:1 not valid YAML: text after the end of the document | a new document begins with "
                              "\"---\"; look for wrong indentation above"},
        {"a: 1\nb\nc: 2\n",
         "2:1 not valid YAML: a key without \":\" | write \"key: value\"; look for an unclosed quote above"},
        {"a: 1\n  b: 2\n", "2:4 not valid YAML: \": \" inside a plain value, or wrong indentation | put the value in "
                           "quotes, or mend the indentation"},
        {"a: !x!y z\n",
         "1:4 not valid YAML: an undefined tag | remove the tag; put text that begins with \"!\" in quotes"},
    };
    for (const auto& [text, problem] : samples) EXPECT_THAT(yaml_problems(text), ElementsAre(problem)) << text;
}

TEST(yaml_syntax, what_stood_before_a_mistake_is_kept_and_the_file_marked) {
    const auto file = parse_yaml("a.yaml", "a: 1\n---\nb: \"x\n");
    EXPECT_EQ(file.documents.size(), 1u);
    EXPECT_TRUE(file.unreadable);
    EXPECT_THAT(file.finding_documents, ElementsAre(-1));
}

TEST(yaml_syntax, bad_bytes_are_found_where_they_are) {
    EXPECT_THAT(yaml_problems("a: 1\nb: \xC3\xA9\xFFz\n"), ElementsAre("2:5 not valid UTF-8 | save the file as UTF-8"));
    EXPECT_THAT(yaml_problems("a: 1\r\nb: x\x01y\n"),
                ElementsAre("2:5 control character U+0001 | remove it; in double quotes it may stand as \\u0001"));
    EXPECT_THAT(yaml_problems(std::string("a: \0", 4)),
                ElementsAre("1:4 control character U+0000 | save the file as UTF-8 text"));
    EXPECT_THAT(yaml_problems("a: \xED\xA0\x80\n"), ElementsAre("1:4 not valid UTF-8 | save the file as UTF-8"));
    EXPECT_EQ(parse_yaml("a.yaml", "b: \xFFz\n").findings[0].excerpt, "b: ?z");
}

TEST(yaml_syntax, utf16_is_refused) {
    EXPECT_THAT(yaml_problems(std::string("\xFF\xFE\x61\x00", 4)),
                ElementsAre("0:0 the file is UTF-16 | save it as UTF-8"));
    EXPECT_THAT(yaml_problems(std::string("\xFE\xFF\x00\x61", 4)),
                ElementsAre("0:0 the file is UTF-16 | save it as UTF-8"));
    EXPECT_THAT(yaml_problems(std::string("a\0:\0", 4)),
                ElementsAre(HasSubstr("control character U+0000 | save the file as UTF-8 text")));
}
