// Worker threads for blocking and heavy work: run(work) executes `work` there and resumes the caller on its own loop
// with the result or the exception. One thread keeps the order (a libgit2 repository, a store connection), several do
// not; without any the caller does it itself: for tests in virtual time.
#pragma once
#include "io/task.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <future>
#include <optional>
#include <type_traits>

namespace kedge {

class Worker final {
public:
    explicit Worker(std::size_t threads = 1) : threads_(threads), pool_(threads) {}
    ~Worker() { pool_.join(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    std::size_t threads() const { return threads_ == 0 ? 1 : threads_; }

    // `work` is a callable without arguments; name it before the call (see task.h).
    template<class Work>
    Task<std::invoke_result_t<Work&>> run(Work work) {
        using Value = std::invoke_result_t<Work&>;
        if (threads_ == 0) co_return work();
        auto home = co_await boost::asio::this_coro::executor;
        std::exception_ptr error;
        auto on_pool = boost::asio::bind_executor(pool_.get_executor(), boost::asio::use_awaitable);
        auto on_loop = boost::asio::bind_executor(home, boost::asio::use_awaitable);
        if constexpr (std::is_void_v<Value>) {
            co_await boost::asio::post(on_pool);
            try {
                work();
            } catch (...) {
                error = std::current_exception();
            }
            co_await boost::asio::post(on_loop);
            if (error) std::rethrow_exception(error);
        } else {
            std::optional<Value> value;
            co_await boost::asio::post(on_pool);
            try {
                value.emplace(work());
            } catch (...) {
                error = std::current_exception();
            }
            co_await boost::asio::post(on_loop);
            if (error) std::rethrow_exception(error);
            co_return std::move(*value);
        }
    }

    // Blocks until work that was under way, or queued, is done; for the destructor of what it uses. One thread only.
    void settle() {
        std::promise<void> settled;
        boost::asio::post(pool_, [&settled] { settled.set_value(); });
        settled.get_future().wait();
    }

private:
    std::size_t threads_;
    boost::asio::thread_pool pool_;
};

} // namespace kedge
