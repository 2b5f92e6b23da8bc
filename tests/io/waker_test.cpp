#include "io/run.h"
#include "io/waker.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(waker, a_wake_that_finds_nobody_is_kept_once) {
    EventLoop loop;
    Waker waker;
    waker.wake();
    waker.wake();
    EXPECT_TRUE(waker.take());
    EXPECT_FALSE(waker.take());
    waker.wake();
    run_to_end(loop, waker.wait());
    EXPECT_FALSE(waker.take()) << "the wait has used it up";
}
