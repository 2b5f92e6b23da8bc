// The coroutine type of the project and the few ways to run it. One event loop, one thread, no mutexes; blocking and
// heavy work goes to the worker pool and comes back.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

// g++ 12 miscompiles an aggregate temporary, a braced list or a capturing lambda inside an expression with `co_await`:
// name every argument on the line before; a struct passed to a coroutine by value is moved from a named local.
namespace kedge {

template<class T>
using Task = boost::asio::awaitable<T>;
using EventLoop = boost::asio::io_context;

} // namespace kedge
