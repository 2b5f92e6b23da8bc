#include "base/failure.h"
#include "io/clock.h"
#include "io/process.h"
#include "io/run.h"
#include "tests/io/certificates.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

ProcessRequest shell(std::string script) {
    ProcessRequest request;
    request.arguments = {"sh", "-c", std::move(script)};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    return request;
}

class ProcessTest : public testing::Test {
protected:
    ProcessResult run(ProcessRequest request) {
        const auto before = std::chrono::steady_clock::now();
        ProcessResult result = run_to_end(loop, run_process(std::move(request)));
        took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - before);
        return result;
    }

    std::string refusal(ProcessRequest request, NextAction next = NextAction::stop) {
        try {
            run(std::move(request));
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.next(), next);
            return failure.what();
        }
        return "started";
    }

    EventLoop loop;
    Milliseconds took{0};
};

constexpr Milliseconds soon{30'000}; // far below the sleeps of the scripts, far above a slow machine

// A zombie is dead: only its parent has not looked yet.
bool alive(const std::string& pid) {
    std::ifstream file("/proc/" + std::to_string(std::stoi(pid)) + "/stat");
    std::string text;
    std::getline(file, text);
    return !text.empty() && text.find(") Z ") == std::string::npos;
}

} // namespace

TEST_F(ProcessTest, gives_both_outputs_and_the_exit_code) {
    const ProcessResult result = run(shell("echo out; echo err >&2; exit 3"));
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.signal, 0);
    EXPECT_EQ(result.output, "out\n");
    EXPECT_EQ(result.errors, "err\n");
    EXPECT_FALSE(result.timed_out);
    EXPECT_FALSE(result.output_too_large);
}

TEST_F(ProcessTest, a_signal_is_told_from_an_exit_code) {
    const ProcessResult result = run(shell("kill -9 $$"));
    EXPECT_EQ(result.exit_code, -1);
    EXPECT_EQ(result.signal, SIGKILL);
    EXPECT_FALSE(result.timed_out);
}

TEST_F(ProcessTest, arguments_are_never_read_by_a_shell) {
    ProcessRequest request = shell("");
    request.arguments = {"printf", "%s|", "$(id)", "a b", "", "*"};
    EXPECT_EQ(run(request).output, "$(id)|a b||*|");
}

TEST_F(ProcessTest, nothing_of_our_environment_is_inherited) {
    ::setenv("KEDGE_TEST_OF_INHERITANCE", "1", 1);
    ProcessRequest request = shell("");
    request.arguments = {"env"};
    request.environment["A"] = "b=c";
    EXPECT_EQ(run(request).output, "A=b=c\nPATH=/usr/bin:/bin\n");
    ::unsetenv("KEDGE_TEST_OF_INHERITANCE");
}

TEST_F(ProcessTest, no_descriptor_of_ours_is_inherited) {
    const int leaky = ::open("/dev/null", O_RDONLY); // on purpose without close-on-exec
    ASSERT_GT(leaky, 2);
    const ProcessResult result = run(shell("ls -1 /proc/self/fd | wc -l"));
    ::close(leaky);
    EXPECT_EQ(result.output, "4\n") << "0, 1, 2 and the folder that ls reads";
}

TEST_F(ProcessTest, signals_have_their_usual_meaning_in_the_child) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    const ProcessResult result = run(shell("kill -PIPE $$; echo survived"));
    std::signal(SIGPIPE, before);
    EXPECT_EQ(result.signal, SIGPIPE);
    EXPECT_EQ(result.output, "");
}

TEST_F(ProcessTest, runs_in_the_directory_it_is_given) {
    ProcessRequest request = shell("pwd");
    request.directory = "/usr";
    EXPECT_EQ(run(request).output, "/usr\n");
    request.directory = "/nowhere";
    EXPECT_EQ(refusal(request), "process: start \"sh\": the directory \"/nowhere\" is not there");
}

