// One unit: a source folder, a target, a policy. Looks (fetch, list, compare, plan, dry runs) and acts (carries out
// what it saw). Keeps between passes what is expensive to find out again. Leaves when to do it to the loop and the
// commands.
#pragma once
#include "apply/execute.h"
#include "io/clock.h"
#include "io/pacing.h"
#include "io/secret_store.h"
#include "io/waiters.h"
#include "io/worker.h"
#include "model/explained.h"
#include "model/plan.h"
#include "model/report.h"
#include "model/stoppage.h"
#include "plan/make_plan.h"
#include "provider/provider.h"
#include "reconcile/desired_state.h"
#include "reconcile/live_state.h"
#include "reconcile/target_board.h"
#include "reconcile/unit_settings.h"
#include "source/source.h"
#include "store/ledger.h"
#include "store/memo.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// What a unit is made of. All references outlive the unit.
struct UnitParts {
    Source& source;
    Provider& provider;
    Ledger& ledger;
    Memo& memo;
    const SecretStore& secrets;
    Clock& clock;
    Worker& pool;
    Limiter* passes = nullptr; // of the target: so many looks work on what is live at a time; null: any number
};

// Told while a pass goes on: "read manifests", 512, 10000. Total 0: unknown.
using Progress = std::function<void(const std::string& step, std::size_t done, std::size_t total)>;

// What one look saw, and everything that acting on it needs.
struct Look {
    Planned planned; // settled
    LedgerState ledger;
    std::vector<DesiredEntry> desired; // valid ones, sorted by name; point into the unit's index
    Milliseconds listed_at{0};
    std::map<std::string, std::string> fingerprints; // name -> of its secret references, where known
    std::unique_ptr<Limiter::Permit> permit;         // one of UnitParts::passes, until the pass has ended
    LedgerBatch bookkeeping; // what was found out about the past: written before anything is sent
};

class Unit final {
public:
    Unit(UnitSettings settings, UnitParts parts);
    ~Unit();
    Unit(const Unit&) = delete;
    Unit& operator=(const Unit&) = delete;

    const UnitSettings& settings() const { return settings_; }
    const DesiredState& desired() const { return desired_; }
    const std::string& provider_name() const { return parts_.provider.dialect().describe().dialect; }
    void set_progress(Progress progress) { progress_ = std::move(progress); }
    // For the looks from now on: what people stopped, and what they released by command beside the settings.
    void set_stoppages(std::vector<Stoppage> stoppages) { stoppages_ = std::move(stoppages); }
    void set_releases(std::vector<Release> releases) { releases_ = std::move(releases); }
    // Changes that were previewed in pull requests which are merged by now.
    void set_reviewed(ReviewedChanges reviewed) { reviewed_ = std::move(reviewed); }
    // For an object beside this one that only looks (a preview): what was understood already; nothing before the first
    // look. And the other way round: takes over what people told the other one, and who it is to the control plane.
    std::optional<MemoState> remembered() const;
    void take_after(const Unit& other);
    // When the pass that the last look began has to end (monotonic).
    Milliseconds deadline() const { return deadline_; }

    // Where the units of one target tell each other what they declare: that is never pruned here. `siblings_rest`: no
    // other unit is in a pass while this one looks, so that they may be asked to read their manifests again.
    void join(std::shared_ptr<TargetBoard> board, bool siblings_rest);
    void leave(); // the board, until it joins one again
    // Reads the manifests for the others, where that was never tried (or `again`), and publishes; a failure as well.
    // Waits where a look is just reading them. Never while a pass of this unit is behind that, if `again`.
    Task<void> read_for_others(bool again);
    // Asks the source whether it holds anything but what the last reading saw: cheap, and safe at any time. Throws
    // Failure.
    Task<bool> source_moved();
    // Nobody reads its manifests for others just now: without a pass of its own it may be let go.
    bool is_at_rest() const { return !reading_; }
    // Everything up to a settled plan; changes nothing but the memo. Throws Failure.
    Task<Look> look();
    // Carries out what `look` saw. `stop`: start nothing more once it gives true.
    Task<Report> act(Look look, std::function<bool()> stop, std::function<void(const Outcome&)> on_outcome);
    // Which token, which tenant: asked once, and again after forget_identity().
    Task<TargetIdentity> identity();
    void forget_identity() { identity_.reset(); }

