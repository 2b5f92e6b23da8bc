#include "reconcile/looking.h"

#include "base/failure.h"
#include "io/run.h"
#include "manifest/references.h"
#include "model/marker.h"
#include "plan/compare.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t compared_at_once = 256;

} // namespace

Task<Look> Looking::run() {
    counts_before_ = unit_.parts_.provider.counts();
    auto turn = co_await unit_.take_turn();
    co_await unit_.open_memo();
    auto key = unit_.ledger_key();
    look_.ledger = co_await unit_.parts_.ledger.load(std::move(key));
    unit_.held_paths_ = look_.ledger.manifest_paths;
    unit_.parts_.source.pin(look_.ledger.pins.commit);
    // What was sent as it stands in git is probably in sync; everything else will be compared, checked or sent.
    std::function<bool(const IndexEntry&)> wanted = [this](const IndexEntry& entry) {
        const auto owned = look_.ledger.owned.find(entry.name);
        return owned == look_.ledger.owned.end() || owned->second.sent != entry.desired;
    };
    co_await unit_.refresh(std::move(wanted));
    turn.reset();
    if (auto* passes = unit_.parts_.passes) {
        auto permit = co_await passes->enter();
        look_.permit = std::make_unique<Limiter::Permit>(std::move(permit));
    }
    auto& pool = unit_.parts_.pool;
    auto collect = [this] { all_ = unit_.desired_.entries(); };
    co_await pool.run(std::move(collect));
    co_await check_pins();
    co_await read_secrets();
    find_rotated();
    co_await list_live();
    co_await recover_open_intents();
    auto note = [this] {
        note_moves();
        note_tags();
    };
    co_await pool.run(std::move(note));
    co_await read_siblings();
    co_await check_across_files();
    co_await look_up_creates();
    co_await compare_candidates();
    co_await plan();
    hold_unreadable();
    co_await ask_control_plane();
    auto& planned = look_.planned;
    auto settled = [this] { take_answers(); };
    co_await pool.run(std::move(settled));
    keep_old_rules_while_held();
    co_await note_releasers();
    co_await confirm_missing();
    warn_of_hidden();
    keep_documents(); // on the loop: previews begin with what is kept
    const auto& counts = unit_.parts_.provider.counts();
    planned.plan.counts.list_requests = counts.list - counts_before_.list;
    planned.plan.counts.dry_runs = counts.dry_runs - counts_before_.dry_runs;
    planned.plan.counts.other_requests = counts.other - counts_before_.other;
    co_await unit_.save_memo(std::move(new_verdicts_), std::move(new_rehearsed_));
    co_return std::move(look_);
}

// Only what will be written, or was adopted, is asked for again.
void Looking::keep_documents() {
    std::set<std::string> going;
    for (const auto& change : look_.planned.plan.changes) going.insert(change.name);
    for (const auto& entry : look_.planned.adopt) going.insert(entry.name);
    unit_.desired_.keep_documents(going);
}

const DesiredEntry* Looking::declared(const std::string& name) const {
    return find_entry(all_, name);
}

bool Looking::known_in_sync(const LiveEntry& live) const {
    const auto* desired = declared(live.name);
    if (desired == nullptr || rotated_.contains(live.name)) return false;
    return in_sync(*desired->entry, live, look_.ledger, unit_.verdicts_, unit_.parts_.provider.dialect().describe());
}

LiveState::Lookups Looking::lookups() {
    owned_by_id_.emplace(look_.ledger);
    LiveState::Lookups lookups;
    lookups.desired = [this](const std::string& name) -> std::optional<DesiredSide> {
        const auto* entry = declared(name);
        if (entry == nullptr) return std::nullopt;
        return DesiredSide{unit_.rules_of(*entry), entry->entry->rules};
    };
    lookups.in_sync = [this](const LiveEntry& live) { return known_in_sync(live); };
    lookups.owned = [this](const std::string& id) { return owned_by_id_->find(id); };
    if (!unit_.board_) return lookups;
    note_concerning();
    lookups.use = [this](const RowKey& key) { return use_of(key); };
    return lookups;
}

Task<void> Looking::list_live() {
    unit_.step("list registrations", 0, 0);
    auto lookups = this->lookups();
    look_.listed_at = unit_.parts_.clock.monotonic();
    listed_ = unit_.parts_.clock.now();
    auto& provider = unit_.parts_.provider;
    if (provider.dialect().describe().can.list) {
        co_await unit_.live_.list(provider, std::move(lookups));
        if (const auto& began = unit_.live_.began()) {
            look_.listed_at = began->monotonic;
            listed_ = began->utc;
        }
        co_await look_up_hidden();
        co_return;
    }
    std::vector<OwnedEntry> owned;
    for (const auto& [name, entry] : look_.ledger.owned) {
        if (entry.remote_id.empty()) continue;
        owned.push_back(entry);
        for (const auto& id : entry.superseded) {
            owned.push_back(entry);
            owned.back().remote_id = id;
        }
    }
    co_await unit_.live_.read_owned(provider, std::move(lookups), std::move(owned));
}

