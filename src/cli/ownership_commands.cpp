// What a person decides: a release, an adoption, letting go, staying at a commit.
#include "base/failure.h"
#include "cli/exit_code.h"
#include "cli/looks.h"
#include "io/run.h"
#include "view/text.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

// As many people as are known to be affected now, unless told otherwise: more of them hold again.
int most_people(const Change& change, const Options& options) {
    if (options.at_most > 0) return options.at_most;
    int most = change.subjects.value_or(0);
    for (const auto& hold : change.holds) most = std::max(most, hold.subjects.value_or(0));
    return most;
}

// What a release can stand for: one change, or a group of them.
struct Releasable {
    const Unit* unit = nullptr;
    Digest digest;
    std::string name;
    int at_most = 0;
    std::string refusal; // why a release would do nothing; empty: it would
};

std::string why_not_releasable(const Change& change, const UnitSettings& settings) {
    if (!change.left_alone.empty()) return "it is left alone: " + change.left_alone;
    if (change.holds.empty()) return "nothing holds it";
    for (const auto& hold : change.holds) {
        const bool never = hold.reason == HoldReason::sign_out && settings.sign_out.who == SignOut::never;
        if (is_releasable(hold.reason) && !never) return {};
    }
    return "no release ends its hold (" + std::string(to_text(change.holds.front().reason)) +
           "): " + change.holds.front().way_out;
}

std::vector<Releasable> find_releasable(const Session& session, const std::vector<Look>& looks,
                                        const Options& options) {
    std::vector<Releasable> found;
    const auto meant = [&](const Digest& digest) {
        return options.digest.size() >= 12 && digest.hex().starts_with(options.digest);
    };
    for (std::size_t i = 0; i < looks.size(); ++i) {
        const auto& plan = looks[i].planned.plan;
        const auto* unit = session.units[i];
        // A group of one change has that change's digest in another form, never the same.
        for (const auto& change : plan.changes) {
            if (meant(change.digest))
                found.push_back({unit, change.digest, change.name, most_people(change, options),
                                 why_not_releasable(change, unit->settings())});
        }
        for (const auto& group : plan.groups) {
            if (meant(group.digest))
                found.push_back({unit, group.digest, group.name, 0, group.released ? "it is released already" : ""});
        }
    }
    return found;
}

std::string release_entry_text(const Releasable& what, const Options& options) {
    std::string text = "- digest: " + what.digest.hex() + "\n  name: " + Json(what.name).dump() +
                       "\n  because: " + Json(options.because).dump() + "\n";
    if (what.at_most > 0) text += "  at_most: " + std::to_string(what.at_most) + "\n";
    return text;
}

std::vector<std::string> names_of(const std::vector<Unit::Rewritten>& rewritten) {
    std::vector<std::string> names;
    for (const auto& one : rewritten) names.push_back(one.name);
    return names;
}

ChangeRecord done_to(std::string name, std::string what, std::string text = {}) {
    ChangeRecord change;
    change.name = std::move(name);
    change.action = std::move(what);
    change.result = "done";
    change.text = std::move(text);
    return change;
}

// Into the history: what a person did.
void note(Session& session, const Unit& unit, const std::string& title, std::vector<ChangeRecord> changes = {}) {
    PassRecord record;
    record.at = session.clock.now();
    record.title = title;
    record.changes = std::move(changes);
    run_to_end(session.loop, session.remember(unit, std::move(record)));
}

void note_disowned(Session& session, const Unit& unit, const Unit::Disowned& result) {
    if (result.forgotten.empty()) return;
    std::vector<ChangeRecord> changes;
    for (const auto& name : result.forgotten) {
        const auto left = std::find_if(result.marker_left.begin(), result.marker_left.end(),
                                       [&](const Unit::Rewritten& one) { return one.name == name; });
        changes.push_back(
            done_to(name, "disown", left == result.marker_left.end() ? "" : "the marker stays: " + left->why));
    }
    const auto count = result.forgotten.size();
    note(session, unit, "let go of " + std::to_string(count) + (count == 1 ? " registration" : " registrations"),
         std::move(changes));
}

} // namespace

