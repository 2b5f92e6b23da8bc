#include "view/preview_head.h"

#include "base/http_message.h"
#include "view/markdown_parts.h"
#include "view/markdown_safe.h"
#include "view/phrases.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr int most_columns = 60;       // of a name in the summary
constexpr std::size_t most_units = 20; // that are told one by one
constexpr std::size_t most_lines = 10; // of releases to paste
constexpr std::size_t most_conflicts = 10;

std::string name_of(const Change& change) {
    return shorten(visible(change.name), most_columns);
}

template<class Wanted>
std::vector<const Change*> those(const std::vector<const Change*>& all, Wanted wanted) {
    std::vector<const Change*> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const Change* c) { return wanted(*c); });
    return some;
}

std::string codes(const std::vector<const Change*>& changes) {
    std::vector<std::string> names;
    for (const auto* change : changes) names.push_back(name_of(*change));
    return markdown_codes(names);
}

// "**Deletes** 2: `old-notes` and `wiki`"; empty: none.
std::string risk(const std::string& what, const std::vector<const Change*>& changes) {
    if (changes.empty()) return {};
    return "**" + what + "** " + std::to_string(changes.size()) + ": " + codes(changes);
}

std::string held_names(const std::vector<const Change*>& held) {
    std::vector<std::string> shown;
    constexpr std::size_t most = 4;
    for (std::size_t i = 0; i < held.size() && i < most; ++i)
        shown.push_back(markdown_code(name_of(*held[i])) + " (" + std::string(to_text(held[i]->holds.front().reason)) +
                        ")");
    if (held.size() > most) shown.push_back(std::to_string(held.size() - most) + " more");
    return joined(shown);
}

std::string limit_line(const Preview& preview) {
    std::vector<std::string> over;
    for (const auto& unit : preview.units) {
        for (const auto& line : unit.plan ? unit.plan->budget : std::vector<BudgetLine>()) {
            if (!line.exceeded() || over.size() == 4) continue;
            over.push_back(std::string(to_text(line.kind)) + ": " + std::to_string(line.planned) + " planned, " +
                           std::to_string(std::min(line.allowed_pass, line.allowed_hour - line.used_hour)) +
                           " allowed now" + (preview.units.size() > 1 ? " in " + markdown_code(unit.unit) : ""));
        }
    }
    return over.empty() ? "" : "**Over the limit**, " + joined(over);
}

std::vector<std::string> risks_of(const Preview& preview) {
    const auto all = those(shown_changes(preview), [](const Change& c) { return c.left_alone.empty(); });
    const auto gone = risk("Deletes", those(all, [](const Change& c) { return c.action == Action::remove; }));
    const auto anew = risk("Replaces", those(all, [](const Change& c) { return c.action == Action::replace; }));
    const auto out = those(all, signs_out);
    const int most = people_signed_out(out);
    std::vector<std::string> lines{
        risk("Refused by the control plane",
             those(all, [](const Change& c) { return c.check.kind == CheckKind::refused; })),
        gone + (gone.empty() || anew.empty() ? "" : "; ") + anew,
        out.empty()
            ? ""
            : "**Signs out " + (most > 0 ? "at least " + people(most) : std::string("people")) + "**: " + codes(out),
        risk("Changes auth of", those(all, [](const Change& c) { return c.auth_change; })),
        risk("Changes the URL of", those(all, changes_url)),
        limit_line(preview)};
    const auto held = those(all, [](const Change& c) { return c.held(); });
    if (!held.empty()) lines.push_back("**Held** " + std::to_string(held.size()) + ": " + held_names(held));
    std::erase(lines, "");
    return lines;
}

std::string conflict_lines(const Preview& preview) {
    std::string text;
    for (std::size_t i = 0; i < std::min(preview.conflicts.size(), most_conflicts); ++i)
        text += "- " + markdown_code(preview.conflicts[i]) + "\n";
    if (preview.conflicts.size() > most_conflicts)
        text += "- " + std::to_string(preview.conflicts.size() - most_conflicts) + " more\n";
    return text;
}

