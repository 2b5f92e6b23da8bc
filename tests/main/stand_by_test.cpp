// A second daemon on one store: it waits, answers probes, goes on when the first has ended, and ends when asked to.
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
