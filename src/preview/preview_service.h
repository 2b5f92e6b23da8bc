// Previews of pull requests as a running kedge keeps them: hears of pull requests (webhooks, and a slow poll below
// them), has them planned, and says on the forge what would happen, what happened, and what became of a command in a
// comment. Nothing that goes wrong here stops a pass. Leaves the plan to the engine and the words to the views.
#pragma once
#include "base/backoff.h"
#include "io/clock.h"
#include "io/log.h"
#include "model/counters.h"
#include "preview/job_queue.h"
#include "preview/pull_page.h"
#include "reconcile/daemon.h"
#include "reconcile/preview_book.h"
#include "reconcile/preview_desk.h"
#include "reconcile/previewing.h"
#include "reconcile/status_board.h"

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// All references outlive the service.
struct PreviewParts {
    Clock& clock;
    Log& log;
    Daemon& daemon;
    PreviewBook& book;
    Previews& store;
    Counters& counters;
    std::function<Task<Preview>(PreviewQuestion)> plan;
    // Do units of this source (its configured name) run only what was approved?
    std::function<bool(const std::string& source)> wants_approvals;
};

class PreviewService final : public PreviewDesk {
public:
    explicit PreviewService(PreviewParts parts) : parts_(std::move(parts)) {}

    // Whole: repositories that are not among them are not looked at any more. May be called while it runs.
    void watch(std::vector<std::shared_ptr<const WatchedRepository>> repositories, Milliseconds poll);
    // Until stop(); returns once what is under way has ended.
    Task<void> run();
    void stop();

    // A pass of a unit has ended: what it carried out is said of its commit, and where the base has moved, open pull
    // requests are planned anew.
    // `url`: of the source's repository.
    void passed(const std::string& source, const std::string& url, const std::string& commit);
    // The book has news of merged ones.
    void book_moved();

    std::vector<std::shared_ptr<const Preview>> previews() override;
    Task<std::shared_ptr<const Preview>> preview_now(std::string repository, int number) override;
    bool pull_moved(PullHint hint) override;

private:
    struct Pull {
        std::shared_ptr<const Preview> shown; // null: not planned yet
        PullRequest pull;                     // as the forge told it last
        SaidOfPull said;
        std::string problem; // why the last look came to nothing; empty: it did not
        int failures = 0;    // in a row
        int waits = 0;       // times that it was not known yet, in a row
        int looks = 0;
        std::string unsaid;  // an answer to somebody that did not get through
        bool is_cut = false; // it has more comments than are read, and that was said
        bool ended = false;  // and that was noted
    };
    using Repository = std::shared_ptr<PullPage>;
    using PullKey = std::pair<std::string, int>;

    void start_due(const boost::asio::any_io_executor& executor);
    Task<void> wait();
    Task<void> work(PreviewJob job);
    Task<void> carry_out(PreviewJob job);
    void wake_askers();
    void fail(const PreviewJob& job, const std::string& why, bool again);
    bool soon(PreviewJob job, bool urgent, Milliseconds after = Milliseconds(0));
    Repository find(const std::string& repository) const;
    Repository find(const PullHint& hint) const;
    std::shared_ptr<Pull> pull(const std::string& repository, int number);
    std::shared_ptr<Pull> known_pull(const std::string& repository, int number) const; // null: not open, nor lately so
    void forget(const std::string& repository, int number);
    void keep_ended(const PullKey& key, const std::shared_ptr<Pull>& pull);

    Task<void> look(Repository repository, int number);
    Task<void> plan_and_show(Repository repository, std::shared_ptr<Pull> pull);
    Task<void> note_approvals(Repository repository, PullRequest pull, bool last_chance);
    Task<void> ask_approvals(Repository repository, PullRequest pull);
    Task<void> end(Repository repository, std::shared_ptr<Pull> pull);
    Task<void> show_group(Repository repository, PreviewJob job);
    Task<void> poll(Repository repository);
    Task<void> show_outcomes();
    Task<void> show_outcome(PullKey key);
    Task<void> show_applied(Repository repository, std::string commit);
    PreviewQuestion question_for(const PullPage& page, const PullRequest& pull) const;
    // In preview_orders.cpp.
    Task<void> obey(Repository repository, PreviewJob job);
    Task<std::vector<PullComment>> unheard(Repository repository, PreviewJob job);
    Task<bool> take_orders(Repository repository, int number, PullComment comment);
    Task<void> say(Repository repository, int number, std::string text);
    Task<void> say_cut(Repository repository, PreviewJob job, std::size_t read);
    Task<bool> may_write(Repository repository, std::string user);
    Task<std::string> release(Repository repository, std::shared_ptr<Pull> pull, ReleaseCommand command,
                              std::string who);
    Task<std::string> give(std::shared_ptr<Pull> pull, PreviewRelease release);
    Task<void> give_releases(PreviewRecord record);

    PreviewParts parts_;
    std::map<std::string, Repository> repositories_; // by name
    std::map<PullKey, std::shared_ptr<Pull>> pulls_; // open ones
    std::deque<std::pair<PullKey, std::shared_ptr<Pull>>> ended_;
    std::map<PullKey, PreviewRecord> outcomes_; // that are still to be said
    // The commit of a base branch that units saw last.
    struct BaseCommit {
        std::string id;
        bool came = false; // while this process ran
        bool told = false; // what became of it
    };
    std::map<std::string, BaseCommit> bases_; // by source
    std::map<PreviewJob, int> failures_;      // in a row, of what is no pull request
    JobQueue queue_;
    Milliseconds poll_{300'000};
    Waker waker_;
    std::set<Waker*> askers_;              // of preview_now()
    std::map<PullKey, std::string> moved_; // of open ones, as the last poll was told
    Backoff backoff_{Milliseconds(5'000), Milliseconds(600'000), 0.2};
    int under_way_ = 0;
    std::exception_ptr error_; // of a job, that no job may throw
    bool stopping_ = false;
};

// What a merged pull request came to, from what is kept of it and what its units show now.
std::vector<PreviewOutcome> outcomes_of(const PreviewRecord& record, const StatusBoard& board);
// What has become of a commit of the base branch in the units of a source.
CommitStatus applied_status(const StatusBoard& board, const std::string& source, const std::string& commit);

} // namespace kedge
