#include "manifest/extension.h"

#include "tests/manifest/read.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::vector<std::string> override_problems(const std::string& text) {
    return lines_of(load_overrides(".kedge/overrides", text).findings);
}
std::vector<std::string> release_problems(const std::string& text) {
    return lines_of(load_releases(".kedge/releases", text).findings);
}

} // namespace

TEST(extension, is_read_and_never_part_of_the_document) {
    const auto file = load(minimal + "x-kedge:\n  units: [prod-*]\n  prune: never\n  adopt: mcp-1\n  ignore: "
                                     "[tags.owner]\n  keep: {extra: [collaborators]}\n"
                                     "  formerly: [old, team/older]\n  gaia: {visibility: public}\n");
    ASSERT_THAT(lines_of(file.findings), IsEmpty());
    const auto& resource = file.resources[0];
    EXPECT_FALSE(resource.document.contains("x-kedge"));
    Extension expected;
    expected.units = {"prod-*"};
    expected.prune_never = true;
    expected.adopt = "mcp-1";
    expected.ignore = {"tags.owner"};
    expected.keep = {"collaborators"};
    expected.formerly = {"old", "team/older"};
    expected.providers = {{"gaia", {{"visibility", "public"}}}};
    EXPECT_EQ(resource.extension, expected);
    EXPECT_EQ(load(minimal + "x-kedge: {keep: [collaborators]}\n").resources[0].extension.keep, expected.keep);
}

TEST(extension, is_strict) {
    EXPECT_THAT(load_problems(minimal + "x-kedge:\n  prun: never\n  adopt: 5\n  units: prod\n  formerly: [github, a/, "
                                        "'Bad Unit/x']\n  gaia: 5\n  keep: {extras: []}\n"),
                ElementsAre("7:3 unknown key \"prun\" in x-kedge | is \"prune\" meant?",
                            "8:3 x-kedge.adopt must be the id of a registration, as text",
                            "9:3 x-kedge.units must be a list of unit names, not text",
                            "10:3 \"github\" in x-kedge.formerly is the present name | write the name it had before",
                            "10:3 \"a/\" in x-kedge.formerly is neither NAME nor UNIT/NAME",
                            "10:3 \"Bad Unit/x\" in x-kedge.formerly is neither NAME nor UNIT/NAME",
                            "11:3 x-kedge.gaia must be a map, not a number",
                            "12:10 unknown key \"extras\" in x-kedge.keep | write keep: {extra: [PATH]}"));
    EXPECT_THAT(load_problems(minimal + "x-kedge: {prune: always}\n"),
                ElementsAre("6:11 x-kedge.prune must be owned or never"));
    EXPECT_THAT(load_problems(minimal + "x-kedge: [a]\n"), ElementsAre("6:1 x-kedge must be a map, not a list"));
    EXPECT_THAT(load_problems(minimal + "x-kedge: {units: [Prod]}\n"),
                ElementsAre(HasSubstr("\"Prod\" in x-kedge.units can match no unit")));
    EXPECT_THAT(load_problems(minimal + "x-kedge: {units: []}\n"), ElementsAre(HasSubstr("x-kedge.units is empty")));
}

TEST(extension, paths_may_not_touch_identity_secrets_or_list_items) {
    for (const auto& [path, problem] :
         std::vector<std::pair<std::string, std::string>>{{"name", "is part of the identity"},
                                                          {"type", "is part of the identity"},
                                                          {"auth_data", "holds, or lies in, a secret field"},
                                                          {"auth_data.headers.X", "holds, or lies in, a secret field"},
                                                          {"'*'", "holds, or lies in, a secret field"},
                                                          {"collaborators.0", "lies inside a list"},
                                                          {"collaborators.role_id", "lies inside a list"},
                                                          {"tags..x", "is no object path"}}) {
        EXPECT_THAT(load_problems(minimal + "x-kedge: {ignore: [" + path + "]}\n"), ElementsAre(HasSubstr(problem)))
            << path;
        EXPECT_THAT(load_problems(minimal + "x-kedge: {keep: {extra: [" + path + "]}}\n"),
                    ElementsAre(HasSubstr(problem)))
            << path;
    }
    EXPECT_THAT(
        load_problems(minimal + "x-kedge: {ignore: [tags.*, tls_settings.ca_cert, auth_data.scopes, future.field]}\n"),
        IsEmpty());
}

