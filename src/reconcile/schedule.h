// When each unit looks next. Values and times only: who is due, who is under way, who was woken meanwhile. Fair: the
// one that has waited longest past its time goes first.
#pragma once
#include "base/duration.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace kedge {

class Schedule final {
public:
    // A new unit is due at that time (monotonic, like all times here); one that is known stays as it is.
    void add(const std::string& unit, Milliseconds due);
    // Of one under way, only its next look goes.
    void remove(const std::string& unit);

    // The next unit that is due and not under way; it counts as under way from now on.
    std::optional<std::string> take(Milliseconds now);
    // Its pass has ended: it looks again at `due`, or at once where it was woken meanwhile. Unknown units are ignored.
    void ended(const std::string& unit, Milliseconds due);
    // Due at once; where it is under way, right after. False: unknown.
    bool wake(const std::string& unit, Milliseconds now);

    // When the first unit that is not under way is due; nothing: there is none.
    std::optional<Milliseconds> next() const;
    std::optional<Milliseconds> due(const std::string& unit) const; // nothing: unknown, or under way
    bool is_under_way(const std::string& unit) const;
    int waiting(Milliseconds now) const; // due, and not begun

private:
    struct State {
        Milliseconds due{0};
        bool under_way = false;
        bool woken = false;
    };
    void set_due(const std::string& unit, State& state, Milliseconds due);

    std::map<std::string, State> units_;
    std::set<std::pair<Milliseconds, std::string>> idle_;
};

} // namespace kedge