TEST_F(ProcessTest, input_is_written_and_ended) {
    ProcessRequest request = shell("cat");
    request.input = std::string(3'000'000, 'i') + "\n";
    const ProcessResult result = run(request);
    EXPECT_TRUE(result.output == request.input) << result.output.size();
    EXPECT_EQ(run(shell("cat; echo end")).output, "end\n") << "without input there is an end at once";
}

TEST_F(ProcessTest, a_child_that_does_not_read_its_input_harms_nobody) {
    ProcessRequest request = shell("exec <&-; exit 4");
    request.input = std::string(3'000'000, 'i');
    EXPECT_EQ(run(request).exit_code, 4);
    sigset_t pending;
    ::sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST_F(ProcessTest, large_outputs_come_whole) {
    for (int i = 0; i < 20; ++i) { // the end comes at another moment each time
        const ProcessResult result = run(shell("head -c 2000000 /dev/zero; head -c 1000000 /dev/zero >&2"));
        EXPECT_EQ(result.output.size(), 2'000'000U);
        EXPECT_EQ(result.errors.size(), 1'000'000U);
        EXPECT_EQ(result.exit_code, 0);
    }
}

TEST_F(ProcessTest, output_beyond_the_limit_ends_the_child) {
    ProcessRequest request = shell("yes");
    request.most_output_bytes = 100'000;
    const ProcessResult result = run(request);
    EXPECT_TRUE(result.output_too_large);
    EXPECT_EQ(result.output.size(), 100'000U);
    EXPECT_NE(result.signal, 0);
    EXPECT_FALSE(result.timed_out);
    EXPECT_LT(took, soon);
    request = shell("yes >&2");
    request.most_output_bytes = 10;
    EXPECT_EQ(run(request).errors, "y\ny\ny\ny\ny\n");
    request = shell("printf 0123456789");
    request.most_output_bytes = 10;
    EXPECT_FALSE(run(request).output_too_large) << "the limit itself is allowed";
}

TEST_F(ProcessTest, the_deadline_ends_the_whole_group) {
    ProcessRequest request = shell("sleep 600 & echo $!; wait");
    request.deadline = Milliseconds(200);
    const ProcessResult result = run(request);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.signal, SIGTERM);
    EXPECT_LT(took, soon);
    for (int i = 0; i < 1000 && alive(result.output); ++i) ::usleep(1000); // until whoever inherited it has reaped it
    EXPECT_FALSE(alive(result.output));
}

TEST_F(ProcessTest, who_ignores_the_polite_signal_is_killed) {
    ProcessRequest request = shell("trap '' TERM; echo ready; while :; do sleep 1; done");
    request.deadline = Milliseconds(200);
    const ProcessResult result = run(request);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.signal, SIGKILL);
    EXPECT_EQ(result.output, "ready\n");
    EXPECT_GE(took, Milliseconds(2200));
    EXPECT_LT(took, soon);
}

TEST_F(ProcessTest, a_child_may_end_in_order_after_the_polite_signal) {
    ProcessRequest request = shell("trap 'echo tidied; exit 9' TERM; while :; do sleep 0.05; done");
    request.deadline = Milliseconds(300);
    const ProcessResult result = run(request);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.exit_code, 9);
    EXPECT_EQ(result.output, "tidied\n");
}

TEST_F(ProcessTest, a_grandchild_that_keeps_the_pipe_open_does_not_hold_us) {
    const ProcessResult in_group = run(shell("sleep 600 & echo $!; exit 0"));
    EXPECT_EQ(in_group.exit_code, 0);
    EXPECT_LT(took, soon);
    for (int i = 0; i < 1000 && alive(in_group.output); ++i) ::usleep(1000);
    EXPECT_FALSE(alive(in_group.output)) << "it was in the group";
    const ProcessResult escaped = run(shell("setsid sleep 600 & echo $!; sleep 0.1; exit 0"));
    EXPECT_EQ(escaped.exit_code, 0);
    EXPECT_LT(took, soon);
    ::kill(std::stoi(escaped.output), SIGKILL);
}

