#include "tests/contract/world_watch.h"

#include "model/marker.h"
#include "view/json_view.h"
#include "view/markdown.h"
#include "view/text.h"

#include <algorithm>

namespace kedge {

void demand(bool holds, const std::string& promise) {
    if (!holds) throw BrokenPromise(promise);
}

bool is_declared_wrong(const Plan& plan, const std::string& name) {
    return std::any_of(plan.findings.begin(), plan.findings.end(), [&](const Finding& finding) {
        return finding.severity == Severity::error && (finding.name == name || finding.name.empty());
    });
}

namespace {

const Change& planned(const Plan& plan, const std::string& name, const std::string& what) {
    const auto* change = find_change(plan, name);
    demand(change != nullptr, name + " was " + what + ", which the plan did not show");
    demand(change->runs(), name + " was " + what + ", though the plan held it");
    return *change;
}

} // namespace

Shelf WorldWatch::shelf() {
    Shelf shelf;
    const bool shows_oauth = world_.plane.knobs().auth_list_shows_oauth;
    for (const auto* server : world_.plane.registry().in_order()) {
        auto& seen = shelf[server->id];
        seen.name = server->name;
        seen.manifest = server->manifest;
        seen.credentials = static_cast<int>(server->auth.size());
        seen.visible =
            static_cast<int>(std::count_if(server->auth.begin(), server->auth.end(), [&](const auto& record) {
                return record.source != "oauth" || shows_oauth;
            }));
    }
    return shelf;
}

void WorldWatch::released(const Digest& digest, int at_most) {
    const bool first = ++releases_[digest] == 1;
    auto& most = at_most_[digest];
    most = at_most == 0 || (!first && most == 0) ? 0 : std::max(most, at_most);
}

void WorldWatch::ledger_lost() {
    declared_.clear();
    never_pruned_.clear();
    deeds_.clear();
    made_.clear();
}

// Names of git come from a pool: what has another name was never declared.
void WorldWatch::touched(const std::string& id) {
    const auto* server = world_.plane.registry().by_id(id);
    const auto pool = git_.pool();
    if (server == nullptr)
        theirs_.erase(id);
    else if (std::find(pool.begin(), pool.end(), server->name) == pool.end())
        theirs_[id] = server->manifest;
}

void WorldWatch::no_secret_in(const std::string& text, const std::string& where) const {
    for (const auto* list : {&maker_.secrets(), &hidden_}) {
        for (const auto& secret : *list)
            demand(text.find(secret) == std::string::npos, "a secret is shown in " + where + ": " + text);
    }
}

void WorldWatch::saw_text(const std::string& text) const {
    no_secret_in(text, "a message");
}

void WorldWatch::saw(const Plan& plan) {
    demand(plan.digest == plan_digest(plan.changes), "a plan's digest is that of its changes");
    switch (shown_++ % 3) {
    case 0: {
        TextStyle style;
        style.may_apply = true;
        no_secret_in(render_plan(plan, style), "a plan as text");
        break;
    }
    case 1:
        no_secret_in(markdown_plan(plan), "a plan as Markdown");
        break;
    default:
        no_secret_in(plan_json(plan).dump(), "a plan as JSON");
    }
    if (git_.has_mistakes() || git_.good().empty())
        demand(!plan.prune, "deletes are possible while a manifest has mistakes, or there is none");
}

void WorldWatch::saw(const Report& report) {
    switch (shown_ % 3) {
    case 0:
        return no_secret_in(render_report(report, {}), "a report as text");
    case 1:
        return no_secret_in(markdown_report(report), "a report as Markdown");
    default:
        return no_secret_in(report_json(report).dump(), "a report as JSON");
    }
}

void WorldWatch::show_all(const Report& report) const {
    TextStyle style;
    style.may_apply = true;
    no_secret_in(render_plan(report.plan, style) + render_report(report, style), "text");
    no_secret_in(markdown_plan(report.plan) + markdown_report(report), "Markdown");
    no_secret_in(plan_json(report.plan).dump() + report_json(report).dump(), "JSON");
}

void WorldWatch::before_acting(const Plan& plan) {
    for (const auto& [name, document] : git_.good()) {
        declared_.insert(name);
        if (is_declared_wrong(plan, name)) continue; // then it is as it was before
        const bool never = document.contains("x-kedge") && document["x-kedge"].contains("prune");
        if (never)
            never_pruned_.insert(name);
        else
            never_pruned_.erase(name);
    }
    owned_ids_.clear();
    const auto ledger = run_to_end(world_.loop, world_.ledger.load(world_.unit->ledger_key()));
    for (const auto& [name, owned] : ledger.owned) owned_ids_.insert(owned.remote_id);
    ++pass_;
    pass_began_ = world_.clock.now();
    surely_ours_ = perhaps_ours_ = 0;
    const auto now = shelf();
    std::erase_if(tagged_,
                  [&](const auto& seen) { return !now.contains(seen.first) || !is_tagged(now.at(seen.first)); });
    for (const auto& [id, what] : now) {
        if (is_tagged(what)) tagged_.emplace(id, pass_began_);
        const bool owned = owned_ids_.contains(id);
        const bool marked = carries_our_marker(what);
        surely_ours_ += owned && marked ? 1 : 0;
        perhaps_ours_ += owned || marked ? 1 : 0;
    }
}

bool is_tagged(const Registration& what) {
    return Json::parse(what.manifest).contains(Json::json_pointer("/tags/kedge-pause"));
}

bool WorldWatch::carries_our_marker(const Registration& what) const {
    const Json::json_pointer tag("/tags/kedge");
    const auto manifest = Json::parse(what.manifest);
    return manifest.contains(tag) && manifest[tag] == make_marker("prod", "tools", what.name);
}

void WorldWatch::after_acting(const Shelf& before, const Plan& plan) {
    const auto after = shelf();
    for (const auto& [id, was] : before) {
        const auto now = after.find(id);
        if (now == after.end())
            deleted(id, was, plan);
        else if (now->second != was)
            written(id, was, now->second, plan);
    }
    for (const auto& [id, is] : after) {
        if (!before.contains(id)) created(id, is, plan);
    }
    for (const auto& [id, manifest] : theirs_) {
        const auto now = after.find(id);
        demand(now != after.end() && now->second.manifest == manifest, "what others registered stays as it is");
    }
    within_limits(plan);
}

void WorldWatch::deleted(const std::string& id, const Registration& what, const Plan& plan) {
    const auto& change = planned(plan, what.name, "deleted");
    demand(change.remote_id == id, what.name + ": another one than planned was deleted");
    count(change);
    signed_out(what, change);
    if (change.action == Action::replace) return demand(is_released(change), what.name + " was replaced unreleased");
    demand(change.action == Action::remove, what.name + " was deleted where the plan said something else");
    demand(plan.prune, what.name + " was deleted in a pass without deletes");
    demand(!git_.all_names().contains(what.name), what.name + " was deleted though it is in git");
    if (is_released(change)) return;
    demand(!never_pruned_.contains(what.name), what.name + " was deleted though it said prune: never");
    demand(carries_our_marker(what), what.name + " was deleted without our marker");
    bool vouched = declared_.contains(what.name);
    for (const auto& [name, document] : git_.good()) {
        const Json::json_pointer formerly("/x-kedge/formerly/0");
        vouched = vouched || (document.contains(formerly) && document[formerly] == what.name);
    }
    demand(vouched, what.name + " was deleted though this ledger never saw it declared");
    for (const auto* user : world_.plane.registry().in_order()) {
        const auto names = user->type == "mcp-server/virtual" ? user->document()["servers"].dump() : std::string();
        demand(names.find("\"" + what.name + "\"") == std::string::npos,
               what.name + " was deleted under " + user->name);
    }
}

void WorldWatch::written(const std::string& id, const Registration& before, const Registration& after,
                         const Plan& plan) {
    const auto& change = planned(plan, before.name, "written");
    demand(change.remote_id == id, before.name + ": another one than planned was written");
    count(change);
    demand(change.action == Action::update || change.action == Action::rotate,
           before.name + " was written where the plan said something else");
    if (after.credentials < before.credentials) signed_out(before, change);
    demand(git_.all_names().contains(before.name), before.name + " was written though it is not in git");
    constexpr UnixSeconds a_day = 86400;
    const auto tagged = tagged_.find(id);
    demand(!is_tagged(before) || (tagged != tagged_.end() && pass_began_ >= tagged->second + a_day),
           before.name + " was written though it is paused");
    tagged_.erase(id);
    // What was created without an answer is known by its open intent, also where its marker was taken off since.
    const bool ours = owned_ids_.contains(id) || made_.contains(id) || carries_our_marker(before);
    demand(ours || is_released(change), before.name + " was written though it is not ours");
    demand(carries_our_marker(after), before.name + " was written without our marker");
}

void WorldWatch::created(const std::string& id, const Registration& what, const Plan& plan) {
    made_.insert(id);
    const auto& change = planned(plan, what.name, "created");
    demand(change.action == Action::create || change.action == Action::replace,
           what.name + " was created where the plan said something else");
    demand(git_.all_names().contains(what.name), what.name + " was created though it is not in git");
    demand(carries_our_marker(what), what.name + " was created without our marker");
}

// Credentials went with it.
void WorldWatch::signed_out(const Registration& what, const Change& change) {
    const bool removal = change.action == Action::remove || change.action == Action::replace;
    if (what.credentials == 0 || (removal && what.visible == 0)) return;
    if (world_.settings.sign_out.who == SignOut::always) return;
    demand(world_.settings.sign_out.who != SignOut::never,
           what.name + ": people were signed out, which is never allowed");
    demand(is_released(change), what.name + ": people were signed out unreleased");
    demand(++used_[change.digest] <= releases_[change.digest], what.name + ": a release was used twice");
    const int most = at_most_[change.digest];
    demand(most == 0 || what.visible <= most, what.name + ": more people were signed out than the release allows");
}

} // namespace kedge