int release_command(Session& session, const Options& options, Terminal& terminal) {
    if (options.because.find_first_not_of(" \t\r\n") == std::string::npos) {
        terminal.say("release: --because is empty; whoever reads the release later wants to know why");
        return exit_error;
    }
    const auto looks = run_to_end(session.loop, look_at_all(session, terminal.progress()));
    const auto found = find_releasable(session, looks, options);
    if (found.size() != 1) {
        terminal.say("release: no planned change has the digest \"" + options.digest +
                     "\"; a release fits exactly one change or group as it is now (at least its first 12 digits); "
                     "`kedge holds` shows them");
        return exit_error;
    }
    const auto& what = found.front();
    if (!what.refusal.empty()) {
        terminal.say("release: \"" + what.name + "\": " + what.refusal + "; nothing was written");
        return exit_error;
    }
    const auto entry = release_entry_text(what, options);
    const auto written = session.append_release(*what.unit, entry);
    if (written.empty()) {
        terminal.print("Commit these lines to .kedge/releases in the folder of unit \"" +
                       what.unit->settings().us.unit + "\":\n\n" + entry);
    } else {
        terminal.print("Wrote to " + written + ":\n\n" + entry + "\nThe next pass carries it out, once.");
    }
    return exit_ok;
}

int disown_command(Session& session, const Options& options, Terminal& terminal) {
    if (options.all != options.names.empty()) {
        terminal.say("disown: say which: --all, or --name NAME");
        return exit_error;
    }
    std::set<std::string> strangers(options.names.begin(), options.names.end());
    for (auto* unit : session.units) {
        const auto result = run_to_end(session.loop, unit->disown(options.names));
        for (const auto& name : result.forgotten) strangers.erase(name);
        note_disowned(session, *unit, result);
        if (options.output == Output::json) {
            const Json json = {{"format_version", 1},
                               {"unit", unit->settings().us.unit},
                               {"unmarked", result.unmarked},
                               {"marker_left", names_of(result.marker_left)},
                               {"forgotten", result.forgotten}};
            terminal.print(json.dump(2));
            continue;
        }
        std::string text = "Unit \"" + unit->settings().us.unit + "\": let go of " +
                           std::to_string(result.forgotten.size()) +
                           (result.forgotten.size() == 1 ? " registration" : " registrations") +
                           "; markers taken off: " + std::to_string(result.unmarked.size()) + ".";
        for (const auto& left : result.marker_left)
            text += "\n  " + left.name + ": the marker stays (" + left.why +
                    "); without this installation it means nothing";
        terminal.print(text + "\nNothing else was changed.");
    }
    for (const auto& name : strangers) {
        terminal.say("disown: no registration named \"" + name +
                     "\" belongs to this installation; `kedge plan` shows what does");
    }
    return strangers.empty() ? exit_ok : exit_error;
}

namespace {

Unit* only_unit(Session& session, Terminal& terminal, const std::string& verb) {
    if (session.units.size() == 1) return session.units.front();
    terminal.say(verb + ": say which unit: --only-unit NAME");
    return nullptr;
}

// What going back cannot undo: ids, and the sign-ins that hung on them.
std::string cannot_come_back(const Plan& plan) {
    std::string text;
    for (const auto& change : plan.changes) {
        if (change.action == Action::create)
            text +=
                "  " + change.name + ": is registered anew, under another id; who had signed in has to do so again\n";
        if (change.action == Action::remove) text += "  " + change.name + ": is deleted, with its sign-ins\n";
    }
    return text.empty() ? "" : "What cannot come back:\n" + text;
}

} // namespace

