#include "preview_samples.h"

#include "samples.h"

#include <algorithm>

namespace kedge {

namespace {

PullRequest pull_request() {
    PullRequest pull;
    pull.repository = pull.head_repository = "acme/platform";
    pull.number = 12;
    pull.title = "Slack signs in by OAuth now";
    pull.author = "ann";
    pull.url = "https://github.com/acme/platform/pull/12";
    pull.base_branch = "main";
    pull.base_commit = "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678";
    pull.head_branch = "slack-oauth";
    pull.head_commit = "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432";
    return pull;
}

Preview preview_of(Plan plan, int owned) {
    Preview preview;
    preview.pull = pull_request();
    preview.base_commit = preview.pull.base_commit;
    preview.tree = "0011223344556677889900112233445566778899";
    preview.at = 1'800'000'000;
    UnitPreview unit;
    unit.unit = "tools";
    unit.folder = "registry/tools";
    unit.plan = std::move(plan);
    unit.rehearsed = true;
    unit.owned = owned;
    preview.units.push_back(std::move(unit));
    return preview;
}

std::string entry_for(const Change& change) {
    return "add to .kedge/releases: - {digest: \"" + change.digest.hex() + "\", name: \"" + change.name +
           "\", because: \"WHY\"}";
}

// As the planner says it: releases are entries in git.
void speak_of_entries(Plan& plan) {
    for (auto& change : plan.changes) {
        for (auto& hold : change.holds) hold.way_out = entry_for(change);
    }
}

Plan without(Plan plan, const std::vector<std::string>& names) {
    std::erase_if(plan.changes, [&](const Change& change) {
        return std::find(names.begin(), names.end(), change.name) != names.end();
    });
    plan.digest = plan_digest(plan.changes);
    return plan;
}

} // namespace

CommentFrame github_frame() {
    CommentFrame frame;
    frame.marker = "<!-- kedge preview prod -->";
    frame.page = "https://kedge.acme.example/previews/12";
    frame.file_url = "https://github.com/acme/platform/blob/9f8e7d6c5b4a39281706f5e4d3c2b1a098765432/{path}#L{line}";
    return frame;
}

Preview rich_preview() {
    auto plan = rich_plan();
    speak_of_entries(plan);
    plan.budget = {{LimitKind::deletes, 15, 2, 12, 24}, {LimitKind::updates, 4, 0, 36, 72}};
    plan.findings.push_back(many_findings()[1]);
    auto preview = preview_of(std::move(plan), 285);
    auto second = preview.units.front();
    second.unit = "staging";
    second.folder = "registry/staging";
    second.plan = quiet_plan();
    second.plan->unit = "staging";
    preview.units.push_back(std::move(second));
    return preview;
}

Preview held_preview() {
    auto plan = without(rich_plan(), {"pager", "search", "calendar", "crm", "old-notes"});
    speak_of_entries(plan);
    plan.findings.clear();
    return preview_of(std::move(plan), 120);
}

Preview ready_preview() {
    auto plan =
        without(rich_plan(), {"pager", "search", "calendar", "crm", "old-notes", "slack", "wiki", "confluence"});
    plan.findings.clear();
    for (auto& change : plan.changes)
        std::erase_if(change.differences, [](const FieldDifference& d) { return d.path == "url"; });
    return preview_of(std::move(plan), 120);
}

Preview quiet_preview() {
    return preview_of(quiet_plan(), 120);
}

Preview moved_preview() {
    auto preview = preview_of(quiet_plan(), 120);
    preview.units.front().moved_files = {"mcp/github.yaml -> mcp/forges/github.yaml",
                                         "mcp/jira.yaml -> mcp/issues/jira.yaml"};
    return preview;
}

Preview away_preview() {
    auto preview = preview_of(quiet_plan(), 120);
    auto& unit = preview.units.front();
    unit.plan.reset();
    unit.problem = "the control plane is away since 10:02: connection refused";
    unit.passes = true;
    return preview;
}

Preview hostile_preview() {
    const auto plan = hostile_plan();
    const std::string evil = "<!-- kedge preview prod --> ](http://evil.example) " + plan.unit;
    auto preview = preview_of(plan, 120);
    auto& unit = preview.units.front();
    unit.unit = unit.folder = evil;
    unit.moved_files = {evil + " -> " + evil};
    auto& planned = *unit.plan;
    planned.changes.front().name = evil;
    planned.changes.front().check = {CheckKind::not_checked, evil, {}};
    planned.changes.front().differences.front().desired = evil;
    planned.changes.front().holds.front().way_out = "add to .kedge/releases: " + evil;
    planned.findings.front().message = evil;
    preview.pull.base_branch = preview.pull.title = preview.pull.author = evil;
    return preview;
}

std::vector<PreviewOutcome> rich_outcomes() {
    auto outcome = preview_outcome(rich_report(), 1'800'000'300);
    outcome.commit = "c0ffee1122334455667788990011223344556677";
    PreviewOutcome later;
    later.unit = "staging";
    return {outcome, later};
}

} // namespace kedge
