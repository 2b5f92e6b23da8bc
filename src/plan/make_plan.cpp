#include "plan/make_plan.h"

#include "plan/changes.h"
#include "plan/dependents.h"
#include "plan/equal.h"
#include "plan/groups.h"
#include "plan/holds.h"
#include "plan/prune.h"
#include "plan/release.h"
#include "plan/rename.h"
#include "plan/review.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kedge {

namespace {

// One plan while it is being made. The order of the steps matters: holds need digests, prune needs all findings,
// releases need all holds of a change, and dependents need to know what is released.
class Planner {
public:
    explicit Planner(PlanInput input) : in_(std::move(input)) {}

    Planned run() {
        out_.plan.counts = in_.counts;
        out_.plan.live_only_names = in_.matched.live_only;
        for (const auto& pair : in_.matched.in_sync) take_equal_pair(pair, false);
        changes_.reserve(in_.compared.size());
        for (const auto& compared : in_.compared) take_declared(compared);
        hold_for_missing_sources(in_, changes_);
        take_undeclared();
        recognise_renames(in_, changes_);
        hold_unreviewed(in_, changes_);
        apply_releases(in_, changes_, in_.findings);
        adopt_released();
        out_.links = links_of(in_);
        out_.groups = group_rules(in_);
        count_shared_secrets();
        warn_of_worn_tags(in_, changes_, in_.findings);
        hold_repeated();
        sort();
        hold_dependents(changes_, out_.links);
        forget();
        if (in_.on_invalid_stop && !is_valid()) stop();
        return finish();
    }

private:
    void take_equal_pair(const Candidate& pair, bool secret_unknown);
    void say_if_doubled(const Candidate& pair);
    void adopt_released();
    void take_declared(const Compared& compared);
    void take_undeclared();
    void count_shared_secrets();
    void hold_repeated();
    void sort();
    void forget();
    void stop();
    bool is_valid() const {
        return !has_errors(in_.findings) && in_.invalid_names.empty() && in_.invalid_paths.empty();
    }
    Planned finish();

