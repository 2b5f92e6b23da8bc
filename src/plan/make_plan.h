// From compared candidates to a plan: actions, ownership, prune, order, dependencies, holds, releases, digests. Pure.
#pragma once
#include "model/ledger_state.h"
#include "model/plan.h"
#include "model/release.h"
#include "model/review.h"
#include "model/stoppage.h"
#include "plan/compare.h"
#include "plan/match.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// One candidate after its documents were compared.
struct Compared {
    Candidate candidate;
    Comparison comparison;   // of both sides; default where one is missing
    bool replace = false;    // the type changed, or a field of Capabilities::replace_fields
    std::string fingerprint; // new fingerprint of its secret references; empty: none or unknown
    // The last known document against live (plan/moved.h), where the digest of live is not the known one any more.
    // Nothing: it is, or nobody knows the document.
    std::optional<Comparison> moved{};
    // Of the desired document; of the live one where there is no manifest. Empty: unknown. A rename is recognised by
    // them even where the file has another path.
    Digest nameless;
    std::string url{};
};

enum class Prune { owned, never };

struct PlanInput {
    UnitIdentity us;
    const TargetIdentity& target;
    const Description& description;
    const Revision& revision;
    const LedgerState& ledger;
    std::vector<Compared> compared;
    const Matched& matched;
    const std::vector<DesiredEntry>& desired; // all of them, sorted by name
    const std::vector<LiveEntry>& live;       // all of them
    std::vector<Finding> findings;
    std::vector<std::string> invalid_names;        // declared, but wrong: their live resources stay
    std::set<std::string> invalid_paths;           // files that could not be read: what was read from them stays
    std::vector<Release> releases;                 // not yet spent ones are worked out here
    std::map<std::string, CommitReference> causes; // path -> last commit that touched it
    Prune prune = Prune::owned;
    Milliseconds prune_delay{0};
    bool on_invalid_stop = false;
    std::string sibling_problem; // why not every other unit of this target has a valid snapshot; empty: they have
    UnixSeconds now = 0;
    PlanCounts counts; // those already known: requests, other types, invalid, and live ones that are not in `live`
    std::set<std::string> elsewhere;
    Limits limits;
    bool rules_moved = false;           // the ledger was written under other comparison rules
    std::vector<Stoppage> stoppages{};  // that concern this unit and are not over
    std::set<std::string> unreadable{}; // names with a secret that kedge cannot read: nobody knows whether it moved
    // Names that another unit of this target declares as well: where, in words.
    std::map<std::string, std::string> duplicates{};
    RequirePreview require_preview = RequirePreview::none;
    ReviewedChanges reviewed{}; // by that rule
};

// What groups of changes are judged by (plan/groups.h).
struct GroupRules {
    Limits limits;
    int population = 0;             // live registrations that are ours
    std::array<int, 4> used_hour{}; // by LimitKind
    bool hour_unknown = false;      // somebody may have written what this ledger does not know: all of it is used
    int missing = 0;                // owned ids that the list does not show
    int owned_ids = 0;
    std::vector<Release> releases; // not spent yet

    bool operator==(const GroupRules&) const = default;
};
// More than a tenth of the owned ids, and at least three, are missing at once.
bool is_lost(const GroupRules& rules);

// Which servers each virtual server combines: what a hold on one change means for others.
struct Links {
    std::map<std::string, std::vector<std::string>> declared; // in git
    std::map<std::string, std::vector<std::string>> live;     // now

    bool operator==(const Links&) const = default;
};

// `adopt`, `undeclared` and `forget` are for the ledger, in one transaction *before* the plan is carried out:
// entries of `undeclared` hold what was known before its writes.
struct Planned {
    Plan plan;
    std::vector<OwnedEntry> adopt;      // equal and ours from now on: no write needed
    std::vector<OwnedEntry> undeclared; // ledger entries whose `undeclared` time (or path, or prune rule) has moved
    std::vector<std::string> forget;    // owned, but gone on both sides
    Links links;                        // for settle()
    GroupRules groups;                  // for settle()
};

// What it decides beside the obvious:
// - A plan for a stranger (no installation or unit named) owns, adopts and deletes nothing; equal pairs count as equal.
// - An equal pair that carries another installation's marker is nobody's change: it counts as live only, with a
// warning.
// - An equal foreign pair is adopted where names are unique, or where x-kedge `adopt` names its id.
// - Owned, but left alone (prune is off, or `prune: never`): listed as live only.
// - With on_invalid_stop and an error nothing is planned and nothing is noted in the ledger.
Planned make_plan(PlanInput input);

// What the control plane said to a dry run.
struct Rehearsal {
    enum class Kind { equal, differs, refused, signs_out, not_checked } kind = Kind::not_checked;
    std::string text;            // theirs, scrubbed
    std::optional<int> subjects; // at least so many people hold credentials
    Place place;                 // of the field that the text names
};

// May drop or hold a change, never add or alter one. `rehearsals`: by change digest. `equal` never drops a rotate, nor
// an update that differs in a secret field; a released sign-out stays free to run. `links` as make_plan gave them:
// virtual servers wait for sources that were refused or held just now, and sources stay while a virtual server that
// names them does.
Plan settle(Plan plan, const std::map<Digest, Rehearsal>& rehearsals, const Links& links = {},
            const SignOutRule& sign_out = {}, const GroupRules& groups = {});
// The dry run found nothing to change: settle() takes the change out.
bool is_dropped(const Change& change, const Rehearsal& rehearsal);

// The order of execution: sources before virtual servers, deletes reversed and last. It follows from the changes that
// there are: where some are dropped it is made anew, as if they had never been there.
void sort_for_execution(std::vector<Change>& changes, const Description& description, const Links& links);

} // namespace kedge
