// A second daemon on one store, or one whose database is away: it waits, answers probes, goes on when there is no
// reason to wait any more, and ends when asked to.
#include "main/stand_by.h"

#include "base/failure.h"
#include "io/beast_client.h"
#include "io/run.h"
#include "tests/store/scratch.h"

#include <csignal>
#include <gtest/gtest.h>
#include <optional>

using namespace kedge;

namespace {

// What happens at the n-th look at the store.
class SteppedClock final : public Clock {
public:
    std::function<void(int)> look;
    UnixSeconds now() const override { return 1'800'000'000; }
    Milliseconds monotonic() const override { return Milliseconds(500 * looks_); }
    double random() override { return 0.5; }
    Task<void> nap(Milliseconds longest, Waker* waker) override {
        look(++looks_);
        return real_.nap(std::min(longest, Milliseconds(5)), waker);
    }

private:
    SystemClock real_;
    int looks_ = 0;
};

struct Waiting {
    Scratch scratch;
    EventLoop loop{1};
    Log log{LogLevel::error, LogFormat::human};
    SteppedClock clock;
    Settings settings;
    std::optional<StoreLock> other;

    Waiting() {
        settings.store = scratch.store();
        other.emplace(settings.store);
    }
    StoreLock wait() { return wait_for_store({settings, loop, clock, log}); }
    void wait_to(const std::function<void()>& open) {
        wait_for_database({settings, loop, clock, log}, "postgres: connection refused", open);
    }
};

} // namespace

TEST(stand_by, takes_the_store_once_the_other_one_has_ended) {
    Waiting waiting;
    int looks = 0;
    waiting.clock.look = [&](int look) {
        looks = look;
        if (look == 3) waiting.other.reset();
    };
    const auto lock = waiting.wait();
    EXPECT_EQ(looks, 3);
    EXPECT_THROW(StoreLock(waiting.settings.store), StoreBusy) << "it is held now";
}

TEST(stand_by, ends_on_a_signal_without_the_store) {
    Waiting waiting;
    waiting.clock.look = [&](int look) {
        if (look == 2) ::raise(SIGTERM);
        ASSERT_LT(look, 1000);
    };
    EXPECT_THROW(waiting.wait(), WaitEnded);
}

TEST(stand_by, a_folder_that_cannot_be_locked_is_no_reason_to_wait) {
    Waiting waiting;
    waiting.settings.store = "/proc/nowhere";
    EXPECT_THROW(waiting.wait(), Failure);
}

TEST(stand_by, opens_the_database_once_it_is_there) {
    Waiting waiting;
    int tries = 0;
    waiting.clock.look = [&](int look) { EXPECT_EQ(look, tries); };
    waiting.wait_to([&] {
        if (++tries < 3) throw Failure(NextAction::retry, "postgres: connection refused");
    });
    EXPECT_EQ(tries, 3);
}

TEST(stand_by, ends_on_a_signal_without_the_database) {
    Waiting waiting;
    waiting.clock.look = [&](int look) {
        if (look == 2) ::raise(SIGTERM);
        ASSERT_LT(look, 1000);
    };
    EXPECT_THROW(waiting.wait_to([] { throw Failure(NextAction::retry, "postgres: connection refused"); }), WaitEnded);
}

TEST(stand_by, a_database_that_a_person_has_to_put_right_is_no_reason_to_wait) {
    Waiting waiting;
    waiting.clock.look = [](int) { FAIL() << "it waited"; };
    EXPECT_THROW(waiting.wait_to([] { throw StoreBusy("postgres: a command is at work"); }), StoreBusy);
    EXPECT_THROW(waiting.wait_to([] { throw Failure(NextAction::wait_for_change, "postgres: no such user"); }),
                 Failure);
    EXPECT_FALSE(is_away(StoreBusy("postgres: a command is at work")));
    EXPECT_TRUE(is_away(Failure(NextAction::retry, "postgres: connection refused")));
}
