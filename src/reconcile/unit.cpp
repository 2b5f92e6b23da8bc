#include "reconcile/unit.h"

#include "base/failure.h"
#include "model/marker.h"
#include "model/secret_fields.h"
#include "plan/compare.h"
#include "plan/merge_live_parts.h"
#include "plan/offered.h"
#include "reconcile/looking.h"

#include <algorithm>

namespace kedge {

namespace {

// The ledger's entry of this row, where it is known by its id and bears another name by now.
const OwnedEntry* find_owned(const LedgerState& ledger, const LiveDocument& live) {
    if (ledger.owned.contains(live.name)) return nullptr;
    const auto found = std::find_if(ledger.owned.begin(), ledger.owned.end(), [&](const auto& entry) {
        return !live.remote_id.empty() && entry.second.remote_id == live.remote_id;
    });
    return found == ledger.owned.end() ? nullptr : &found->second;
}

// A list may show a secret that a get hides, or the other way round: such a one is masked on both sides.
void mask_what_one_hides(Json& one, Json& other) {
    std::set<std::string> hidden;
    for (auto* side : {&one, &other}) {
        for_each_secret(*side, [&](const std::string& pointer, Json& value) {
            if (is_masked(value) || is_unreadable(value)) hidden.insert(pointer);
        });
    }
    for (const auto& pointer : hidden) {
        const Json::json_pointer at(pointer);
        if (one.contains(at) && other.contains(at)) one[at] = other[at] = masked_value();
    }
}

// What the ledger is told before anything is sent.
void note_before_acting(const DesiredState& desired, Look& look, UnixSeconds now) {
    auto& planned = look.planned;
    auto& batch = look.bookkeeping;
    batch.adopt.insert(batch.adopt.end(), planned.adopt.begin(), planned.adopt.end());
    batch.adopt.insert(batch.adopt.end(), planned.undeclared.begin(), planned.undeclared.end());
    batch.forget.insert(batch.forget.end(), planned.forget.begin(), planned.forget.end());
    if (look.ledger.is_new) {
        for (const auto& release : desired.releases()) batch.spend.push_back(release.entry().hex());
        if (planned.groups.hour_unknown) batch.past_unknown = now;
    }
    std::set<std::string_view> paths;
    for (const auto& [file, entry] : look.desired) paths.insert(file->path);
    // A path that held a manifest is remembered while its file is broken, and while something is owned from it.
    for (const auto& [path, file] : desired.files()) {
        if (look.ledger.manifest_paths.contains(path) && has_errors(file.findings)) paths.insert(path);
    }
    for (const auto& [name, owned] : look.ledger.owned) {
        if (!owned.path.empty() && desired.files().contains(owned.path)) paths.insert(owned.path);
    }
    const auto& before = look.ledger.manifest_paths;
    if (!std::equal(paths.begin(), paths.end(), before.begin(), before.end()))
        batch.manifest_paths.emplace(paths.begin(), paths.end());
}

} // namespace

Unit::Unit(UnitSettings settings, UnitParts parts)
    : settings_(std::move(settings)), parts_(parts),
      desired_(settings_, parts.provider.dialect(), parts.source, parts.pool),
      live_(settings_, parts.provider.dialect(), parts.pool) {}

Unit::~Unit() {
    leave();
}

LedgerKey Unit::ledger_key() const {
    return {settings_.us.installation, settings_.us.unit, settings_.target};
}

CompareRules Unit::rules_of(const DesiredEntry& entry) const {
    CompareRules rules = parts_.provider.dialect().describe().rules;
    rules.ignore = entry.entry->ignore;
    rules.keep = entry.entry->keep;
    return rules;
}

Task<TargetIdentity> Unit::identity() {
    if (identity_) co_return *identity_;
    Operation operation;
    operation.kind = OperationKind::preflight;
    std::vector<SecretReference> none;
    const auto answer = co_await parts_.provider.perform(std::move(operation), std::move(none));
    if (const auto* refused = std::get_if<Refused>(&answer)) throw_refusal(*refused);
    const auto* done = std::get_if<Done>(&answer);
    if (done == nullptr || !done->identity)
        throw Failure(NextAction::retry, "control plane: ask who this token is: no answer that says so");
    identity_ = *done->identity;
    identity_->base_url = settings_.target_url;
    co_return *identity_;
}

// What was remembered while the target had another address or other options is not about this one.
std::string Unit::memo_scope() const {
    const auto& options = settings_.target_options;
    return settings_.us.installation + "." + settings_.us.unit + "@" + settings_.target + "=" + settings_.target_url +
           (options.empty() ? "" : "?" + options);
}

Task<void> Unit::open_memo() {
    if (memo_open_) co_return;
    auto scope = memo_scope();
    auto state = co_await parts_.memo.load(std::move(scope));
    desired_.restore(std::move(state.files)); // on the loop: doors and previews read the index there
    auto take = [this, &state] { live_.restore(std::move(state.row_key), std::move(state.rows)); };
    co_await parts_.pool.run(std::move(take));
    verdicts_ = std::move(state.verdicts);
    rehearsed_ = std::move(state.rehearsed);
    memo_open_ = true;
}

// In slices: a first pass remembers every file and row there is.
Task<void> Unit::save_memo(std::vector<Digest> verdicts, std::vector<Digest> rehearsed) {
    constexpr std::size_t slice = 1024;
    verdicts_.insert(verdicts.begin(), verdicts.end());
    rehearsed_.insert(rehearsed.begin(), rehearsed.end());
    for (;;) {
        MemoBatch batch;
        batch.files = desired_.take_moved(slice);
        batch.files_gone = desired_.take_gone();
        batch.rows = live_.take_moved(slice);
        batch.rows_gone = live_.take_gone();
        batch.verdicts = std::exchange(verdicts, {});
        batch.rehearsed = std::exchange(rehearsed, {});
        if (batch.empty()) co_return;
        auto scope = memo_scope();
        co_await parts_.memo.save(std::move(scope), std::move(batch));
    }
}

void Unit::step(const std::string& name, std::size_t done, std::size_t total) const {
    if (progress_) progress_(name, done, total);
    if (deadline_.count() == 0 || parts_.clock.monotonic() < deadline_) return;
    throw Failure(NextAction::retry, "pass: " + name + ": not done within " + format_duration(settings_.deadline) +
                                         " (deadline); nothing was changed; it is tried again");
}

Task<Look> Unit::look() {
    deadline_ = parts_.clock.monotonic() + settings_.deadline;
    looked_ = false;
    Looking looking(*this);
    auto look = co_await looking.run();
    looked_ = siblings_rest_; // a command looks at every unit before it acts on the first
    co_return look;
}

void Unit::remember_drift(const Plan& plan) {
    std::map<Digest, Milliseconds> seen;
    for (const auto& change : plan.changes) {
        if (change.cause.kind != CauseKind::live_moved) continue;
        const auto before = drift_seen_.find(change.digest);
        seen[change.digest] = before == drift_seen_.end() ? parts_.clock.monotonic() : before->second;
    }
    drift_seen_ = std::move(seen);
}

std::string Unit::left_alone(const Change& change) const {
    if (change.action == Action::keep) return {}; // nothing to leave: a hold on it is news all the same
    auto missing = why_not_offered(parts_.provider.dialect().describe().can, change);
    if (!missing.empty()) return missing;
    if (change.cause.kind != CauseKind::live_moved) {
        return settings_.changes == Reaction::report ? "only reported (changes: report)" : "";
    }
    if (settings_.drift == Reaction::report) return "drift is only reported (drift: report)";
    const auto seen = drift_seen_.find(change.digest);
    if (seen == drift_seen_.end() || settings_.heal_after.count() == 0) return {};
    const auto left = seen->second + settings_.heal_after - parts_.clock.monotonic();
    return left.count() > 0 ? "drift is healed in " + format_duration(left) + " (heal_after)" : "";
}

CompareRules Unit::left_to_others(const DesiredEntry& entry) const {
    auto rules = rules_of(entry);
    const auto& filled = rules.ignore_unless_set;
    std::erase_if(rules.ignore,
                  [&](const auto& path) { return std::find(filled.begin(), filled.end(), path) != filled.end(); });
    return rules;
}

// What `ignore` and `keep` rules leave to others is taken over from the live registration as it is now; these paths can
// never touch a secret.
Task<Json> Unit::with_live_parts(Json document, const Change& change, const DesiredEntry& entry) {
    const auto rules = left_to_others(entry);
    if (change.remote_id.empty() || (rules.ignore.empty() && rules.keep.empty())) co_return document;
    Operation operation;
    operation.kind = OperationKind::get;
    operation.remote_id = change.remote_id;
    operation.name = change.name;
    std::vector<SecretReference> none;
    const auto answer = co_await parts_.provider.perform(std::move(operation), std::move(none));
    const auto* done = std::get_if<Done>(&answer);
    if (done == nullptr || !done->document) {
        throw Failure(NextAction::retry,
                      "control plane: read \"" + change.name +
                          "\" for its `ignore` and `keep` rules: it is not there, or cannot be read");
    }
    co_return merge_live_parts(std::move(document), done->document->document, rules);
}

// Why the secrets of a manifest cannot be put in; empty: they can.
std::string Unit::unresolvable(const std::vector<SecretReference>& references) const {
    for (const auto& reference : references) {
        const auto problem = parts_.secrets.problem(reference.scheme, reference.name);
        if (!problem.empty())
            return "not sent: kedge could not read ${" + reference.scheme + ":" + reference.name + "}: " + problem;
    }
    return {};
}

Task<std::map<std::string, Sendable>> Unit::sendables(std::vector<const Change*> changes, const Look& look) {
    std::vector<DesiredEntry> wanted;
    std::map<std::string, const Change*> by_name;
    for (const auto* change : changes) {
        wanted.push_back(*find_entry(look.desired, change->name));
        by_name.emplace(change->name, change);
    }
    auto entries = wanted;
    auto resources = co_await desired_.documents(std::move(wanted), DesiredState::Use::last);
    const bool mark = !settings_.us.installation.empty() && parts_.provider.dialect().describe().can.tags;
    std::map<std::string, Sendable> sendables;
    for (const auto& entry : entries) {
        auto& resource = resources.at(entry.entry->name);
        Sendable sendable;
        sendable.document =
            co_await with_live_parts(std::move(resource.document), *by_name.at(entry.entry->name), entry);
        if (mark)
            sendable.document = with_marker(std::move(sendable.document),
                                            make_marker(settings_.us.installation, settings_.us.unit, resource.name));
        sendable.marked = mark;
        sendable.problem = unresolvable(resource.references);
        sendable.references = std::move(resource.references);
        sendable.hidden = entry.entry->hidden;
        sendable.path = entry.file->path;
        sendable.prune_never = entry.entry->prune_never;
        if (const auto known = look.fingerprints.find(resource.name); known != look.fingerprints.end())
            sendable.fingerprints = known->second;
        sendables.emplace(resource.name, std::move(sendable));
    }
    co_return sendables;
}

// A long apply asks now and then whether its commit is still the newest.
Task<std::string> Unit::newer_than(std::string revision, Milliseconds& asked) {
    const auto now = parts_.clock.monotonic();
    if (now - asked < settings_.interval) co_return std::string();
    asked = now;
    std::string newest;
    try {
        const auto snapshot = co_await parts_.source.fetch();
        newest = snapshot.revision.id;
    } catch (const Failure&) {
        newest = revision; // the next pass says what is wrong with the source
    }
    if (newest == revision) co_return std::string();
    co_return "superseded by " + newest.substr(0, 12);
}

// A write that may have been sent is settled where a person says so: by a release (send again), or by naming the row.
void Unit::close_decided(const Look& look, LedgerBatch& batch) {
    for (const auto& intent : look.ledger.open) {
        const auto& changes = look.planned.plan.changes;
        const bool again = std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
            return change.name == intent.name && change.released && change.runs();
        });
        const auto& adopted = look.planned.adopt;
        const bool taken = std::any_of(adopted.begin(), adopted.end(),
                                       [&](const OwnedEntry& entry) { return entry.name == intent.name; });
        if (!again && !taken) continue;
        IntentOutcome outcome;
        outcome.id = intent.id;
        batch.outcomes.push_back(std::move(outcome));
    }
}