std::string unit_line(const UnitPreview& unit) {
    std::string text = markdown_code(unit.unit);
    if (!unit.plan) {
        const auto why = unit.problem.empty() ? std::string("it has no plan") : markdown_text(unit.problem);
        return text + ": " + (unit.passes ? "waiting, " : "**no plan**, ") + why + "\n";
    }
    const auto& plan = *unit.plan;
    text += " at " +
            markdown_text(target_words({"", plan.target.tenant, "", plan.target.base_url, plan.target.scope})) + ": " +
            planned_words(plan);
    std::vector<const Change*> shown;
    for (const auto& change : plan.changes) {
        if (is_shown(change)) shown.push_back(&change);
    }
    if (const auto share = share_words(shown, unit.owned); !share.empty()) text += "; touches **" + share + "**";
    if (shown.empty()) return text + "\n";
    text += "; " + checked_words(unit);
    return text + (plan.digest.empty() ? "" : "; plan `" + plan.digest.short_hex() + "`") + "\n";
}

bool is_quiet(const UnitPreview& unit) {
    return unit.plan && unit.plan->findings.empty() && unit.moved_files.empty() &&
           std::none_of(unit.plan->changes.begin(), unit.plan->changes.end(), is_shown);
}

// What a person has to say to let the held changes go, each once.
std::vector<std::string> release_digests(const Preview& preview) {
    std::vector<std::string> digests;
    for (const auto* change : shown_changes(preview)) {
        for (const auto& hold : change->held() ? change->holds : std::vector<Hold>()) {
            const auto digest = release_digest(hold, *change);
            if (!digest.empty() && std::find(digests.begin(), digests.end(), digest) == digests.end())
                digests.push_back(digest);
        }
    }
    return digests;
}

std::string release_steps(const Preview& preview, const CommentFrame& frame) {
    const auto digests = release_digests(preview);
    std::string none =
        "**Next:** what is held ends in another way than by a release; each held change below says how.\n\n";
    if (digests.empty()) return none;
    std::string text = frame.takes_commands
                           ? "**Next:** whoever may release comments here, a line for each change, with the reason:\n\n"
                           : "**Next:** whoever may release runs, for each change, with the reason:\n\n";
    text += "```text\n";
    for (std::size_t i = 0; i < std::min(digests.size(), most_lines); ++i)
        text += "kedge release " + digests[i] + (frame.takes_commands ? " because WHY\n" : " --because \"WHY\"\n");
    text += "```\n\n";
    if (digests.size() > most_lines)
        text += "and " + std::to_string(digests.size() - most_lines) + " more, each with its change below. ";
    return text +
           "A unit that takes releases from git only wants an entry in its `.kedge/releases` instead: see below.\n\n";
}

} // namespace

PlaceLink place_link(const CommentFrame& frame) {
    return [pattern = frame.file_url](const std::string& path, int line) {
        auto text = markdown_code(path + (line > 0 ? ":" + std::to_string(line) : ""));
        auto url = pattern;
        const auto put = [&url](const std::string& what, const std::string& value) {
            if (const auto at = url.find(what); at != std::string::npos) url.replace(at, what.size(), value);
        };
        std::string encoded = percent_encode(path);
        for (std::size_t at = 0; (at = encoded.find("%2F", at)) != std::string::npos;) encoded.replace(at, 3, "/");
        // The line first: what the path holds is never taken for a place to fill in.
        if (url.find("{line}") == std::string::npos || url.find("{path}") == std::string::npos) return text;
        put("{line}", std::to_string(std::max(1, line)));
        put("{path}", encoded);
        return markdown_link(text, url);
    };
}

std::string verdict_mark(const Preview& preview) {
    const auto verdict = verdict_of(preview);
    if (state_of(verdict) == PreviewState::failure) return "❌";
    if (state_of(verdict) == PreviewState::pending) return "⏳";
    return verdict == PreviewVerdict::held || verdict == PreviewVerdict::risky ? "⚠️" : "✅";
}

