// What people ask of the daemon through its doors. Nothing here writes to a control plane: a command changes what the
// next pass may do, keeps that, and wakes the units that it concerns.
#include "base/failure.h"
#include "model/release.h"
#include "reconcile/controller.h"
#include "reconcile/source_hint.h"
#include "reconcile/unit_view.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

using AnswerKind = CommandAnswer::Result;

constexpr std::size_t longest_text = 500;
constexpr std::size_t shortest_digest = 12;

CommandAnswer unknown_unit(const std::string& unit) {
    return {AnswerKind::not_found, "there is no unit \"" + unit + "\""};
}

bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= 32 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

// Why a time and a reason are no good; empty: they are.
std::string fault_of(const std::string& because, UnixSeconds until, UnixSeconds now) {
    if (because.size() > longest_text) return "the reason is longer than 500 bytes";
    if (until != 0 && until <= now) return "it would have ended already, at " + format_utc(until);
    return {};
}

Task<CommandAnswer> refused_by(std::string member) {
    co_return CommandAnswer{AnswerKind::refused, "another member looks after this unit: " + member + "; ask that one"};
}

std::string until_text(const Stoppage& stoppage) {
    return stoppage.until == 0 ? " until somebody resumes it" : " until " + format_utc(stoppage.until);
}

std::string because_text(const std::string& because) {
    return because.empty() ? "" : ": " + because;
}

bool same_place(const Stoppage& a, const Stoppage& b) {
    return a.kind == b.kind && a.name == b.name && a.resource == b.resource &&
           (a.kind == StoppageKind::freeze || a.units == b.units);
}

bool is_hex(const std::string& text) {
    return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What a digest can name: a change of a plan, or a group of it.
struct Named {
    Release release;
    bool held = false;
};

Release release_of(const Digest& digest, const std::string& name) {
    Release release;
    release.digest = digest;
    release.name = name;
    release.from_git = false;
    return release;
}

void look_for(const Plan& plan, const std::string& digest, std::vector<Named>& found) {
    for (const auto& change : plan.changes) {
        if (!change.digest.hex().starts_with(digest)) continue;
        found.push_back({release_of(change.digest, change.name), change.held()});
    }
    for (const auto& group : plan.groups) {
        if (!group.digest.hex().starts_with(digest)) continue;
        found.push_back({release_of(group.digest, group.name), !group.released});
    }
}

} // namespace

std::shared_ptr<Controller::Slot> Controller::find(const std::string& unit) const {
    const auto found = slots_.find(unit);
    return found == slots_.end() || found->second->leaving ? nullptr : found->second;
}

void Controller::say(EventKind kind, const std::string& unit, const std::string& text, const std::string& by) {
    parts_.log.info(to_text(kind), {{"unit", unit}, {"what", text}, {"by", by}});
    Event event;
    event.at = parts_.clock.now();
    event.kind = kind;
    event.unit = unit;
    event.text = text + (by.empty() ? "" : " (by " + by + ")");
    parts_.board.say(std::move(event));
}

std::vector<Stoppage> Controller::stoppages_of(const std::string& unit) const {
    std::vector<Stoppage> some;
    for (const auto& stoppage : stoppages_) {
        const auto& units = stoppage.units;
        if (units.empty() || std::find(units.begin(), units.end(), unit) != units.end()) some.push_back(stoppage);
    }
    return some;
}

// Those whose time is over: their units look at once, and find nothing held.
Task<void> Controller::end_stoppages() {
    const auto now = parts_.clock.now();
    std::vector<Stoppage> over;
    std::copy_if(stoppages_.begin(), stoppages_.end(), std::back_inserter(over),
                 [now](const Stoppage& stoppage) { return is_over(stoppage, now); });
    for (const auto& stoppage : over) {
        std::erase(stoppages_, stoppage);
        const bool freeze = stoppage.kind == StoppageKind::freeze;
        say(EventKind::stoppage, freeze ? "" : stoppage.units.front(),
            freeze ? "freeze \"" + stoppage.name + "\" is over" : "the pause is over", "");
        wake_stopped(stoppage);
        auto dropped = stoppage;
        try {
            co_await parts_.standing.remove(std::move(dropped));
        } catch (const Failure& failure) { // it is over all the same, and found to be so again
            parts_.log.warning("what is over stays in the store", {{"why", failure.what()}});
        }
    }
}

