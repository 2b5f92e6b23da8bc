#include "base/json.h"
#include "io/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

namespace {

constexpr UnixSeconds seven = 1795244400; // 2026-11-21T07:00:00Z

std::string human(std::string value) {
    return log_line(LogFormat::human, seven, LogLevel::info, "e", {{"k", std::move(value)}});
}

} // namespace

TEST(log_line, is_readable_for_people) {
    EXPECT_EQ(log_line(LogFormat::human, seven, LogLevel::info, "pass ended", {{"unit", "prod"}, {"changes", 3}}),
              "2026-11-21T07:00:00Z info  pass ended unit=prod changes=3");
    EXPECT_EQ(log_line(LogFormat::human, seven, LogLevel::error, "stopped", {}), "2026-11-21T07:00:00Z error stopped");
    EXPECT_EQ(log_line(LogFormat::human, seven, LogLevel::warning, "slow", {}), "2026-11-21T07:00:00Z warning slow");
}

TEST(log_line, an_event_cannot_start_a_new_line) {
    EXPECT_EQ(log_line(LogFormat::human, seven, LogLevel::info, "a\nb", {}), "2026-11-21T07:00:00Z info  \"a\\nb\"");
}

TEST(log_line, a_value_cannot_look_like_something_else) {
    EXPECT_THAT(human("a b"), HasSubstr(" k=\"a b\""));
    EXPECT_THAT(human(""), Not(HasSubstr("k="))) << "nothing to say";
    EXPECT_THAT(human("a=b"), HasSubstr(" k=\"a=b\""));
    EXPECT_THAT(human("say \"hi\""), HasSubstr(R"( k="say \"hi\"")"));
    EXPECT_THAT(human("a\n2026-11-21T07:00:00Z error forged"),
                HasSubstr(R"( k="a\n2026-11-21T07:00:00Z error forged")"));
    EXPECT_THAT(human("\x1b[31mred\x7f\xc2\x9b"), HasSubstr(R"( k="\u001b[31mred\u007f\u009b")"));
    EXPECT_THAT(human("gr\xc3\xbc\xc3\x9f"), HasSubstr(" k=\"gr\xc3\xbc\xc3\x9f\""));
    EXPECT_THAT(human("bad \xff utf-8"), HasSubstr(" k=\"bad \xef\xbf\xbd utf-8\""));
}

TEST(log_line, is_one_json_object_whatever_the_values_are) {
    const std::string line =
        log_line(LogFormat::json, seven, LogLevel::warning, "a \"b\"\n", {{"text", "x\n\xff\"y"}, {"number", 12LL}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const Json object = parse_json(line);
    EXPECT_EQ(object.at("time"), "2026-11-21T07:00:00Z");
    EXPECT_EQ(object.at("level"), "warning");
    EXPECT_EQ(object.at("event"), "a \"b\"\n");
    EXPECT_EQ(object.at("text"), "x\n\xef\xbf\xbd\"y");
    EXPECT_EQ(object.at("number"), "12");
}

TEST(log, writes_to_standard_error_from_its_level_on) {
    testing::internal::CaptureStderr();
    Log log(LogLevel::info, LogFormat::human);
    log.write(LogLevel::debug, "hidden");
    log.info("shown", {{"a", "{}%d"}});
    log.error("too");
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_THAT(text, MatchesRegex("....-..-..T..:..:..Z info  shown a=\\{\\}%d\n....-..-..T..:..:..Z error too\n"));
}
