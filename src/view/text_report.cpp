#include "view/folds.h"
#include "view/phrases.h"
#include "view/safe_text.h"
#include "view/text.h"
#include "view/text_change.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace kedge {

namespace {

int count(const Report& report, Result result) {
    return static_cast<int>(std::count_if(report.outcomes.begin(), report.outcomes.end(),
                                          [&](const Outcome& o) { return o.result == result; }));
}

void why(Sheet& sheet, const Outcome& outcome, Colour colour) {
    if (!outcome.text.empty())
        sheet.prose(6, visible(outcome.text), colour);
    else if (outcome.result == Result::refused)
        sheet.check(outcome.change);
}

// What became of one change, or of several that are told together.
void outcome_block(Sheet& sheet, const std::vector<const Outcome*>& outcomes) {
    const auto& outcome = *outcomes.front();
    const auto& change = outcome.change;
    const auto verb = verb_of(change.action);
    const std::string past(verb.past);
    const auto head = [&](std::string_view symbol, const std::string& fate, Colour colour) {
        if (outcomes.size() == 1) return sheet.headline(symbol, change, fate, colour);
        const auto who = std::string(symbol) + " " + visible(change.name) + " " + others(outcomes.size());
        sheet.line("  " + sheet.paint()(colour, who) + " " + fate);
        sheet.prose(6, some_of(names_of(outcomes), 8) + "; " + new_value_words(change), Colour::dim);
    };
    switch (outcome.result) {
    case Result::done:
        head(verb.symbol, past, colour_of(change.action));
        if (outcome.forced) {
            sheet.prose(6, change.subjects && *change.subjects > 0
                               ? "released: at least " + people(*change.subjects) + " must sign in again"
                               : "released: people may have to sign in again");
        }
        return;
    case Result::held:
        head("!", "held, not " + past, Colour::yellow);
        for (const auto& hold : change.holds) sheet.prose(6, hold_words(hold), Colour::yellow);
        if (change.holds.empty()) why(sheet, outcome, Colour::yellow);
        return;
    case Result::left_alone:
        head("?", "left alone, not " + past, Colour::dim);
        return why(sheet, outcome, Colour::dim);
    case Result::refused:
        head("x", "refused by the control plane, not " + past, Colour::red);
        break;
    case Result::failed:
        head("x", "failed, not " + past, Colour::red);
        break;
    case Result::unsure:
        head("?", "unsure: nobody could tell whether it was " + past, Colour::red);
        break;
    case Result::blocked:
        head("!", "waits: it needs somebody, or something, else", Colour::yellow);
        return why(sheet, outcome, Colour::yellow);
    case Result::not_started:
        head(".", "not started", Colour::dim);
        break;
    }
    why(sheet, outcome, outcome.result == Result::not_started ? Colour::dim : Colour::red);
}

struct HeldLine {
    std::string name;
    std::string what;
};

// A line each; what is held, and released, together has one.
std::vector<HeldLine> held_lines(const Report& report) {
    std::map<Digest, std::size_t> size;
    for (const auto& o : report.outcomes) {
        if (o.result != Result::held) continue;
        for (const auto& hold : o.change.holds) ++size[hold.group];
    }
    std::vector<HeldLine> lines;
    std::set<Digest> told;
    for (const auto& o : report.outcomes) {
        if (o.result != Result::held) continue;
        if (o.change.holds.empty()) lines.push_back({visible(o.change.name), visible(o.text)});
        for (const auto& hold : o.change.holds) {
            auto name = visible(o.change.name);
            if (!hold.group.empty()) {
                if (!told.insert(hold.group).second) continue;
                if (size[hold.group] > 1) name += " " + others(size[hold.group]);
            }
            auto what = pad(std::string(to_text(hold.reason)), 9) + "  " + way_out(hold, o.change);
            lines.push_back({std::move(name), std::move(what)});
        }
    }
    return lines;
}

void held_list(Sheet& sheet, const Report& report) {
    const auto lines = held_lines(report);
    if (lines.empty()) return;
    int name_width = 0;
    for (const auto& line : lines) name_width = std::max(name_width, std::min(display_width(line.name), 32));
    sheet.line();
    sheet.prose(0, "Held:", Colour::bold);
    for (const auto& line : lines) sheet.line("  " + pad(line.name, name_width) + "  " + line.what);
}

void what_is_left(Sheet& sheet, const Report& report) {
    std::vector<std::string> parts;
    const auto add = [&](Result result) {
        if (const int n = count(report, result); n > 0)
            parts.push_back(std::to_string(n) + " " + std::string(to_text(result)));
    };
    add(Result::failed);
    add(Result::unsure);
    add(Result::not_started);
    if (!report.stopped.empty()) sheet.prose(0, "Stopped early: " + visible(report.stopped) + ".", Colour::red);
    if (!parts.empty()) sheet.prose(0, "Left for the next run: " + joined(parts) + "; run the same command again.");
    const auto refused = [&](bool lacks_right) {
        return std::any_of(report.outcomes.begin(), report.outcomes.end(), [&](const Outcome& o) {
            return o.result == Result::refused && o.lacks_right == lacks_right;
        });
    };
    if (refused(false)) sheet.prose(0, "What was refused needs another text in git.");
    if (refused(true))
        sheet.prose(0, "The token may not write: give it the right to write MCP servers, or use another one, and run "
                       "the same command again.");
}

std::string seconds(Milliseconds took) {
    const auto tenths = (took.count() + 50) / 100;
    if (took.count() < 1000) return std::to_string(took.count()) + " ms";
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

} // namespace

std::string render_report(const Report& report, const TextStyle& style) {
    Sheet sheet(style);
    const auto all = [](const Outcome&) { return true; };
    for (const auto& outcomes : folded(report.outcomes, all)) outcome_block(sheet, outcomes);
    held_list(sheet, report);
    if (!report.outcomes.empty()) sheet.line();
    const int errors = static_cast<int>(std::count_if(report.plan.findings.begin(), report.plan.findings.end(),
                                                      [](const Finding& f) { return f.severity == Severity::error; }));
    if (errors > 0) {
        sheet.prose(0, counted(errors, "error", "errors") + ": what they concern was left as it is.", Colour::red);
    }
    what_is_left(sheet, report);
    if (report.outcomes.empty() && report.stopped.empty()) {
        sheet.line(sheet.paint()(Colour::bold, std::string(errors > 0 ? "Nothing else" : "Nothing") + " to do" +
                                                   within_words(report.plan) + ": " + count_words(report.plan) + "."));
        return sheet.take();
    }
    const std::string effort =
        report.writes > 0 ? " (" + counted(report.writes, "write", "writes") + " in " + seconds(report.took) + ")" : "";
    sheet.line(sheet.paint()(Colour::bold, "Applied: " + applied_words(report) + effort + "."));
    return sheet.take();
}

} // namespace kedge
