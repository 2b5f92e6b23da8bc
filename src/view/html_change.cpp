#include "view/html_change.h"

#include "view/file_links.h"
#include "view/folds.h"
#include "view/html.h"
#include "view/phrases.h"
#include "view/preview_risks.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge::html {

namespace {

constexpr std::size_t most_fields = 500; // of one change
constexpr std::size_t most_names = 1000; // of changes that are told as one
constexpr int most_columns = 100;        // of a name in a headline

using Changes = std::vector<const Change*>;

std::string tag(std::string_view kind, std::string_view words) {
    return "<span class=\"tag " + std::string(kind) + "\">" + std::string(words) + "</span>";
}

std::string_view colour_of(Action action) {
    if (action == Action::create || action == Action::adopt) return "good";
    return action == Action::remove || action == Action::replace ? "bad" : "warn";
}

std::string headline(const Changes& changes) {
    const auto& change = *changes.front();
    std::string text = tag(colour_of(change.action), to_text(change.action)) + " <b>" +
                       html::text(shorten(visible(change.name), most_columns)) + "</b>";
    if (changes.size() > 1)
        text += " " + others(changes.size());
    else if (!change.place.file.empty())
        text +=
            " <span class=\"at\">" + html::text(to_text(Place{change.place.file, change.place.line, 0})) + "</span>";
    if (change.is_left_alone()) return text + " " + tag("", "left alone");
    if (change.check.kind == CheckKind::refused) return text + " " + tag("bad", "refused");
    if (change.held()) return text + " " + tag("warn", "held: " + std::string(to_text(change.holds.front().reason)));
    return change.released ? text + " " + tag("good", "released") : text;
}

// A line of a list of facts; without a value, nothing.
std::string fact(std::string_view name, const std::string& value) {
    if (value.empty()) return {};
    return "<dt>" + std::string(name) + "</dt><dd>" + value + "</dd>\n";
}

std::string released_words(const Change& change) {
    if (!change.released) return {};
    const auto& by = change.released_by;
    std::string text = by.who.empty() ? std::string("yes") : "by " + html::text(author_name(by.who));
    return by.because.empty() ? text : text + ": " + html::text(by.because);
}

std::string facts(const Preview& preview, const UnitPreview& unit, const Change& change) {
    const auto digest = change.digest.empty() ? std::string() : code(change.digest.hex());
    const bool told_apart = change.check.kind == CheckKind::refused;
    return "<dl>\n" + fact("Type", html::text(change.type)) + fact("Written at", place(preview, unit, change.place)) +
           fact("Cause", html::text(cause_words(change))) +
           fact("Signs out", change.subjects.value_or(0) > 0 ? "at least " + people(*change.subjects) : "") +
           fact("Check", told_apart ? "" : html::text(check_words(change.check))) +
           fact("Released", released_words(change)) + fact("Change", digest) + "</dl>\n";
}

std::string names_of_fold(const Changes& changes) {
    std::string text = "<ul>\n";
    for (std::size_t i = 0; i < std::min(changes.size(), most_names); ++i)
        text += "<li>" + code(changes[i]->name) + ", change " + code(changes[i]->digest.hex()) + "</li>\n";
    if (changes.size() > most_names) text += "<li>and " + std::to_string(changes.size() - most_names) + " more</li>\n";
    return text + "</ul>\n<dl>\n" + fact("Cause", html::text(cause_words(*changes.front()))) + "</dl>\n";
}

std::string hold_note(const UnitPreview& unit, const Change& change, const Hold& hold) {
    std::string text = "<div class=\"note warn\"><b>Held</b>, " + html::text(hold_words(hold)) + ".";
    if (change.left_alone.empty()) {
        const auto out = split_way_out(way_out(hold, change));
        text += " What ends it: ";
        if (out.entry.empty())
            text += code(out.words);
        else
            text += html::text(out.words) + (out.words.empty() ? "" : " ") + "this entry in " +
                    code(path_in_repository(unit.folder, ".kedge/releases")) + ":<pre>" + html::text(out.entry) +
                    "</pre>";
    }
    return text + "</div>\n";
}

std::string notes(const Preview& preview, const UnitPreview& unit, const Change& change) {
    std::string text;
    if (change.check.kind == CheckKind::refused) {
        const auto at = place(preview, unit, change.check.place);
        text += "<div class=\"note bad\"><b>Refused by the control plane</b>" + (at.empty() ? "" : " at " + at) + ": " +
                (change.check.text.empty() ? "it gave no reason" : html::text(change.check.text)) + ".</div>\n";
    }
    if (!change.left_alone.empty())
        text += "<div class=\"note\">Left alone: " + html::text(change.left_alone) + ".</div>\n";
    for (const auto& hold : change.holds) text += hold_note(unit, change, hold);
    return text;
}

std::string row(std::string_view kind, std::string_view sign, const std::string& value) {
    return "<div class=\"" + std::string(kind) + "\"><span class=\"sign\">" + std::string(sign) + "</span>" +
           html::text(value) + "</div>\n";
}

std::string values_of(const FieldDifference& difference) {
    switch (difference.kind) {
    case DifferenceKind::added:
        return row("new", "+", difference.desired);
    case DifferenceKind::removed:
        return row("old", "-", difference.live);
    case DifferenceKind::changed:
        return row("old", "-", difference.live) + row("new", "+", difference.desired);
    case DifferenceKind::secret_changed:
        return row("old", "-", "(secret)") + row("new", "+", "(secret)");
    case DifferenceKind::secret_unknown:
        return row("say", "", "hidden by the control plane, not compared");
    case DifferenceKind::normalised:
        break;
    }
    return row("say", "", "differs only as the control plane stores it");
}

std::string differences(const Change& change) {
    if (change.differences.empty()) return {};
    std::string text = "<div class=\"diff\">\n";
    for (std::size_t i = 0; i < std::min(change.differences.size(), most_fields); ++i) {
        const auto& difference = change.differences[i];
        text += "<div class=\"path\">" + html::text(difference.path) + "</div>\n" + values_of(difference);
        if (const auto known = last_known(difference, change); !known.empty()) text += row("say", "", known);
    }
    if (change.differences.size() > most_fields)
        text += row("say", "", "and " + std::to_string(change.differences.size() - most_fields) + " more fields");
    return text + "</div>\n";
}

} // namespace

std::string place(const Preview& preview, const UnitPreview& unit, const Place& at) {
    if (at.file.empty()) return {};
    const auto path = path_in_repository(unit.folder, at.file);
    return link(code(to_text(Place{path, at.line, 0})), filled_link(file_link(preview.pull), path, at.line));
}

std::vector<std::string> change_parts(const Preview& preview, const UnitPreview& unit, bool open) {
    std::vector<std::string> parts;
    if (!unit.plan) return parts;
    for (const auto& changes : folded(unit.plan->changes, is_shown)) {
        const auto& change = *changes.front();
        const auto what = changes.size() > 1 ? names_of_fold(changes) : facts(preview, unit, change);
        parts.push_back(fold(headline(changes), notes(preview, unit, change) + what + differences(change), open));
    }
    return parts;
}

} // namespace kedge::html
