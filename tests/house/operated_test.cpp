// Whatever the documents offer an operator has a test that uses it: signals, paths beside the API (whose own routes the
// role matrix asks one by one), and commands. Keys of the settings have tests/main/settings_coverage_test.cpp.
#include "tests/house/source_tree.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace kedge::house {

namespace {

using Words = std::set<std::string>;

// Every first group that the pattern finds.
Words found_in(const std::string& text, const std::string& pattern) {
    const std::regex wanted(pattern);
    Words words;
    for (std::sregex_iterator at(text.begin(), text.end(), wanted), end; at != end; ++at) words.insert((*at)[1].str());
    return words;
}

// `pattern` holds "%" where the word stands.
Words untested(const Words& words, const std::string& tests, const std::string& pattern) {
    Words missing;
    for (const auto& word : words) {
        const auto here = std::regex_replace(pattern, std::regex("%"), word);
        if (!std::regex_search(tests, std::regex(here))) missing.insert(word);
    }
    return missing;
}

std::string text_below(const std::vector<SourceFile>& files, const std::vector<std::string>& folders) {
    std::string text;
    for (const auto& file : files) {
        for (const auto& folder : folders) {
            if (file.path == folder || under(file.path, folder)) text += file.text + "\n";
        }
    }
    return text;
}

class Operated : public testing::Test {
protected:
    std::string text(const std::vector<std::string>& folders) const { return text_below(files, folders); }
    const std::vector<SourceFile> files = read_tree(KEDGE_SOURCE_DIR);
};

} // namespace

TEST_F(Operated, each_signal_is_sent_to_the_real_daemon) {
    const auto promised = found_in(text({"docs/operations.md"}), R"(`(SIG[A-Z]+)`)");
    EXPECT_GE(promised.size(), 3U);
    EXPECT_EQ(untested(promised, text({"tests/e2e"}), R"(\b%\b)"), Words());
    const auto heard = found_in(text({"src/cli/stop_signals.cpp", "src/main/run_daemon.cpp"}), R"(loop, (SIG[A-Z]+))");
    for (const auto& signal : heard)
        EXPECT_TRUE(promised.contains(signal)) << signal << " is not in docs/operations.md";
}

TEST_F(Operated, each_webhook_path_is_posted_to) {
    const auto kinds = found_in(text({"docs/api.md"}), R"(`/hooks/([a-z]+)`)");
    EXPECT_GE(kinds.size(), 4U);
    EXPECT_EQ(untested(kinds, text({"tests/serve"}), R"re(deliver\(\s*"%")re"), Words());
}

TEST_F(Operated, each_path_of_health_is_asked) {
    const auto paths = found_in(text({"docs/api.md"}), R"(`/(livez|readyz|metrics)`)");
    EXPECT_EQ(paths.size(), 3U);
    EXPECT_EQ(untested(paths, text({"tests/serve"}), R"re("/%")re"), Words());
}

TEST_F(Operated, each_command_is_run) {
    const auto verbs = found_in(text({"src/cli"}), R"re(add_subcommand\(\s*"([a-z]+)")re");
    EXPECT_GE(verbs.size(), 20U);
    EXPECT_EQ(untested(verbs, text({"tests/cli", "tests/main", "tests/e2e"}), R"re("%")re"), Words());
}

TEST_F(Operated, what_has_no_test_is_found) {
    const auto promised = found_in("`SIGHUP` and `SIGUSR1`", R"(`(SIG[A-Z0-9]+)`)");
    EXPECT_EQ(promised, (Words{"SIGHUP", "SIGUSR1"}));
    EXPECT_EQ(untested(promised, "daemon.signal(SIGHUP);", R"(\b%\b)"), Words{"SIGUSR1"});
}

} // namespace kedge::house
