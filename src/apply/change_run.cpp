#include "apply/change_run.h"

#include "base/failure.h"

#include <algorithm>

namespace kedge {

namespace {

std::string people(int count) {
    return count == 1 ? "1 person" : std::to_string(count) + " people";
}

} // namespace

std::string words_of(const Condition& condition) {
    const auto text = condition.text.empty() ? std::string("it waits for a person or an upstream") : condition.text;
    return condition.url.empty() ? text : text + " (" + condition.url + ")";
}

ChangeRun::ChangeRun(ExecuteContext& context, Journal& journal, const FreshRows& rows, const Change& change)
    : context_(&context), journal_(&journal), rows_(&rows), change_(&change) {
    outcome_.change = change;
}

Intent ChangeRun::intent() const {
    Intent intent;
    intent.name = change_->name;
    intent.type = change_->type;
    intent.action = change_->action;
    intent.remote_id = change_->remote_id;
    intent.change = change_->digest;
    intent.desired = change_->desired;
    intent.at = context_->clock.now();
    intent.auth_change = change_->auth_change;
    // A release is good for one write: it is spent with the intent, and given back where nothing was written.
    intent.release_entry = change_->release_entry;
    intent.prune_never = sendable_.prune_never;
    if (intent.action == Action::create || intent.action == Action::replace) intent.known_ids = known_ids();
    return intent;
}

std::vector<std::string> ChangeRun::known_ids() const {
    return can().names_unique || !context_->namesakes ? std::vector<std::string>() : context_->namesakes(change_->name);
}

bool ChangeRun::opens_itself() const {
    return change_->action == Action::replace || (change_->action == Action::create && !can().names_unique);
}

Task<void> ChangeRun::open(Intent intent) {
    std::vector<Intent> intents;
    intents.push_back(std::move(intent));
    const auto ids = co_await journal_->open(std::move(intents));
    intent_id_ = ids.front();
}

Task<void> ChangeRun::close(bool sent, std::optional<OwnedEntry> owned, bool forget, std::string known) {
    if (intent_id_ == 0) co_return; // it was never opened
    IntentOutcome closing;
    closing.id = intent_id_;
    closing.sent = sent;
    closing.free_release = !sent;
    closing.owned = std::move(owned);
    closing.forget = forget;
    closing.known = std::move(known);
    co_await journal_->close(std::move(closing));
}

Task<void> ChangeRun::close_unsent(std::string why) {
    outcome_.result = Result::not_started;
    outcome_.text = std::move(why);
    co_await close(false, std::nullopt, false);
}

void ChangeRun::hold(HoldReason reason, std::string text, std::optional<int> subjects) {
    Hold hold;
    hold.reason = reason;
    hold.text = std::move(text);
    hold.subjects = subjects;
    if (reason == HoldReason::conflict)
        hold.way_out = "the next pass looks at it as it is now";
    else if (context_->sign_out.who == SignOut::never)
        hold.way_out = "the unit says sign_out: never; take the change back, or have the settings changed";
    else
        hold.way_out = "kedge release " + change_->digest.short_hex() + " --because \"WHY\"";
    outcome_.result = Result::held;
    outcome_.text = hold.text;
    outcome_.change.holds.push_back(std::move(hold));
}

void ChangeRun::refused(const Refused& refusal) {
    outcome_.text = refusal.words();
    switch (refusal.kind) {
    case RefusalKind::invalid:
    case RefusalKind::forbidden:
        outcome_.result = Result::refused;
        outcome_.lacks_right = refusal.kind == RefusalKind::forbidden;
        break;
    case RefusalKind::credential:
        outcome_.result = Result::failed;
        stops_pass_ = outcome_.text;
        break;
    default:
        outcome_.result = Result::failed;
        break;
    }
}

bool ChangeRun::must_look_again() const {
    const bool is_new = change_->action == Action::create;
    if (is_new ? !can().find_by_name : !can().get) return false;
    if (rows_->wanted(*change_)) return true;
    // What no dry run has checked is looked at again; a name only where that does not read the whole list.
    return !can().rehearse && !(is_new && can().name_lookup_is_list);
}

Task<std::optional<FreshRow>> ChangeRun::read_alone() {
    Operation operation;
    operation.kind = change_->action == Action::create ? OperationKind::find_by_name : OperationKind::get;
    operation.remote_id = change_->remote_id;
    operation.name = change_->name;
    std::vector<SecretReference> none;
    const auto answer = co_await context_->provider.perform(std::move(operation), std::move(none));
    std::optional<FreshRow> row;
    if (const auto* refusal = std::get_if<Refused>(&answer)) {
        refused(*refusal);
    } else if (const auto* done = std::get_if<Done>(&answer)) {
        row = rows_->row_of(done->document);
    } else {
        outcome_.result = Result::failed;
        outcome_.text = "could not be read again before the write";
    }
    co_return row;
}

// Nothing live is overwritten that the plan did not show.
Task<bool> ChangeRun::still_as_planned() {
    std::optional<FreshRow> row;
    if (const auto* known = rows_->find(*change_)) row = *known;
    if (!row) row = co_await read_alone();
    if (!row) co_return false;
    const bool is_new = change_->action == Action::create;
    std::string moved;
    if (is_new) {
        const auto known = known_ids();
        const bool was_there = std::find(known.begin(), known.end(), row->remote_id) != known.end();
        if (row->there && !was_there) moved = "somebody registered this name in the control plane since the plan";
    } else if (!row->there) {
        // What is gone already needs no delete, which the delete finds out.
        if (change_->action != Action::remove) moved = "it was deleted in the control plane since the plan";
    } else if (row->remote_id != change_->remote_id) {
        moved = "it was deleted in the control plane since the plan, and registered anew";
    } else if (row->live != change_->live) {
        moved = "it was changed in the control plane since the plan";
    }
    if (moved.empty()) co_return true;
    hold(HoldReason::conflict, std::move(moved), std::nullopt);
    co_return false;
}

// What is deleted first must be creatable: the control plane is asked under a name that nobody has.
Task<bool> ChangeRun::can_be_created() {
    if (!context_->provider.dialect().describe().can.rehearse) co_return true;
    Operation operation;
    operation.kind = OperationKind::rehearse;
    operation.name = "kedge-check-" + change_->digest.short_hex();
    operation.type = change_->type;
    operation.document = sendable_.document;
    operation.document["name"] = operation.name;
    auto references = sendable_.references;
    const auto answer = co_await context_->provider.perform(std::move(operation), std::move(references));
    if (const auto* refusal = std::get_if<Refused>(&answer)) {
        refused(*refusal);
        co_return false;
    }
    co_return true;
}

Task<void> ChangeRun::carry_out() {
    if (!sendable_.problem.empty()) {
        outcome_.result = Result::failed;
        outcome_.text = sendable_.problem;
        co_await close(false, std::nullopt, false);
        co_return;
    }
    // g++ 12 loses its way behind `a && co_await b`: one step a statement.
    bool as_planned = true;
    if (must_look_again()) as_planned = co_await still_as_planned();
    if (!as_planned) {
        co_await close(false, std::nullopt, false);
        co_return;
    }
    if (change_->action == Action::remove) {
        co_await carry_out_remove();
    } else if (change_->action == Action::replace) {
        co_await carry_out_replace();
    } else {
        co_await carry_out_write();
    }
}

Task<Answer> ChangeRun::send(bool force) {
    Operation operation;
    operation.kind = change_->action == Action::create || change_->action == Action::replace ? OperationKind::create
                                                                                             : OperationKind::update;
    operation.remote_id = operation.kind == OperationKind::create ? std::string() : change_->remote_id;
    operation.name = change_->name;
    operation.type = change_->type;
    operation.document = sendable_.document;
    operation.force = force;
    operation.live_version = change_->live_version;
    if (operation.kind == OperationKind::create) operation.known_ids = known_ids();
    auto references = sendable_.references;
    co_return co_await context_->provider.perform(std::move(operation), std::move(references));
}

Task<Answer> ChangeRun::send_remove() {
    Operation operation;
    operation.kind = OperationKind::remove;
    operation.remote_id = change_->remote_id;
    operation.name = change_->name;
    operation.type = change_->type;
    std::vector<SecretReference> none;
    co_return co_await context_->provider.perform(std::move(operation), std::move(none));
}

// How many people hold credentials on the registration, at least; nothing: could not be found out.
Task<std::optional<int>> ChangeRun::count_subjects() {
    if (change_->remote_id.empty() || !context_->provider.dialect().describe().can.subjects) co_return std::nullopt;
    Operation operation;
    operation.kind = OperationKind::subjects;
    operation.remote_id = change_->remote_id;
    operation.name = change_->name;
    std::vector<SecretReference> none;
    const auto answer = co_await context_->provider.perform(std::move(operation), std::move(none));
    const auto* done = std::get_if<Done>(&answer);
    co_return done == nullptr ? std::nullopt : std::optional<int>(done->subjects);
}

Task<void> ChangeRun::reopen(std::string release_entry) {
    // The forced send is a write of its own: the first one did nothing, and the release is spent before the flag goes
    // out.
    co_await close(false, std::nullopt, false);
    auto again = intent();
    again.release_entry = std::move(release_entry);
    co_await open(std::move(again));
}

Task<Answer> ChangeRun::send_forced(const Held& held) {
    const auto subjects = co_await count_subjects();
    if (!may_sign_out(*change_, context_->sign_out, subjects)) {
        auto text = subjects.value_or(0) > 0 ? "it would end the sign-in of at least " + people(*subjects)
                                             : std::string("it would end people's sign-in");
        if (change_->released && change_->at_most > 0)
            text += ", more than the release allows (at_most " + std::to_string(change_->at_most) + ")";
        hold(HoldReason::sign_out, text, subjects);
        Answer answer = held;
        co_return answer;
    }
    auto entry = change_->release_entry;
    co_await reopen(std::move(entry));
    outcome_.forced = true;
    co_return co_await send(true);
}

Task<void> ChangeRun::carry_out_write() {
    if (opens_itself()) {
        auto own = intent();
        co_await open(std::move(own));
    }
    auto answer = co_await send(false);
    if (const auto* held = std::get_if<Held>(&answer)) {
        const Held question = *held;
        answer = co_await send_forced(question);
    }
    co_await finish(std::move(answer));
}

// Before something is deleted: does that end people's sign-in, and may it? Holds and closes where it may not.
Task<bool> ChangeRun::nobody_is_signed_out(std::string by_what) {
    const auto subjects = co_await count_subjects();
    const bool knows = context_->provider.dialect().describe().can.subjects;
    const bool harmless = subjects == 0 || (!knows && !subjects);
    if (harmless || may_sign_out(*change_, context_->sign_out, subjects)) co_return true;
    auto text = subjects ? "at least " + people(*subjects) + " hold credentials on it, which " + by_what + " ends"
                         : std::string("who holds credentials on it could not be found out");
    hold(HoldReason::sign_out, std::move(text), subjects);
    co_await close(false, std::nullopt, false);
    co_return false;
}

Task<void> ChangeRun::carry_out_remove() {
    std::string by_what = "a delete";
    const bool free = co_await nobody_is_signed_out(std::move(by_what));
    if (!free) co_return;
    auto answer = co_await send_remove();
    co_await finish(std::move(answer));
}

Task<void> ChangeRun::finish_done(const Done& done) {
    outcome_.result = Result::done;
    outcome_.text.clear();
    if (change_->action == Action::remove) {
        co_await close(true, std::nullopt, true);
        co_return;
    }
    std::string known;
    auto owned = owned_entry(done.document, known);
    outcome_.remote_id = owned.remote_id;
    co_await close(true, std::move(owned), false, std::move(known));
}

// What the ledger knows of it from now on; `known`: text of the document that was answered.
OwnedEntry ChangeRun::owned_entry(const std::optional<LiveDocument>& answer, std::string& known) const {
    OwnedEntry owned;
    owned.name = change_->name;
    owned.type = change_->type;
    owned.remote_id = change_->remote_id;
    owned.path = sendable_.path;
    owned.blob_id = change_->blob_id;
    owned.prune_never = sendable_.prune_never;
    owned.marked = sendable_.marked;
    owned.sent = change_->desired;
    owned.fingerprints = sendable_.fingerprints;
    owned.hidden = sendable_.hidden;
    owned.declared = context_->clock.now();
    if (change_->cause.commit) owned.commit = change_->cause.commit->id;
    if (answer) {
        owned.remote_id = answer->remote_id.empty() ? owned.remote_id : answer->remote_id;
        auto answered = context_->answered(*change_, sendable_.document, *answer);
        owned.answered = answered.live;
        known = std::move(answered.document);
        owned.version = answer->version;
    }
    const auto followed = context_->followed_ids.find(change_->name);
    if (followed != context_->followed_ids.end()) owned.superseded = followed->second;
    return owned;
}

Task<void> ChangeRun::finish(Answer answer) {
    if (const auto* done = std::get_if<Done>(&answer)) {
        co_await finish_done(*done);
    } else if (const auto* refusal = std::get_if<Refused>(&answer)) {
        refused(*refusal);
        co_await close(false, std::nullopt, false);
    } else if (std::holds_alternative<Held>(answer)) {
        if (outcome_.result != Result::held) hold(HoldReason::sign_out, std::get<Held>(answer).text, std::nullopt);
        co_await close(false, std::nullopt, false);
    } else if (const auto* blocked = std::get_if<Blocked>(&answer)) {
        outcome_.result = Result::blocked;
        outcome_.text = words_of(blocked->condition);
        std::optional<OwnedEntry> owned;
        std::string known;
        if (blocked->document && change_->action != Action::remove) owned = owned_entry(blocked->document, known);
        if (owned) outcome_.remote_id = owned->remote_id;
        const bool stored = owned.has_value();
        co_await close(stored, std::move(owned), false, std::move(known));
    } else {
        // The intent stays open: the next pass reads back and decides.
        outcome_.result = Result::unsure;
        outcome_.text = std::get<Unsure>(answer).text;
    }
}

} // namespace kedge