// Where names are not unique: which ids a name has, and which of them have been followed by another.
void Unit::tell_ids(ExecuteContext& context, const Look& look) const {
    context.namesakes = [this](const std::string& name) {
        std::vector<std::string> ids;
        for (const auto& live : live_.entries()) {
            if (live.name == name) ids.push_back(live.remote_id);
        }
        return ids;
    };
    for (const auto& [name, owned] : look.ledger.owned) {
        if (!owned.superseded.empty()) context.followed_ids.emplace(name, owned.superseded);
    }
}

// Of a row that was read again, as the plan would have digested it.
Digest Unit::digest_again(const Look& look, const LiveDocument& live) const {
    const auto& dialect = parts_.provider.dialect();
    const auto* owned = find_owned(look.ledger, live);
    const auto* entry = find_entry(look.desired, owned == nullptr ? live.name : owned->name);
    const auto rules = entry == nullptr ? dialect.describe().rules : rules_of(*entry);
    auto digest = live_.digest(live, rules);
    const auto* listed = live_.find_id(live.remote_id);
    if (listed == nullptr || listed->live == digest || live.version.empty() || listed->version != live.version)
        return digest;
    LiveDocument before;
    before.document = live_.document(live.remote_id);
    if (!before.document.is_object()) return digest;
    auto now = live;
    now.document = dialect.canonical(std::move(now.document));
    mask_what_one_hides(before.document, now.document);
    return live_.digest(before, rules) == live_.digest(now, rules) ? listed->live : digest;
}

