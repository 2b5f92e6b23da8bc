#include "manifest/yaml.h"

#include "tests/manifest/read.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(yaml, reads_maps_lists_and_scalars_with_their_places) {
    const auto file = parse_yaml("a.yaml", "name: x\nlist:\n  - 1\n  - {k: v}\n");
    ASSERT_THAT(file.findings, IsEmpty());
    ASSERT_EQ(file.documents.size(), 1u);
    const auto& document = file.documents[0];
    EXPECT_EQ(document.value, (Json{{"name", "x"}, {"list", {1, {{"k", "v"}}}}}));
    EXPECT_EQ(to_text(place_of(document, "/list")), "a.yaml:2:1");
    EXPECT_EQ(to_text(place_of(document, "/list/1/k")), "a.yaml:4:6");
    EXPECT_EQ(to_text(place_of(document, "/list/1/none/at/all")), "a.yaml:4:5");
    EXPECT_EQ(to_text(document.place), "a.yaml:1:1");
}

TEST(yaml, reads_json) {
    EXPECT_EQ(yaml_value("{\n\t\"a\": [1, true, null, \"\\u00e9\\/\"]\n}\n"), (Json{{"a", {1, true, nullptr, "é/"}}}));
}

TEST(yaml, takes_a_byte_order_mark_and_windows_line_ends) {
    const auto file = parse_yaml("a.yaml", "\xEF\xBB\xBF"
                                           "a: 1\r\nb: 2\r\n");
    EXPECT_THAT(file.findings, IsEmpty());
    EXPECT_EQ(file.documents[0].value, (Json{{"a", 1}, {"b", 2}}));
    EXPECT_EQ(to_text(place_of(file.documents[0], "/b")), "a.yaml:2:1");
}

TEST(yaml, reads_several_documents_and_marks_empty_ones) {
    const auto file = parse_yaml("a.yaml", "# nothing\n---\na: 1\n---\n---\n~\n---\n");
    ASSERT_EQ(file.documents.size(), 4u);
    EXPECT_FALSE(file.documents[0].empty);
    EXPECT_TRUE(file.documents[1].empty);
    EXPECT_FALSE(file.documents[2].empty);
    EXPECT_TRUE(file.documents[3].empty);
    EXPECT_THAT(parse_yaml("a.yaml", "").documents, IsEmpty());
    EXPECT_THAT(parse_yaml("a.yaml", "# only this\n").documents, IsEmpty());
}

TEST(yaml, reports_all_duplicate_keys_at_once_and_keeps_the_first) {
    const auto file = parse_yaml("a.yaml", "a: 1\nb: {c: 1, c: 2}\na: {d: 3}\n\"a\": 4\n");
    EXPECT_THAT(lines_of(file.findings), ElementsAre("2:11 duplicate key \"c\", first in line 2 | keep one of them",
                                                     "3:1 duplicate key \"a\", first in line 1 | keep one of them",
                                                     "4:1 duplicate key \"a\", first in line 1 | keep one of them"));
    EXPECT_EQ(file.documents[0].value, (Json{{"a", 1}, {"b", {{"c", 1}}}}));
    EXPECT_TRUE(file.documents[0].broken);
    EXPECT_EQ(file.documents[0].places.count("/a/d"), 0u);
    EXPECT_THAT(file.finding_documents, ElementsAre(0, 0, 0));
}

TEST(yaml, goes_on_with_the_next_document_after_a_mistake_of_one) {
    const auto file = parse_yaml("a.yaml", "a: 1\na: 2\n---\nb: *no\n---\nc: 3\n");
    EXPECT_EQ(file.documents.size(), 3u);
    EXPECT_THAT(file.finding_documents, ElementsAre(0, 1));
    EXPECT_FALSE(file.documents[2].broken);
}

TEST(yaml, applies_merge_keys_below_own_keys) {
    EXPECT_EQ(yaml_value("base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3}\n"),
              (Json{{"base", {{"x", 1}, {"y", 2}}}, {"use", {{"x", 1}, {"y", 3}}}}));
    EXPECT_EQ(yaml_value("use: {y: 3, <<: [{x: 1, z: 1}, {x: 2, w: 2}]}\n"),
              (Json{{"use", {{"w", 2}, {"x", 1}, {"y", 3}, {"z", 1}}}}));
    EXPECT_EQ(yaml_value("\"<<\": {x: 1}\n"), (Json{{"<<", {{"x", 1}}}}));
    EXPECT_THAT(
        yaml_problems("a: {<<: 5}\n"),
        ElementsAre("1:9 merge key \"<<\" takes a map or a list of maps | put << in quotes where it is meant as text"));
    EXPECT_THAT(yaml_problems("a: {<<: {b: 1}, <<: {c: 1}}\n"), ElementsAre(HasSubstr("duplicate key \"<<\"")));
}