std::string merge_words(const Preview& preview) {
    const auto& pull = preview.pull;
    std::string text =
        "merging " + (pull.head_commit.empty() ? std::string("this") : markdown_code(pull.head_commit.substr(0, 7)));
    if (!pull.base_branch.empty()) text += " into " + markdown_code(shorten(visible(pull.base_branch), most_columns));
    if (!preview.base_commit.empty()) text += " at " + markdown_code(preview.base_commit.substr(0, 7));
    return text;
}

std::string headline_and_risks(const Preview& preview, const CommentFrame& frame) {
    std::string text =
        "### " + verdict_mark(preview) + " " + markdown_text(shorten(verdict_words(preview), 300)) + "\n\n";
    const auto verdict = verdict_of(preview);
    if (verdict == PreviewVerdict::conflict) return text + conflict_lines(preview) + "\n";
    const auto risks = risks_of(preview);
    for (const auto& line : risks) text += "- " + line + "\n";
    if (risks.empty() && (verdict == PreviewVerdict::ready))
        text += "Nothing is deleted, no auth or URL changes, nobody is signed out.\n";
    if (!risks.empty() || verdict == PreviewVerdict::ready) text += "\n";
    if (!frame.remark.empty()) text += "*" + markdown_text(frame.remark) + "*\n\n";
    return text;
}

std::string unit_lines(const Preview& preview) {
    // The verdict has said it.
    if (verdict_of(preview) == PreviewVerdict::conflict || preview.units.empty()) return {};
    if (preview.units.size() == 1) return preview.units.front().plan ? unit_line(preview.units.front()) + "\n" : "";
    std::string text;
    std::vector<std::string> quiet;
    std::size_t told = 0, more = 0;
    for (const auto& unit : preview.units) {
        if (is_quiet(unit))
            quiet.push_back(unit.unit);
        else if (told++ < most_units)
            text += "- " + unit_line(unit);
        else
            ++more;
    }
    if (more > 0) text += "- " + counted(static_cast<std::int64_t>(more), "more unit", "more units") + ", see below\n";
    if (!quiet.empty()) text += "- nothing to do for " + markdown_codes(quiet) + "\n";
    return "By unit:\n\n" + text + "\n";
}

std::string next_steps(const Preview& preview, const CommentFrame& frame) {
    switch (verdict_of(preview)) {
    case PreviewVerdict::conflict:
        return "**Next:** merge " +
               markdown_code(preview.pull.base_branch.empty() ? "the base" : preview.pull.base_branch) +
               " into this branch, or rebase it; kedge plans again by itself.\n\n";
    case PreviewVerdict::errors:
    case PreviewVerdict::forbidden:
        return "**Next:** mend what is said below and push; kedge plans again by itself.\n\n";
    case PreviewVerdict::refused:
        return "**Next:** mend the manifests that would be refused, and push; kedge plans again by itself.\n\n";
    case PreviewVerdict::away:
        return "**Next:** nothing. kedge asks again by itself, and writes the plan here.\n\n";
    case PreviewVerdict::held:
        return release_steps(preview, frame);
    case PreviewVerdict::risky:
    case PreviewVerdict::ready:
        return "**Next:** merge. kedge then carries out these changes, and writes here what came of it.\n\n";
    default:
        return {};
    }
}

std::string foot_of(const Preview& preview, const CommentFrame& frame) {
    std::string text = merge_words(preview);
    text.front() = 'M';
    if (preview.at != 0) text += ", planned " + format_utc(preview.at);
    text += ".";
    if (!frame.page.empty()) {
        const auto way = markdown_link("The plan's own page", frame.page);
        if (way.front() == '[') text += " " + way + ".";
    }
    if (frame.takes_commands) text += " Comment `kedge plan` to plan again.";
    return "<sub>" + text + "</sub>\n";
}

} // namespace kedge