// A rename is recognised by the document without its name, or by the URL; that is worth looking at only where something
// is to be deleted.
void Looking::note_likeness(Compared& compared, const Resource* resource) const {
    const auto& candidate = compared.candidate;
    if (!deletes_possible_ || (candidate.desired != nullptr && candidate.live != nullptr)) return;
    const auto& dialect = unit_.parts_.provider.dialect();
    Json document;
    if (resource != nullptr)
        document = dialect.canonical(resource->document);
    else if (candidate.live != nullptr)
        document = unit_.live_.document(candidate.live->remote_id);
    if (!document.is_object()) return;
    if (const auto url = document.find("url"); url != document.end() && url->is_string())
        compared.url = url->get<std::string>();
    const auto& rules = dialect.describe().rules;
    compared.nameless =
        nameless_digest(candidate.desired == nullptr ? rules : unit_.rules_of(*candidate.desired), std::move(document));
}

Compared Looking::compare_one(const Candidate& candidate, const Resource* resource) {
    const auto& dialect = unit_.parts_.provider.dialect();
    Compared compared;
    compared.candidate = candidate;
    note_likeness(compared, resource);
    if (candidate.desired == nullptr) return compared;
    const auto& entry = *candidate.desired->entry;
    if (const auto known = look_.fingerprints.find(entry.name); known != look_.fingerprints.end()) {
        compared.fingerprint = known->second;
    }
    if (candidate.live == nullptr || resource == nullptr) return compared;
    compared.replace = candidate.live->type != entry.type;
    std::vector<std::string> references;
    for (const auto& reference : resource->references) references.push_back(reference.pointer);
    const auto live = unit_.live_.document(candidate.live->remote_id);
    if (live.is_null()) { // nobody can read it: what git says may differ in anything
        compared.comparison.differs = true;
        return compared;
    }
    const auto desired = dialect.canonical(resource->document);
    compared.comparison = compare(desired, live, unit_.rules_of(*candidate.desired), references);
    compared.moved = since_known(candidate, live);
    if (!compared.comparison.differs && !compared.replace) {
        const auto& description = dialect.describe();
        new_verdicts_.push_back(
            verdict_key(entry.desired, candidate.live->live, entry.rules, description.dialect, description.version));
    }
    return compared;
}

Task<void> Looking::compare_slice(std::vector<const Candidate*> slice) {
    std::vector<DesiredEntry> wanted;
    for (const auto* candidate : slice) {
        const bool both = candidate->desired != nullptr && candidate->live != nullptr;
        if (both || (candidate->desired != nullptr && deletes_possible_)) wanted.push_back(*candidate->desired);
    }
    std::map<std::string, Resource> resources;
    if (!wanted.empty()) resources = co_await unit_.desired_.documents(std::move(wanted));
    auto moved = names_of_moved(slice);
    co_await load_known(std::move(moved));
    auto work = [this, &slice, &resources] {
        for (const auto* candidate : slice) {
            const Resource* resource = nullptr;
            if (candidate->desired != nullptr) {
                const auto found = resources.find(candidate->desired->entry->name);
                if (found != resources.end()) resource = &found->second;
            }
            compared_.push_back(compare_one(*candidate, resource));
        }
        resources.clear();
    };
    co_await unit_.parts_.pool.run(std::move(work));
}

// What nobody asked for is neither compared nor adopted, and nothing of it is forgotten.
void Looking::select() {
    const auto& selection = unit_.settings_.selection;
    if (selection.everything()) return;
    const auto left_out = [&](const Candidate& candidate) {
        const auto* desired = candidate.desired;
        if (desired != nullptr)
            return !selection.takes(desired->entry->name, desired->entry->type, desired->file->path);
        const auto path = candidate.owned == nullptr ? std::string() : candidate.owned->path;
        return !selection.takes(candidate.live->name, candidate.live->type, path);
    };
    for (auto* pairs : {&matched_.candidates, &matched_.in_sync}) {
        std::erase_if(*pairs, [&](const Candidate& candidate) {
            const bool left = left_out(candidate);
            const bool ours = candidate.live != nullptr && candidate.ownership == Ownership::ours;
            matched_.ours_left_out += left && ours ? 1 : 0;
            return left;
        });
    }
    matched_.gone.clear();
}

