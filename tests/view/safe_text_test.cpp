#include "view/safe_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

using namespace kedge;

TEST(visible, plain_text_of_any_language_stays) {
    for (const char* text : {"github", "Ünïcödé", "日本語", "😀", "a b", ""}) EXPECT_EQ(visible(text), text);
}

TEST(visible, controls_and_terminal_commands_become_escapes) {
    EXPECT_EQ(visible("a\nb\tc\rd"), "a\\nb\\tc\\rd");
    EXPECT_EQ(visible("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
    EXPECT_EQ(visible(std::string("\0", 1)), "\\x00");
    EXPECT_EQ(visible("\xc2\x9b"), "\\u{009b}") << "the one-character form of ESC [";
}

TEST(visible, what_hides_or_reorders_text_becomes_an_escape) {
    EXPECT_EQ(visible("a\u202eb"), "a\\u{202e}b");
    EXPECT_EQ(visible("a\u2066b\u2069"), "a\\u{2066}b\\u{2069}");
    EXPECT_EQ(visible("a\u200bb\ufeff"), "a\\u{200b}b\\u{feff}");
    EXPECT_EQ(visible("\u2028\u00ad\u3164"), "\\u{2028}\\u{00ad}\\u{3164}");
    EXPECT_EQ(visible("\U000e0041"), "\\u{e0041}") << "a tag character";
}

TEST(visible, broken_utf8_is_shown_byte_by_byte) {
    EXPECT_EQ(visible("\xff\xc3"), "\\xff\\xc3");
    EXPECT_EQ(visible("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
    EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
    EXPECT_EQ(visible("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
}

TEST(visible, any_bytes_give_one_line_of_valid_text_that_does_not_change_again) {
    rc::check([](const std::string& bytes) {
        const auto text = visible(bytes);
        RC_ASSERT(visible(text) == text);
        RC_ASSERT(valid_utf8(text) == text);
        for (const char c : text) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    });
}

TEST(valid_utf8, any_bytes_become_acceptable_json) {
    rc::check([](const std::string& bytes) { RC_ASSERT(!nlohmann::json(valid_utf8(bytes)).dump().empty()); });
    EXPECT_EQ(valid_utf8("a\xff\u202e"), "a\ufffd\u202e");
}

TEST(shorten, never_exceeds_its_width_nor_cuts_a_character) {
    EXPECT_EQ(shorten("abcdef", 6), "abcdef");
    EXPECT_EQ(shorten("abcdefg", 6), "abc...");
    EXPECT_EQ(shorten("日本語日本語", 8), "日本...");
    EXPECT_EQ(display_width("日本語e\u0301"), 7);
    rc::check([](const std::string& bytes) {
        const auto text = visible(bytes);
        for (int width = 3; width < 12; ++width) {
            RC_ASSERT(display_width(shorten(text, width)) <= width);
            RC_ASSERT(valid_utf8(shorten(text, width)) == shorten(text, width));
        }
    });
}

TEST(shorten, two_values_that_would_look_alike_begin_where_they_differ) {
    const std::string same(60, 'x');
    const auto [live, desired] = shorten_pair(same + " old", same + " new", 30);
    EXPECT_EQ(live, "...xxxxxxx old");
    EXPECT_EQ(desired, "...xxxxxxx new");
    EXPECT_EQ(shorten_pair("a", "b", 30), (std::pair<std::string, std::string>("a", "b")));
}

TEST(wrap, breaks_at_spaces_and_leaves_long_words_whole) {
    EXPECT_EQ(wrap("one two three", 8), (std::vector<std::string>{"one two", "three"}));
    EXPECT_EQ(wrap("a/very/long/path b", 5), (std::vector<std::string>{"a/very/long/path", "b"}));
    EXPECT_TRUE(wrap("", 5).empty());
}
