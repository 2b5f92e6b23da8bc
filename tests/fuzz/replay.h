// Replays the seeds of one fuzz target in an ordinary test: each whole, cut off everywhere, and with one byte changed,
// which is what a fuzzer tries first. Needs KEDGE_SOURCE_DIR.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::fuzz {

inline std::vector<std::string> seeds(const std::string& target) {
    std::vector<std::string> texts;
    const auto folder = std::string(KEDGE_SOURCE_DIR) + "/tests/fuzz/corpus/" + target;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        texts.push_back(text.str());
    }
    std::sort(texts.begin(), texts.end()); // a folder has no order of its own
    return texts;
}

template<typename Check>
void replay(const std::string& target, Check check) {
    const auto texts = seeds(target);
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

} // namespace kedge::fuzz