void Controller::wake_stopped(const Stoppage& stoppage) {
    const auto now = parts_.clock.monotonic();
    for (const auto& [name, slot] : slots_) {
        const auto& units = stoppage.units;
        if (!units.empty() && std::find(units.begin(), units.end(), name) == units.end()) continue;
        schedule_.wake(name, now);
        show(*slot, nullptr, Milliseconds(0), now);
    }
    waker_.wake();
}

// What the member that holds a unit has to know at once, or has in its memory only; pauses are read by all.
std::string Controller::held_elsewhere(const Command& command) const {
    const auto unit_of = [](const auto& one) -> std::string {
        using One = std::decay_t<decltype(one)>;
        constexpr bool concerns =
            std::is_same_v<One, SyncNow> || std::is_same_v<One, ResumeUnit> || std::is_same_v<One, Rollback>;
        if constexpr (concerns) return one.unit;
        return {};
    };
    const auto slot = find(std::visit(unit_of, command));
    return slot && slot->unit && calls_.held_by ? calls_.held_by(*slot->unit) : std::string();
}

Task<CommandAnswer> Controller::perform(Command command, std::string by) {
    const auto member = held_elsewhere(command);
    if (!member.empty()) return refused_by(member);
    return std::visit([this, &by](auto& one) { return obey(std::move(one), std::move(by)); }, command);
}

Task<CommandAnswer> Controller::obey(SyncNow command, std::string by) {
    if (!command.unit.empty() && find(command.unit) == nullptr) co_return unknown_unit(command.unit);
    for (const auto& [name, slot] : slots_) {
        if (command.unit.empty() || name == command.unit) look_soon(name, *slot);
    }
    waker_.wake();
    say(EventKind::command, command.unit, "look at once", by);
    co_return CommandAnswer{AnswerKind::done, "looks at once"};
}

Task<CommandAnswer> Controller::obey(PauseUnit command, std::string by) {
    if (find(command.unit) == nullptr) co_return unknown_unit(command.unit);
    const auto fault = fault_of(command.because, command.until, parts_.clock.now());
    if (!fault.empty()) co_return CommandAnswer{AnswerKind::invalid, fault};
    Stoppage stoppage;
    stoppage.units = {command.unit};
    stoppage.resource = command.resource;
    stoppage.because = command.because;
    stoppage.by = by;
    stoppage.since = parts_.clock.now();
    stoppage.until = command.until;
    auto kept = stoppage;
    co_await parts_.standing.put(std::move(kept));
    std::erase_if(stoppages_, [&](const Stoppage& other) { return same_place(other, stoppage); });
    stoppages_.push_back(stoppage);
    const auto what = (command.resource.empty() ? "paused" : "\"" + command.resource + "\" paused") +
                      until_text(stoppage) + because_text(command.because);
    say(EventKind::stoppage, command.unit, what, by);
    wake_stopped(stoppage);
    co_return CommandAnswer{AnswerKind::done, what};
}

Task<CommandAnswer> Controller::obey(ResumeUnit command, std::string by) {
    const auto slot = find(command.unit);
    if (slot == nullptr) co_return unknown_unit(command.unit);
    Stoppage wanted;
    wanted.units = {command.unit};
    wanted.resource = command.resource;
    const auto found = std::find_if(stoppages_.begin(), stoppages_.end(),
                                    [&](const Stoppage& other) { return same_place(other, wanted); });
    const bool paused = found != stoppages_.end();
    if (paused) {
        auto dropped = *found;
        co_await parts_.standing.remove(std::move(dropped));
        std::erase_if(stoppages_, [&](const Stoppage& other) { return same_place(other, wanted); });
    }
    bool pinned = false;
    if (command.resource.empty()) {
        const auto unit = slot->unit;
        const auto commit = co_await unit->stayed_at();
        pinned = !commit.empty() || slot->stay_at;
        std::string none;
        if (pinned) co_await stay_at(*slot, std::move(none));
    }
    const auto what = command.resource.empty() ? "resumed" : "\"" + command.resource + "\" resumed";
    if (!paused && !pinned) co_return CommandAnswer{AnswerKind::unchanged, "it was not paused"};
    say(EventKind::stoppage, command.unit, what, by);
    wake_stopped(wanted);
    std::string text = what;
    for (const auto& other : stoppages_of(command.unit)) {
        if (other.kind == StoppageKind::freeze) text += "; freeze \"" + other.name + "\" still stops it";
    }
    co_return CommandAnswer{AnswerKind::done, text};
}

