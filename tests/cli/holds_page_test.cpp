// docs/holds.md has a section for every reason, with the command that ends the hold, as the command line takes it.
#include "cli/options.h"
#include "model/change.h"
#include "model/release.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iomanip>
#include <iterator>
#include <sstream>

using namespace kedge;
using testing::HasSubstr;

namespace {

std::string page() {
    std::ifstream stream(std::string(KEDGE_SOURCE_DIR) + "/docs/holds.md");
    return {std::istreambuf_iterator<char>(stream), {}};
}

// Every reason there is: one that is added shows here, for to_text has to name it.
std::vector<HoldReason> reasons() {
    std::vector<HoldReason> all;
    const auto no_such = to_text(static_cast<HoldReason>(1000));
    for (int i = 0; i < 100; ++i) {
        const auto reason = static_cast<HoldReason>(i);
        if (to_text(reason) != no_such || reason == HoldReason::foreign) all.push_back(reason);
    }
    return all;
}

// What stands below "## WORD", up to the next heading; empty: there is no such section.
std::string section(const std::string& text, const std::string& word) {
    const auto start = text.find("\n## " + word + "\n");
    if (start == std::string::npos) return {};
    return text.substr(start, text.find("\n## ", start + 1) - start);
}

std::vector<std::string> commands(const std::string& section) {
    std::vector<std::string> lines;
    const auto start = section.find("```sh\n");
    if (start == std::string::npos) return lines;
    std::istringstream block(section.substr(start + 6, section.find("\n```", start + 6) - start - 6));
    for (std::string line; std::getline(block, line);) lines.push_back(line);
    return lines;
}

// As a shell would: at spaces, quotes kept together.
std::vector<std::string> words(const std::string& command) {
    std::vector<std::string> all;
    std::istringstream stream(command);
    for (std::string word; stream >> std::quoted(word);) all.push_back(word);
    return all;
}

Options parsed(const std::string& command) {
    auto all = words(command);
    EXPECT_EQ(all.at(0), "kedge") << command;
    all.erase(all.begin());
    const auto result = parse_options(all);
    EXPECT_FALSE(result.exit_code) << command << ": " << result.text;
    return result.options;
}

// No command of kedge ends these; the section says who does.
bool is_ended_elsewhere(HoldReason reason) {
    return reason == HoldReason::duplicate;
}

bool is_of_a_group(HoldReason reason) {
    return reason == HoldReason::limit || reason == HoldReason::lost || reason == HoldReason::upgrade;
}

} // namespace

TEST(holds_page, names_every_reason_with_the_command_that_ends_it) {
    const auto text = page();
    ASSERT_EQ(reasons().size(), 14U);
    for (const auto reason : reasons()) {
        const std::string word(to_text(reason));
        const auto about = section(text, word);
        ASSERT_FALSE(about.empty()) << "docs/holds.md has no section \"" << word << "\"";
        EXPECT_THAT(about, HasSubstr("**Why.**")) << word;
        EXPECT_THAT(about, HasSubstr("**Command.**")) << word;
        EXPECT_EQ(commands(about).empty(), is_ended_elsewhere(reason)) << word;
    }
}

TEST(holds_page, its_commands_are_what_the_command_line_takes) {
    const auto text = page();
    for (const auto reason : reasons()) {
        const std::string word(to_text(reason));
        bool releases = false;
        for (const auto& command : commands(section(text, word))) {
            const auto options = parsed(command);
            const bool release = options.verb == Verb::release;
            releases = releases || release;
            EXPECT_EQ(options.digest, release ? "DIGEST" : "") << command;
            EXPECT_EQ(options.because, release ? "WHY" : "") << command;
        }
        EXPECT_EQ(releases, is_releasable(reason) || is_of_a_group(reason)) << word << " can be released, or cannot";
    }
    EXPECT_EQ(parsed(commands(section(text, "unsure")).at(0)).id, "ID");
    EXPECT_EQ(parsed(commands(section(text, "foreign")).at(0)).verb, Verb::adopt);
    EXPECT_EQ(parsed(commands(section(text, "sign-out")).at(0)).at_most, 2);
    EXPECT_TRUE(parsed(commands(section(text, "The marker")).at(0)).mark);
}
