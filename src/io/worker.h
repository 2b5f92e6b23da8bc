// Worker threads for blocking and heavy work: run(work) executes `work` there and resumes the caller on its own loop
// with the result or the exception. One thread keeps the order (a libgit2 repository, a store connection), several do
// not; without any the caller does it itself: for tests in virtual time.
#pragma once
#include "io/task.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace kedge {

class Worker final {
public:
    explicit Worker(std::size_t threads = 1) : threads_(threads), pool_(threads) {}
    ~Worker() { pool_.join(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    std::size_t threads() const { return threads_ == 0 ? 1 : threads_; }

    // `work` is a callable without arguments; name it before the call (see task.h).
    // The coroutine itself stays on its loop: it may be cancelled there while `work` goes on, and ends after it.
    template<class Work>
    Task<std::invoke_result_t<Work&>> run(Work work) {
        using Value = std::invoke_result_t<Work&>;
        if (threads_ == 0) co_return work();
        const auto home = co_await boost::asio::this_coro::executor;
        std::exception_ptr error;
        if constexpr (std::is_void_v<Value>) {
            auto job = [&work, &error] { caught(error, work); };
            co_await on_pool(home, std::move(job));
            if (error) std::rethrow_exception(error);
        } else {
            std::optional<Value> value;
            auto keep = [&work, &value] { value.emplace(work()); };
            auto job = [&keep, &error] { caught(error, keep); };
            co_await on_pool(home, std::move(job));
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
    template<class Work>
    static void caught(std::exception_ptr& error, Work& work) {
        try {
            work();
        } catch (...) {
            error = std::current_exception();
        }
    }
    // The handler owns the coroutine that waits, and so what `job` refers to.
    template<class Job>
    auto on_pool(boost::asio::any_io_executor home, Job job) {
        auto begin = [this, home, job = std::move(job)](auto handler) mutable {
            auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
            auto work = [home, job = std::move(job), waiting]() mutable {
                job();
                boost::asio::post(home, [waiting = std::move(waiting)] { std::move (*waiting)(); });
            };
            boost::asio::post(pool_, std::move(work));
        };
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(std::move(begin),
                                                                                          boost::asio::use_awaitable);
    }

    std::size_t threads_;
    boost::asio::thread_pool pool_;
};

} // namespace kedge
