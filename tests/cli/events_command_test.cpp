#include "cli/exit_code.h"
#include "tests/cli/scripted_daemon.h"
#include "view/json_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

Event event(std::uint64_t id, const std::string& unit, const std::string& text) {
    Event event;
    event.id = id;
    event.at = 1'800'000'000;
    event.kind = EventKind::change;
    event.unit = unit;
    event.text = text;
    return event;
}

ServerAnswer stream_of(const std::string& text) {
    ServerAnswer answer;
    answer.response.status = 200;
    answer.response.headers.emplace_back("Content-Type", "text/event-stream");
    answer.response.body = text;
    return answer;
}

std::string frame(const Event& event) {
    return "id: " + std::to_string(event.id) + "\nevent: change\ndata: " + event_json(event).dump() + "\n\n";
}

class EventsCommand : public testing::Test {
protected:
    EventsCommand() {
        daemon.answer("GET /events?most=1000",
                      events_json({event(1, "tools", "one"), event(2, "agents", "two"), event(3, "", "three")}, 3));
    }
    ScriptedDaemon daemon;
};

} // namespace

TEST_F(EventsCommand, the_latest_are_shown_one_line_each) {
    const auto ended = daemon.run({"events", "--last", "2"});
    EXPECT_EQ(ended.code, exit_ok);
    EXPECT_EQ(ended.out, "2027-01-15T08:00:00Z  agents        change       two\n"
                         "2027-01-15T08:00:00Z  -             change       three\n");
}

TEST(events_command, a_name_that_the_text_holds_is_not_said_twice) {
    ScriptedDaemon daemon;
    auto in_text = event(1, "tools", "create of \"github\": done");
    in_text.name = "github";
    auto beside = event(2, "tools", "moved");
    beside.name = "jira";
    daemon.answer("GET /events?most=1000", events_json({in_text, beside}, 2));
    EXPECT_EQ(daemon.run({"events"}).out,
              "2027-01-15T08:00:00Z  tools         change       create of \"github\": done\n"
              "2027-01-15T08:00:00Z  tools         change       jira: moved\n");
}

TEST_F(EventsCommand, those_of_one_unit_come_with_those_of_the_daemon) {
    EXPECT_THAT(daemon.run({"events", "--unit", "tools"}).out,
                AllOf(HasSubstr("one"), Not(HasSubstr("two")), HasSubstr("three")));
}

TEST_F(EventsCommand, json_is_the_document_of_the_api) {
    const auto document = parse_json(daemon.run({"events", "--output", "json"}).out);
    EXPECT_EQ(document["kind"], "events");
    EXPECT_EQ(document["events"].size(), 3U);
}

TEST_F(EventsCommand, following_goes_on_where_it_was_cut_off) {
    daemon.answer_with("GET /events",
                       stream_of(": hello\n\n" + frame(event(4, "tools", "four")) + "id: 5\ndata: half"));
    daemon.answer_with("GET /events", stream_of("event: gap\ndata: {}\n\n" + frame(event(9, "tools", "nine"))));
    daemon.refuse("GET /events", 401, "this token is not known here"); // what else would end it
    EXPECT_THROW(daemon.run({"events", "--follow", "--last", "1"}), Failure);
    ASSERT_EQ(daemon.asked.size(), 4U);
    EXPECT_EQ(header(daemon.asked[1].headers, "Accept"), "text/event-stream");
    EXPECT_EQ(header(daemon.asked[1].headers, "Last-Event-ID"), "3");
    EXPECT_EQ(header(daemon.asked[2].headers, "Last-Event-ID"), "4") << "what was cut off is not lost";
    EXPECT_EQ(header(daemon.asked[3].headers, "Last-Event-ID"), "9");
}
