// What was previewed, between the door that shows it and the units that carry it out: which changes of merged pull
// requests are reviewed, and what became of each. Keeps open and merged ones in memory, all of them in the store.
#pragma once
#include "io/clock.h"
#include "model/preview_record.h"
#include "model/report.h"
#include "model/review.h"
#include "reconcile/unit.h"
#include "store/previews.h"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kedge {

class PreviewBook final {
public:
    struct Calls {
        std::function<void(const std::string& unit)> wake; // something of this unit was merged: it looks soon
        std::function<void()> news;                        // take_news() has some
    };
    // All references outlive the book.
    PreviewBook(Previews& store, Clock& clock, Calls calls = {});

    // Takes up what the store keeps. Throws Failure: then nothing counts as previewed.
    Task<void> open();

    // A preview is shown, in this comment (empty: as before). Approvals of the same head stay.
    Task<void> shown(Preview preview, std::string comment_id);
    // Who approved this head, all of them.
    Task<void> approved(PreviewKey key, std::vector<std::string> approvers);
    // Somebody says yes to one of its changes: to be given once this head is merged. False: it is not open any more.
    Task<bool> release(PreviewKey key, PreviewRelease release);
    // Comments of this pull request up to this one have been dealt with.
    Task<void> heard(std::string repository, int number, std::string comment);
    // It was merged, or closed: `pull.state` says which. Gives the row of its head; nothing: that head was never shown.
    Task<std::optional<PreviewRecord>> ended(PullRequest pull);

    // Of merged pull requests: changes of this unit that have not been carried out yet.
    ReviewedChanges reviewed(const std::string& unit) const;
    // After each pass of a unit.
    void passed(const Unit& unit, const Report& report);
    // Merged ones of which something has become since the last call; they are kept by then. Throws Failure: they come
    // again.
    Task<std::vector<PreviewRecord>> take_news();

private:
    static void carry_over(const PreviewRecord& before, PreviewRecord& record);
    Task<void> close_others(const PreviewRecord& record);
    void remember(const PreviewRecord& record);
    void note_carried_out(const Report& report);
    bool settle_early(PreviewRecord& record) const;

    Previews& store_;
    Clock& clock_;
    Calls calls_;
    std::map<PreviewKey, PreviewRecord> merged_;              // not settled yet
    mutable std::map<std::string, ReviewedChanges> reviewed_; // by unit, as far as they were asked for
    std::set<PreviewKey> news_;
    // Changes that were carried out lately: a pass may be faster than the word that their pull request was merged.
    std::map<Digest, UnixSeconds> carried_out_;
    std::deque<Digest> carried_out_order_;
};

// The same from the rows of a store, the newest first: for a run without a daemon.
ReviewedChanges reviewed_of(const std::vector<PreviewRecord>& merged, const std::string& unit);

} // namespace kedge
