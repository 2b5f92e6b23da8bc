// Ends a wait early: somebody has work for the one who waits. A wake that finds nobody waiting is kept for the next
// wait.
#pragma once
#include "io/task.h"

#include <functional>
#include <utility>

namespace kedge {

class Waker final {
public:
    Waker() = default;
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    void wake();
    // True where a wake was kept; it is used up.
    bool take() { return std::exchange(kept_, false); }
    // Until the next wake, however long that takes.
    Task<void> wait();

    // The one who waits, as long as it lives; `heard` may only cancel operations. One at a time.
    class Listener final {
    public:
        Listener(Waker* waker, std::function<void()> heard);
        ~Listener();
        Listener(const Listener&) = delete;
        Listener& operator=(const Listener&) = delete;

    private:
        Waker* waker_;
    };

private:
    bool kept_ = false;
    std::function<void()> heard_;
};

} // namespace kedge
