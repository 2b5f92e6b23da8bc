#include "manifest/yaml.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

std::string excerpt(const std::string& text, int line) {
    return excerpt_of(text, {"a.yaml", line, 1});
}

} // namespace

TEST(excerpt, shows_the_line_with_spaces_for_tabs) {
    EXPECT_EQ(excerpt("a: 1\n  b:\t2\r\nc: 3\n", 2), "  b: 2");
    EXPECT_EQ(excerpt("a: 1\n", 7), "");
    EXPECT_EQ(excerpt("a: 1\n", 0), "");
    EXPECT_EQ(excerpt("d: " + std::string(200, 'x'), 1), "d: " + std::string(117, 'x') + "...");
}

TEST(excerpt, hides_values_of_keys_that_may_hold_a_secret) {
    for (const char* line : {"client_secret: abc", "token: abc", "password : abc", "\"api_key\": \"abc\"",
                             "Authorization: abc", "X-Api-Key: abc", "key: abc"}) {
        const auto shown = excerpt(line, 1);
        EXPECT_EQ(shown.find("abc"), std::string::npos) << shown;
        EXPECT_NE(shown.find("***"), std::string::npos) << shown;
    }
}

TEST(excerpt, shows_addresses_and_plain_fields) {
    EXPECT_EQ(excerpt("token_url: https://idp.example.com/token", 1), "token_url: https://idp.example.com/token");
    EXPECT_EQ(excerpt("url: https://user:hunter2@host/x", 1), "url: https://***@host/x");
    EXPECT_EQ(excerpt("name: yes # said so", 1), "name: yes # said so");
}

TEST(excerpt, hides_everything_below_a_secret_field) {
    const std::string text = "auth_data:\n  type: header\n  headers:\n    X-One: abc\n    X-Two: >-\n      def\n\n     "
                             " ghi\n    X-Three:\n      jkl\n      mno\n  auth_level: global\n";
    EXPECT_EQ(excerpt(text, 2), "  type: header");
    EXPECT_EQ(excerpt(text, 4), "    X-One: ***");
    EXPECT_EQ(excerpt(text, 6), "      ***");
    EXPECT_EQ(excerpt(text, 8), "      ***");
    EXPECT_EQ(excerpt(text, 10), "      ***");
    EXPECT_EQ(excerpt(text, 11), "      ***");
    EXPECT_EQ(excerpt(text, 12), "  auth_level: global");
}

TEST(excerpt, follows_quotes_and_brackets_over_lines) {
    EXPECT_EQ(excerpt("client_secret: \"abc\ndef\"\nname: x\n", 2), "***");
    EXPECT_EQ(excerpt("client_secret: \"abc\ndef\"\nname: x\n", 3), "name: x");
    EXPECT_EQ(excerpt("client_secret: 'it''s\ndef'\nname: x\n", 2), "***");
    const std::string json =
        "{\n\"auth_data\": {\n\"headers\": {\n\"A\":\"abc\", \"B\": \"def\"\n},\n\"type\": \"header\"\n}}\n";
    EXPECT_EQ(excerpt(json, 4), "\"A\":***, \"B\": ***");
    EXPECT_EQ(excerpt(json, 6), "\"type\": \"header\"");
    EXPECT_EQ(excerpt("a: {token: abc, name: n}", 1), "a: {token: ***, name: n}");
}

TEST(excerpt, a_block_text_in_a_list_ends_with_its_item) {
    const std::string text = "list:\n  - |\n    abc\n  - client_secret: def\n";
    EXPECT_EQ(excerpt(text, 3), "    abc");
    EXPECT_EQ(excerpt(text, 4), "  - client_secret: ***");
}

TEST(excerpt, hides_secrets_in_comments_and_in_broken_text) {
    EXPECT_EQ(excerpt("name: x # client_secret: abc", 1).find("abc"), std::string::npos);
    EXPECT_EQ(excerpt("# token = abc\n", 1).find("abc"), std::string::npos);
    EXPECT_EQ(excerpt("headers:\n  Authorization: Bearer: abc: def\n", 2).find("abc"), std::string::npos);
    EXPECT_EQ(excerpt("note: Bearer abcdefgh\n", 1), "note: Bearer ***");
}

TEST(excerpt, is_always_valid_utf8) {
    EXPECT_EQ(excerpt("a: \xFF\xC3\n", 1), "a: ??");
    EXPECT_EQ(excerpt("a: \xC3\xA9\n", 1), "a: \xC3\xA9");
    EXPECT_NO_THROW(Json(excerpt("a: \xF0\x9F\n", 1)).dump());
}
