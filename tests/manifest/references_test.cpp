#include "manifest/references.h"

#include "tests/manifest/read.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

FileIndex file(const std::string& path, const std::string& name, std::vector<std::string> sources = {}, int line = 1) {
    FileIndex index;
    index.path = path;
    IndexEntry entry;
    entry.name = name;
    entry.line = line;
    entry.sources = std::move(sources);
    index.entries.push_back(std::move(entry));
    return index;
}

std::vector<std::string> texts(const CrossCheck& check) {
    std::vector<std::string> lines;
    for (const auto& finding : check.findings) lines.push_back(to_text(finding.place) + " " + finding.message);
    return lines;
}

bool nothing_live(const std::string&) {
    return false;
}

} // namespace

TEST(cross_check, every_document_of_a_duplicated_name_is_invalid_and_names_the_other) {
    const auto check =
        cross_check({file("a.yaml", "x", {}, 3), file("b.yaml", "x", {}, 7), file("c.yaml", "X"), file("d.yaml", "y")},
                    nothing_live);
    EXPECT_THAT(texts(check), ElementsAre("a.yaml:3 name \"x\" stands also in b.yaml:7",
                                          "b.yaml:7 name \"x\" stands also in a.yaml:3"));
    EXPECT_THAT(check.invalid, ElementsAre("x"));
    EXPECT_EQ(check.findings[0].name, "x");
}

TEST(cross_check, a_source_must_be_in_git_or_live) {
    const std::vector<FileIndex> files{file("a.yaml", "a"), file("v.yaml", "v", {"a", "live", "gone"})};
    const auto check = cross_check(files, [](const std::string& name) { return name == "live"; });
    EXPECT_THAT(texts(check), ElementsAre("v.yaml:1 source \"gone\" is not in git, nor live"));
    EXPECT_THAT(check.invalid, ElementsAre("v"));
}

TEST(cross_check, without_a_list_of_live_names_a_missing_source_is_a_warning) {
    const auto check = cross_check({file("v.yaml", "v", {"gone"})}, nullptr);
    EXPECT_THAT(texts(check), ElementsAre("v.yaml:1 source \"gone\" is not in git; whether it is live was not asked"));
    EXPECT_EQ(check.findings[0].severity, Severity::warning);
    EXPECT_THAT(check.invalid, IsEmpty());
}

TEST(cross_check, what_rests_on_something_invalid_is_invalid_too) {
    const auto check =
        cross_check({file("a.yaml", "a"), file("b.yaml", "a"), file("c.yaml", "z", {"a"}), file("d.yaml", "m", {"z"})},
                    nothing_live);
    EXPECT_THAT(check.invalid, ElementsAre("a", "m", "z"));
    EXPECT_EQ(check.findings.back().message, "source \"z\" is not valid in git, nor live");
}

TEST(cross_check, circles_are_named) {
    const auto check = cross_check({file("a.yaml", "a", {"b"}), file("b.yaml", "b", {"a"}), file("c.yaml", "c", {"c"}),
                                    file("d.yaml", "d", {"e"}), file("e.yaml", "e")},
                                   nothing_live);
    EXPECT_THAT(texts(check), ElementsAre("a.yaml:1 virtual servers name each other in a circle: a -> b -> a",
                                          "b.yaml:1 virtual servers name each other in a circle: a -> b -> a",
                                          "c.yaml:1 virtual servers name each other in a circle: c -> c"));
    EXPECT_THAT(check.invalid, ElementsAre("a", "b", "c"));
}

TEST(cross_check, long_chains_need_no_stack) {
    std::vector<FileIndex> files;
    for (int i = 0; i < 20000; ++i)
        files.push_back(file("f" + std::to_string(i), "n" + std::to_string(i), {"n" + std::to_string(i + 1)}));
    files.push_back(file("end", "n20000"));
    EXPECT_THAT(cross_check(files, nothing_live).findings, IsEmpty());
}

TEST(source_names, are_those_of_a_virtual_server) {
    EXPECT_THAT(source_names(Json{{"servers", {{{"name", "a"}}, {{"x", 1}}, 5, {{"name", "b"}}}}}),
                ElementsAre("a", "b"));
    EXPECT_THAT(source_names(Json{{"url", "x"}}), IsEmpty());
}
