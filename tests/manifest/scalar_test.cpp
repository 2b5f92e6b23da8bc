#include "manifest/scalar.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

struct Sample {
    const char* text;
    const char* sent; // what PyYAML's safe loader and Python's json make of it; null also where they fail
};

// Recorded from PyYAML 6.0.3.
const Sample samples[] = {
    {"yes", R"(true)"},
    {"Yes", R"(true)"},
    {"YES", R"(true)"},
    {"no", R"(false)"},
    {"No", R"(false)"},
    {"NO", R"(false)"},
    {"on", R"(true)"},
    {"On", R"(true)"},
    {"ON", R"(true)"},
    {"off", R"(false)"},
    {"Off", R"(false)"},
    {"OFF", R"(false)"},
    {"true", R"(true)"},
    {"True", R"(true)"},
    {"TRUE", R"(true)"},
    {"false", R"(false)"},
    {"False", R"(false)"},
    {"FALSE", R"(false)"},
    {"y", R"("y")"},
    {"Y", R"("Y")"},
    {"n", R"("n")"},
    {"N", R"("N")"},
    {"yEs", R"("yEs")"},
    {"oN", R"("oN")"},
    {"~", R"(null)"},
    {"null", R"(null)"},
    {"Null", R"(null)"},
    {"NULL", R"(null)"},
    {"nULL", R"("nULL")"},
    {"=", R"(null)"},
    {"<", R"("<")"},
    {"012", R"(10)"},
    {"0o14", R"("0o14")"},
    {"09", R"("09")"},
    {"00", R"(0)"},
    {"0", R"(0)"},
    {"-0", R"(0)"},
    {"+1", R"(1)"},
    {"1_000", R"(1000)"},
    {"0x1F", R"(31)"},
    {"-0x1F", R"(-31)"},
    {"0x_", R"(null)"},
    {"0b11", R"(3)"},
    {"0b_", R"(null)"},
    {"-0b10", R"(-2)"},
    {"0_", R"(0)"},
    {"1:3", R"(63)"},
    {"1:30", R"(90)"},
    {"1:60", R"("1:60")"},
    {"190:20:30", R"(685230)"},
    {"190:20:30.15", R"(685230.15)"},
    {"-1:30", R"(-90)"},
    {"1_0:2", R"(602)"},
    {"01:30", R"("01:30")"},
    {"1:30.5", R"(90.5)"},
    {"1:30.", R"(90.0)"},
    {"1.0", R"(1.0)"},
    {"1.", R"(1.0)"},
    {".5", R"(0.5)"},
    {"-.5", R"("-.5")"},
    {"+.5", R"("+.5")"},
    {"._5", R"("._5")"},
    {"1e3", R"("1e3")"},
    {"1.5e3", R"("1.5e3")"},
    {"1.5e+3", R"(1500.0)"},
    {"1.5E-3", R"(0.0015)"},
    {"1e+3", R"("1e+3")"},
    {"-1.25", R"(-1.25)"},
    {"1_000.5", R"(1000.5)"},
    {"12_", R"(12)"},
    {"_12", R"("_12")"},
    {"1.2.3", R"("1.2.3")"},
    {".inf", R"(null)"},
    {"-.inf", R"(null)"},
    {"+.INF", R"(null)"},
    {".nan", R"(null)"},
    {".NaN", R"(null)"},
    {"-.nan", R"("-.nan")"},
    {"inf", R"("inf")"},
    {".Inf", R"(null)"},
    {"1e400", R"("1e400")"},
    {"1.0e+400", R"(null)"},
    {".", R"(".")"},
    {"..", R"("..")"},
    {"+", R"("+")"},
    {"--", R"("--")"},
    {"1-2", R"("1-2")"},
    {"2024-01-01", R"(null)"},
    {"2024-1-1", R"("2024-1-1")"},
    {"2024-13-45", R"(null)"},
    {"2024-01-01T10:00:00Z", R"(null)"},
    {"2024-01-01t1:02:03.5+01:00", R"(null)"},
    {"2024-01-01T10:00", R"("2024-01-01T10:00")"},
    {"20240101", R"(20240101)"},
    {"12:30:45", R"(45045)"},
    {"18446744073709551615", R"(18446744073709551615)"},
    {"18446744073709551616", R"(null)"},
    {"-9223372036854775808", R"(-9223372036854775808)"},
    {"-9223372036854775809", R"(null)"},
    {"0777", R"(511)"},
    {"0o8", R"("0o8")"},
    {"1__0", R"(10)"},
    {"0xg", R"("0xg")"},
    {"e3", R"("e3")"},
    {"1e", R"("1e")"},
    {"1e+", R"("1e+")"},
    {"0.1", R"(0.1)"},
    {"3.14159", R"(3.14159)"},
    {"1.10", R"(1.1)"},
    {"0.1e-7", R"(1e-08)"},
    {"00012", R"(10)"},
    {"v1.0", R"("v1.0")"},
    {"1.0.0", R"("1.0.0")"},
    {"10.0.0.1", R"("10.0.0.1")"},
    {"1/2", R"("1/2")"},
    {"100%", R"("100%")"},
    {"5m", R"("5m")"},
    {"2024-01-01 10:00:00", R"(null)"},
    {"2024-01-01 10:00:00 +1", R"(null)"},
    {"2024-01-01 10:00:00.25 Z", R"(null)"},
};

