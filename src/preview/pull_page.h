// What a repository's forge is told: the one comment of a pull request, the status of a commit, an answer to somebody.
// Says nothing twice; leaves what there is to say to the views.
#pragma once
#include "forge/comment_command.h"
#include "model/preview.h"
#include "model/preview_outcome.h"
#include "preview/forge_client.h"
#include "preview/preview_settings.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

// A repository that is looked at, by one reading of the settings.
struct WatchedRepository {
    PreviewRepository settings;
    std::vector<std::string> urls; // of the source that it is
    std::vector<std::string> keys; // see repository_key: how webhooks may name it
    std::string page;              // where people reach this kedge; empty: nowhere
    std::string marker;            // of our comment
    std::shared_ptr<ForgeDoor> door;
};

// What was said of one pull request; kept as long as it is open.
struct SaidOfPull {
    std::string comment_id; // empty: there is no comment yet, as far as is known
    std::string comment;    // digest of its text but for the time
};

class PullPage final {
public:
    explicit PullPage(std::shared_ptr<const WatchedRepository> repository) : repository_(std::move(repository)) {}

    const WatchedRepository& repository() const { return *repository_; }
    // All throw Failure.
    Task<void> show(std::shared_ptr<const Preview> preview, SaidOfPull& said);
    Task<void> show_status(std::shared_ptr<const Preview> preview);
    Task<void> show_outcome(std::vector<PreviewOutcome> outcomes, std::shared_ptr<const Preview> before,
                            SaidOfPull& said);
    Task<void> put_status(CommitStatus status);
    Task<void> answer(int number, std::string markdown);

private:
    std::string page_of(const PullRequest& pull) const;

    std::shared_ptr<const WatchedRepository> repository_;
    std::map<std::string, std::string> statuses_; // commit -> digest of what it was given; bounded
};

} // namespace kedge
