#include "view/text_change.h"

#include "view/phrases.h"
#include "view/safe_text.h"

#include <algorithm>
#include <vector>

namespace kedge {

namespace {

constexpr int detail_indent = 6;
constexpr int longest_aligned_path = 36;

std::string spaces(int count) {
    return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

bool is_folded(const FieldDifference& d) {
    return d.kind == DifferenceKind::normalised || d.kind == DifferenceKind::secret_unknown;
}

std::vector<std::string> paths_of(const Change& change, DifferenceKind kind) {
    std::vector<std::string> paths;
    for (const auto& d : change.differences) {
        if (d.kind == kind) paths.push_back(d.path);
    }
    return paths;
}

} // namespace

Colour colour_of(Action action) {
    switch (action) {
    case Action::create:
    case Action::adopt:
        return Colour::green;
    case Action::remove:
    case Action::replace:
        return Colour::red;
    case Action::update:
    case Action::rotate:
        return Colour::yellow;
    case Action::keep:
        break;
    }
    return Colour::plain;
}

Sheet::Sheet(const TextStyle& style) : paint_(style.colour), width_(std::max(style.width, 40)) {}

void Sheet::prose(int indent, std::string_view text, Colour colour, int hang) {
    bool first = true;
    for (const auto& part : wrap(text, width_ - indent - hang)) {
        line(spaces(first ? indent : indent + hang) + paint_(colour, part));
        first = false;
    }
}

void Sheet::headline(std::string_view symbol, const Change& change, const std::string& fate, Colour colour) {
    const std::string start = std::string(symbol) + " " + visible(change.name);
    const std::string end = fate + " (" + whereabouts(change) + ")";
    if (display_width(start) + 1 + display_width(end) + 2 <= width_) {
        line("  " + paint_(colour, start) + " " + end);
        return;
    }
    line("  " + paint_(colour, start));
    prose(detail_indent, end);
}

void Sheet::differences(const Change& change) {
    int path_width = 0;
    for (const auto& d : change.differences) {
        const int width = display_width(visible(d.path)) + 1;
        if (!is_folded(d) && width <= std::min(longest_aligned_path, width_ / 3))
            path_width = std::max(path_width, width);
    }
    for (const auto& d : change.differences) {
        if (is_folded(d)) continue;
        field(d, path_width);
        const auto known = last_known(d, change);
        if (!known.empty())
            line(spaces(detail_indent + 4) +
                 paint_(Colour::dim, shorten(known, std::max(width_ - detail_indent - 4, 24))));
    }
    if (const auto paths = paths_of(change, DifferenceKind::normalised); !paths.empty()) {
        prose(detail_indent,
              counted(static_cast<int>(paths.size()), "field differs", "fields differ") +
                  " only as the control plane stores what was sent: " + some_of(paths, 3),
              Colour::dim);
    }
    if (const auto paths = paths_of(change, DifferenceKind::secret_unknown); !paths.empty()) {
        prose(detail_indent,
              counted(static_cast<int>(paths.size()), "secret", "secrets") +
                  " hidden by the control plane, not compared: " + some_of(paths, 3),
              Colour::dim);
    }
}

// "~ url:   live -> desired" on one line where it fits, else the two values below each other.
void Sheet::field(const FieldDifference& d, int path_width) {
    const bool secret = d.kind == DifferenceKind::secret_changed;
    const std::string live = secret ? "(secret)" : visible(d.live);
    const std::string desired = secret ? "(secret)" : visible(d.desired);
    const auto sign = d.kind == DifferenceKind::added ? "+" : d.kind == DifferenceKind::removed ? "-" : "~";
    const auto colour = d.kind == DifferenceKind::added     ? Colour::green
                        : d.kind == DifferenceKind::removed ? Colour::red
                                                            : Colour::yellow;
    std::string start = pad(visible(d.path) + ":", path_width);
    int room = width_ - detail_indent - 2 - display_width(start) - 1;
    std::string lead = spaces(detail_indent) + paint_(colour, sign) + " " + start + " ";
    if (room < 24) {
        line(spaces(detail_indent) + paint_(colour, sign) + " " +
             shorten(visible(d.path) + ":", width_ - detail_indent - 2));
        lead = spaces(detail_indent + 4);
        room = width_ - detail_indent - 4;
    }
    if (d.kind == DifferenceKind::added) return line(lead + shorten(desired, room));
    if (d.kind == DifferenceKind::removed) return line(lead + shorten(live, room));
    if (display_width(live) + 4 + display_width(desired) <= room) return line(lead + live + " -> " + desired);
    const auto [before, after] = shorten_pair(live, desired, room - 3);
    line(lead + before);
    line(spaces(width_ - room) + "-> " + after);
}

void Sheet::cause_and_risk(const Change& change) {
    const auto cause = cause_words(change);
    if (!cause.empty()) prose(detail_indent, "cause: " + cause, Colour::dim);
    const bool told = std::any_of(change.holds.begin(), change.holds.end(),
                                  [](const Hold& h) { return h.reason == HoldReason::sign_out; });
    if (told) return;
    if (change.subjects && *change.subjects > 0) {
        prose(detail_indent,
              "at least " + people(*change.subjects) + (*change.subjects == 1 ? " holds" : " hold") +
                  " credentials that this ends",
              Colour::red);
    } else if (change.auth_change) {
        prose(detail_indent, "changes auth", Colour::red);
    }
}

void Sheet::check(const Change& change) {
    const auto words = check_words(change.check);
    if (words.empty()) return;
    const auto colour = change.check.kind == CheckKind::refused       ? Colour::red
                        : change.check.kind == CheckKind::not_checked ? Colour::yellow
                                                                      : Colour::dim;
    prose(detail_indent, words, colour);
}

} // namespace kedge