// In git, valid or not, or live.
int Looking::count_selected() const {
    const auto& selection = unit_.settings_.selection;
    int count = 0;
    for (const auto& [file, entry] : all_) count += selection.takes(entry->name, entry->type, file->path) ? 1 : 0;
    for (const auto* candidates : {&matched_.candidates, &matched_.in_sync}) {
        for (const auto& candidate : *candidates) count += candidate.desired == nullptr ? 1 : 0;
    }
    const auto& others = matched_.live_only;
    for (const auto& live : unit_.live_.entries()) {
        if (std::binary_search(others.begin(), others.end(), live.name))
            count += selection.takes(live.name, live.type, "") ? 1 : 0;
    }
    return count;
}

Task<void> Looking::compare_candidates() {
    const auto& description = unit_.parts_.provider.dialect().describe();
    const MatchInput input{look_.desired, unit_.live_.entries(), look_.ledger, unit_.settings_.us,
                           description,   unit_.verdicts_,       rotated_,     elsewhere_};
    auto work = [this, &input] {
        matched_ = match(input);
        select();
    };
    co_await unit_.parts_.pool.run(std::move(work));
    for (const auto& candidate : matched_.candidates) {
        deletes_possible_ = deletes_possible_ || candidate.desired == nullptr;
    }
    std::vector<const Candidate*> slice;
    std::size_t done = 0;
    for (const auto& candidate : matched_.candidates) {
        slice.push_back(&candidate);
        if (slice.size() < compared_at_once) continue;
        auto full = std::move(slice);
        slice.clear();
        co_await compare_slice(std::move(full));
        unit_.step("compare", done += compared_at_once, matched_.candidates.size());
    }
    if (!slice.empty()) co_await compare_slice(std::move(slice));
}

PlanCounts Looking::counts_so_far() const {
    PlanCounts counts;
    counts.live = static_cast<int>(unit_.live_.left_out());
    counts.other_types = unit_.desired_.other_types();
    counts.invalid = static_cast<int>(invalid_names_.size() + invalid_paths_.size());
    return counts;
}

void Looking::make_plan_of(PlanInput input) {
    look_.planned = make_plan(std::move(input));
    auto& plan = look_.planned.plan;
    if (!unit_.settings_.selection.everything()) {
        plan.selection = to_text(unit_.settings_.selection);
        plan.selected = count_selected();
    }
    unit_.remember_drift(plan);
    for (auto& change : plan.changes) change.left_alone = unit_.left_alone(change);
    note_conditions();
}

Task<void> Looking::plan() {
    const auto& description = unit_.parts_.provider.dialect().describe();
    const auto& snapshot = unit_.desired_.snapshot();
    std::set<std::string> paths;
    for (const auto& compared : compared_) {
        const auto& candidate = compared.candidate;
        if (candidate.desired != nullptr)
            paths.insert(candidate.desired->file->path);
        else if (candidate.owned != nullptr && !candidate.owned->path.empty())
            paths.insert(candidate.owned->path); // who took it away
    }
    std::map<std::string, CommitReference> causes;
    if (!paths.empty()) {
        std::vector<std::string> asked(paths.begin(), paths.end());
        std::string since;
        causes = co_await unit_.parts_.source.causes(snapshot, std::move(since), std::move(asked));
    }
    const auto counts = counts_so_far();
    PlanInput input{.us = unit_.settings_.us,
                    .target = target_,
                    .description = description,
                    .revision = snapshot.revision,
                    .ledger = look_.ledger,
                    .compared = std::move(compared_),
                    .matched = matched_,
                    .desired = look_.desired,
                    .live = unit_.live_.entries(),
                    .findings = findings_,
                    .invalid_names = {invalid_names_.begin(), invalid_names_.end()},
                    .invalid_paths = invalid_paths_,
                    .releases = unit_.settings_.releases,
                    .causes = std::move(causes),
                    .prune = unit_.settings_.prune,
                    .prune_delay = unit_.settings_.prune_delay,
                    .on_invalid_stop = unit_.settings_.on_invalid_stop || unit_.desired_.overrides_broken(),
                    .sibling_problem = sibling_problem_,
                    .now = unit_.parts_.clock.now(),
                    .counts = counts,
                    .elsewhere = elsewhere_,
                    .limits = unit_.settings_.limits,
                    .rules_moved = rules_moved_,
                    .stoppages = unit_.stoppages_,
                    .unreadable = unreadable_,
                    .duplicates = duplicates_,
                    .require_preview = unit_.settings_.require_preview,
                    .reviewed = unit_.reviewed_};
    input.releases.insert(input.releases.end(), unit_.releases_.begin(), unit_.releases_.end());
    const auto& in_git = unit_.desired_.releases();
    input.releases.insert(input.releases.end(), in_git.begin(), in_git.end());
    auto work = [this, &input] { make_plan_of(std::move(input)); };
    co_await unit_.parts_.pool.run(std::move(work));
    co_await confirm_gone();
}

} // namespace kedge
