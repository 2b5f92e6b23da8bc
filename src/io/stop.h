// The wish that kedge ends: asked for once, heard everywhere at the same moment. Waits end early and what only looks is
// given up; a write in flight gets a few seconds more. Whoever starts something asks first.
#pragma once
#include <functional>
#include <list>

namespace kedge {

class Stop final {
public:
    Stop() = default;
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    bool asked() const { return asked_; }
    void ask();

    // Calls `heard` when the stop is asked for, as long as it lives; `heard` may only cancel operations, whose
    // coroutines go on later. No stop: never.
    class Listener final {
    public:
        Listener(Stop* stop, std::function<void()> heard);
        ~Listener();
        Listener(const Listener&) = delete;
        Listener& operator=(const Listener&) = delete;

    private:
        Stop* stop_;
        std::list<std::function<void()>>::iterator place_;
    };

private:
    bool asked_ = false;
    std::list<std::function<void()>> listeners_;
};

inline bool is_asked(const Stop* stop) {
    return stop != nullptr && stop->asked();
}

} // namespace kedge
