#include "io/pacing.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(http_date, is_read_in_the_three_forms_of_rfc_9110) {
    for (const char* text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        EXPECT_EQ(parse_http_date(text), 784111777) << text;
    }
    for (const char* text :
         {"", "tomorrow", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT+1", "784111777"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

TEST(wait_asked_for, prefers_retry_after) {
    EXPECT_EQ(wait_asked_for({{"X-RateLimit-Reset", "5"}, {"Retry-After", "3"}}, 0), Milliseconds(3000));
    EXPECT_EQ(wait_asked_for({{"X-RateLimit-Reset", "5"}, {"Retry-After", "soon"}}, 0), Milliseconds(5000));
    EXPECT_EQ(wait_asked_for({{"X-RateLimit-Reset", "1800000000"}}, 1'800'000'001), std::nullopt)
        << "that time is over";
    EXPECT_EQ(wait_asked_for({}, 0), std::nullopt);
}

TEST(wait_asked_for, an_absurd_wait_is_long_and_does_not_overflow) {
    EXPECT_EQ(wait_asked_for({{"Retry-After", "9223372036854775807"}}, 0), Milliseconds(366LL * 24 * 3600 * 1000));
}
