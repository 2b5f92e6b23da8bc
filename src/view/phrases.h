// The words that all views share: what a change, a cause, a check, a hold and the counts are called. Text of foreign
// origin in the results is visible(), never more; each view guards it for its own medium.
#pragma once
#include "model/plan.h"
#include "model/report.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// "1 list", "23 dry runs", "at least 1 person": picks the form by the number.
std::string counted(std::int64_t number, std::string_view one, std::string_view many);
std::string people(int number);
// "a, b and c".
std::string joined(const std::vector<std::string>& parts);
// The first `most` names, then "and 7 more".
std::string some_of(const std::vector<std::string>& names, std::size_t most);

struct Verb {
    std::string_view symbol; // "+", "~", "-", "-/+", "*"
    std::string_view past;   // "created"
};
Verb verb_of(Action action);

// "Ann Example" of "Ann Example <ann@acme.example>".
std::string author_name(const std::string& author);
// "1a2b3c4", or "a folder, content 1a2b3c4" where there are no commits.
std::string short_revision(const Revision& revision);
// "main at 1a2b3c4 "Fix the url" by Ann".
std::string source_words(const Revision& revision);
// That the unit stays at an old commit, and how it goes on; empty where it follows its source.
std::string rolled_back_words(const Plan& plan);
// "acme.example.com, tenant acme, as ci@acme.example".
std::string target_words(const TargetIdentity& target);
// "mcp-server/remote, mcp/github.yaml:3".
std::string whereabouts(const Change& change);

// Empty where nothing is known.
std::string cause_words(const Change& change);
// "last known: X", where live moved away from something else than git says now; empty: nothing to tell.
std::string last_known(const FieldDifference& difference, const Change& change);
std::string check_words(const Check& check);
// "sign-out: it would end the sign-in of at least 41 people".
std::string hold_words(const Hold& hold);
// The command or the wait that ends it: the plan's own, or else what fits the reason.
std::string way_out(const Hold& hold, const Change& change);

// " within the selection"; empty where the plan is of the whole unit.
std::string within_words(const Plan& plan);

bool is_shown(const Change& change); // a `keep` that nothing holds is not
int auth_changes(const Plan& plan);
// At least so many different people: the largest number of any one auth change, for the same people may use them all.
int people_behind_auth(const Plan& plan);

// "271 equal, 14 differ, ...; 1 list, 23 dry runs", without what became of it.
std::string count_words(const Plan& plan);
// "3 to create, 1 to update, 1 to delete, 2 held", or "nothing to do".
std::string planned_words(const Plan& plan);
// "3 created, 1 updated; 2 held, 1 refused", or "nothing".
std::string applied_words(const Report& report);
// What a live registration waits for, with its name.
std::string condition_words(const LiveCondition& it);
// What the counts mean, one sentence each: adopted, normalised, hidden secrets, deletes that are off, invalid
// manifests.
std::vector<std::string> remarks(const Plan& plan, bool will_happen);

} // namespace kedge
