#include "cli/moment.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

constexpr UnixSeconds now = 1'800'000'000; // 2027-01-15T08:00:00Z

std::string meant(const std::string& text) {
    const auto moment = parse_moment(text, now);
    return moment ? format_utc(moment->first) + " " + format_utc(moment->after) : "nothing";
}

} // namespace

TEST(moment, a_month_and_a_day_last_and_a_second_hardly_does) {
    EXPECT_EQ(meant("2027-03"), "2027-03-01T00:00:00Z 2027-04-01T00:00:00Z");
    EXPECT_EQ(meant("2027-09"), "2027-09-01T00:00:00Z 2027-10-01T00:00:00Z");
    EXPECT_EQ(meant("2026-12"), "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z");
    EXPECT_EQ(meant("2027-03-05"), "2027-03-05T00:00:00Z 2027-03-06T00:00:00Z");
    EXPECT_EQ(meant("2028-02-29"), "2028-02-29T00:00:00Z 2028-03-01T00:00:00Z");
    EXPECT_EQ(meant("2027-03-05T12:30:00Z"), "2027-03-05T12:30:00Z 2027-03-05T12:30:01Z");
}

TEST(moment, a_duration_is_so_long_ago) {
    EXPECT_EQ(meant("1d"), "2027-01-14T08:00:00Z 2027-01-14T08:00:00Z");
    EXPECT_EQ(meant("1h30m"), "2027-01-15T06:30:00Z 2027-01-15T06:30:00Z");
}

TEST(moment, what_no_calendar_has_means_nothing) {
    for (const auto* text :
         {"", "2027", "2027-13", "2027-00", "2027-02-30", "2027-3-5", "2027-03-05T25:00:00Z", "2027-03-05T12:30:00",
          "2027-03-05 12:30:00Z", "-1d", "30", "yesterday", "0000-00-00", "1960-01-01", "9999-99"})
        EXPECT_EQ(meant(text), "nothing") << text;
}
