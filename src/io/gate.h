// A door that lets a few through at a time, in the order in which they came. For work of which more at once would only
// cost memory.
#pragma once
#include "io/task.h"

#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>

namespace kedge {

class Gate final {
public:
    explicit Gate(int width) : state_(std::make_shared<State>(width)) {}

    // Held as long as somebody is inside. An empty one holds nothing.
    class Ticket final {
    public:
        Ticket() = default;
        Ticket(Ticket&& other) noexcept = default;
        Ticket& operator=(Ticket&& other) noexcept;
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;
        ~Ticket() { leave(); }
        void leave();

    private:
        friend class Gate;
        explicit Ticket(std::shared_ptr<struct GateState> state) : state_(std::move(state)) {}
        std::shared_ptr<struct GateState> state_;
    };
    // Waits for its turn. A ticket outlives the gate safely.
    Task<Ticket> enter();

private:
    using State = struct GateState;
    std::shared_ptr<State> state_;
};

struct GateState {
    explicit GateState(int w) : width(w) {}
    int width;
    int inside = 0;
    std::list<boost::asio::steady_timer*> waiting; // the first of them goes in next
};

} // namespace kedge
