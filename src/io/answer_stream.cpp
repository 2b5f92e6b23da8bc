#include "io/answer_stream.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace kedge {

namespace asio = boost::asio;

AnswerStream::AnswerStream(EventLoop& loop, AnswerStreamOptions options) : options_(std::move(options)), timer_(loop) {}

void AnswerStream::push(const std::string& piece) {
    if (ended_) return;
    if (waiting_.size() + piece.size() > options_.most_waiting_bytes) {
        overflowed_ = true;
        end();
        return;
    }
    waiting_ += piece;
    timer_.cancel();
}

void AnswerStream::end() {
    ended_ = true;
    if (overflowed_) waiting_.clear();
    timer_.cancel();
}

Task<std::string> AnswerStream::next() {
    if (waiting_.empty() && !ended_) {
        boost::system::error_code ignored;
        timer_.expires_after(options_.idle_interval);
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (waiting_.empty() && !ended_) co_return options_.idle_text;
    co_return std::exchange(waiting_, {});
}

void AnswerStream::leave() {
    ended_ = true;
    waiting_.clear();
    if (const auto left = std::exchange(left_, nullptr)) left();
}

} // namespace kedge