Task<CommandAnswer> Controller::obey(Freeze command, std::string by) {
    if (!is_name(command.name))
        co_return CommandAnswer{AnswerKind::invalid,
                                "the name of a freeze is [a-z0-9-]{1,32}, such as \"release-week\""};
    for (const auto& unit : command.units) {
        if (find(unit) == nullptr) co_return unknown_unit(unit);
    }
    const auto fault = fault_of(command.because, command.until, parts_.clock.now());
    if (!fault.empty()) co_return CommandAnswer{AnswerKind::invalid, fault};
    Stoppage freeze;
    freeze.kind = StoppageKind::freeze;
    freeze.name = command.name;
    freeze.units = command.units;
    std::sort(freeze.units.begin(), freeze.units.end());
    freeze.because = command.because;
    freeze.by = by;
    freeze.since = parts_.clock.now();
    freeze.until = command.until;
    const bool known = std::any_of(stoppages_.begin(), stoppages_.end(),
                                   [&](const Stoppage& other) { return same_place(other, freeze); });
    if (known)
        co_return CommandAnswer{AnswerKind::refused, "there is a freeze \"" + freeze.name +
                                                         "\" already; end it first, or name this another"};
    auto kept = freeze;
    co_await parts_.standing.put(std::move(kept));
    stoppages_.push_back(freeze);
    const auto what = "freeze \"" + freeze.name + "\" of " +
                      (freeze.units.empty() ? "all units" : std::to_string(freeze.units.size()) + " units") +
                      until_text(freeze) + because_text(freeze.because);
    say(EventKind::stoppage, "", what, by);
    wake_stopped(freeze);
    co_return CommandAnswer{AnswerKind::done, what};
}

Task<CommandAnswer> Controller::obey(Unfreeze command, std::string by) {
    const auto found = std::find_if(stoppages_.begin(), stoppages_.end(), [&](const Stoppage& stoppage) {
        return stoppage.kind == StoppageKind::freeze && stoppage.name == command.name;
    });
    if (found == stoppages_.end())
        co_return CommandAnswer{AnswerKind::not_found, "there is no freeze \"" + command.name + "\""};
    const auto freeze = *found;
    auto dropped = freeze;
    co_await parts_.standing.remove(std::move(dropped));
    std::erase(stoppages_, freeze);
    say(EventKind::stoppage, "", "freeze \"" + freeze.name + "\" ended", by);
    wake_stopped(freeze);
    co_return CommandAnswer{AnswerKind::done, "ended"};
}

