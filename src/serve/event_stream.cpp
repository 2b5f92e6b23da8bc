#include "serve/event_stream.h"

#include "view/json_status.h"

#include <charconv>
#include <memory>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_missed = 1000;

//   id: 17
//   event: pass-ended
//   data: {"id":17,...}
std::string frame_of(const Event& event) {
    std::string frame = "id: " + std::to_string(event.id) + "\nevent: " + std::string(to_text(event.kind)) + "\ndata: ";
    frame += event_json(event).dump(-1, ' ', false, Json::error_handler_t::replace);
    return frame + "\n\n";
}

// Ids begin anew with each start of the daemon: one that is still to come is of a former life, and what has happened in
// this one is all news.
std::uint64_t begin_after(const std::string& after, std::uint64_t last) {
    if (after.empty()) return last;
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), id);
    const bool right = error == std::errc() && end == after.data() + after.size();
    return right && id <= last ? id : 0;
}

// The ear of one client's stream. The board must not hear from it once the stream is over.
struct Listening {
    Listening(StatusBoard& board, const std::shared_ptr<AnswerStream>& stream, EventStreamStart start)
        : caller(std::move(start.caller)), left(std::move(start.left)),
          ear(board, [this, weak = std::weak_ptr<AnswerStream>(stream)](const Event& event) {
              const auto client = weak.lock();
              if (client && may_hear(caller, event)) client->push(frame_of(event));
          }) {}
    Caller caller;
    std::function<void()> left;
    StatusBoard::Listener ear;
};

} // namespace

bool may_hear(const Caller& caller, const Event& event) {
    return event.unit.empty() ? !caller.is_limited() : caller.may_see(event.unit);
}

ServerAnswer event_stream(EventLoop& loop, StatusBoard& board, EventStreamStart start) {
    AnswerStreamOptions options;
    options.idle_text = ": still here\n\n"; // proxies end what is silent
    auto made = std::make_shared<AnswerStream>(loop, std::move(options));
    ServerAnswer answer;
    answer.response.status = 200;
    answer.response.headers.emplace_back("Content-Type", "text/event-stream");
    answer.response.headers.emplace_back("X-Accel-Buffering", "no"); // nginx would wait for more
    answer.response.body = "retry: 2000\n\n";
    const auto after = begin_after(start.after, board.last_event());
    const auto missed = board.events_after(after, most_missed);
    if (!missed.empty() && missed.front().id > after + 1)
        answer.response.body += "event: gap\ndata: {\"before\":" + std::to_string(missed.front().id) + "}\n\n";
    for (const auto& event : missed) {
        if (may_hear(start.caller, event)) answer.response.body += frame_of(event);
    }
    auto listening = std::make_shared<Listening>(board, made, std::move(start));
    made->on_left([listening] {
        if (listening->left) listening->left();
    });
    answer.stream = std::move(made);
    return answer;
}

} // namespace kedge