TEST(yaml, gives_merged_keys_the_place_of_the_merge) {
    const auto file = parse_yaml("a.yaml", "- &b {x: 012}\n- <<: *b\n  y: 1\n");
    const auto& document = file.documents[0];
    EXPECT_EQ(to_text(place_of(document, "/1/x")), "a.yaml:2:3");
    EXPECT_EQ(document.places.count("/1/<<"), 0u);
    ASSERT_EQ(document.ambiguous.size(), 2u);
    EXPECT_EQ(document.ambiguous[0].pointer, "/0/x");
    EXPECT_EQ(document.ambiguous[1].pointer, "/1/x");
}

TEST(yaml, forgets_ambiguous_scalars_that_an_own_key_hides) {
    const auto file = parse_yaml("a.yaml", "- &b {x: 012}\n- {<<: *b, x: a}\n- {k: 1, k: yes}\n");
    ASSERT_EQ(file.documents[0].ambiguous.size(), 1u);
    EXPECT_EQ(file.documents[0].ambiguous[0].pointer, "/0/x");
}

TEST(yaml, records_ambiguous_scalars_and_keys) {
    const auto file = parse_yaml("a.yaml", "on: 1\na: [yes, 'yes', \"012\", 012]\nd: 2024-01-01\nblock: |-\n  yes\n");
    const auto& found = file.documents[0].ambiguous;
    ASSERT_EQ(found.size(), 4u);
    EXPECT_TRUE(found[0].is_key);
    EXPECT_EQ(found[0].yaml11, "true");
    EXPECT_EQ(found[1].pointer, "/a/0");
    EXPECT_EQ(found[1].yaml11, true);
    EXPECT_EQ(found[2].text, "012");
    EXPECT_EQ(found[2].yaml11, 10);
    EXPECT_EQ(to_text(found[2].place), "a.yaml:2:24");
    EXPECT_TRUE(found[3].yaml11.is_null());
}

TEST(yaml, refuses_undefined_and_recursive_aliases) {
    EXPECT_THAT(
        yaml_problems("a: *x\nb: &y [1, *y]\n"),
        ElementsAre("1:4 alias \"*x\" without an anchor before it | write the value itself, or put the text in quotes",
                    "2:11 alias \"*y\" inside its own anchor | write the value itself, or put the text in quotes"));
    EXPECT_THAT(yaml_problems("&a a: *a\n"), IsEmpty());
    EXPECT_THAT(yaml_problems("a: &x 1\n---\nb: *x\n"), ElementsAre(HasSubstr("without an anchor")));
}

TEST(yaml, refuses_explicit_tags) {
    EXPECT_THAT(yaml_problems("a: !!str yes\nb: !Ref x\n!!map {}: 1\n"),
                ElementsAre("1:4 explicit tag \"!!str\" | remove the tag; put the value in quotes where it is text",
                            "2:4 explicit tag \"!Ref\" | remove the tag; put the value in quotes where it is text",
                            HasSubstr("3:1 a key that is not plain text"), HasSubstr("3:1 explicit tag \"!!map\"")));
}

TEST(yaml, refuses_complex_keys_and_names_templates) {
    EXPECT_THAT(yaml_problems("? [a, b]\n: 1\nc: 2\n"),
                ElementsAre("1:3 a key that is not plain text | write the key as text"));
    EXPECT_THAT(
        yaml_problems("name: {{ .x }}\n"),
        ElementsAre(
            "1:8 a key that is not plain text | an unquoted {{...}} is a map in YAML: put the value in quotes"));
    EXPECT_EQ(parse_yaml("a.yaml", "? {k: yes}\n: {v: 012}\nc: 2\n").documents[0].value, (Json{{"c", 2}}));
    EXPECT_THAT(parse_yaml("a.yaml", "? {k: yes}\n: {v: 012}\nc: 2\n").documents[0].ambiguous, IsEmpty());
}

TEST(yaml, keeps_the_type_of_an_anchored_key) {
    const auto file = parse_yaml("a.yaml", "&k 5: a\nb: *k\n");
    EXPECT_EQ(file.documents[0].value, (Json{{"5", "a"}, {"b", 5}}));
}