namespace {

// False: nothing of this unit could be adopted under that name, `refusal` says why.
bool adopt_in(Session& session, Unit& unit, const Options& options, std::string& refusal, Terminal& terminal) {
    try {
        const auto id = run_to_end(session.loop, unit.adopt(options.name, options.id));
        note(session, unit, "adopted \"" + options.name + "\"", {done_to(options.name, "adopt", "id " + id)});
        terminal.print("Unit \"" + unit.settings().us.unit + "\" owns \"" + options.name + "\" (id " + id +
                       ") from now on. Nothing was written; `kedge plan` shows what differs.");
        return true;
    } catch (const Failure& failure) {
        if (failure.next() != NextAction::stop) throw;
        refusal = failure.what();
        return false;
    }
}

struct MarkedIn {
    int seen = 0;     // that the unit owns, of what was asked for
    int carrying = 0; // of these: the marker, now
};

MarkedIn mark_in(Session& session, Unit& unit, const Options& options, Terminal& terminal) {
    std::vector<std::string> names;
    if (!options.name.empty()) names.push_back(options.name);
    unit.set_progress(terminal.progress());
    const auto marked = run_to_end(session.loop, unit.mark(std::move(names)));
    const auto written = static_cast<int>(marked.names.size());
    std::string text = "Unit \"" + unit.settings().us.unit + "\": wrote the marker onto " + std::to_string(written) +
                       (written == 1 ? " registration" : " registrations") + "; " + std::to_string(marked.before) +
                       " carried it already.";
    for (const auto& left : marked.left) text += "\n  " + left.name + ": not marked: " + left.why;
    terminal.print(text);
    if (written > 0) note(session, unit, "marked " + std::to_string(written) + " as owned");
    const int carrying = written + marked.before;
    return {carrying + static_cast<int>(marked.left.size()), carrying};
}

} // namespace

int adopt_command(Session& session, const Options& options, Terminal& terminal) {
    if (options.name.empty() && !options.mark) {
        terminal.say("adopt: say which registration, or --mark for all that are owned already");
        return exit_error;
    }
    bool adopted = options.name.empty();
    std::string refusal;
    for (auto* unit : session.units) {
        if (adopted) break;
        adopted = adopt_in(session, *unit, options, refusal, terminal);
    }
    MarkedIn all;
    for (auto* unit : session.units) {
        if (!options.mark) break;
        const auto here = mark_in(session, *unit, options, terminal);
        all.seen += here.seen;
        all.carrying += here.carrying;
    }
    if (options.name.empty() || all.carrying > 0 || (adopted && !options.mark)) return exit_ok;
    // What is owned but could not be marked was said above.
    if (!adopted && all.seen == 0) terminal.say("kedge: " + refusal);
    return exit_error;
}

int rollback_command(Session& session, const Options& options, Terminal& terminal) {
    auto* unit = only_unit(session, terminal, "rollback");
    if (unit == nullptr) return exit_error;
    const bool id = options.commit.size() >= 7 && options.commit.size() <= 40 &&
                    options.commit.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!id) {
        terminal.say("rollback: \"" + options.commit +
                     "\" is no commit id (40 hex digits, or at least the first 7); `git log` shows them");
        return exit_error;
    }
    std::string commit;
    const auto before = run_to_end(session.loop, unit->stayed_at());
    run_to_end(session.loop, unit->stay_at(options.commit));
    try {
        const auto look = run_to_end(session.loop, unit->look());
        commit = look.planned.plan.revision.id;
        run_to_end(session.loop, unit->stay_at(commit)); // whole: further ids may come to begin alike
        terminal.print(render_plan(look.planned.plan, terminal.style(true)));
        const auto lost = cannot_come_back(look.planned.plan);
        if (!lost.empty()) terminal.print(lost);
    } catch (const Failure&) {
        run_to_end(session.loop, unit->stay_at(before));
        throw;
    }
    const auto& name = unit->settings().us.unit;
    note(session, *unit,
         "rollback to " + commit.substr(0, 12) + (options.because.empty() ? "" : ": " + options.because));
    terminal.print("Unit \"" + name + "\" stays at " + commit.substr(0, 12) + " until `kedge resume " + name +
                   "`; the next apply or pass carries the plan out.");
    return exit_ok;
}

} // namespace kedge
