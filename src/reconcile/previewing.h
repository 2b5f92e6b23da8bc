// What merging a pull request would do to the units that follow its base branch, planned by the units' own code against
// what is live now. Promises to write nothing (neither to a control plane, nor to the ledger, nor to the memo), to read
// no secret, and to keep the failure of one unit in that unit. Leaves forges, comments and times to its callers.
#pragma once
#include "io/secret_store.h"
#include "io/waiters.h"
#include "model/preview.h"
#include "reconcile/unit.h"
#include "source/merging.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

// One unit as wiring sees it. All references outlive the previewer.
struct PreviewSubject {
    Unit* unit;         // its own passes go on as ever
    Merging& merging;   // of the repository that its source follows
    Provider& provider; // of the same control plane, with no secret at hand
    std::shared_ptr<TargetBoard> board;
    std::string folder; // of its manifests in the repository
    std::function<std::unique_ptr<MergedFolder>()> make_folder;
};

struct PreviewGround {
    Ledger& ledger;
    Memo& memo;
    Clock& clock;
    Worker& pool;
};

struct PreviewRules {
    Milliseconds keep{10 * 60000};      // what was understood is kept so long after the last preview
    Milliseconds deadline{2 * 60000};   // of one unit: no step of it begins later
    Milliseconds away_for{30000};       // a control plane that did not answer is not asked again before
    std::size_t most_moved_files = 200; // that are named
};

struct PreviewQuestion {
    PullRequest pull;
    std::vector<std::string> urls;    // of the repository, as its forge spells them
    std::string head_ref;             // see is_pull_ref; empty: the head is fetched by its id
    std::vector<std::string> forks{}; // globs of repositories whose heads are previewed though they are forks
    bool rehearse = false;            // the control plane may be asked to check; never for a fork
};

class Previewer final {
public:
    Previewer(std::vector<PreviewSubject> subjects, PreviewGround ground, PreviewRules rules = {});
    ~Previewer();
    Previewer(const Previewer&) = delete;
    Previewer& operator=(const Previewer&) = delete;

    void set_rules(PreviewRules rules) { rules_ = rules; }
    // Names of the units that follow this repository, whatever their branch.
    std::vector<std::string> units_of(const std::vector<std::string>& urls) const;
    // One at a time; those who come meanwhile wait. What the world refuses is said in the answer; nothing is thrown.
    Task<Preview> preview(PreviewQuestion question);
    // Lets go of what no preview has needed for a while; called now and then.
    Task<void> rest();
    std::size_t kept() const { return kept_.size(); } // units whose index is in memory

private:
    struct Kept;
    Task<std::vector<const PreviewSubject*>> subjects_of(PreviewQuestion question);
    std::string refusal(const PreviewQuestion& question) const;
    Task<std::map<Merging*, Merge>> merge_all(std::vector<const PreviewSubject*> subjects, PreviewQuestion question,
                                              Preview& preview);
    Kept& kept_for(const PreviewSubject& subject, bool rehearse);
    Task<void> share_boards(std::vector<const PreviewSubject*> subjects);
    Task<UnitPreview> preview_unit(const PreviewSubject* subject, bool rehearse);
    Task<void> plan_unit(const PreviewSubject* subject, Kept* kept, UnitPreview& preview);
    std::vector<std::string> moved_files(const Unit& before, const Unit& after, const Plan& plan) const;

    std::vector<PreviewSubject> subjects_;
    PreviewGround ground_;
    PreviewRules rules_;
    SecretStore no_secrets_;
    std::map<std::string, std::unique_ptr<Kept>> kept_; // by unit
    Waiters waiters_;
    bool busy_ = false;
};

} // namespace kedge
