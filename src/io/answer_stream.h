// An answer that goes on: whoever makes it pushes pieces, the connection writes them as its client reads. Bounded: a
// client that does not keep up is ended, never waited for.
#pragma once
#include "base/duration.h"
#include "io/task.h"

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

namespace kedge {

struct AnswerStreamOptions {
    std::size_t most_waiting_bytes = 256 * 1024;
    std::string idle_text;              // sent where nothing else was for so long
    Milliseconds idle_interval{15'000}; // also how soon a client that has left is noticed
};

class AnswerStream final {
public:
    AnswerStream(EventLoop& loop, AnswerStreamOptions options);
    // Later pieces of an ended stream are dropped. More than may wait: the stream ends.
    void push(const std::string& piece);
    void end();
    bool ended() const { return ended_; }
    bool overflowed() const { return overflowed_; }
    // Called once, when the connection is through with it, however that came.
    void on_left(std::function<void()> left) { left_ = std::move(left); }

    // For the connection. What waits; the idle text where nothing came in time; empty: it has ended.
    Task<std::string> next();
    void leave();

private:
    AnswerStreamOptions options_;
    boost::asio::steady_timer timer_;
    std::string waiting_;
    std::function<void()> left_;
    bool ended_ = false;
    bool overflowed_ = false;
};

} // namespace kedge