Task<Report> Unit::act(Look look, std::function<bool()> stop, std::function<void(const Outcome&)> on_outcome) {
    auto& planned = look.planned;
    auto& batch = look.bookkeeping;
    auto prepare = [this, &look] { note_before_acting(desired_, look, parts_.clock.now()); };
    co_await parts_.pool.run(std::move(prepare));
    close_decided(look, batch);
    if (!batch.empty() || look.ledger.is_new) {
        auto key = ledger_key();
        auto bookkeeping = std::move(batch);
        co_await parts_.ledger.commit(std::move(key), std::move(bookkeeping));
    }
    auto adopted = planned.adopt;
    co_await keep_known(look, std::move(adopted));
    ExecuteContext context(parts_.provider, parts_.ledger, parts_.clock, ledger_key());
    context.listed_at = look.listed_at;
    context.fresh_for = settings_.fresh_for;
    context.documents = [this, &look](std::vector<const Change*> changes) {
        return sendables(std::move(changes), look);
    };
    context.live_digest = [this, &look](const LiveDocument& live) { return digest_again(look, live); };
    context.answered = [this, &look](const Change& change, const Json& sent, const LiveDocument& answer) {
        return answered(*find_entry(look.desired, change.name), sent, answer);
    };
    tell_ids(context, look);
    context.sign_out = settings_.sign_out;
    context.live_links = planned.links.live;
    context.declared_links = planned.links.declared;
    auto asked = look.listed_at;
    const auto shown = desired_.snapshot().revision.id;
    context.superseded = [this, asked, shown]() mutable -> Task<std::string> { return newer_than(shown, asked); };
    context.keep_going = [&stop] { return !stop || !stop(); };
    context.on_outcome = std::move(on_outcome);
    auto plan = std::move(planned.plan);
    auto report = co_await execute(context, std::move(plan));
    // What a look knew is large: it is taken apart elsewhere, but for the permit, which belongs to the loop.
    const auto permit = std::move(look.permit);
    auto drop = [&look] { const auto gone = std::move(look); };
    co_await parts_.pool.run(std::move(drop));
    looked_ = false;
    co_return report;
}

} // namespace kedge