    // What became of a marker that was to be put on or taken off.
    struct Rewritten {
        std::string name;
        std::string why; // not; empty: it was
        std::string version;
    };

    // Lets go: markers are taken off where nothing else would change, then the ledger forgets. Gives the names of
    // registrations that keep their marker. Empty `names`: all.
    struct Disowned {
        std::vector<std::string> unmarked;
        std::vector<Rewritten> marker_left;
        std::vector<std::string> forgotten;
    };
    Task<Disowned> disown(std::vector<std::string> names);

    // Writes our marker onto what this unit owns without one, where that changes nothing else. Empty `names`: all.
    struct Marked {
        std::vector<std::string> names;
        std::vector<Rewritten> left;
        int before = 0; // that carried it already
    };
    Task<Marked> mark(std::vector<std::string> names);

    // Takes one registration that is live and in git into ownership; `id` where the name alone does not say which.
    // Gives its id. Throws Failure(stop) where that cannot be: not there, not in git, another installation's.
    Task<std::string> adopt(std::string name, std::string id);
    // From the next look on: stay at this commit (empty: follow the source again). Nothing is written but that.
    Task<void> stay_at(std::string commit);
    Task<std::string> stayed_at();

    // Everything there is to say about one name.
    Task<Explained> explain(std::string name);

    LedgerKey ledger_key() const;
    // Rules that the registration of that name is compared by.
    CompareRules rules_of(const DesiredEntry& entry) const;

private:
    friend class Looking;
    Task<std::shared_ptr<AtEnd>> take_turn();
    // `wanted`: whose documents will soon be asked for.
    Task<void> refresh(std::function<bool(const IndexEntry&)> wanted);
    void publish(bool moved, Milliseconds began, const std::string& problem);
    Task<void> open_memo();
    Task<void> save_memo(std::vector<Digest> verdicts, std::vector<Digest> rehearsed);
    Task<std::map<std::string, Sendable>> sendables(std::vector<const Change*> changes, const Look& look);
    std::string why_not_rewritten(const Look& look, const LiveEntry& live) const;
    Task<Rewritten> rewrite_marker(LiveEntry live, DesiredEntry entry, Resource resource, bool mark);
    Task<void> rewrite_markers(const Look& look, std::vector<const LiveEntry*> rows, bool mark,
                               std::function<Task<void>(std::vector<Rewritten>)> done);
    CompareRules left_to_others(const DesiredEntry& entry) const;
    std::string unresolvable(const std::vector<SecretReference>& references) const;
    Task<Json> with_live_parts(Json document, const Change& change, const DesiredEntry& entry);
    std::string left_alone(const Change& change) const;
    Digest digest_again(const Look& look, const LiveDocument& live) const;
    std::string memo_scope() const;
    void tell_ids(ExecuteContext& context, const Look& look) const;
    static void close_decided(const Look& look, LedgerBatch& batch);
    Answered answered(const DesiredEntry& entry, const Json& sent, const LiveDocument& answer) const;
    Task<void> keep_known(const Look& look, std::vector<OwnedEntry> adopted);
    Task<std::string> newer_than(std::string revision, Milliseconds& asked);
    void remember_drift(const Plan& plan);
    // Throws Failure(retry) where the pass has taken longer than it may.
    void step(const std::string& name, std::size_t done, std::size_t total) const;

    UnitSettings settings_;
    UnitParts parts_;
    DesiredState desired_;
    LiveState live_;
    std::optional<TargetIdentity> identity_;
    std::set<Digest> verdicts_;
    std::set<Digest> rehearsed_;
    std::set<std::string> held_paths_;
    std::map<Digest, Milliseconds> drift_seen_; // change digest -> when a pass first saw it (monotonic)
    std::shared_ptr<TargetBoard> board_;
    bool siblings_rest_ = false;
    bool published_ = false;  // its names stand on the board
    bool reading_ = false;    // its manifests, for itself or for others
    bool looked_ = false;     // a look of it is still to be acted on: it points into the index
    Waiters readers_;         // who want to do that next
    Milliseconds read_at_{0}; // monotonic: when the last reading ended
    std::map<std::string, Milliseconds> leaving_since_; // ours, not declared any more -> reading that showed it first
    Progress progress_;
    std::vector<Stoppage> stoppages_;
    std::vector<Release> releases_; // by command
    ReviewedChanges reviewed_;
    Milliseconds deadline_{0}; // 0: no look has begun
    bool memo_open_ = false;
};

} // namespace kedge