    PlanInput in_;
    Planned out_;
    std::vector<Change> changes_;
    std::map<std::string, Candidate> unclear_; // not ours, and the name alone does not say that it is meant
};

// Equal, but not ours: taken without a word only where the name says which one it is.
void Planner::take_equal_pair(const Candidate& pair, bool secret_unknown) {
    const bool unasked = pair.ownership == Ownership::foreign && !in_.description.can.names_unique &&
                         !is_named_for_adoption(pair) && !in_.us.is_stranger();
    if (!unasked) {
        take_equal(in_, pair, secret_unknown, out_);
        return say_if_doubled(pair);
    }
    auto change = make_adoption(in_, pair);
    const Compared equal{.candidate = pair, .comparison = {}, .replace = false, .fingerprint = {}, .nameless = {}};
    hold_by_itself(in_, equal, change);
    unclear_.emplace(change.name, pair);
    changes_.push_back(std::move(change));
}

// Nothing to do, and not for us to undo.
void Planner::say_if_doubled(const Candidate& pair) {
    auto hold = doubled_hold(in_, pair);
    if (!hold) return;
    auto change = make_keep(in_, pair);
    add_hold(change, std::move(*hold));
    changes_.push_back(std::move(change));
}

// An adoption needs no request: once it is released, the ledger notes it with the plan.
void Planner::adopt_released() {
    for (auto& change : changes_) {
        const auto found = unclear_.find(change.name);
        if (found != unclear_.end() && change.action != Action::remove) hold_ambiguous(found->second, change);
    }
    std::erase_if(changes_, [&](const Change& change) {
        if (change.action != Action::adopt || !change.holds.empty()) return false;
        auto pair = unclear_.at(change.name);
        ++out_.plan.counts.equal;
        ++out_.plan.counts.adopted;
        if (auto entry = declared_entry(in_, pair)) out_.adopt.push_back(std::move(*entry));
        return true;
    });
}

void Planner::take_declared(const Compared& compared) {
    const auto& candidate = compared.candidate;
    if (candidate.desired == nullptr) return;
    const auto action = action_of(in_, compared);
    if (action == Action::keep) {
        const auto& comparison = compared.comparison;
        take_equal_pair(candidate, comparison.secret_unknown || !comparison.hidden.empty());
        if (compared.comparison.differs) ++out_.plan.counts.normalised;
        return;
    }
    auto change = make_change(in_, compared, action);
    hold_by_itself(in_, compared, change);
    if (is_ambiguous(candidate)) unclear_.emplace(change.name, candidate);
    changes_.push_back(std::move(change));
    if (candidate.live == nullptr || candidate.ownership != Ownership::ours) return;
    // What is written later starts from what the ledger says: where the file lies now, and that it is declared.
    auto entry = declared_entry(in_, candidate);
    if (!entry) return;
    if (candidate.owned != nullptr) {
        out_.undeclared.push_back(std::move(*entry));
        return;
    }
    // Ours by its marker, after a lost ledger: owned from now on, also where this change is held, or dropped by a dry
    // run. Nothing is known of what was last sent.
    entry->sent = entry->answered = Digest{};
    entry->blob_id.clear();
    entry->commit.clear();
    out_.adopt.push_back(std::move(*entry));
}

void Planner::take_undeclared() {
    auto& plan = out_.plan;
    plan.prune_off = why_no_prune(in_);
    plan.prune = plan.prune_off.empty();
    int left = 0;
    for (const auto& compared : in_.compared) {
        const auto& candidate = compared.candidate;
        if (candidate.desired != nullptr || is_invalid_now(in_, candidate)) continue;
        if (is_superseded(candidate.owned, *candidate.live)) {
            changes_.push_back(plan_superseded(in_, candidate));
            continue;
        }
        auto entry = undeclared_entry(in_, candidate);
        if (!plan.prune || entry.prune_never) {
            left += entry.prune_never ? 0 : 1;
            plan.live_only_names.push_back(candidate.live->name);
            if (entry.prune_never && candidate.owned == nullptr) out_.undeclared.push_back(std::move(entry));
            continue;
        }
        changes_.push_back(plan_delete(in_, candidate, entry.undeclared));
        if (candidate.owned == nullptr || candidate.owned->undeclared == 0) out_.undeclared.push_back(std::move(entry));
    }
    if (left > 0) {
        plan.prune_off += "; " + std::to_string(left) +
                          (left == 1 ? " registration that is" : " registrations that are") + " no longer in git " +
                          (left == 1 ? "stays" : "stay");
    }
}

void Planner::count_shared_secrets() {
    std::map<std::string, int> users;
    for (const auto& change : changes_) {
        for (const auto& secret : change.cause.secrets) ++users[secret];
    }
    if (users.empty()) return;
    for (auto& change : changes_) {
        for (const auto& secret : change.cause.secrets)
            change.cause.sharing = std::max(change.cause.sharing, users[secret]);
    }
}

// Somebody, or the control plane itself, undoes what is written: going on would only be noise.
void Planner::hold_repeated() {
    if (in_.ledger.recent.empty()) return;
    for (auto& change : changes_) {
        if (change.released) continue;
        if (const int times = repeated(in_.ledger, change.digest, in_.now); times > 0)
            add_hold(change, loop_hold(change, times));
    }
}

void Planner::sort() {
    sort_for_execution(changes_, in_.description, out_.links);
}

// Gone on both sides. Not while a manifest of that name or place cannot be read, or a write of it may be under way.
void Planner::forget() {
    if (is_lost(out_.groups)) return;
    std::set<std::string> kept(in_.invalid_names.begin(), in_.invalid_names.end());
    for (const auto& intent : in_.ledger.open) kept.insert(intent.name);
    for (const auto& entry : out_.undeclared) kept.insert(entry.name);
    for (const auto& name : in_.matched.gone) {
        const auto entry = in_.ledger.owned.find(name);
        const bool unread = entry != in_.ledger.owned.end() && in_.invalid_paths.contains(entry->second.path);
        if (!unread && !kept.contains(name)) out_.forget.push_back(name);
    }
}

void Planner::stop() {
    changes_.clear();
    out_.adopt.clear();
    out_.undeclared.clear();
    out_.forget.clear();
    out_.plan.counts.adopted = 0;
    Finding finding;
    finding.severity = Severity::warning;
    finding.message = "nothing is planned while a manifest has errors (on_invalid: stop)";
    finding.hint = "correct the errors, or set on_invalid: continue";
    in_.findings.push_back(std::move(finding));
}

Planned Planner::finish() {
    auto& plan = out_.plan;
    plan.installation = in_.us.installation;
    plan.unit = in_.us.unit;
    plan.target = in_.target;
    plan.revision = in_.revision;
    plan.changes = std::move(changes_);
    plan.findings.insert(plan.findings.end(), in_.findings.begin(), in_.findings.end());
    std::sort(plan.findings.begin(), plan.findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.place, a.severity, a.message, a.hint, a.excerpt, a.name) <
               std::tie(b.place, b.severity, b.message, b.hint, b.excerpt, b.name);
    });
    // A name whose manifest is wrong is in git, whatever is live.
    const std::set<std::string> invalid(in_.invalid_names.begin(), in_.invalid_names.end());
    std::erase_if(plan.live_only_names, [&](const std::string& name) { return invalid.contains(name); });
    std::sort(plan.live_only_names.begin(), plan.live_only_names.end());
    plan.counts.manifests = static_cast<int>(in_.desired.size());
    plan.counts.normalised += in_.matched.normalised;
    plan.counts.live = in_.counts.live + static_cast<int>(in_.live.size());
    plan.counts.live_only = static_cast<int>(plan.live_only_names.size());
    plan.digest = plan_digest(plan.changes);
    const auto by_name = [](const OwnedEntry& a, const OwnedEntry& b) {
        return std::tie(a.name, a.remote_id) < std::tie(b.name, b.remote_id);
    };
    std::sort(out_.adopt.begin(), out_.adopt.end(), by_name);
    std::sort(out_.undeclared.begin(), out_.undeclared.end(), by_name);
    return std::move(out_);
}

} // namespace

Planned make_plan(PlanInput input) {
    return Planner(std::move(input)).run();
}

} // namespace kedge
