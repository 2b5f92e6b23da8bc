#include "view/preview_risks.h"

#include "view/phrases.h"
#include "view/preview_words.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t most_limits = 4; // that are told one by one

template<class Wanted>
std::vector<const Change*> those(const std::vector<const Change*>& all, Wanted wanted) {
    std::vector<const Change*> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const Change* c) { return wanted(*c); });
    return some;
}

std::vector<OverLimit> limits_exceeded(const Preview& preview) {
    std::vector<OverLimit> over;
    for (const auto& unit : preview.units) {
        for (const auto& line : unit.plan ? unit.plan->budget : std::vector<BudgetLine>()) {
            if (!line.exceeded() || over.size() == most_limits) continue;
            const int allowed = std::min(line.allowed_pass, line.allowed_hour - line.used_hour);
            over.push_back({unit.unit, std::string(to_text(line.kind)) + ": " + std::to_string(line.planned) +
                                           " planned, " + std::to_string(allowed) + " allowed now"});
        }
    }
    return over;
}

} // namespace

std::vector<PreviewRisk> risks_of(const Preview& preview) {
    const auto all = those(shown_changes(preview), [](const Change& c) { return c.left_alone.empty(); });
    auto out = those(all, signs_out);
    const int most = people_signed_out(out);
    std::vector<PreviewRisk> risks{
        {RiskKind::refused,
         "Refused by the control plane",
         those(all, [](const Change& c) { return c.check.kind == CheckKind::refused; }),
         {}},
        {RiskKind::deletes, "Deletes", those(all, [](const Change& c) { return c.action == Action::remove; }), {}},
        {RiskKind::replaces, "Replaces", those(all, [](const Change& c) { return c.action == Action::replace; }), {}},
        {RiskKind::sign_outs,
         "Signs out " + (most > 0 ? "at least " + people(most) : std::string("people")),
         std::move(out),
         {}},
        {RiskKind::auth, "Changes auth of", those(all, [](const Change& c) { return c.auth_change; }), {}},
        {RiskKind::urls, "Changes the URL of", those(all, changes_url), {}},
        {RiskKind::limit, "Over the limit", {}, limits_exceeded(preview)},
        {RiskKind::held, "Held", those(all, [](const Change& c) { return c.held(); }), {}}};
    std::erase_if(risks, [](const PreviewRisk& risk) { return risk.changes.empty() && risk.over.empty(); });
    return risks;
}

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

std::string next_words(const Preview& preview, const std::function<std::string(std::string_view)>& code) {
    switch (verdict_of(preview)) {
    case PreviewVerdict::conflict:
        return "merge " +
               code(preview.pull.base_branch.empty() ? std::string_view("the base") : preview.pull.base_branch) +
               " into this branch, or rebase it; kedge plans again by itself.";
    case PreviewVerdict::errors:
    case PreviewVerdict::forbidden:
        return "mend what is said below and push; kedge plans again by itself.";
    case PreviewVerdict::refused:
        return "mend the manifests that would be refused, and push; kedge plans again by itself.";
    case PreviewVerdict::away:
        return "nothing. kedge asks again by itself, and writes the plan here.";
    case PreviewVerdict::risky:
    case PreviewVerdict::ready:
        return "merge. kedge then carries out these changes, and writes in the pull request what came of it.";
    default:
        return {};
    }
}

WayOut split_way_out(const std::string& way) {
    constexpr std::string_view into = "add to .kedge/releases: ";
    const auto at = way.find(into);
    if (at == std::string::npos) return {way, {}};
    WayOut out{way.substr(0, at), way.substr(at + into.size())};
    while (out.words.ends_with(' ')) out.words.pop_back();
    return out;
}

} // namespace kedge
