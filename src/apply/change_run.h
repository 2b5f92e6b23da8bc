// One change on its way: from its intent to its outcome. Nothing is sent that the plan did not show, and nothing is
// forced that the sign-out rule does not allow. Leaves order and batching to execute.
#pragma once
#include "apply/execute.h"
#include "apply/fresh_rows.h"
#include "apply/journal.h"

#include <string>

namespace kedge {

// What is waited for, and where to go on.
std::string words_of(const Condition& condition);

//   opened -> [look again] -> send -> done
//                  |            |-> held by the control plane -> [may it be forced?] -> force, under an intent of its
//                  own |            |-> refused | failed | unsure (the intent stays open)
//                  `-> conflict: nothing is sent
class ChangeRun final {
public:
    ChangeRun(ExecuteContext& context, Journal& journal, const FreshRows& rows, const Change& change);

    const Change& change() const { return *change_; }
    Intent intent() const;
    // Its intent is written by itself, right before its send: where reading back cannot tell whether a create arrived,
    // only what really may have been sent is to be doubted.
    bool opens_itself() const;
    void give(Sendable sendable) { sendable_ = std::move(sendable); }
    void opened(std::int64_t id) { intent_id_ = id; }

    Task<void> carry_out();
    Task<void> close_unsent(std::string why);

    // Why the whole pass has to stop (the credential is refused); empty: it need not.
    const std::string& stops_pass() const { return stops_pass_; }
    Outcome take_outcome() { return std::move(outcome_); }

private:
    Task<bool> still_as_planned();
    Task<std::optional<FreshRow>> read_alone();
    bool must_look_again() const;
    Task<bool> can_be_created();
    Task<bool> nobody_is_signed_out(std::string by_what);
    Task<void> carry_out_write();
    Task<void> carry_out_remove();
    Task<void> carry_out_replace();
    Task<void> remove_then_create();
    Task<void> create_then_remove();
    Task<Answer> send(bool force);
    Task<Answer> send_remove();
    Task<std::optional<int>> count_subjects();
    Task<Answer> send_forced(const Held& held);
    Task<void> finish(Answer answer);
    Task<void> finish_done(const Done& done);
    OwnedEntry owned_entry(const std::optional<LiveDocument>& answer, std::string& known) const;
    Task<void> open(Intent intent);
    Task<void> reopen(std::string release_entry);
    const Capabilities& can() const { return context_->provider.dialect().describe().can; }
    std::vector<std::string> known_ids() const;
    void refused(const Refused& refused);
    void hold(HoldReason reason, std::string text, std::optional<int> subjects);
    Task<void> close(bool sent, std::optional<OwnedEntry> owned, bool forget, std::string known = {});

    ExecuteContext* context_;
    Journal* journal_;
    const FreshRows* rows_;
    const Change* change_;
    Sendable sendable_;
    std::int64_t intent_id_ = 0;
    Outcome outcome_;
    std::string stops_pass_;
};

} // namespace kedge