Task<CommandAnswer> Controller::obey(ReleaseChange command, std::string by) {
    if (!command.unit.empty() && find(command.unit) == nullptr) co_return unknown_unit(command.unit);
    if (command.digest.size() < shortest_digest || command.digest.size() > 64 || !is_hex(command.digest))
        co_return CommandAnswer{AnswerKind::invalid, "a digest is 64 hex digits, or at least the first 12 of them"};
    if (command.because.empty() || command.because.size() > longest_text || command.at_most < 0)
        co_return CommandAnswer{AnswerKind::invalid,
                                "a release says why, in 1 to 500 bytes; `at_most` is not negative"};
    std::vector<Named> found;
    std::shared_ptr<Slot> slot;
    for (const auto& [name, one] : slots_) {
        const auto report = parts_.board.report(name);
        if (!report || (!command.unit.empty() && command.unit != name)) continue;
        const auto before = found.size();
        look_for(report->plan, command.digest, found);
        if (found.size() > before) slot = one;
    }
    if (found.empty() && !command.previewed.empty()) {
        slot = find(command.unit);
        const auto digest = digest_from_hex(command.digest);
        if (slot != nullptr && digest) found.push_back({release_of(*digest, command.previewed), true});
    }
    if (found.empty())
        co_return CommandAnswer{AnswerKind::not_found, "no change that is planned now has the digest " +
                                                           command.digest + "; `kedge holds` lists those that wait"};
    if (found.size() > 1)
        co_return CommandAnswer{AnswerKind::invalid,
                                "several changes have digests that begin with " + command.digest + "; give more of it"};
    const auto& named = found.front();
    const auto name = slot->unit->settings().us.unit;
    if (!named.held) co_return CommandAnswer{AnswerKind::unchanged, "nothing holds it"};
    if (slot->unit->settings().sign_out.who != SignOut::approver)
        co_return CommandAnswer{AnswerKind::refused, "unit \"" + name +
                                                         "\" takes releases from git only: add it to "
                                                         ".kedge/releases, or set `sign_out: approver`"};
    if (command.only_check) co_return CommandAnswer{AnswerKind::done, "it would be taken"};
    auto release = named.release;
    release.because = command.because;
    release.at_most = command.at_most;
    release.by = by;
    release.given = parts_.clock.now();
    CommandRelease kept;
    kept.unit = name;
    kept.release = release;
    kept.at = release.given;
    auto durable = kept;
    co_await parts_.standing.put(std::move(durable));
    releases_.push_back(std::move(kept));
    const auto what =
        "released \"" + release.name + "\", digest " + release.digest.short_hex() + because_text(release.because);
    say(EventKind::command, name, what, by);
    schedule_.wake(name, parts_.clock.monotonic());
    waker_.wake();
    co_return CommandAnswer{AnswerKind::done, what + "; the next pass carries it out"};
}

// The ledger of a unit is not written beside its pass.
Task<void> Controller::stay_at(Slot& slot, std::string commit) {
    if (schedule_.is_under_way(slot.unit->settings().us.unit)) {
        slot.stay_at = std::move(commit);
        slot.interrupt = true;
        co_return;
    }
    const auto unit = slot.unit;
    co_await unit->stay_at(std::move(commit));
}

Task<CommandAnswer> Controller::obey(Rollback command, std::string by) {
    const auto slot = find(command.unit);
    if (slot == nullptr) co_return unknown_unit(command.unit);
    if (command.commit.size() < 7 || command.commit.size() > 40 || !is_hex(command.commit))
        co_return CommandAnswer{AnswerKind::invalid, "a commit id is 40 hex digits, or at least the first 7 of them"};
    if (command.because.size() > longest_text)
        co_return CommandAnswer{AnswerKind::invalid, "the reason is longer than 500 bytes"};
    auto commit = command.commit;
    co_await stay_at(*slot, std::move(commit));
    const auto what = "rollback to " + command.commit.substr(0, 12) + because_text(command.because);
    PassRecord record;
    record.at = parts_.clock.now();
    record.title = what;
    record.by = by;
    const auto unit = slot->unit;
    co_await remember(*unit, std::move(record));
    say(EventKind::command, command.unit, what, by);
    schedule_.wake(command.unit, parts_.clock.monotonic());
    waker_.wake();
    co_return CommandAnswer{AnswerKind::done, what + "; it stays there until it is resumed"};
}

int Controller::source_moved(SourceMoved hint) {
    int units = 0;
    for (const auto& [name, slot] : slots_) {
        const auto& settings = slot->unit->settings();
        if (!concerns(hint.urls, hint.ref, settings.source_url, settings.source_ref)) continue;
        look_soon(name, *slot);
        ++units;
    }
    waker_.wake();
    return units;
}

Task<std::vector<PassRecord>> Controller::history(HistoryQuery query) {
    return parts_.chronicle.search(std::move(query));
}

std::vector<ResourceStatus> Controller::resources(const std::string& unit) {
    const auto slot = find(unit);
    const auto report = parts_.board.report(unit);
    if (slot == nullptr || !report) return {};
    return resources_of(*slot->unit, *report);
}

} // namespace kedge
