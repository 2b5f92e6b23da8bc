#include "io/event_reader.h"

#include "base/failure.h"

#include <utility>

namespace kedge {

namespace {

[[noreturn]] void refuse(const char* what, std::size_t most) {
    throw Failure(NextAction::stop, std::string("event stream: read: ") + what + " is longer than " +
                                        std::to_string(most) + " bytes; is that the API of a kedge?");
}

} // namespace

std::vector<ServerEvent> EventReader::take(std::string_view piece) {
    std::vector<ServerEvent> events;
    for (const char c : piece) {
        const bool second = std::exchange(after_return_, c == '\r') && c == '\n';
        if (second) continue;
        if (c == '\r' || c == '\n') {
            end_line(events);
        } else {
            if (line_.size() == most_line_bytes) refuse("a line", most_line_bytes);
            line_ += c;
        }
    }
    return events;
}

//   id: 17
//   event: pass-ended
//   data: {"id":17,...}
//   (an empty line ends the event)
void EventReader::end_line(std::vector<ServerEvent>& events) {
    const std::string line = std::exchange(line_, {});
    if (line.empty()) {
        if (has_data_) events.push_back(event_);
        event_.kind.clear();
        event_.data.clear();
        has_data_ = false;
        return;
    }
    const std::string_view whole = line;
    const auto colon = whole.find(':');
    if (colon == 0) return; // a comment
    auto value = colon == std::string_view::npos ? std::string_view() : whole.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    field(whole.substr(0, colon), value);
}

void EventReader::field(std::string_view name, std::string_view value) {
    if (name == "event") event_.kind = value;
    if (name == "id" && value.find('\0') == std::string_view::npos) event_.id = value;
    if (name != "data") return;
    if (event_.data.size() + value.size() >= most_event_bytes) refuse("an event", most_event_bytes);
    if (has_data_) event_.data += '\n';
    event_.data += value;
    has_data_ = true;
}

} // namespace kedge