Json yaml12(const char* text) {
    return read_plain(text).yaml12;
}

} // namespace

TEST(scalars, read_as_pyyaml_reads_them) {
    for (const auto& sample : samples) {
        const auto reading = read_plain(sample.text);
        const Json expected = Json::parse(sample.sent);
        const Json got = reading.agree ? reading.yaml12 : reading.yaml11;
        EXPECT_EQ(got, expected) << sample.text;
        EXPECT_EQ(got.is_number_float(), expected.is_number_float()) << sample.text;
    }
}

TEST(scalars, follow_the_core_schema) {
    EXPECT_EQ(yaml12("yes"), "yes");
    EXPECT_EQ(yaml12("True"), true);
    EXPECT_EQ(yaml12("012"), 12);
    EXPECT_EQ(yaml12("0o14"), 12);
    EXPECT_EQ(yaml12("0x1F"), 31);
    EXPECT_EQ(yaml12("1:30"), "1:30");
    EXPECT_EQ(yaml12("1_000"), "1_000");
    EXPECT_EQ(yaml12("1e3"), 1000.0);
    EXPECT_EQ(yaml12("-.5"), -0.5);
    EXPECT_EQ(yaml12("2024-01-01"), "2024-01-01");
    EXPECT_TRUE(yaml12("1e3").is_number_float());
    EXPECT_TRUE(yaml12("~").is_null());
}

TEST(scalars, that_both_versions_read_alike_are_not_ambiguous) {
    for (const char* text : {"y", "n", "text", "true", "False", "~", "", "5", "-7", "0x1F", "1.5", ".5", "1.5e+3", "00",
                             "v1.0", "1.2.3", "10.0.0.1"}) {
        EXPECT_TRUE(read_plain(text).agree) << text;
    }
}

TEST(scalars, that_differ_are_ambiguous) {
    for (const char* text :
         {"yes", "OFF", "012", "09", "0o14", "1:30", "1_000", "1e3", "1.5e3", "-.5", "2024-01-01",
          "2024-01-01 10:00:00", "=", ".inf", ".NaN", "18446744073709551616", "1e999", "0b11", "-0x1F"}) {
        EXPECT_FALSE(read_plain(text).agree) << text;
    }
}

TEST(keys, become_what_the_vendor_sends) {
    EXPECT_EQ(vendor_key("on"), "true");
    EXPECT_EQ(vendor_key("~"), "null");
    EXPECT_EQ(vendor_key("200"), "200");
    EXPECT_EQ(vendor_key("012"), "10");
    EXPECT_EQ(vendor_key("1.0"), "1.0");
    EXPECT_EQ(vendor_key("name"), "name");
    EXPECT_FALSE(vendor_key("2024-01-01"));
    EXPECT_FALSE(vendor_key("="));
}
