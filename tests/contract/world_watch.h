// Watches what kedge does in a random world, from outside: it looks at the control plane before and after each pass and
// keeps books of its own. Throws BrokenPromise where a promise does not hold.
#pragma once
#include "tests/contract/random_git.h"
#include "tests/contract/world.h"

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace kedge {

struct BrokenPromise : std::runtime_error {
    using std::runtime_error::runtime_error;
};
void demand(bool holds, const std::string& promise);
// The plan found a mistake in its manifest, or in one whose name cannot be read.
bool is_declared_wrong(const Plan& plan, const std::string& name);

// What one registration is, from outside.
struct Registration {
    std::string name;
    std::string manifest;
    int credentials = 0; // of people
    int visible = 0;     // those that the control plane tells about
    bool operator==(const Registration&) const = default;
};
using Shelf = std::map<std::string, Registration>; // by id

// Carries the tag kedge-pause.
bool is_tagged(const Registration& what);

class WorldWatch final {
public:
    WorldWatch(World& world, const RandomGit& git, const ManifestMaker& maker)
        : world_(world), git_(git), maker_(maker) {}

    Shelf shelf();
    void hide(const std::string& text) { hidden_.push_back(text); } // a secret that is in no manifest
    void allow_refusals() { may_refuse_ = true; }
    void released(const Digest& digest, int at_most);
    void ledger_lost();
    void touched(const std::string& id); // somebody else did: it is theirs from now on, as it is

    void saw(const Plan& plan); // a plan that was made and perhaps never carried out
    void saw(const Report& report);
    void saw_text(const std::string& text) const;
    void show_all(const Report& report) const; // in all three forms, the others in turn only
    // A pass begins to act on `plan`.
    void before_acting(const Plan& plan);
    void after_acting(const Shelf& before, const Plan& plan);
    // Nothing moves any more, and this is the last report.
    void at_rest(const Report& report);

private:
    void deleted(const std::string& id, const Registration& what, const Plan& plan);
    void written(const std::string& id, const Registration& before, const Registration& after, const Plan& plan);
    void created(const std::string& id, const Registration& what, const Plan& plan);
    void signed_out(const Registration& what, const Change& change);
    void count(const Change& change);
    void within_limits(const Plan& plan) const;
    void no_secret_in(const std::string& text, const std::string& where) const;
    bool carries_our_marker(const Registration& what) const;
    bool is_released(const Change& change) const { return releases_.contains(change.digest); }
    void outcomes_at_rest(const Report& report) const;
    void ledger_equals_live(const Report& report);
    void live_equals_git(const Report& report);
    Json as_compared(Json document, const Json& manifest) const;

    World& world_;
    const RandomGit& git_;
    const ManifestMaker& maker_;
    std::vector<std::string> hidden_;
    bool may_refuse_ = false;
    int shown_ = 0;
    std::map<Digest, int> releases_;     // entries for each digest
    std::map<Digest, int> at_most_;      // most people that any of them allows; 0: any number
    std::map<Digest, int> used_;         // sign-outs that happened
    std::set<std::string> declared_;     // names that this ledger has seen in git
    std::set<std::string> never_pruned_; // of these: said prune: never, when last seen
    std::set<std::string> owned_ids_;    // in the ledger when the pass began
    std::set<std::string> made_;         // created in a pass, since the ledger was lost
    struct Deed {
        int pass = 0;
        UnixSeconds at = 0; // when that pass began
        Action action = Action::keep;
        bool auth_change = false;
    };
    std::vector<Deed> deeds_;                   // that this ledger knows of
    std::map<std::string, UnixSeconds> tagged_; // id -> the first pass that found the tag kedge-pause on it
    int pass_ = 0;
    UnixSeconds pass_began_ = 0;
    int surely_ours_ = 0;                       // live when the pass began: in the ledger, and marked
    int perhaps_ours_ = 0;                      // one of the two
    std::map<std::string, std::string> theirs_; // id -> manifest, of what was never ours
};

} // namespace kedge