TEST(overrides, later_ones_win_and_the_manifest_wins_over_all) {
    const auto read = load_overrides(
        ".kedge/overrides", "- name: '*'\n  x-kedge: {prune: never, ignore: [tags], gaia: {a: 1, b: 1}}\n"
                            "- name: git*\n  type: mcp-server/remote\n  x-kedge: {ignore: [tags.owner], gaia: {b: 2}}\n"
                            "- name: git*\n  type: mcp-server/stdio\n  x-kedge: {ignore: [nothing]}\n");
    ASSERT_THAT(lines_of(read.findings), IsEmpty());
    ASSERT_EQ(read.overrides.size(), 3u);
    EXPECT_EQ(to_text(read.overrides[1].place), ".kedge/overrides:3:3");
    LoadContext context;
    context.overrides = read.overrides;
    const auto plain = load(minimal, context).resources[0].extension;
    EXPECT_TRUE(plain.prune_never);
    EXPECT_THAT(plain.ignore, ElementsAre("tags.owner"));
    EXPECT_EQ(plain.providers, (Json{{"gaia", {{"a", 1}, {"b", 2}}}}));
    const auto own =
        load(minimal + "x-kedge: {prune: owned, ignore: [], gaia: {a: 3}}\n", context).resources[0].extension;
    EXPECT_FALSE(own.prune_never);
    EXPECT_THAT(own.ignore, IsEmpty());
    EXPECT_EQ(own.providers, (Json{{"gaia", {{"a", 3}, {"b", 2}}}}));
}

TEST(overrides, are_strict_and_keep_the_good_entries) {
    const auto read =
        load_overrides(".kedge/overrides", "- nam: x\n  x-kedge: {}\n- name: x\n- 5\n- name: a*\n  x-kedge: {adopt: "
                                           "id, formerly: [b]}\n- name: good\n  x-kedge: {adopt: id}\n");
    EXPECT_THAT(lines_of(read.findings),
                ElementsAre("1:3 unknown key \"nam\" | is \"name\" meant?", "1:3 no field \"name\"",
                            "3:3 no field \"x-kedge\" | write the block that the matching manifests get",
                            "4:3 an entry must be a map, not a number",
                            HasSubstr("x-kedge.adopt names one registration, this entry matches several"),
                            HasSubstr("x-kedge.formerly names one registration, this entry matches several")));
    ASSERT_EQ(read.overrides.size(), 1u);
    EXPECT_EQ(read.overrides[0].extension.adopt, "id");
    EXPECT_THAT(override_problems("a: 1\n"),
                ElementsAre("1:1 a list of overrides is expected, not a map | begin each entry with \"- \""));
    EXPECT_THAT(override_problems(""), IsEmpty());
    EXPECT_THAT(override_problems("[]\n---\n[]\n"),
                ElementsAre(HasSubstr("a second document | write one list of overrides")));
    EXPECT_THAT(override_problems("- name: \"x\n"), ElementsAre(HasSubstr("not valid YAML")));
}

TEST(releases, are_read_with_their_places) {
    const auto read =
        load_releases(".kedge/releases",
                      "- digest: " + digest + "\n  name: github\n  because: agreed with the team\n  at_most: 12\n");
    ASSERT_THAT(lines_of(read.findings), IsEmpty());
    ASSERT_EQ(read.releases.size(), 1u);
    EXPECT_EQ(read.releases[0].digest.hex(), digest);
    EXPECT_EQ(read.releases[0].name, "github");
    EXPECT_EQ(read.releases[0].because, "agreed with the team");
    EXPECT_EQ(read.releases[0].at_most, 12);
    EXPECT_TRUE(read.releases[0].from_git);
    EXPECT_EQ(to_text(read.releases[0].place), ".kedge/releases:1:3");
}

TEST(releases, are_strict) {
    EXPECT_THAT(
        release_problems("- digest: 0123456789abcdef\n  name: x\n  because: y\n"),
        ElementsAre("1:3 \"digest\" must be 64 hex digits, not 16 characters | copy the whole digest from the plan"));
    EXPECT_THAT(release_problems("- {}\n"),
                ElementsAre("1:3 no field \"digest\"", "1:3 no field \"name\"", "1:3 no field \"because\""));
    EXPECT_THAT(release_problems("- {digest: 'z', name: 5, because: '', at_most: 0, mor: 1}\n"),
                ElementsAre(HasSubstr("\"digest\" must be 64 hex digits"),
                            "1:17 \"name\" must be text, not a number | put it in quotes", "1:26 \"because\" is empty",
                            HasSubstr("1:39 \"at_most\" must be a whole number above 0"),
                            HasSubstr("1:51 unknown key \"mor\"")));
    for (const char* most : {"-1", "1.5", "'3'", "99999999999999"}) {
        EXPECT_THAT(release_problems("- {digest: " + digest + ", name: x, because: y, at_most: " + most + "}\n"),
                    ElementsAre(HasSubstr("\"at_most\" must be a whole number")))
            << most;
    }
}

TEST(releases, the_same_entry_twice_is_a_warning) {
    const std::string entry = "- {digest: " + digest + ", name: x, because: y}\n";
    EXPECT_THAT(release_problems(entry + entry), ElementsAre("warning 2:3 the same entry stands twice: it is good for "
                                                             "one write | write another \"because\" for a second yes"));
}
