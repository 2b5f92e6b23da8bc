#include "golden.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>
#include <vector>

namespace kedge {

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// The first line that differs, with the two before it.
std::string first_difference(const std::string& expected, const std::string& actual) {
    const auto want = lines_of(expected);
    const auto have = lines_of(actual);
    std::size_t at = 0;
    while (at < want.size() && at < have.size() && want[at] == have[at]) ++at;
    std::string text = "line " + std::to_string(at + 1) + ":\n";
    for (std::size_t i = at < 2 ? 0 : at - 2; i < at; ++i) text += "  " + want[i] + "\n";
    for (std::size_t i = at; i < at + 4 && i < want.size(); ++i) text += "- " + want[i] + "\n";
    for (std::size_t i = at; i < at + 4 && i < have.size(); ++i) text += "+ " + have[i] + "\n";
    return text;
}

} // namespace

void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string(KEDGE_SOURCE_DIR) + "/tests/view/golden/" + name;
    if (std::getenv("KEDGE_REWRITE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << text;
        return;
    }
    std::ifstream stream(path, std::ios::binary);
    ASSERT_TRUE(stream) << path << " is missing; KEDGE_REWRITE_GOLDEN=1 writes it";
    const std::string expected{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_TRUE(expected == text) << name << " differs (- golden, + now; KEDGE_REWRITE_GOLDEN=1 rewrites), "
                                  << first_difference(expected, text);
}

} // namespace kedge
