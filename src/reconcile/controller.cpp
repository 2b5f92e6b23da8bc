#include "reconcile/controller.h"

#include "base/failure.h"
#include "io/loop_steps.h"
#include "reconcile/unit_view.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstdio>
#include <utility>

namespace kedge {

namespace asio = boost::asio;

namespace {

constexpr Milliseconds standing_age{1000}; // of several members: what people told another one is known then

} // namespace

Controller::Controller(ControllerParts parts, DaemonCalls calls)
    : parts_(parts), calls_(std::move(calls)), counts_(parts.counters) {}

void Controller::set_units(std::vector<std::shared_ptr<Unit>> units) {
    std::map<std::string, std::shared_ptr<Unit>> wanted;
    for (auto& unit : units) {
        auto name = unit->settings().us.unit;
        wanted.emplace(std::move(name), std::move(unit));
    }
    for (auto& [name, slot] : slots_) {
        const auto found = wanted.find(name);
        slot->leaving = found == wanted.end();
        if (!slot->leaving) slot->successor = std::move(found->second);
        slot->interrupt = true;
        wanted.erase(name);
    }
    for (auto& [name, unit] : wanted) {
        auto slot =
            std::make_shared<Slot>(Slot{nullptr, std::move(unit), false, false, {}, {name, parts_.log, parts_.board}});
        slots_.emplace(name, std::move(slot));
    }
    const auto now = parts_.clock.monotonic();
    std::vector<std::string> names;
    for (const auto& [name, slot] : slots_) names.push_back(name);
    for (const auto& name : names) {
        schedule_.add(name, now);
        if (!schedule_.is_under_way(name)) settle_slot(name, now);
    }
    waker_.wake();
}

Task<void> Controller::read_standing() {
    standing_read_ = parts_.clock.monotonic();
    auto standing = co_await parts_.standing.load();
    stoppages_ = std::move(standing.stoppages);
    releases_ = std::move(standing.releases);
}

Task<void> Controller::take_up_standing() {
    co_await read_standing();
    co_await end_stoppages();
    for (const auto& [name, slot] : slots_) show(*slot, nullptr, Milliseconds(0), parts_.clock.monotonic());
}

void Controller::stop() {
    stopping_ = true;
    waker_.wake();
}

void Controller::wake() {
    for (const auto& [name, slot] : slots_) look_soon(name, *slot);
    waker_.wake();
}

void Controller::wake(const std::string& unit) {
    if (const auto slot = find(unit)) look_soon(unit, *slot);
    waker_.wake();
}

void Controller::look_soon(const std::string& name, const Slot& slot) {
    if (calls_.source_moved) calls_.source_moved(slot.unit->settings().source);
    schedule_.wake(name, parts_.clock.monotonic());
}

Task<void> Controller::run() {
    const auto executor = co_await asio::this_coro::executor;
    co_await take_up_standing();
    say_history_problem();
    while (!stopping_) {
        std::erase_if(retired_, [](const auto& unit) { return unit->is_at_rest(); });
        co_await end_stoppages();
        start_due(executor);
        co_await wait();
    }
    while (under_way_ > 0) co_await waker_.wait();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

// Another member looks after it: what it is comes from there.
bool Controller::set_aside(const std::string& name, Milliseconds now) {
    const auto slot = slots_.at(name);
    const auto holder = calls_.held_by ? calls_.held_by(*slot->unit) : std::string();
    const auto* before = parts_.board.unit(name);
    if (before != nullptr && before->held_by != holder) {
        auto status = *before;
        status.held_by = holder;
        status.state = UnitState::waiting;
        parts_.board.put(std::move(status));
    }
    if (holder.empty()) return false;
    settle_slot(name, now + slot->unit->settings().interval);
    return true;
}

void Controller::gained(const Concerns& concerns) {
    for (const auto& [name, slot] : slots_) {
        if (slot->unit && concerns(*slot->unit)) look_soon(name, *slot);
    }
    waker_.wake();
}

void Controller::lost(const Concerns& concerns) {
    for (const auto& [name, slot] : slots_) {
        if (!slot->unit || !concerns(*slot->unit)) continue;
        if (schedule_.is_under_way(name)) slot->interrupt = true;
        schedule_.wake(name, parts_.clock.monotonic()); // to be set aside, and shown so
    }
    waker_.wake();
}

void Controller::start_due(const asio::any_io_executor& executor) {
    const auto now = parts_.clock.monotonic();
    parts_.counters.queue_depth = schedule_.waiting(now);
    while (const auto name = schedule_.take(now)) {
        if (set_aside(*name, now)) continue;
        if (calls_.under_way) calls_.under_way(*slots_.at(*name)->unit, true);
        ++under_way_;
        auto ended = [this](const std::exception_ptr& error) {
            --under_way_;
            // Only Failure is caught inside: anything else is a mistake of ours, and nobody is to work on beside it.
            if (error && !error_) error_ = error;
            if (error) stopping_ = true;
            waker_.wake();
        };
        asio::co_spawn(executor, pass(*name), std::move(ended));
    }
}

// Until the next unit is due or something has happened. While every unit is under way, only that something counts.
Task<void> Controller::wait() {
    const auto next = schedule_.next();
    if (next) {
        const auto left = std::max(*next - parts_.clock.monotonic(), Milliseconds(0));
        co_await parts_.clock.nap(left, &waker_);
    } else {
        co_await waker_.wait();
    }
}

// Unique among the passes of an installation: when it began, and a number that runs on.
std::string Controller::next_pass_id() {
    std::array<char, 32> text{};
    const auto size = std::snprintf(text.data(), text.size(), "p%08llx%04x",
                                    static_cast<unsigned long long>(parts_.clock.now()), ++passes_ & 0xffffU);
    return {text.data(), static_cast<std::size_t>(size)};
}

Task<void> Controller::look_and_act(Slot& slot, PassEnd& end) {
    auto& unit = *slot.unit;
    if (slot.stay_at) {
        auto commit = std::move(*slot.stay_at);
        slot.stay_at.reset();
        co_await unit.stay_at(std::move(commit));
    }
    auto look = co_await unit.look();
    end.spent = spent_before(look);
    // A process that was frozen while it looked, and lost its lease: the ledger is another's to write by now.
    slot.interrupt = slot.interrupt || (calls_.held_by && !calls_.held_by(unit).empty());
    if (stopping_ || slot.interrupt) co_return; // part of it may not have been asked
    const auto deadline = unit.deadline();
    std::function<bool()> stop = [this, &slot, deadline] {
        return stopping_ || slot.interrupt || parts_.clock.monotonic() >= deadline;
    };
    std::function<void(const Outcome&)> none;
    auto report = co_await unit.act(std::move(look), std::move(stop), std::move(none));
    end.report = std::make_shared<const Report>(std::move(report));
    // Whoever hears of the pass can look at it.
    parts_.board.put(unit.settings().us.unit, end.report);
    if (!end.report->stopped.empty() && !end.report->superseded && !slot.interrupt) end.failure = end.report->stopped;
}

Task<void> Controller::report_pass(Slot& slot, const PassEnd& end, UnixSeconds began) {
    const auto& report = *end.report;
    const auto now = parts_.clock.now();
    const bool news = co_await slot.log.ended(report, now);
    if (news && !report.outcomes.empty()) {
        const PassTimes times{slot.log.pass(), began, now};
        auto record = record_of(report, times);
        co_await remember(*slot.unit, std::move(record));
    }
    co_await next_turn();
    counts_.looked(slot.unit->settings().us.unit, report, now);
    if (calls_.passed) calls_.passed(*slot.unit, report);
    auto spent = spent_releases(report);
    spent.insert(spent.end(), end.spent.begin(), end.spent.end());
    co_await drop_spent_releases(slot.unit->settings().us.unit, std::move(spent));
}

// A history that cannot be written stops nothing; why is said once.
Task<void> Controller::remember(const Unit& unit, PassRecord record) {
    auto key = unit.ledger_key();
    co_await parts_.chronicle.append(std::move(key), std::move(record));
    say_history_problem();
}

void Controller::say_history_problem() {
    const auto problem = parts_.chronicle.problem();
    if (problem != history_problem_ && !problem.empty()) parts_.log.warning("no history is kept", {{"why", problem}});
    history_problem_ = problem;
}

std::vector<Release> Controller::releases_of(const std::string& unit) const {
    std::vector<Release> releases;
    for (const auto& given : releases_) {
        if (given.unit == unit) releases.push_back(given.release);
    }
    return releases;
}

// Good for one write, like an entry in git. One that the store does not let go of stays, and the next pass tries again:
// it does no harm, because the ledger knows that it is spent.
Task<void> Controller::drop_spent_releases(const std::string& unit, std::vector<std::string> spent) {
    std::string problem;
    for (const auto& entry : spent) {
        const auto is_it = [&](const CommandRelease& given) {
            return given.unit == unit && given.release.entry().hex() == entry;
        };
        if (std::none_of(releases_.begin(), releases_.end(), is_it)) continue; // it stands in git
        try {
            auto owner = unit;
            auto gone = entry;
            co_await parts_.standing.remove_release(std::move(owner), std::move(gone));
            std::erase_if(releases_, is_it);
        } catch (const Failure& failure) {
            problem = failure.what();
        }
    }
    if (problem != release_problem_ && !problem.empty())
        parts_.log.warning("spent releases stay", {{"unit", unit}, {"why", problem}});
    if (!spent.empty()) release_problem_ = problem;
}

Task<void> Controller::pass(std::string name) {
    const auto slot = slots_.at(name); // kept, whatever becomes of the settings meanwhile
    const auto unit = slot->unit;
    const auto began = parts_.clock.monotonic();
    const auto began_at = parts_.clock.now();
    slot->log.begin(next_pass_id());
    slot->interrupt = false;
    if (const auto* status = parts_.board.unit(name)) {
        auto busy = *status;
        busy.busy = true;
        parts_.board.put(std::move(busy));
    }
    PassEnd end;
    try {
        // Other members are told things as well.
        const bool may_have_moved = calls_.held_by && parts_.clock.monotonic() - standing_read_ >= standing_age;
        if (may_have_moved) co_await read_standing();
        unit->set_stoppages(stoppages_of(name));
        unit->set_releases(releases_of(name));
        if (calls_.reviewed) unit->set_reviewed(calls_.reviewed(name));
        co_await look_and_act(*slot, end);
        if (end.report) co_await report_pass(*slot, end, began_at);
    } catch (const Failure& error) {
        end.failure = error.what();
        end.person_needed = error.next() != NextAction::retry;
    }
    if (calls_.under_way) calls_.under_way(*unit, false);
    const auto due = after_pass(*slot, end, began);
    settle_slot(name, due);
}

// When it looks again.
Milliseconds Controller::after_pass(Slot& slot, const PassEnd& end, Milliseconds began) {
    const auto now = parts_.clock.monotonic();
    auto& unit = *slot.unit;
    auto wait = unit.settings().interval;
    // Up to a tenth later each time: units that started together drift apart.
    wait += Milliseconds(static_cast<std::int64_t>(static_cast<double>(wait.count()) * 0.1 * parts_.clock.random()));
    const bool cut_short = stopping_ || slot.interrupt; // what fails now may fail because of it
    if (!end.failure.empty() && !cut_short) {
        slot.log.failed(end.failure, end.person_needed, parts_.clock.now());
        unit.forget_identity();
        wait = std::max(unit.settings().interval, backoff_.wait(slot.log.failures() - 1, parts_.clock.random()));
    }
    if (calls_.ended) calls_.ended();
    counts_.ended(unit.settings().us.unit, end.report.get(), !end.failure.empty() && !cut_short, now - began);
    if (slot.interrupt || (end.report && end.report->superseded)) wait = Milliseconds(0);
    if (!cut_short || end.report) show(slot, &end, now - began, now + wait);
    return now + wait;
}

// What the settings have become while the pass was under way.
void Controller::settle_slot(const std::string& name, Milliseconds due) {
    const auto found = slots_.find(name);
    if (found == slots_.end()) return;
    const auto slot = found->second;
    slot->interrupt = false;
    if (slot->leaving) {
        retired_.push_back(slot->unit);
        slots_.erase(found);
        schedule_.remove(name);
        parts_.board.remove(name);
        counts_.forget(name);
        return;
    }
    if (slot->successor) {
        if (slot->unit) retired_.push_back(slot->unit);
        slot->unit = std::exchange(slot->successor, nullptr);
        show(*slot, nullptr, Milliseconds(0), due);
    }
    schedule_.ended(name, due);
}

void Controller::show(const Slot& slot, const PassEnd* end, Milliseconds took, Milliseconds due) {
    const auto& unit = slot.unit != nullptr ? *slot.unit : *slot.successor;
    auto status = status_of(unit);
    if (const auto* before = parts_.board.unit(status.unit)) {
        auto names = std::move(status);
        status = *before;
        status.source = std::move(names.source);
        status.target = std::move(names.target);
        status.provider = std::move(names.provider);
        status.reactions = std::move(names.reactions);
    }
    status.stoppages = stoppages_of(status.unit);
    status.next_pass = parts_.clock.now() + (due - parts_.clock.monotonic()).count() / 1000;
    if (end != nullptr) {
        status.busy = false;
        status.pass = slot.log.pass();
        status.last_pass = parts_.clock.now();
        status.took = took;
        status.failures = slot.log.failures();
        status.cause = end->failure;
        if (end->report) show_report(status, *end->report);
        if (end->failure.empty())
            status.last_success = parts_.clock.now();
        else
            status.state = UnitState::failing;
    }
    parts_.board.put(std::move(status));
}

} // namespace kedge
