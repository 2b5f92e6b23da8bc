// docs/promises.md names tests as proof: each of them has to exist.
#include "tests/house/source_tree.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace kedge::house {

namespace {

std::set<std::string> tests_in(const std::vector<SourceFile>& files) {
    static const std::regex test(R"(\nTEST(?:_F|_P)?\((\w+), ?(\w+)\))");
    static const std::regex typed(R"(\n(?:TYPED_TEST|RC_GTEST_PROP)\((\w+),\s*(\w+))");
    std::set<std::string> names;
    for (const auto& file : files) {
        if (!under(file.path, "tests") || !is_cpp(file.path)) continue;
        for (const auto& pattern : {test, typed}) {
            for (std::sregex_iterator at(file.text.begin(), file.text.end(), pattern), end; at != end; ++at)
                names.insert((*at)[1].str() + "." + (*at)[2].str());
        }
    }
    return names;
}

} // namespace

TEST(promises, name_only_tests_that_exist) {
    const auto files = read_tree(KEDGE_SOURCE_DIR);
    const auto tests = tests_in(files);
    const auto page = std::find_if(files.begin(), files.end(),
                                   [](const SourceFile& file) { return file.path == "docs/promises.md"; });
    ASSERT_NE(page, files.end());
    static const std::regex named(R"(`(\w+\.\w+)`)");
    int proofs = 0;
    for (std::sregex_iterator at(page->text.begin(), page->text.end(), named), end; at != end; ++at) {
        ++proofs;
        EXPECT_TRUE(tests.contains((*at)[1].str())) << (*at)[1].str();
    }
    EXPECT_GE(proofs, 30);
}

} // namespace kedge::house
