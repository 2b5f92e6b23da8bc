#include "tests/fuzz/replay.h"
#include "tests/fuzz/settings_checks.h"

using namespace kedge;

TEST(fuzz_seeds, any_piece_of_a_settings_file_is_read_or_refused) {
    fuzz::replay("settings", fuzz::check_settings);
}

TEST(fuzz_seeds, a_settings_file_full_of_mistakes_says_so_once) {
    std::string text = "units: [";
    for (int i = 0; i < 2000; ++i) text += "{}, ";
    fuzz::check_settings(text + "]\n");
    const auto findings = load_settings("kedge.yaml", text + "]\n").findings;
    ASSERT_EQ(findings.size(), 201u);
    EXPECT_EQ(findings.back().message, "more than 200 mistakes: the others are not shown");
}

TEST(fuzz_seeds, a_credential_names_something) {
    for (const char* wrong : {"${env:}", "${file:}", "${env:A}B}", "${env:{A}", "${A}"}) {
        const auto text = "sources: {m: {git: \"https://git.example.com/m\", token: \"" + std::string(wrong) + "\"}}\n";
        bool said = false;
        for (const auto& finding : load_settings("kedge.yaml", text).findings)
            said = said || finding.message == "\"token\" must be ${env:NAME} or ${file:PATH}";
        EXPECT_TRUE(said) << wrong;
    }
}