TEST_F(ProcessTest, other_children_are_left_to_their_owners) {
    const pid_t other = ::fork();
    if (other == 0) ::_exit(7);
    EXPECT_EQ(run(shell("exit 0")).exit_code, 0);
    int status = 0;
    EXPECT_EQ(::waitpid(other, &status, 0), other);
    EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(ProcessTest, many_run_side_by_side_and_the_loop_goes_on) {
    int ended = 0;
    int ticks = 0;
    bool over = false;
    auto job = [&](std::size_t i) -> Task<void> {
        ProcessRequest request = shell("sleep 0.1; exit " + std::to_string(i));
        const ProcessResult result = co_await run_process(std::move(request));
        if (result.exit_code == static_cast<int>(i)) ++ended;
    };
    SystemClock clock;
    auto tick = [&]() -> Task<void> {
        while (!over) {
            co_await clock.sleep(Milliseconds(5));
            ++ticks;
        }
    };
    boost::asio::co_spawn(loop, tick(), [](const std::exception_ptr&) {});
    run_to_end(loop, for_each_index(10, 10, job));
    over = true;
    EXPECT_EQ(ended, 10);
    EXPECT_GT(ticks, 5);
}

TEST_F(ProcessTest, a_cancelled_caller_ends_the_child) {
    boost::asio::cancellation_signal cancel;
    bool threw = false;
    auto done = [&](const std::exception_ptr& error, const ProcessResult&) {
        threw = error != nullptr;
        loop.stop();
    };
    TemporaryFolder folder;
    const std::string file = (folder.path() / "pid").string();
    auto child = run_process(shell("echo $$ > " + file + ".new; mv " + file + ".new " + file + "; sleep 600"));
    boost::asio::co_spawn(loop, std::move(child), boost::asio::bind_cancellation_slot(cancel.slot(), done));
    SystemClock clock;
    auto stop = [&]() -> Task<void> {
        while (!std::filesystem::exists(file)) co_await clock.sleep(Milliseconds(2));
        cancel.emit(boost::asio::cancellation_type::terminal);
    };
    boost::asio::co_spawn(loop, stop(), [](const std::exception_ptr&) {});
    loop.run();
    EXPECT_TRUE(threw);
    std::string pid;
    std::ifstream(file) >> pid;
    EXPECT_FALSE(alive(pid));
}

TEST_F(ProcessTest, a_loop_that_goes_away_takes_its_children_along) {
    TemporaryFolder folder;
    const std::string file = (folder.path() / "pid").string();
    {
        EventLoop other;
        auto child = run_process(shell("echo $$ > " + file + ".new; mv " + file + ".new " + file + "; sleep 600"));
        boost::asio::co_spawn(other, std::move(child), [](const std::exception_ptr&, const ProcessResult&) {});
        while (!std::filesystem::exists(file)) other.run_for(Milliseconds(2));
    }
    std::string pid;
    std::ifstream(file) >> pid;
    EXPECT_FALSE(alive(pid));
}

TEST_F(ProcessTest, what_cannot_be_started_says_why) {
    ProcessRequest request = shell("");
    request.arguments = {"no-such-program"};
    EXPECT_EQ(refusal(request),
              "process: start \"no-such-program\": not found in PATH \"/usr/bin:/bin\"; is it installed?");
    request.arguments = {"/no/such/program"};
    EXPECT_EQ(refusal(request), "process: start \"/no/such/program\": No such file or directory");
    request.arguments = {"/etc/passwd"};
    EXPECT_EQ(refusal(request), "process: start \"/etc/passwd\": Permission denied");
    request.arguments = {};
    EXPECT_EQ(refusal(request), "process: start \"\": no program is named");
    request.arguments = {"sh", std::string("a\0b", 3)};
    EXPECT_EQ(refusal(request), "process: start \"sh\": an argument holds a zero byte");
    request.arguments = {"sh"};
    request.environment["A=B"] = "c";
    EXPECT_EQ(refusal(request),
              "process: start \"sh\": an environment variable has a name or value that none may have");
}

TEST_F(ProcessTest, the_current_folder_is_not_searched) {
    ProcessRequest request = shell("");
    request.environment["PATH"] = ":.:/nowhere";
    EXPECT_THAT(refusal(request), HasSubstr("not found in PATH"));
}
