#include "io/gate.h"
#include "io/run.h"
#include "io/waker.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>
#include <vector>

using namespace kedge;

namespace {

struct Visitors {
    EventLoop loop;
    Gate gate{2};
    std::vector<int> inside;  // in the order in which they came in
    std::vector<Gate::Ticket> tickets;

    void come(int number) {
        auto visit = [](Visitors& all, int who) -> Task<void> {
            auto ticket = co_await all.gate.enter();
            all.inside.push_back(who);
            all.tickets.push_back(std::move(ticket));
        };
        boost::asio::co_spawn(loop, visit(*this, number), boost::asio::detached);
    }
    void settle() {
        loop.restart();
        loop.poll();
    }
};

} // namespace

TEST(gate, lets_so_many_in_and_the_next_in_line_when_one_leaves) {
    Visitors visitors;
    for (int i = 1; i <= 4; ++i) visitors.come(i);
    visitors.settle();
    EXPECT_EQ(visitors.inside, (std::vector<int>{1, 2}));
    visitors.tickets.front().leave();
    visitors.come(5);
    visitors.settle();
    EXPECT_EQ(visitors.inside, (std::vector<int>{1, 2, 3})) << "not the one that came later";
    visitors.tickets.clear();
    visitors.settle();
    visitors.settle();
    EXPECT_EQ(visitors.inside, (std::vector<int>{1, 2, 3, 4, 5}));
}

TEST(gate, a_ticket_that_is_left_twice_frees_one_place) {
    Visitors visitors;
    for (int i = 1; i <= 4; ++i) visitors.come(i);
    visitors.settle();
    visitors.tickets.front().leave();
    visitors.tickets.front().leave();
    visitors.settle();
    EXPECT_EQ(visitors.inside.size(), 3U);
    visitors.tickets.clear();
    visitors.settle();
}

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
