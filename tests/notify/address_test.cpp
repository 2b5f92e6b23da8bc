#include "notify/address.h"
#include "notify/signature.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

using namespace kedge;

namespace {

Address of(const std::string& url, bool allow_insecure = false) {
    return parse_address(Secret(url), allow_insecure);
}

} // namespace

TEST(address, is_taken_apart_into_origin_and_target) {
    const auto slack = of("https://hooks.slack.example/services/T1/B2/x3?y=1");
    EXPECT_EQ(slack.problem, "");
    EXPECT_EQ(slack.origin, "https://hooks.slack.example");
    EXPECT_EQ(slack.target.reveal(), "/services/T1/B2/x3?y=1");
    EXPECT_EQ(of("https://[::1]:8443").target.reveal(), "/");
    EXPECT_EQ(of("https://a.example?x=1").target.reveal(), "/?x=1");
}

TEST(address, plain_http_has_to_be_allowed) {
    EXPECT_NE(of("http://127.0.0.1:1/x").problem.find("allow_insecure"), std::string::npos);
    EXPECT_EQ(of("http://127.0.0.1:1/x", true).problem, "");
}

TEST(address, what_is_none_is_refused_without_being_quoted) {
    for (const std::string bad :
         {"", "hooks.slack.example/S3CR3T", "ftp://a.example/S3CR3T", "https:///S3CR3T", "https://:443/S3CR3T",
          "https://user:S3CR3T@a.example/", "https://a.example/S3CR3T#x", "https://a.example/S3CR3T\r\nX-Evil: 1",
          "https://a.example/S3 CR3T", "https://a.example/S3CR3T\xc3\xa4"}) {
        const auto address = of(bad, true);
        EXPECT_NE(address.problem, "") << bad;
        EXPECT_EQ(address.problem.find("S3"), std::string::npos);
        EXPECT_EQ(address.origin, "");
    }
    EXPECT_NE(of("https://a.example/" + std::string(3000, 'x')).problem, "");
}

TEST(signature, is_the_hmac_over_time_and_body_that_anybody_can_compute) {
    const std::string body = R"({"kind":"pass"})";
    const std::string key = "the key of the receiver";
    const std::string text = "1800000000." + body;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    ASSERT_NE(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                   reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes, &size),
              nullptr);
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        constexpr const char* digits = "0123456789abcdef";
        hex += digits[bytes[i] >> 4];
        hex += digits[bytes[i] & 15];
    }
    EXPECT_EQ(webhook_signature(Secret(key), 1'800'000'000, body), "sha256=" + hex);
    // printf '1800000000.{"kind":"pass"}' | openssl dgst -sha256 -hmac 'the key of the receiver'
    EXPECT_EQ(hex, "e78322033b6f79f417dfb00c728cc7b7948a279b1e41b04e3146f089906ed8e8");
}
