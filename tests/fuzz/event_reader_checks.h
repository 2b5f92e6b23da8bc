// What must hold for any bytes that come as an event stream: bounded events, the same in whatever pieces they come, or
// a Failure that says what is too long.
#pragma once
#include "base/failure.h"
#include "io/event_reader.h"
#include "tests/fuzz/checks.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace kedge::fuzz {

inline std::vector<ServerEvent> read_in_pieces(std::string_view text, std::size_t size) {
    std::vector<ServerEvent> all;
    EventReader reader;
    for (std::size_t at = 0; at < text.size(); at += size) {
        const auto some = reader.take(text.substr(at, size));
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

inline void check_event_reader(std::string_view text) {
    try {
        const auto events = read_in_pieces(text, std::max<std::size_t>(text.size(), 1));
        for (const auto& event : events) {
            must(event.data.size() <= EventReader::most_event_bytes &&
                 event.kind.size() <= EventReader::most_line_bytes);
            must(event.id.find_first_of("\r\n") == std::string::npos);
        }
        must(events == read_in_pieces(text, 1) && events == read_in_pieces(text, 7));
    } catch (const Failure& failure) {
        must(std::string_view(failure.what()).find("longer than") != std::string_view::npos);
    }
}

} // namespace kedge::fuzz
