// Server-Sent Events from bytes as they come, in pieces of any size. Bounded: what is longer than a line or an event
// may be throws Failure(stop). Comments and fields that nobody here needs are dropped.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct ServerEvent {
    std::string id;   // the last one that was named so far; empty: none was
    std::string kind; // empty: not named
    std::string data; // its lines, parted by newlines

    bool operator==(const ServerEvent&) const = default;
};

class EventReader final {
public:
    static constexpr std::size_t most_line_bytes = 64 * 1024;
    static constexpr std::size_t most_event_bytes = 256 * 1024;

    // The events that this piece ends.
    std::vector<ServerEvent> take(std::string_view piece);

private:
    void end_line(std::vector<ServerEvent>& events);
    void field(std::string_view name, std::string_view value);

    std::string line_;
    bool after_return_ = false; // a newline right after it belongs to it
    ServerEvent event_;
    bool has_data_ = false;
};

} // namespace kedge
