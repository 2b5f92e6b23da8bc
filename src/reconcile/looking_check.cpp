// The part of a look that asks the control plane: dry runs, and who would be signed out.
#include "base/failure.h"
#include "io/run.h"
#include "plan/compare.h"
#include "reconcile/looking.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace kedge {

namespace {

constexpr std::size_t checked_at_once = 256;

// Where the manifest says what a message of the control plane names: the longest field name that stands in it.
Place place_of_message(const std::string& message, const Resource& resource) {
    Place place = resource.place;
    std::size_t longest = 0;
    for (const auto& [pointer, line] : resource.lines) {
        const auto field = pointer.substr(pointer.rfind('/') + 1);
        if (field.size() <= longest || field.size() < 3 || message.find(field) == std::string::npos) continue;
        longest = field.size();
        place.line = line;
        place.column = 1;
    }
    return place;
}

std::string words_of(const Refused& refused) {
    return refused.theirs.empty() ? refused.text : refused.theirs;
}

} // namespace

Digest Looking::rehearsed_key(const Change& change) const {
    const auto& description = unit_.parts_.provider.dialect().describe();
    return sha256("rehearsed:1\n" + change.digest.hex() + "\n" + description.dialect + " " +
                  std::to_string(description.version));
}

bool Looking::wants_check(const Change& change) const {
    const bool write =
        change.action == Action::create || change.action == Action::update || change.action == Action::rotate;
    if (!write || !unit_.parts_.provider.dialect().describe().can.rehearse) return false;
    switch (unit_.settings_.rehearse) {
    case Rehearse::never:
        return false;
    case Rehearse::updates:
        return change.action != Action::create;
    case Rehearse::always:
        return true;
    }
    return true;
}

// How many people hold credentials, at least; nothing where the control plane cannot tell.
Task<std::optional<int>> Looking::count_subjects(const Change& change) {
    if (change.remote_id.empty() || !unit_.parts_.provider.dialect().describe().can.subjects) co_return std::nullopt;
    Operation operation;
    operation.kind = OperationKind::subjects;
    operation.remote_id = change.remote_id;
    operation.name = change.name;
    std::vector<SecretReference> none;
    const auto answer = co_await unit_.parts_.provider.perform(std::move(operation), std::move(none));
    const auto* done = std::get_if<Done>(&answer);
    co_return done == nullptr ? std::nullopt : std::optional<int>(done->subjects);
}

// Deletes and replacements are not dry-run; who holds credentials is asked.
Task<Rehearsal> Looking::ask_subjects(const Change& change) {
    Rehearsal rehearsal;
    const auto subjects = co_await count_subjects(change);
    rehearsal.kind = subjects.value_or(0) > 0 ? Rehearsal::Kind::signs_out : Rehearsal::Kind::differs;
    if (subjects.value_or(0) > 0) rehearsal.subjects = subjects;
    co_return rehearsal;
}

// Why the control plane cannot be asked about this change now; empty: it can.
std::string Looking::not_askable(const Change& change) const {
    for (const auto& source : declared(change.name)->entry->sources) {
        if (!unit_.live_.has(source)) return "its source \"" + source + "\" is not live yet";
    }
    return may_not_write_;
}

Task<Rehearsal> Looking::rehearse(const Change& change, const Resource& resource) {
    Rehearsal rehearsal;
    rehearsal.text = not_askable(change);
    if (!rehearsal.text.empty()) co_return rehearsal;
    Operation operation;
    operation.kind = OperationKind::rehearse;
    operation.remote_id = change.remote_id;
    operation.name = change.name;
    operation.type = change.type;
    operation.document = resource.document;
    auto references = resource.references;
    const auto answer = co_await unit_.parts_.provider.perform(std::move(operation), std::move(references));
    if (const auto* done = std::get_if<Done>(&answer)) {
        rehearsal.kind = Rehearsal::Kind::differs;
        const auto live = unit_.live_.document(change.remote_id);
        if (done->document && live.is_object()) {
            const auto* desired = declared(change.name);
            const auto& dialect = unit_.parts_.provider.dialect();
            const auto would_be = dialect.canonical(done->document->document);
            if (!compare(would_be, live, unit_.rules_of(*desired), {}).differs) rehearsal.kind = Rehearsal::Kind::equal;
        }
        std::optional<int> subjects;
        if (change.auth_change) subjects = co_await count_subjects(change);
        if (subjects.value_or(0) > 0) rehearsal.subjects = subjects;
    } else if (const auto* held = std::get_if<Held>(&answer)) {
        rehearsal.kind = Rehearsal::Kind::signs_out;
        rehearsal.text = held->text;
        rehearsal.subjects = co_await count_subjects(change);
    } else if (const auto* refused = std::get_if<Refused>(&answer)) {
        if (refused->kind == RefusalKind::credential) throw_refusal(*refused);
        if (refused->kind == RefusalKind::forbidden) may_not_write_ = "this token may not write";
        const bool invalid = refused->kind == RefusalKind::invalid || refused->kind == RefusalKind::conflict;
        rehearsal.kind = invalid ? Rehearsal::Kind::refused : Rehearsal::Kind::not_checked;
        rehearsal.text = may_not_write_.empty() ? words_of(*refused) : may_not_write_;
        if (invalid) {
            std::vector<DesiredEntry> one{*declared(change.name)};
            const auto whole = co_await unit_.desired_.resources(std::move(one)); // with its lines
            rehearsal.place = place_of_message(rehearsal.text, whole.at(change.name));
        }
    } else {
        rehearsal.text = "the control plane gave no verdict";
    }
    co_return rehearsal;
}

