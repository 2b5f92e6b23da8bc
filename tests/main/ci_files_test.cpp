// What deploy/ci offers can be read as YAML, pins what it uses, and calls options that exist.
#include "cli/options.h"
#include "manifest/yaml.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <regex>
#include <sstream>

using namespace kedge;
using testing::IsEmpty;

namespace {

const std::filesystem::path folder = std::filesystem::path(KEDGE_SOURCE_DIR) / "deploy/ci";

std::string text_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) all.push_back(entry.path());
    }
    return all;
}

// The arguments of each `kedge preview` of a script, a value in place of each variable.
std::vector<std::vector<std::string>> command_lines(const std::string& text) {
    std::vector<std::vector<std::string>> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto at = line.find("preview --");
        if (at == std::string::npos || line.find_first_not_of(' ') == line.find('#')) continue;
        std::istringstream words(line.substr(at));
        auto& arguments = all.emplace_back();
        for (std::string word; words >> word;) arguments.push_back(word.find('$') == std::string::npos ? word : "12");
    }
    return all;
}

} // namespace

TEST(ci_files, are_yaml) {
    int read = 0;
    for (const auto& path : files()) {
        if (path.extension() != ".yml") continue;
        const auto yaml = parse_yaml(path.filename(), text_of(path));
        EXPECT_THAT(yaml.findings, IsEmpty()) << path;
        ASSERT_EQ(yaml.documents.size(), 1U) << path;
        EXPECT_TRUE(yaml.documents[0].value.is_object()) << path;
        ++read;
    }
    EXPECT_EQ(read, 4);
}

TEST(ci_files, call_options_that_exist) {
    int called = 0;
    for (const auto& path : files()) {
        for (const auto& arguments : command_lines(text_of(path))) {
            const auto parsed = parse_options(arguments);
            EXPECT_FALSE(parsed.exit_code) << path << ": " << parsed.text;
            EXPECT_EQ(parsed.options.verb, Verb::preview);
            ++called;
        }
    }
    EXPECT_EQ(called, 6);
}

TEST(ci_files, use_actions_by_commit_only) {
    const std::regex uses("uses: ([^ \n]+)");
    const std::regex pinned(".*@[0-9a-f]{40}");
    for (const auto& path : files()) {
        const auto text = text_of(path);
        for (std::sregex_iterator at(text.begin(), text.end(), uses), end; at != end; ++at)
            EXPECT_TRUE(std::regex_match((*at)[1].str(), pinned)) << path << ": " << (*at)[1];
    }
}

TEST(ci_files, put_nothing_of_a_pull_request_into_a_script) {
    for (const auto& path : files()) {
        std::istringstream lines(text_of(path));
        for (std::string line; std::getline(lines, line);) {
            const bool script =
                line.find("run:") != std::string::npos || line.find("kedge preview --") != std::string::npos;
            EXPECT_FALSE(script && line.find("${{") != std::string::npos) << path << ": " << line;
        }
    }
}

TEST(ci_files, ask_for_no_right_to_write) {
    for (const auto& path : files()) EXPECT_EQ(text_of(path).find(": write"), std::string::npos) << path;
}
