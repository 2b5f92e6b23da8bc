#include "tests/fuzz/manifest_checks.h"
#include "tests/fuzz/replay.h"

#include <rapidcheck.h>

using namespace kedge;

TEST(fuzz_seeds, any_piece_of_a_yaml_seed_is_read_or_refused) {
    fuzz::replay("yaml", fuzz::check_yaml);
}
TEST(fuzz_seeds, any_piece_of_a_manifest_seed_is_read_or_refused) {
    fuzz::replay("manifest", fuzz::check_manifest);
}
TEST(fuzz_seeds, any_piece_of_an_overrides_seed_is_read_or_refused) {
    fuzz::replay("overrides", fuzz::check_overrides);
}
TEST(fuzz_seeds, any_piece_of_a_releases_seed_is_read_or_refused) {
    fuzz::replay("releases", fuzz::check_releases);
}

// Each mistake used to cost a walk through the file, so that a commit could keep kedge busy for an hour.
TEST(fuzz_seeds, a_file_full_of_mistakes_is_read_soon_and_says_so_once) {
    std::string entries;
    std::string documents;
    for (int i = 0; i < 5000; ++i) entries += "- 5\n";
    for (int i = 0; i < 900; ++i) documents += "---\ntype: mcp-server/remote\nname: [" + std::to_string(i) + "]\n";
    fuzz::check_overrides(entries);
    fuzz::check_releases(entries);
    const auto overrides = load_overrides(".kedge/overrides", entries + "- {name: good, x-kedge: {prune: never}}\n");
    ASSERT_EQ(overrides.findings.size(), 101u);
    EXPECT_EQ(overrides.findings.back().message, "more than 100 mistakes in this file: the others are not shown");
    EXPECT_EQ(overrides.overrides.size(), 1u) << "what is right counts, wherever it stands";
    const auto loaded = load_file("many.yaml", documents, {});
    EXPECT_NE(loaded.findings.front().excerpt, "");
    EXPECT_EQ(loaded.findings.back().excerpt, "");
}

TEST(fuzz_seeds, any_bytes_are_read_or_refused) {
    EXPECT_TRUE(rc::check([] {
        const auto bytes = *rc::gen::container<std::string>(
            rc::gen::elementOf(std::string("ab:- \n{}[]\"'*&<>|#!,?\t\xC3\xA9\xFF$0129.=~y")));
        fuzz::check_yaml(bytes);
        fuzz::check_manifest(bytes);
        fuzz::check_overrides(bytes);
        fuzz::check_releases(bytes);
    }));
}
