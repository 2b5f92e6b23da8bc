// What the daemon shows of itself: how each unit is, its last plan and outcomes, and the latest events. Filled by the
// loop after each pass, read by the doors; everything on one thread, bounded whatever happens.
#pragma once
#include "base/duration.h"
#include "io/task.h"
#include "model/event.h"
#include "model/report.h"
#include "model/unit_status.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

class StatusBoard final {
public:
    // Shows a unit, or what has become of it. Whole: nothing of before is kept.
    void put(UnitStatus status);
    // The outcomes of a unit's last pass; their plan can be had by its digest from then on.
    void put(const std::string& unit, std::shared_ptr<const Report> report);
    // Units that are not in the settings any more.
    void remove(const std::string& unit);
    // Gives the event its id and tells everybody who listens.
    const Event& say(Event event);

    std::vector<UnitStatus> units() const; // sorted by name
    const UnitStatus* unit(const std::string& name) const;
    std::shared_ptr<const Report> report(const std::string& unit) const; // null: no pass has ended yet
    // A plan that a unit has had, by its digest; the unit's last one and a few before it. Null: not known (any more).
    std::shared_ptr<const Report> find_plan(const Digest& digest) const;

    std::uint64_t last_event() const { return next_event_ - 1; } // 0: there was none
    // Events after that id, oldest first; those that are too old are gone.
    std::vector<Event> events_after(std::uint64_t id, std::size_t most) const;

    // Calls `heard` for each event as long as it lives; `heard` returns at once and never throws.
    class Listener final {
    public:
        Listener(StatusBoard& board, std::function<void(const Event&)> heard);
        ~Listener();
        Listener(const Listener&) = delete;
        Listener& operator=(const Listener&) = delete;

    private:
        StatusBoard& board_;
        std::list<std::function<void(const Event&)>>::iterator place_;
    };

private:
    std::map<std::string, UnitStatus> units_;
    std::map<std::string, std::deque<std::shared_ptr<const Report>>> reports_; // the newest first
    std::deque<Event> events_;
    std::uint64_t next_event_ = 1;
    std::list<std::function<void(const Event&)>> listeners_;
};

} // namespace kedge
