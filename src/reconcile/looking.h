// One look of one unit, step by step: fetch, list, recover, match, compare, plan, dry runs, settle.
#pragma once
#include "reconcile/unit.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

class Looking final {
public:
    explicit Looking(Unit& unit) : unit_(unit) {}
    Task<Look> run();

private:
    Task<void> check_pins();
    void keep_old_rules_while_held();
    Task<void> list_live();
    Task<void> look_up_hidden();
    void warn_of_hidden();
    Task<void> look_up_creates();
    Task<void> recover_open_intents();
    bool never_arrived(const Intent& intent, const LiveEntry& live) const;
    bool recover_by_name(const Intent& intent, IntentOutcome& outcome);
    Task<bool> recover_by_id(const Intent& intent, IntentOutcome& outcome);
    Task<bool> recover_create(const Intent& intent, IntentOutcome& outcome);
    Task<bool> equals_git(const LiveEntry& live, const Intent& intent);
    LiveState::Lookups lookups();
    void note_concerning();
    RowUse use_of(const RowKey& key);
    void note_conditions();
    void note_moves();
    void note_tags();
    Task<void> load_known(std::vector<std::string> names);
    std::optional<Comparison> since_known(const Candidate& candidate, const Json& live) const;
    void note_leaving();
    Task<void> read_siblings();
    void note_elsewhere(const std::string& name);
    void find_declared_twice(CrossCheck& across);
    Task<void> check_across_files();
    Task<void> read_secrets();
    void find_rotated();
    void hold_unreadable();
    void select();
    int count_selected() const;
    Task<void> compare_candidates();
    Task<void> compare_slice(std::vector<const Candidate*> slice);
    void note_likeness(Compared& compared, const Resource* resource) const;
    Compared compare_one(const Candidate& candidate, const Resource* resource);
    PlanCounts counts_so_far() const;
    Task<void> plan();
    void make_plan_of(PlanInput input);
    void keep_documents();
    Task<void> note_releasers();
    Task<bool> is_gone(const OwnedEntry& owned);
    Task<void> confirm_gone();
    Task<void> confirm_missing();
    Task<void> ask_control_plane();
    void take_answers();
    void take_dropped();
    Task<void> rehearse_slice(std::vector<const Change*> slice);
    std::string not_askable(const Change& change) const;
    Task<Rehearsal> rehearse(const Change& change, const Resource& resource);
    Task<Rehearsal> ask_subjects(const Change& change);
    Task<std::optional<int>> count_subjects(const Change& change);
    bool wants_check(const Change& change) const;
    Digest rehearsed_key(const Change& change) const;
    bool known_in_sync(const LiveEntry& live) const;
    const DesiredEntry* declared(const std::string& name) const;
    // One reference, read once in a look.
    struct KnownSecret {
        std::optional<std::string> fingerprint;
        std::string problem; // why kedge cannot read it; empty: it can
    };
    const KnownSecret& secret_of(const std::string& reference);
    std::string fingerprint_of(const IndexEntry& entry);

    Unit& unit_;
    Look look_;
    TargetIdentity target_;
    std::vector<DesiredEntry> all_; // every entry, sorted by name
    std::vector<Finding> findings_;
    std::vector<Finding> recovered_; // about writes that may have been sent
    std::set<std::string> invalid_names_;
    std::set<std::string> invalid_paths_;
    std::set<std::string> elsewhere_;
    std::map<std::string, std::string> duplicates_; // names that another unit declares as well -> where, in words
    std::set<std::string> rotated_;
    std::map<std::string, KnownSecret> secrets_; // by reference, "env:NAME"
    std::set<std::string> unreadable_;           // names whose secrets kedge cannot read
    std::string sibling_problem_;                // why not every other unit of this target is known; empty: they are
    bool deletes_possible_ = false;
    bool rules_moved_ = false;             // the ledger was written under other comparison rules
    std::optional<OwnedById> owned_by_id_; // while rows are read
    std::set<std::string> concerning_;     // names of rows that this unit needs whole though it does not declare them
    std::set<std::string> sources_;        // names that its virtual servers combine
    UnixSeconds listed_ = 0;
    std::map<std::string, std::string> known_; // of the slice at hand: name -> text of its KnownDocument
    Matched matched_;
    std::vector<Compared> compared_;
    std::map<Digest, Rehearsal> rehearsals_;
    std::vector<Digest> new_verdicts_;
    std::vector<Digest> new_rehearsed_;
    std::string may_not_write_; // why the control plane cannot be asked to check any more
    RequestCounts counts_before_;
};

// Names of those whose digest is not the one that the ledger knows.
std::vector<std::string> names_of_moved(const std::vector<const Candidate*>& slice);

} // namespace kedge
