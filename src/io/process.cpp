#include "io/process.h"

#include "base/failure.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kedge {

namespace asio = boost::asio;

namespace {

constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
constexpr Milliseconds grace{2000};        // between SIGTERM and SIGKILL
constexpr Milliseconds after_the_end{1000}; // for output that a grandchild still holds open

struct Pipe {
    int read = -1;
    int write = -1;
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw Failure(NextAction::retry, std::string("process: make a pipe: ") + std::strerror(errno));
        read = ends[0];
        write = ends[1];
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        if (read >= 0) ::close(read);
        if (write >= 0) ::close(write);
    }
    int take(int& end) { return std::exchange(end, -1); }
};

std::string find_program(const ProcessRequest& request) {
    const auto& program = request.arguments.at(0);
    if (program.find('/') != std::string::npos) return program;
    const auto path = request.environment.find("PATH");
    std::string rest = path == request.environment.end() ? "/usr/bin:/bin" : path->second;
    while (!rest.empty()) {
        const auto colon = rest.find(':');
        const auto candidate = rest.substr(0, colon) + "/" + program;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        rest = colon == std::string::npos ? std::string() : rest.substr(colon + 1);
    }
    throw Failure(NextAction::stop, "process: start \"" + program + "\": it is not installed");
}

// Everything the child needs is made before: between fork and exec only calls that are safe there.
struct ChildPlan {
    std::string program;
    std::vector<char*> argv, envp;
    std::vector<std::string> pairs;
    explicit ChildPlan(ProcessRequest& request) : program(find_program(request)) {
        for (const auto& [name, value] : request.environment) pairs.push_back(name + "=" + value);
        for (auto& argument : request.arguments) argv.push_back(argument.data());
        for (auto& pair : pairs) envp.push_back(pair.data());
        argv.push_back(nullptr);
        envp.push_back(nullptr);
    }
};

[[noreturn]] void become_child(const ChildPlan& plan, const std::string& directory, std::array<int, 3> ends,
                               int report) {
    ::setpgid(0, 0);
    for (int target = 0; target < 3; ++target) ::dup2(ends[static_cast<std::size_t>(target)], target);
    struct sigaction fresh {};
    fresh.sa_handler = SIG_DFL;
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &fresh, nullptr);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (directory.empty() || ::chdir(directory.c_str()) == 0)
        ::execve(plan.program.c_str(), plan.argv.data(), plan.envp.data());
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(report, &error, sizeof error);
    ::_exit(127);
}

pid_t start(ProcessRequest& request, Pipe& in, Pipe& out, Pipe& err) {
    const ChildPlan plan(request);
    Pipe report;
    const pid_t child = ::fork();
    if (child < 0)
        throw Failure(NextAction::retry,
                      std::string("process: start \"") + plan.program + "\": " + std::strerror(errno));
    if (child == 0) become_child(plan, request.directory, {in.read, out.write, err.write}, report.write);
    ::setpgid(child, child);
    ::close(report.take(report.write));
    int error = 0;
    if (::read(report.read, &error, sizeof error) == static_cast<ssize_t>(sizeof error)) {
        ::waitpid(child, nullptr, 0);
        throw Failure(NextAction::stop, "process: start \"" + plan.program + "\": " + std::strerror(error));
    }
    ::close(in.take(in.read));
    ::close(out.take(out.write));
    ::close(err.take(err.write));
    return child;
}

class Running {
public:
    Running(ProcessRequest request, const asio::any_io_executor& executor)
        : request_(std::move(request)), child_(start(request_, in_, out_, err_)), input_(executor, in_.take(in_.write)),
          output_(executor, out_.take(out_.read)), errors_(executor, err_.take(err_.read)), watch_(executor),
          timer_(executor) {
        const auto watched = static_cast<int>(::syscall(SYS_pidfd_open, child_, 0));
        if (watched >= 0) watch_.assign(watched);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        if (reaped_) return; // given up from outside: nothing may go on running
        ::kill(-child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

    Task<ProcessResult> run() {
        using namespace asio::experimental::awaitable_operators;
        co_await ((feed() && drain(output_, result_.output) && drain(errors_, result_.errors) && reap()) ||
                  watch_deadline());
        co_return std::move(result_);
    }

private:
    Task<void> feed() {
        if (!request_.input.empty()) co_await asio::async_write(input_, asio::buffer(request_.input), quiet);
        boost::system::error_code ignored;
        input_.close(ignored);
    }

    Task<void> drain(asio::posix::stream_descriptor& from, std::string& into) {
        std::array<char, 16384> chunk;
        while (true) {
            const auto [error, count] = co_await from.async_read_some(asio::buffer(chunk), quiet);
            if (error) co_return;
            if (into.size() + count > request_.most_output_bytes) {
                result_.output_too_large = true;
                ::kill(-child_, SIGKILL);
                co_return;
            }
            into.append(chunk.data(), count);
        }
    }

    bool collect() {
        int status = 0;
        if (::waitpid(child_, &status, WNOHANG) != child_) return false;
        reaped_ = true;
        result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        return true;
    }

    // Waits on the process's own descriptor; where the kernel has none it looks every few milliseconds.
    Task<void> reap() {
        while (!collect()) {
            if (watch_.is_open()) {
                const auto [error] = co_await watch_.async_wait(asio::posix::stream_descriptor::wait_read, quiet);
                boost::system::error_code ignored;
                if (error) watch_.close(ignored);
            } else {
                asio::steady_timer nap(timer_.get_executor(), Milliseconds(5));
                co_await nap.async_wait(quiet);
            }
        }
        // Grandchildren may hold the pipes open: they get a moment, then the pipes are closed from our side.
        const auto close_pipes = [this](const boost::system::error_code& error) {
            if (error) return;
            boost::system::error_code ignored;
            output_.cancel(ignored);
            errors_.cancel(ignored);
        };
        timer_.expires_after(after_the_end);
        timer_.async_wait(close_pipes);
    }

    // Never ends by itself before the child did: it only makes sure that the child ends.
    Task<void> watch_deadline() {
        asio::steady_timer deadline(timer_.get_executor(), request_.deadline);
        co_await deadline.async_wait(quiet);
        if (!reaped_) {
            result_.timed_out = true;
            ::kill(-child_, SIGTERM);
            deadline.expires_after(grace);
            co_await deadline.async_wait(quiet);
            ::kill(-child_, SIGKILL);
        }
        deadline.expires_at(asio::steady_timer::time_point::max());
        co_await deadline.async_wait(quiet);
    }

    ProcessRequest request_;
    Pipe in_, out_, err_;
    pid_t child_;
    asio::posix::stream_descriptor input_, output_, errors_, watch_;
    asio::steady_timer timer_;
    ProcessResult result_;
    bool reaped_ = false;
};

} // namespace

Task<ProcessResult> run_process(ProcessRequest request) {
    const auto executor = co_await asio::this_coro::executor;
    Running running(std::move(request), executor);
    co_return co_await running.run();
}

} // namespace kedge
