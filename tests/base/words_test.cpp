#include "base/backoff.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/duration.h"
#include "base/http_message.h"
#include "base/json.h"
#include "base/secret.h"

#include <gtest/gtest.h>
#include <sstream>
#include <type_traits>

using namespace kedge;

TEST(digest, agrees_with_published_vectors) {
    EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hmac_sha256("key", "The quick brown fox jumps over the lazy dog").hex(),
              "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    EXPECT_EQ(digest_from_hex(sha256("abc").hex()), sha256("abc"));
    EXPECT_FALSE(digest_from_hex("abc"));
    EXPECT_FALSE(digest_from_hex(std::string(64, 'g')));
}

TEST(base64, agrees_with_published_vectors) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
    EXPECT_EQ(base64url("\xff\xfe\xfd\xfc"), "__79_A");
}

TEST(duration, is_read_and_written_as_people_write_it) {
    EXPECT_EQ(parse_duration("1h30m"), Milliseconds(5'400'000));
    EXPECT_EQ(parse_duration("250ms"), Milliseconds(250));
    EXPECT_EQ(parse_duration("0s"), Milliseconds(0));
    for (const char* wrong : {"", "5", "s", "-1s", "1.5h", "99999999999999999999d", "1 s", "5x"})
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
    EXPECT_EQ(format_duration(Milliseconds(5'400'000)), "1h30m");
    EXPECT_EQ(format_duration(Milliseconds(0)), "0s");
    EXPECT_EQ(format_utc(1'772'366'400), "2026-03-01T12:00:00Z");
    EXPECT_EQ(parse_utc("2026-03-01T12:00:00Z"), 1'772'366'400);
    EXPECT_FALSE(parse_utc("2026-03-01"));
}

TEST(backoff, doubles_up_to_its_most) {
    const Backoff backoff;
    EXPECT_EQ(backoff.wait(0, 0.5), Milliseconds(1000));
    EXPECT_EQ(backoff.wait(3, 0.5), Milliseconds(8000));
    EXPECT_EQ(backoff.wait(60, 0.5), Milliseconds(60000));
    EXPECT_EQ(backoff.wait(0, 0.0), Milliseconds(800));
}

template<class T>
concept Printable = requires(std::ostream& out, T value) {
    out << value;
};

TEST(secret, no_stream_or_json_accepts_one) {
    static_assert(!Printable<Secret>);
    static_assert(!std::is_constructible_v<Json, Secret>);
    static_assert(!std::is_convertible_v<Secret, std::string>);
    Secret first("value");
    Secret second(std::move(first));
    EXPECT_TRUE(first.empty()); // NOLINT(bugprone-use-after-move): that it is wiped is the promise
    EXPECT_EQ(second.reveal(), "value");
}

TEST(scrub, takes_credentials_out_of_foreign_text) {
    EXPECT_EQ(scrub("header Bearer abcdef123456 is wrong"), "header Bearer *** is wrong");
    EXPECT_EQ(scrub("fatal: https://bot:hunter2@host/x.git not found"), "fatal: https://***@host/x.git not found");
    EXPECT_EQ(scrub(R"({"client_secret": "s3cr3t", "name": "x"})"), R"({"client_secret": ***, "name": "x"})");
    EXPECT_EQ(scrub("token sk-abcdefgh12345678"), "token ***");
    EXPECT_EQ(scrub("keys sk_abcdefgh12345678 and s3cr3t_abcdefgh12345678"), "keys *** and ***");
    EXPECT_EQ(scrub("a\x1b[31mb\nc"), "a [31mb c");
    EXPECT_EQ(scrub("\xc3\xa4\xc3\xa4", 3), "\xc3\xa4...");
}

TEST(json, canonical_text_is_sorted_and_exact) {
    EXPECT_EQ(canonical_json(parse_json(R"({"b":1,"a":[1.0,18446744073709551615]})")),
              R"({"a":[1.0,18446744073709551615],"b":1})");
    EXPECT_NE(canonical_json(Json(1)), canonical_json(Json(1.0)));
    EXPECT_THROW(canonical_json(Json("\xff")), std::invalid_argument);
}

// What nlohmann reads and writes is the measure: digests of every release were made of it.
TEST(json, is_read_and_written_as_nlohmann_does) {
    for (const auto* text : {"null",
                             "true",
                             "-1",
                             "-0",
                             "0",
                             "18446744073709551615",
                             "9223372036854775808",
                             "-9223372036854775808",
                             "1.0",
                             "-0.5e-7",
                             "1e300",
                             "123456789012345678901234567890",
                             "0.1",
                             "\"\"",
                             R"("plain")",
                             R"("quote \" backslash \\ slash \/")",
                             R"("\u0000\u001f\n\t\u007f")",
                             R"("\u00e4\u20ac\ud83d\ude00")",
                             "\"\xc3\xa4\xe2\x80\xa8\"",
                             "[]",
                             "{}",
                             "[[],{},[1,\"a\"]]",
                             R"({"z":1,"a":{"b":[true,null]},"":"empty","\u00e4":2})",
                             " [1 , 2]\n",
                             "\xef\xbb\xbf{}"}) {
        const auto read = parse_json(text);
        const auto wanted = Json::parse(text);
        EXPECT_EQ(read, wanted) << text;
        EXPECT_EQ(canonical_json(read), wanted.dump()) << text;
        EXPECT_EQ(canonical_json(wanted), wanted.dump()) << text;
    }
}

TEST(json, what_nlohmann_refuses_is_refused_in_the_same_words) {
    for (const auto* text : {"", "{", "[1,]", "01", "1.", "nul", "\"a", "\"\\x\"", "\"\n\"", "\"\xff\"", "\"\\ud800\"",
                             "{} {}", "{\"a\" 1}", "1e999", "NaN"}) {
        try {
            static_cast<void>(parse_json(text));
            ADD_FAILURE() << text;
        } catch (const std::invalid_argument& error) {
            EXPECT_EQ(std::string(error.what()).find("no valid JSON at byte "), 0u) << text;
        }
    }
}

TEST(json, refuses_what_would_be_lost_or_explode) {
    EXPECT_THROW(parse_json(R"({"a":1,"a":2})"), std::invalid_argument);
    EXPECT_THROW(parse_json(std::string(100, '[') + std::string(100, ']')), std::invalid_argument);
    EXPECT_THROW(parse_json("{"), std::invalid_argument);
}

TEST(http_message, headers_and_queries_are_read_as_the_standard_says) {
    const HttpHeaders headers{{"Content-Type", "a"}, {"RETRY-AFTER", "3"}};
    EXPECT_EQ(header(headers, "retry-after"), "3");
    EXPECT_EQ(query_parameter("/mcp?limit=10&filter=%7B%22a%22%3A1%7D", "filter"), R"({"a":1})");
    EXPECT_EQ(query_parameter("/mcp?limit=10", "offset"), "");
    EXPECT_EQ(percent_encode("a b/{"), "a%20b%2F%7B");
}
