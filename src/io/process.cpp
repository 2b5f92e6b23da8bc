#include "io/process.h"

#include "io/spawn.h"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <memory>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace asio = boost::asio;

namespace {

using Error = boost::system::error_code;

constexpr Milliseconds from_term_to_kill{2000};
constexpr Milliseconds poll_interval{10}; // only where the kernel has no pidfd
// What a pipe can hold when its writer has ended; a descendant that still writes is not waited for.
constexpr std::size_t most_left_over = 1024 * 1024;

// Writing to a pipe that nobody reads must not end kedge. Ignoring the signal for the whole process would be inherited
// and is not this room's to decide.
ssize_t write_without_signal(int descriptor, const char* bytes, std::size_t size) {
    sigset_t pipe_signal;
    sigset_t before;
    sigset_t pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    sigpending(&pending);
    const ssize_t count = ::write(descriptor, bytes, size);
    const int error = errno;
    if (count < 0 && error == EPIPE && sigismember(&pending, SIGPIPE) == 0) {
        const timespec at_once{};
        sigtimedwait(&pipe_signal, nullptr, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return count;
}

class Child final : public std::enable_shared_from_this<Child> {
public:
    Child(const asio::any_io_executor& executor, ProcessRequest request)
        : request_(std::move(request)), ended_(executor), deadline_(executor), kill_(executor), poll_(executor),
          handle_(executor), input_(executor), output_{Pipe(executor), {}}, errors_{Pipe(executor), {}} {}
    ~Child() { abandon(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void start();
    bool reaped() const { return reaped_; }
    Task<void> wait(); // may come back early
    void terminate();  // SIGTERM, later SIGKILL
    void stop();       // the same, because kedge is to end
    void abandon();    // ends it now; nobody will ask for the result
    ProcessResult take_result();

private:
    using Pipe = asio::posix::stream_descriptor;
    struct Output {
        Pipe pipe;
        std::string text;
    };

    void read(Output& output);
    std::optional<std::size_t> read_once(Output& output);
    void keep(Output& output, std::size_t count);
    void take_left_over(Output& output);
    void write();
    void watch();
    void on_end();
    void reap();

    ProcessRequest request_;
    ProcessResult result_;
    asio::steady_timer ended_; // used as a signal
    asio::steady_timer deadline_;
    asio::steady_timer kill_;
    asio::steady_timer poll_;
    Pipe handle_;
    Pipe input_;
    Output output_;
    Output errors_;
    std::array<char, 64 * 1024> space_{};
    std::size_t written_ = 0;
    pid_t pid_ = -1;
    bool terminating_ = false;
    bool reaped_ = false;
};

void Child::start() {
    SpawnedProcess spawned = spawn_process(request_);
    pid_ = spawned.pid;
    ended_.expires_at(asio::steady_timer::time_point::max());
    output_.pipe.assign(spawned.output.release());
    errors_.pipe.assign(spawned.errors.release());
    output_.pipe.native_non_blocking(true);
    errors_.pipe.native_non_blocking(true);
    if (spawned.handle.get() >= 0) handle_.assign(spawned.handle.release());
    auto self = shared_from_this();
    deadline_.expires_after(request_.deadline);
    deadline_.async_wait([self](const Error& error) {
        if (error || self->reaped_) return;
        self->result_.timed_out = true;
        self->terminate();
    });
    if (spawned.input.get() >= 0) {
        input_.assign(spawned.input.release());
        input_.native_non_blocking(true);
        write();
    }
    read(output_);
    read(errors_);
    watch();
}

// Waits first and reads then, so that no bytes are on their way to a handler when the child ends.
void Child::read(Output& output) {
    auto self = shared_from_this();
    output.pipe.async_wait(Pipe::wait_read, [self, &output](const Error& error) {
        if (error || self->reaped_) return;
        if (self->read_once(output) != 0) self->read(output);
    });
}

// How many bytes came; nothing where there are none now, 0 at the end.
std::optional<std::size_t> Child::read_once(Output& output) {
    ssize_t count = 0;
    do {
        count = ::read(output.pipe.native_handle(), space_.data(), space_.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0 && errno == EAGAIN) return std::nullopt;
    if (count <= 0) return 0;
    keep(output, static_cast<std::size_t>(count));
    return static_cast<std::size_t>(count);
}

void Child::keep(Output& output, std::size_t count) {
    const std::size_t room = request_.most_output_bytes - std::min(request_.most_output_bytes, output.text.size());
    output.text.append(space_.data(), std::min(count, room));
    if (count <= room) return;
    result_.output_too_large = true; // read on all the same, so that it can end
    if (!reaped_) terminate();
}

void Child::write() {
    while (written_ < request_.input.size()) {
        const std::size_t size = std::min<std::size_t>(request_.input.size() - written_, 64 * 1024);
        const ssize_t count = write_without_signal(input_.native_handle(), request_.input.data() + written_, size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno != EAGAIN) break; // it does not want more: its own exit code says whether that is bad
        if (count < 0) {
            auto self = shared_from_this();
            input_.async_wait(Pipe::wait_write, [self](const Error& error) {
                if (!error && !self->reaped_) self->write();
            });
            return;
        }
        written_ += static_cast<std::size_t>(count);
    }
    Error ignored;
    input_.close(ignored);
}

// The handle becomes readable when the child ends. An event may also be a late one of a descriptor that had this number
// before, so the child itself is asked.
void Child::watch() {
    siginfo_t about{};
    const int asked = ::waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOHANG | WNOWAIT);
    if (asked != 0 || about.si_pid == pid_) return on_end();
    auto self = shared_from_this();
    auto again = [self](const Error& error) {
        if (!error && !self->reaped_) self->watch();
    };
    if (handle_.is_open()) {
        handle_.async_wait(Pipe::wait_read, again);
    } else {
        poll_.expires_after(poll_interval);
        poll_.async_wait(again);
    }
}

// The child has ended but is not reaped, so the group's number is still its own: what it left behind in its group ends
// with it.
void Child::on_end() {
    reap();
    take_left_over(output_);
    take_left_over(errors_);
    Error ignored;
    for (Pipe* pipe : {&handle_, &input_, &output_.pipe, &errors_.pipe}) pipe->close(ignored);
    for (asio::steady_timer* timer : {&deadline_, &kill_, &poll_, &ended_}) timer->cancel();
}

void Child::reap() {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    pid_t got = 0;
    do {
        got = ::waitpid(pid_, &status, 0); // it has ended: this does not wait
    } while (got < 0 && errno == EINTR);
    reaped_ = true;
    if (got != pid_) return; // somebody else took the status
    if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
}

void Child::take_left_over(Output& output) {
    for (std::size_t taken = 0; taken < most_left_over;) {
        const std::size_t count = read_once(output).value_or(0);
        if (count == 0) return;
        taken += count;
    }
}

Task<void> Child::wait() {
    Error ignored;
    co_await ended_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void Child::terminate() {
    if (std::exchange(terminating_, true) || reaped_) return;
    ::kill(-pid_, SIGTERM);
    auto self = shared_from_this();
    kill_.expires_after(from_term_to_kill);
    kill_.async_wait([self](const Error& error) {
        if (!error && !self->reaped_) ::kill(-self->pid_, SIGKILL);
    });
}

void Child::stop() {
    if (reaped_) return;
    result_.stopped = true;
    terminate();
}

void Child::abandon() {
    if (pid_ < 0 || reaped_) return;
    ::kill(pid_, SIGKILL); // so that reaping it does not wait
    reap();
}

ProcessResult Child::take_result() {
    result_.output = std::move(output_.text);
    result_.errors = std::move(errors_.text);
    return std::move(result_);
}

} // namespace

Task<ProcessResult> run_process(ProcessRequest request) {
    auto executor = co_await asio::this_coro::executor;
    Stop* const stop = request.stop;
    auto child = std::make_shared<Child>(executor, std::move(request));
    child->start();
    const auto abandon = [](Child* left) { left->abandon(); };
    const std::unique_ptr<Child, decltype(abandon)> guard(child.get(), abandon);
    const Stop::Listener heard(stop, [&child] { child->stop(); });
    if (is_asked(stop)) child->stop();
    // A cancelled caller gets its exception, but only after the child has ended.
    co_await asio::this_coro::throw_if_cancelled(false);
    bool cancelled = false;
    while (!child->reaped()) {
        co_await child->wait();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() == asio::cancellation_type::none || cancelled) continue;
        cancelled = true;
        child->terminate();
    }
    co_await asio::this_coro::throw_if_cancelled(true);
    if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
    co_return child->take_result();
}

} // namespace kedge