Task<void> Looking::rehearse_slice(std::vector<const Change*> slice) {
    std::vector<DesiredEntry> wanted;
    for (const auto* change : slice) {
        if (change->action != Action::remove && change->action != Action::replace)
            wanted.push_back(*declared(change->name));
    }
    std::map<std::string, Resource> resources;
    if (!wanted.empty()) resources = co_await unit_.desired_.documents(std::move(wanted));
    std::vector<Rehearsal> answers(slice.size());
    std::function<Task<void>(std::size_t)> job = [this, &slice, &resources, &answers](std::size_t i) -> Task<void> {
        const auto& change = *slice[i];
        const auto resource = resources.find(change.name);
        const bool write = change.action != Action::remove && change.action != Action::replace;
        if (!write || resource == resources.end()) {
            answers[i] = co_await ask_subjects(change);
        } else {
            answers[i] = co_await rehearse(change, resource->second);
        }
    };
    const auto width =
        static_cast<std::size_t>(std::max(1, unit_.parts_.provider.dialect().describe().pacing.concurrency));
    const auto count = slice.size();
    co_await for_each_index(count, width, std::move(job));
    const auto& description = unit_.parts_.provider.dialect().describe();
    for (std::size_t i = 0; i < slice.size(); ++i) {
        const auto& change = *slice[i];
        const bool check =
            change.action != Action::remove && change.action != Action::replace && resources.contains(change.name);
        // Of a change of auth it is asked anew each time: people may have signed in since.
        if (check && answers[i].kind == Rehearsal::Kind::differs && !answers[i].subjects && !change.auth_change)
            new_rehearsed_.push_back(rehearsed_key(change));
        if (answers[i].kind == Rehearsal::Kind::equal && change.action == Action::update) {
            const auto& entry = *declared(change.name)->entry;
            const bool secret =
                std::any_of(change.differences.begin(), change.differences.end(),
                            [](const FieldDifference& d) { return d.kind == DifferenceKind::secret_changed; });
            if (!secret)
                new_verdicts_.push_back(
                    verdict_key(entry.desired, change.live, entry.rules, description.dialect, description.version));
        }
        const bool nothing_to_say = !check && answers[i].kind == Rehearsal::Kind::differs;
        if (!nothing_to_say) rehearsals_.emplace(change.digest, std::move(answers[i]));
    }
}

// What the dry runs drop, hold and refuse; the order then follows from what is left.
void Looking::take_answers() {
    auto& planned = look_.planned;
    const auto before = planned.plan.changes.size();
    take_dropped();
    planned.plan =
        settle(std::move(planned.plan), rehearsals_, planned.links, unit_.settings_.sign_out, planned.groups);
    if (planned.plan.changes.size() == before) return;
    sort_for_execution(planned.plan.changes, unit_.parts_.provider.dialect().describe(), planned.links);
}

// The control plane calls it equal. Of what is ours and was never written by this ledger that is noted as where it
// began: what moves from here on is told apart from it, whatever is remembered of dry runs.
void Looking::take_dropped() {
    auto& planned = look_.planned;
    std::vector<const Change*> dropped;
    for (const auto& change : planned.plan.changes) {
        const auto rehearsal = rehearsals_.find(change.digest);
        if (rehearsal != rehearsals_.end() && is_dropped(change, rehearsal->second)) dropped.push_back(&change);
    }
    if (dropped.empty()) return;
    std::unordered_map<std::string_view, OwnedEntry*> noted;
    for (auto* entries : {&planned.adopt, &planned.undeclared}) {
        for (auto& entry : *entries) noted.emplace(entry.name, &entry);
    }
    std::vector<OwnedEntry> more;
    for (const auto* change : dropped) {
        const auto found = noted.find(change->name);
        const auto owned = look_.ledger.owned.find(change->name);
        if (found == noted.end() && owned == look_.ledger.owned.end()) continue;
        const bool is_noted = found != noted.end();
        const auto& before = is_noted ? *found->second : owned->second;
        if (!before.sent.empty() || before.remote_id != change->remote_id) continue;
        auto& entry = is_noted ? *found->second : more.emplace_back(before);
        entry.sent = change->desired;
        entry.answered = change->live;
        entry.blob_id = change->blob_id;
        entry.commit = planned.plan.revision.id;
        if (entry.hidden.empty()) entry.hidden = declared(change->name)->entry->hidden;
    }
    planned.undeclared.insert(planned.undeclared.end(), more.begin(), more.end());
}

Task<void> Looking::ask_control_plane() {
    std::vector<const Change*> slice;
    std::size_t done = 0;
    const auto& changes = look_.planned.plan.changes;
    for (const auto& change : changes) {
        ++done;
        if (wants_check(change)) {
            // What was answered while its sources were live says nothing once they are gone.
            if (unit_.rehearsed_.contains(rehearsed_key(change)) && not_askable(change).empty()) {
                Rehearsal known;
                known.kind = Rehearsal::Kind::differs;
                rehearsals_.emplace(change.digest, std::move(known));
                continue;
            }
        } else if (change.action != Action::remove && change.action != Action::replace) {
            continue;
        }
        slice.push_back(&change);
        if (slice.size() < checked_at_once) continue;
        auto full = std::move(slice);
        slice.clear();
        co_await rehearse_slice(std::move(full));
        unit_.step("dry runs", done, changes.size());
    }
    if (!slice.empty()) co_await rehearse_slice(std::move(slice));
}

} // namespace kedge
