#include "view/preview_head.h"

#include "view/file_links.h"
#include "view/markdown_parts.h"
#include "view/markdown_safe.h"
#include "view/phrases.h"
#include "view/preview_risks.h"
#include "view/preview_words.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr int most_summary_columns = 60;  // of a name in the summary
constexpr std::size_t most_units = 20;    // that are told one by one
constexpr std::size_t most_releases = 10; // of releases to paste
constexpr std::size_t most_conflicts = 10;

std::string name_of(const Change& change) {
    return shorten(visible(change.name), most_summary_columns);
}

std::string codes(const std::vector<const Change*>& changes) {
    std::vector<std::string> names;
    for (const auto* change : changes) names.push_back(name_of(*change));
    return markdown_codes(names);
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

std::string limit_words(const Preview& preview, const PreviewRisk& risk) {
    std::vector<std::string> over;
    for (const auto& one : risk.over)
        over.push_back(one.words + (preview.units.size() > 1 ? " in " + markdown_code(one.unit) : ""));
    return joined(over);
}

// "**Deletes** 2: `old-notes` and `wiki`".
std::string risk_words(const Preview& preview, const PreviewRisk& risk) {
    const auto count = std::to_string(risk.changes.size());
    const auto what = "**" + risk.what + "**";
    switch (risk.kind) {
    case RiskKind::sign_outs:
        return what + ": " + codes(risk.changes);
    case RiskKind::limit:
        return what + ", " + limit_words(preview, risk);
    case RiskKind::held:
        return what + " " + count + ": " + held_names(risk.changes);
    default:
        return what + " " + count + ": " + codes(risk.changes);
    }
}

std::vector<std::string> risk_lines(const Preview& preview) {
    std::vector<std::string> lines;
    bool after_deletes = false;
    for (const auto& risk : risks_of(preview)) {
        const auto words = risk_words(preview, risk);
        // In one line, for there are ten.
        if (risk.kind == RiskKind::replaces && after_deletes)
            lines.back() += "; " + words;
        else
            lines.push_back(words);
        after_deletes = risk.kind == RiskKind::deletes;
    }
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

std::string release_steps(const Preview& preview, const CommentFrame& frame) {
    const auto digests = release_digests(preview);
    std::string none =
        "**Next:** what is held ends in another way than by a release; each held change below says how.\n\n";
    if (digests.empty()) return none;
    std::string text = frame.takes_commands
                           ? "**Next:** whoever may release comments here, a line for each change, with the reason:\n\n"
                           : "**Next:** whoever may release runs, for each change, with the reason:\n\n";
    text += "```text\n";
    for (std::size_t i = 0; i < std::min(digests.size(), most_releases); ++i)
        text += "kedge release " + digests[i] + (frame.takes_commands ? " because WHY\n" : " --because \"WHY\"\n");
    text += "```\n\n";
    if (digests.size() > most_releases)
        text += "and " + std::to_string(digests.size() - most_releases) + " more, each with its change below. ";
    return text +
           "A unit that takes releases from git only wants an entry in its `.kedge/releases` instead: see below.\n\n";
}

} // namespace

PlaceLink place_link(const CommentFrame& frame) {
    return [pattern = frame.file_url](const std::string& path, int line) {
        auto text = markdown_code(path + (line > 0 ? ":" + std::to_string(line) : ""));
        return markdown_link(text, filled_link(pattern, path, line));
    };
}

std::string verdict_mark(const Preview& preview) {
    const auto verdict = verdict_of(preview);
    if (state_of(verdict) == StatusState::failure) return "❌";
    if (state_of(verdict) == StatusState::pending) return "⏳";
    return verdict == PreviewVerdict::held || verdict == PreviewVerdict::risky ? "⚠️" : "✅";
}

std::string merge_words(const Preview& preview) {
    const auto& pull = preview.pull;
    std::string text =
        "merging " + (pull.head_commit.empty() ? std::string("this") : markdown_code(pull.head_commit.substr(0, 7)));
    if (!pull.base_branch.empty())
        text += " into " + markdown_code(shorten(visible(pull.base_branch), most_summary_columns));
    if (!preview.base_commit.empty()) text += " at " + markdown_code(preview.base_commit.substr(0, 7));
    return text;
}

std::string headline_and_risks(const Preview& preview, const CommentFrame& frame) {
    std::string text =
        "### " + verdict_mark(preview) + " " + markdown_text(shorten(verdict_words(preview), 300)) + "\n\n";
    const auto verdict = verdict_of(preview);
    if (verdict == PreviewVerdict::conflict) return text + conflict_lines(preview) + "\n";
    const auto risks = risk_lines(preview);
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
    if (verdict_of(preview) == PreviewVerdict::held) return release_steps(preview, frame);
    const auto words = next_words(preview, markdown_code);
    return words.empty() ? words : "**Next:** " + words + "\n\n";
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
