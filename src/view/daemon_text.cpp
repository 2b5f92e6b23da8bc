#include "view/daemon_text.h"

#include "view/document.h"
#include "view/phrases.h"
#include "view/safe_text.h"
#include "view/text_change.h"

#include <algorithm>

namespace kedge {

namespace {

std::string words_at(const Json& json, const char* key) {
    return visible(text_under(json, key));
}

std::string time_words(const Json& json, const char* key, const char* none) {
    const auto time = time_at(json, key);
    return time == 0 ? none : format_utc(time);
}

Colour colour_of_state(const std::string& state) {
    if (state == "in-sync") return Colour::green;
    if (state == "failing" || state == "invalid") return Colour::red;
    return state == "waiting" ? Colour::plain : Colour::yellow;
}

std::string short_id(const Json& unit) {
    const auto id = text_under(part_at(unit, "revision"), "id");
    return id.empty() ? "-" : visible(id.substr(0, 7));
}

// "3 changes, 2 held, 1 by hand, 1 error".
std::string plan_words(const Json& unit) {
    std::string text = counted(count_at(unit, "changes"), "change", "changes");
    if (const auto held = count_at(unit, "held"); held > 0) text += ", " + std::to_string(held) + " held";
    if (const auto drifted = count_at(unit, "drifted"); drifted > 0)
        text += ", " + std::to_string(drifted) + " drifted";
    if (const auto errors = count_at(unit, "errors"); errors > 0) text += ", " + counted(errors, "error", "errors");
    return text;
}

// "paused since ... by ann: WHY, until ...".
std::string stoppage_words(const Json& stoppage) {
    const auto resource = words_at(stoppage, "resource");
    std::string text = text_under(stoppage, "kind") == "freeze" ? "freeze \"" + words_at(stoppage, "name") + "\""
                       : resource.empty()                       ? "paused"
                                                                : "\"" + resource + "\" paused";
    text += " since " + time_words(stoppage, "since", "?");
    if (const auto by = words_at(stoppage, "by"); !by.empty()) text += " by " + by;
    if (const auto because = words_at(stoppage, "because"); !because.empty()) text += ": " + because;
    if (const auto until = time_at(stoppage, "until"); until != 0) text += ", until " + format_utc(until);
    return text;
}

std::string rolled_back(const Json& unit) {
    const auto tip = text_under(part_at(unit, "revision"), "tip");
    if (tip.empty()) return {};
    return "rolled back to " + short_id(unit) + "; " + visible(tip.substr(0, 7)) + " waits for `kedge resume " +
           words_at(unit, "unit") + "`";
}

void troubles(Sheet& sheet, const Json& unit) {
    if (const auto cause = words_at(unit, "cause"); !cause.empty()) sheet.prose(4, cause, Colour::red);
    if (const auto words = rolled_back(unit); !words.empty()) sheet.prose(4, words, Colour::yellow);
    for (const auto& stoppage : list_at(unit, "stoppages")) sheet.prose(4, stoppage_words(stoppage), Colour::yellow);
}

} // namespace

std::string render_units(const Json& units, const TextStyle& style) {
    Sheet sheet(style);
    const auto& all = list_at(units, "units");
    if (all.empty()) sheet.line("No unit.");
    int name_width = 4;
    int plan_width = 0;
    for (const auto& unit : all) {
        name_width = std::max(name_width, display_width(words_at(unit, "unit")));
        plan_width = std::max(plan_width, display_width(plan_words(unit)));
    }
    for (const auto& unit : all) {
        const auto state = words_at(unit, "state");
        std::string line = pad(words_at(unit, "unit"), name_width) + "  ";
        line += sheet.paint()(colour_of_state(state), pad(state, 7)) + "  " + pad(short_id(unit), 7) + "  ";
        line += pad(plan_words(unit), plan_width) + "  last success " + time_words(unit, "last_success", "never");
        line += flag_at(unit, "busy") ? "  a pass is under way" : "  next " + time_words(unit, "next_pass", "-");
        sheet.line(line);
        troubles(sheet, unit);
    }
    return sheet.take();
}

std::string render_unit(const Json& document, const Json& resources, const TextStyle& style) {
    const auto& unit = part_at(document, "unit");
    Sheet sheet(style);
    const auto state = words_at(unit, "state");
    const auto& revision = part_at(unit, "revision");
    sheet.line(sheet.paint()(Colour::bold, "unit:         " + words_at(unit, "unit")));
    sheet.line("installation: " + words_at(unit, "installation"));
    // Prose would close up the columns.
    sheet.line("source:       " + words_at(unit, "source") + ", target " + words_at(unit, "target") + " (" +
               words_at(unit, "provider") + ")");
    sheet.line("reactions:    " + words_at(unit, "reactions"));
    sheet.line("state:        " + sheet.paint()(colour_of_state(state), state) +
               (flag_at(unit, "busy") ? "; a pass is under way" : ""));
    if (const auto member = words_at(unit, "held_by"); !member.empty())
        sheet.line("held by:      " + member + (member.starts_with("nobody") ? "" : ": ask that one"));
    troubles(sheet, unit);
    std::string at = short_id(unit);
    if (const auto branch = words_at(revision, "branch"); !branch.empty()) at = branch + " at " + at;
    if (const auto title = words_at(revision, "title"); !title.empty()) at += " \"" + shorten(title, 60) + "\"";
    if (const auto author = text_under(revision, "author"); !author.empty()) at += " by " + author_name(author);
    sheet.line("revision:     " + at);
    sheet.line("plan:         " + plan_words(unit) + "; " + std::to_string(count_at(unit, "equal")) + " equal, " +
               std::to_string(count_at(unit, "live_only")) + " live but not in git");
    sheet.line("last pass:    " + time_words(unit, "last_pass", "none yet") +
               (words_at(unit, "pass").empty() ? ""
                                               : " (" + words_at(unit, "pass") + ", " +
                                                     format_duration(Milliseconds(count_at(unit, "took_ms"))) + ")"));
    const auto failures = count_at(unit, "failures");
    sheet.line("last success: " + time_words(unit, "last_success", "never") +
               (failures > 0 ? "; since then " + counted(failures, "failure", "failures") : ""));
    sheet.line("next pass:    " + time_words(unit, "next_pass", "-"));
    return sheet.take() + render_open_resources(resources, style);
}

std::string render_open_resources(const Json& document, const TextStyle& style) {
    Sheet sheet(style);
    bool any = false;
    for (const auto& resource : list_at(document, "resources")) {
        const auto state = words_at(resource, "state");
        const auto condition = words_at(resource, "condition");
        if (state == "in-sync" && condition.empty()) continue;
        if (!any) sheet.line("\nNot in sync, or in need of something:");
        any = true;
        std::string text = words_at(resource, "name") + ": " + state;
        if (const auto action = words_at(resource, "action"); !action.empty()) text += " (" + action + ")";
        if (flag_at(resource, "drifted")) text += ", changed by hand";
        if (const auto why = words_at(resource, "why"); !why.empty()) text += ": " + why;
        if (!condition.empty()) text += "; " + condition;
        sheet.prose(2, text, colour_of_state(state), 2);
    }
    return sheet.take();
}

std::string render_mistakes(const Json& plan, const TextStyle& style) {
    constexpr int most = 20;
    Sheet sheet(style);
    int number = 0;
    for (const auto& finding : list_at(plan, "findings")) {
        if (text_under(finding, "severity") != "error" || ++number > most) continue;
        if (number == 1) sheet.line("\nMistakes in its manifests:");
        const auto& place = part_at(finding, "place");
        const auto line = count_at(place, "line");
        std::string text = words_at(place, "file") + (line > 0 ? ":" + std::to_string(line) : "") + ": ";
        text += words_at(finding, "message");
        if (const auto hint = words_at(finding, "hint"); !hint.empty()) text += "; " + hint;
        sheet.prose(2, text, Colour::red, 2);
    }
    if (number > most) sheet.line("  and " + std::to_string(number - most) + " more; `kedge validate` shows all");
    return sheet.take();
}

namespace {

int held_of_unit(Sheet& sheet, const Json& document) {
    if (const auto unit = words_at(document, "unit"); !unit.empty())
        sheet.line(sheet.paint()(Colour::bold, "unit: " + unit));
    if (const auto words = rolled_back(document); !words.empty()) sheet.prose(0, words, Colour::yellow);
    int held = 0;
    for (const auto& change : list_at(document, "changes")) {
        if (list_at(change, "holds").empty()) continue;
        ++held;
        std::string head =
            words_at(change, "action") + " " + words_at(change, "name") + " (" + words_at(change, "type");
        const auto& place = part_at(change, "place");
        if (const auto file = words_at(place, "file"); !file.empty())
            head += ", " + file + ":" + std::to_string(count_at(place, "line"));
        sheet.prose(2, head + ")", Colour::yellow);
        sheet.line("      digest " + words_at(change, "digest").substr(0, 12));
        for (const auto& hold : list_at(change, "holds")) {
            sheet.prose(6, words_at(hold, "reason") + ": " + words_at(hold, "text"));
            if (const auto way = words_at(hold, "way_out"); !way.empty()) sheet.prose(8, way, Colour::bold);
        }
    }
    for (const auto& group : list_at(document, "groups")) {
        sheet.prose(2, words_at(group, "reason") + " \"" + words_at(group, "name") +
                           "\": " + std::to_string(count_at(group, "size")) + " changes, held as one; kedge release " +
                           words_at(group, "digest").substr(0, 12) + " --because \"WHY\"");
    }
    return held;
}

} // namespace

std::string render_held(const std::vector<Json>& holds, const TextStyle& style) {
    Sheet sheet(style);
    int held = 0;
    for (const auto& document : holds) held += held_of_unit(sheet, document);
    sheet.line(held == 0 ? "Nothing is held." : std::to_string(held) + " held");
    return sheet.take();
}

std::string render_event(const Json& event, const TextStyle& style) {
    const Sheet sheet(style);
    const auto severity = text_under(event, "severity");
    const auto colour = severity == "error" ? Colour::red : severity == "warning" ? Colour::yellow : Colour::plain;
    const auto unit = words_at(event, "unit");
    const auto name = words_at(event, "name");
    std::string text = time_words(event, "at", "-") + "  " + pad(unit.empty() ? "-" : unit, 12) + "  ";
    const auto words = words_at(event, "text");
    const bool named = name.empty() || words.find("\"" + name + "\"") != std::string::npos;
    text += pad(words_at(event, "kind"), 11) + "  " + (named ? "" : name + ": ") + words;
    return sheet.paint()(colour, text) + "\n";
}

namespace {

ChangeRecord change_of(const Json& json) {
    ChangeRecord change;
    change.name = text_under(json, "name");
    change.action = text_under(json, "action");
    change.result = text_under(json, "result");
    change.text = text_under(json, "text");
    change.digest = text_under(json, "digest");
    change.commit = text_under(json, "commit");
    change.forced = flag_at(json, "forced");
    change.author = text_under(json, "author");
    change.commit_title = text_under(json, "commit_title");
    change.pull_request = text_under(json, "pull_request");
    change.remote_id = text_under(json, "id");
    change.released_by.who = text_under(json, "released_by");
    change.released_by.because = text_under(json, "because");
    change.moved_after = time_at(json, "moved_after");
    change.moved_seen = time_at(json, "moved_seen");
    for (const auto& path : list_at(json, "moved")) {
        if (path.is_string()) change.moved.push_back(path.get<std::string>());
    }
    return change;
}

} // namespace

std::vector<PassRecord> records_of(const Json& history) {
    std::vector<PassRecord> records;
    for (const auto& pass : list_at(history, "passes")) {
        PassRecord record;
        record.at = time_at(pass, "at");
        record.revision = text_under(pass, "revision");
        record.title = text_under(pass, "title");
        record.writes = static_cast<int>(count_at(pass, "writes"));
        record.stopped = text_under(pass, "stopped");
        record.pass = text_under(pass, "pass");
        record.started = time_at(pass, "started");
        record.subject = text_under(pass, "subject");
        record.by = text_under(pass, "by");
        record.unit = text_under(history, "unit");
        for (const auto& change : list_at(pass, "changes")) record.changes.push_back(change_of(change));
        records.push_back(std::move(record));
    }
    return records;
}

} // namespace kedge
