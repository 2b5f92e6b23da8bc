// What the units of one target tell each other, as values: the names that each declares, and whether its manifests can
// be relied on. A unit publishes after it read them; nobody looks into another unit's state.
#pragma once
#include "base/duration.h"
#include "io/task.h"
#include "model/place.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kedge {

struct Declared {
    std::string name;
    Place place;
};

// One reading of a unit's manifests.
struct Reading {
    std::string problem;   // why they cannot be relied on; empty: they can
    std::string revision;  // that was read
    Milliseconds began{0}; // monotonic: what was in the source by then was seen
    bool operator==(const Reading&) const = default;
};

// Points at what the board holds: good until the other unit publishes again or leaves.
struct ElsewhereDeclared {
    const std::string& unit;
    const Place& place;
};

class TargetBoard final {
public:
    TargetBoard() = default;
    TargetBoard(const TargetBoard&) = delete; // detached() is its copy
    TargetBoard& operator=(const TargetBoard&) = delete;

    // Reads a unit's manifests for the others and publishes, also that it failed. `again`: even if it did so before.
    using Read = std::function<Task<void>(bool again)>;
    void join(const std::string& unit, Read read);
    // Only while the unit is at rest.
    void leave(const std::string& unit);

    // A board of its own with what stands on this one now. Nobody on it is asked to read again.
    std::shared_ptr<TargetBoard> detached() const;

    void publish(const std::string& unit, Reading reading, std::vector<Declared> names);
    // The names are those of before.
    void publish(const std::string& unit, Reading reading);

    bool knows(const std::string& unit) const { return members_.contains(unit); }
    bool was_read(const std::string& unit) const; // or could not be
    // Asks the others to read that never did; all of them where that is said.
    Task<void> read_others(std::string unit, bool again) const;

    // The other unit that declares this name; null: none. Of several, the first by name.
    const ElsewhereDeclared* elsewhere(const std::string& unit, const std::string& name) const;
    // Why not every other unit's manifests can be relied on; empty: they can.
    std::string problem(const std::string& unit) const;
    // Which other unit did not read its source after that moment, nor this very commit; empty: none.
    std::string behind(const std::string& unit, Milliseconds moment, const std::string& commit) const;

private:
    struct Member {
        Read read;
        bool was_read = false;
        Reading reading;
        std::vector<Declared> names;
    };
    void claim(const std::string& unit, const Member& member);
    void take_down(const std::string& unit, Member& member);

    std::map<std::string, Member> members_;
    // By name. There is one for each registration of the target, so it only points into members_.
    std::unordered_multimap<std::string_view, ElsewhereDeclared> claims_;
};

} // namespace kedge
