#include "tests/fuzz/checks.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sstream>

using namespace kedge;

namespace {

std::vector<std::string> seeds(const std::string& folder) {
    std::vector<std::string> texts;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(KEDGE_SOURCE_DIR) + "/tests/fuzz/corpus/" + folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        texts.push_back(text.str());
    }
    return texts;
}

// Every seed, cut off everywhere and with one byte changed: what a fuzzer tries first.
template<typename Check>
void replay(const std::string& folder, Check check) {
    const auto texts = seeds(folder);
    ASSERT_GE(texts.size(), 8u);
    for (const auto& text : texts) {
        check(text);
        const std::size_t step = std::max<std::size_t>(1, text.size() / 60);
        for (std::size_t i = 0; i < text.size(); i += step) {
            check(std::string_view(text).substr(0, i));
            for (const char c : {'\n', '"', '\xFF', ':', '{', '*', '\t'}) {
                std::string changed = text;
                changed[i] = c;
                check(changed);
            }
        }
    }
}

} // namespace

TEST(fuzz_seeds, any_piece_of_a_yaml_seed_is_read_or_refused) {
    replay("yaml", fuzz::check_yaml);
}
TEST(fuzz_seeds, any_piece_of_a_manifest_seed_is_read_or_refused) {
    replay("manifest", fuzz::check_manifest);
}

TEST(fuzz_seeds, any_bytes_are_read_or_refused) {
    EXPECT_TRUE(rc::check([] {
        const auto bytes = *rc::gen::container<std::string>(
            rc::gen::elementOf(std::string("ab:- \n{}[]\"'*&<>|#!,?\t\xC3\xA9\xFF$0129.=~y")));
        fuzz::check_yaml(bytes);
        fuzz::check_manifest(bytes);
    }));
}
