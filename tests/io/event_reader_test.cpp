#include "io/event_reader.h"

#include "base/failure.h"
#include "tests/fuzz/event_reader_checks.h"
#include "tests/fuzz/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::vector<ServerEvent> read(std::string_view text) {
    EventReader reader;
    return reader.take(text);
}

std::string complaint(std::string_view text) {
    try {
        read(text);
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

} // namespace

TEST(event_reader, an_event_ends_with_an_empty_line) {
    EXPECT_THAT(read("id: 17\nevent: change\ndata: {\"a\":1}\n\nid: 18\ndata: x\n"),
                ElementsAre(ServerEvent{"17", "change", "{\"a\":1}"}));
}

TEST(event_reader, its_lines_may_end_in_any_of_three_ways_and_come_in_any_pieces) {
    EventReader reader;
    std::vector<ServerEvent> all;
    for (const char c : std::string("id: 1\r\ndata: x\r\n\r\ndata: y\r\rdata: z\n\n")) {
        for (auto& event : reader.take(std::string_view(&c, 1))) all.push_back(event);
    }
    EXPECT_THAT(all, ElementsAre(ServerEvent{"1", "", "x"}, ServerEvent{"1", "", "y"}, ServerEvent{"1", "", "z"}));
}

TEST(event_reader, comments_and_events_without_data_are_dropped) {
    EXPECT_THAT(read("retry: 2000\n\n: still here\n\nevent: change\n\ndata: a\ndata:b\ndata\n\n"),
                ElementsAre(ServerEvent{"", "", "a\nb\n"}));
}

TEST(event_reader, what_is_too_long_is_refused_and_not_kept) {
    EXPECT_THAT(complaint("data: " + std::string(EventReader::most_line_bytes, 'x')),
                HasSubstr("a line is longer than 65536 bytes"));
    std::string event;
    for (int i = 0; i < 5; ++i) event += "data: " + std::string(60'000, 'x') + "\n";
    EXPECT_THAT(complaint(event), HasSubstr("an event is longer than 262144 bytes"));
}

TEST(event_reader, reads_or_refuses_any_piece_of_a_stream) {
    fuzz::replay("event_reader", fuzz::check_event_reader);
}
