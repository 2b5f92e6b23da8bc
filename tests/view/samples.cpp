#include "samples.h"

namespace kedge {

namespace {

Change change(Action action, const std::string& name, int line = 1) {
    Change c;
    c.action = action;
    c.name = name;
    c.type = "mcp-server/remote";
    c.remote_id = action == Action::create ? "" : "id-" + name;
    if (action != Action::remove) c.place = {"mcp/" + name + ".yaml", line, 0};
    c.digest = sha256("change " + name);
    c.desired = sha256("desired " + name);
    return c;
}

Commit commit(const std::string& title) {
    return {"1a2b3c4d5e6f708192a3b4c5d6e7f80912345678", "Ann Example <ann@acme.example>", title, 1'800'000'000};
}

Hold hold(HoldReason reason, const std::string& text, const std::string& way_out = {}) {
    Hold h;
    h.reason = reason;
    h.text = text;
    h.way_out = way_out;
    return h;
}

Change create_jira() {
    auto c = change(Action::create, "jira");
    c.cause = {CauseKind::first_time, commit("Add the issue tracker"), ""};
    c.check = {CheckKind::passed, "", {}};
    return c;
}

Change update_github() {
    auto c = change(Action::update, "github", 3);
    c.cause = {CauseKind::git_moved, commit("Fix url"), ""};
    c.differences = {
        {"collaborators[team:everyone/mcp-server-user]", DifferenceKind::added, "",
         R"({"role_id":"mcp-server-user","subject":"team:everyone"})"},
        {"description", DifferenceKind::changed,
         R"("Github tools for the data-eng team, instance 4. Read and write access thr...)",
         R"("Github tools for everybody. Read access through the shared service account")"},
        {"tags.owner", DifferenceKind::removed, R"("data-eng")", ""},
        {"tags.team", DifferenceKind::added, "", R"("platform")"},
        {"url", DifferenceKind::changed, R"("https://old.example.com/mcp")", R"("https://new.example.com/mcp")"},
        {"auth_data.headers.X-Trace", DifferenceKind::secret_unknown, "", ""},
        {"tool_policy", DifferenceKind::normalised, "{}", "[]"},
        {"transport", DifferenceKind::normalised, "\"a\"", "\"b\""},
    };
    c.check = {CheckKind::passed, "", {}};
    return c;
}

Change held_slack() {
    auto c = change(Action::update, "slack", 7);
    c.cause = {CauseKind::both_moved, commit("Slack signs in by OAuth now"), ""};
    c.auth_change = true;
    c.subjects = 41;
    c.cause.moved_seen = 1'799'990'300;
    c.differences = {
        {"auth_data.type", DifferenceKind::changed, R"("header")", R"("oauth2")"},
        {"auth_data.headers.Authorization", DifferenceKind::secret_changed, "(secret)", "(secret)", "(secret)"},
        {"tags.owner", DifferenceKind::removed, R"("somebody")", "", ""},
        {"url", DifferenceKind::changed, R"("https://elsewhere.example.com/mcp")", R"("https://slack.example.com/mcp")",
         R"("https://old.example.com/mcp")"}};
    auto h = hold(HoldReason::sign_out, "it would end the sign-in of at least 41 people",
                  "kedge release " + c.digest.short_hex() + " --because \"WHY\"");
    h.subjects = 41;
    c.holds = {h};
    return c;
}

Change drifted_confluence() {
    auto c = change(Action::update, "confluence", 12);
    c.cause = {CauseKind::live_moved, {}, ""};
    c.cause.moved_after = 1'799'990'000;
    c.cause.moved_seen = 1'799'990'300;
    c.differences = {{"enabled", DifferenceKind::changed, "false", "true", "true"}};
    c.check = {CheckKind::not_checked, "this token may not write", {}};
    return c;
}

Change refused_pager() {
    auto c = change(Action::create, "pager");
    c.cause = {CauseKind::first_time, {}, ""};
    c.check = {CheckKind::refused, "url must be an https address", {"mcp/pager.yaml", 4, 6}};
    return c;
}

Change deleted_wiki() {
    auto c = change(Action::remove, "wiki");
    c.cause = {CauseKind::removed_from_git, commit("The wiki is gone"), ""};
    auto h = hold(HoldReason::delete_, "the virtual server everything names it",
                  "wait, or kedge release " + c.digest.short_hex() + " --because \"WHY\"");
    h.until = 1'800'000'900;
    c.holds = {h};
    c.subjects = 1;
    return c;
}

} // namespace

std::vector<Finding> many_findings() {
    return {
        {Severity::error,
         {"mcp/bad.yaml", 12, 3},
         "duplicate key \"url\"",
         "keep one of the two; the first is on line 4",
         "  url: https://x.example.com/mcp",
         "bad"},
        {Severity::warning,
         {"mcp/typo.yaml", 120, 8},
         "unknown key \"colaborators\"",
         "did you mean \"collaborators\"?",
         "\tspec:\tcolaborators: []",
         "typo"},
        {Severity::error,
         {"mcp/long.yaml", 7, 151},
         "control character in a plain scalar",
         "put the text into double quotes and write the character as an escape, as in \"\\u0007\", or remove it "
         "altogether",
         std::string(150, 'x') + "\a and more text behind it",
         ""},
        {Severity::error, {"mcp/dir", 0, 0}, "symbolic link", "", "", ""},
        {Severity::error, {"", 0, 0}, "no file holds a manifest", "look at the setting `path`", "", ""},
    };
}

namespace {

PlanCounts rich_counts() {
    PlanCounts n;
    n.manifests = 285;
    n.equal = 271;
    n.adopted = 4;
    n.normalised = 1;
    n.secrets_unknown = 3;
    n.live_only = 11;
    n.other_types = 41;
    n.invalid = 1;
    n.list_requests = 1;
    n.dry_runs = 23;
    n.other_requests = 2;
    return n;
}

} // namespace

Plan rich_plan() {
    Plan plan;
    plan.installation = "prod";
    plan.unit = "tools";
    plan.target = {"truefoundry", "acme", "serviceaccount:kedge", "https://acme.truefoundry.cloud"};
    plan.revision = {"9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", "main", "Slack signs in by OAuth now",
                     "Ann Example <ann@acme.example>", 1'800'000'000};
    auto replaced = change(Action::replace, "search", 2);
    replaced.cause = {CauseKind::git_moved, {}, "lookup"};
    replaced.holds = {hold(HoldReason::replace, "the type changes from mcp-server/openapi to mcp-server/remote")};
    replaced.differences = {{"type", DifferenceKind::changed, R"("mcp-server/openapi")", R"("mcp-server/remote")"}};
    auto rotated = change(Action::rotate, "mail", 5);
    rotated.cause = {CauseKind::secret_rotated, {}, ""};
    rotated.differences = {{"auth_data.headers.Authorization", DifferenceKind::secret_changed, "(secret)", "(secret)"}};
    rotated.check = {CheckKind::passed, "", {}};
    auto released = change(Action::update, "crm", 9);
    released.cause = {CauseKind::git_moved, commit("CRM by OAuth"), ""};
    released.auth_change = true;
    released.released = true;
    released.at_most = 20;
    released.subjects = 12;
    released.differences = {{"auth_data.type", DifferenceKind::changed, R"("header")", R"("oauth2")"}};
    released.check = {CheckKind::passed, "", {}};
    auto foreign = change(Action::update, "calendar", 1);
    foreign.cause = {CauseKind::first_time, {}, ""};
    foreign.differences = {{"description", DifferenceKind::changed, R"("by hand")", R"("from git")"}};
    foreign.holds = {hold(HoldReason::foreign, "live, differs from git, and is not managed by kedge")};
    auto quiet = change(Action::keep, "quiet");
    auto gone = change(Action::remove, "old-notes");
    gone.cause = {CauseKind::removed_from_git, {}, ""};
    plan.changes = {create_jira(),
                    refused_pager(),
                    update_github(),
                    drifted_confluence(),
                    rotated,
                    released,
                    held_slack(),
                    replaced,
                    foreign,
                    quiet,
                    gone,
                    deleted_wiki()};
    plan.findings = {many_findings()[0]};
    plan.counts = rich_counts();
    plan.live_only_names = {"a-test", "b-test", "c-test", "d-test", "e-test", "f-test",
                            "g-test", "h-test", "i-test", "j-test", "k-test"};
    plan.prune = true;
    plan.digest = plan_digest(plan.changes);
    return plan;
}

Plan first_plan() {
    Plan plan;
    plan.target = {"truefoundry", "acme", "ann@acme.example", "https://acme.truefoundry.cloud/"};
    plan.revision.id = "files:77aa11bb22cc";
    auto jira = create_jira();
    jira.cause = {CauseKind::first_time, {}, ""};
    jira.check = {CheckKind::not_checked, "this token may not write", {}};
    auto slack = held_slack();
    slack.cause = {CauseKind::first_time, {}, ""};
    slack.holds.clear();
    slack.check = {CheckKind::not_checked, "this token may not write", {}};
    plan.changes = {jira, slack};
    plan.counts.equal = 1;
    plan.counts.live_only = 1;
    plan.counts.other_types = 1;
    plan.counts.list_requests = 1;
    plan.counts.dry_runs = 1;
    plan.live_only_names = {"playground"};
    plan.prune_off = "no installation and unit are named, so nothing live is known to be ours";
    return plan;
}

Plan quiet_plan() {
    Plan plan;
    plan.target = {"truefoundry", "", "", "http://127.0.0.1:8080"};
    plan.revision = {"9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", "main", "Nothing new", "Ann <a@b.example>", 0};
    plan.counts.equal = 10'000;
    plan.counts.list_requests = 10;
    plan.prune = true;
    return plan;
}

Plan hostile_plan() {
    const std::string evil = "x`|</details><script>@team #1 [a](http://evil.example) ![i](//e) "
                             "www.evil.example\n/close\n``` **b** \x1b[31m\xe2\x80\xae\xe2\x80\x8b\xff";
    Plan plan = quiet_plan();
    plan.target.subject = evil;
    plan.revision.title = evil;
    plan.revision.author = evil;
    plan.unit = evil;
    plan.prune = false;
    plan.prune_off = evil;
    plan.live_only_names = {evil};
    plan.counts.live_only = 1;
    Change c;
    c.action = Action::update;
    c.name = evil;
    c.type = evil;
    c.place = {evil, 1, 1};
    c.differences = {{evil, DifferenceKind::changed, evil, evil + "2", evil + "3"},
                     {evil, DifferenceKind::normalised, evil, evil}};
    c.holds = {hold(HoldReason::foreign, evil, evil)};
    c.cause = {CauseKind::both_moved, Commit{evil, evil, evil, 1}, evil};
    c.check = {CheckKind::refused, evil, {evil, 1, 1}};
    plan.changes = {c};
    plan.findings = {{Severity::error, {evil, 1, 5}, evil, evil, evil, evil}};
    return plan;
}

Report rich_report() {
    Report report;
    report.plan = rich_plan();
    report.writes = 7;
    report.took = Milliseconds(1234);
    const auto add = [&](const Change& c, Result result, const std::string& text = {}, bool forced = false) {
        report.outcomes.push_back({c, result, text, "", forced});
    };
    const auto& all = report.plan.changes;
    add(all[0], Result::done);
    add(all[1], Result::refused);
    add(all[2], Result::done);
    add(all[3], Result::failed, "the control plane answered 503 five times");
    add(all[4], Result::unsure, "the answer was lost, and reading back gave nothing");
    add(all[5], Result::done, "", true);
    add(all[6], Result::held, all[6].holds[0].text);
    auto late = change(Action::update, "ci", 4);
    add(late, Result::held, "it would end people's sign-in");
    add(all[10], Result::done);
    add(all[11], Result::not_started, "the pass ended before");
    report.stopped = "the control plane says that this token is nobody's (401)";
    return report;
}

} // namespace kedge
