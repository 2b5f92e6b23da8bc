#include "reconcile/status_board.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {
constexpr std::size_t most_events = 1000;
// A person looks at a plan and comes back with its digest some passes later.
constexpr std::size_t most_reports = 4;
// A first apply is not kept for that: it may hold ten thousand changes.
constexpr std::size_t most_outcomes = 1000;
} // namespace

void StatusBoard::put(UnitStatus status) {
    auto& place = units_[status.unit];
    place = std::move(status);
}

void StatusBoard::put(const std::string& unit, std::shared_ptr<const Report> report) {
    auto& reports = reports_[unit];
    // The same plan again takes the place of itself: looking every minute does not push out what was different.
    std::erase_if(reports, [&](const auto& known) {
        return known->plan.digest == report->plan.digest || known->outcomes.size() > most_outcomes;
    });
    reports.push_front(std::move(report));
    if (reports.size() > most_reports) reports.pop_back();
}

void StatusBoard::remove(const std::string& unit) {
    units_.erase(unit);
    reports_.erase(unit);
}

const Event& StatusBoard::say(Event event) {
    event.id = next_event_++;
    events_.push_back(std::move(event));
    if (events_.size() > most_events) events_.pop_front();
    for (const auto& heard : listeners_) heard(events_.back());
    return events_.back();
}

std::vector<UnitStatus> StatusBoard::units() const {
    std::vector<UnitStatus> all;
    all.reserve(units_.size());
    for (const auto& [name, status] : units_) all.push_back(status);
    return all;
}

const UnitStatus* StatusBoard::unit(const std::string& name) const {
    const auto found = units_.find(name);
    return found == units_.end() ? nullptr : &found->second;
}

std::shared_ptr<const Report> StatusBoard::report(const std::string& unit) const {
    const auto found = reports_.find(unit);
    return found == reports_.end() || found->second.empty() ? nullptr : found->second.front();
}

std::shared_ptr<const Report> StatusBoard::find_plan(const Digest& digest) const {
    for (const auto& [unit, reports] : reports_) {
        for (const auto& report : reports) {
            if (report->plan.digest == digest) return report;
        }
    }
    return nullptr;
}

std::vector<Event> StatusBoard::events_after(std::uint64_t id, std::size_t most) const {
    std::vector<Event> some;
    auto at = std::upper_bound(events_.begin(), events_.end(), id,
                               [](std::uint64_t wanted, const Event& event) { return wanted < event.id; });
    for (; at != events_.end() && some.size() < most; ++at) some.push_back(*at);
    return some;
}

StatusBoard::Listener::Listener(StatusBoard& board, std::function<void(const Event&)> heard)
    : board_(board), place_(board.listeners_.insert(board.listeners_.end(), std::move(heard))) {}

StatusBoard::Listener::~Listener() {
    board_.listeners_.erase(place_);
}

} // namespace kedge
