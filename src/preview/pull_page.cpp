#include "preview/pull_page.h"

#include "base/digest.h"
#include "base/http_message.h"
#include "view/file_links.h"
#include "view/preview_comment.h"
#include "view/preview_status.h"
#include "view/preview_words.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_statuses = 2000; // that are remembered

std::string text_of(const CommitStatus& status) {
    std::string text = std::to_string(static_cast<int>(status.state)) + status.line + "\n" + status.summary;
    for (const auto& one : status.annotations)
        text += "\n" + one.path + ":" + std::to_string(one.first_line) + one.title + one.text;
    return text;
}

// A pull request that changes nothing here gets no comment; one that says so already is told that it does not any more.
bool is_worth_a_comment(const Preview& preview) {
    const auto verdict = verdict_of(preview);
    const bool refused_fork = verdict == PreviewVerdict::failed && preview.pull.is_fork() && preview.tree.empty();
    if (refused_fork || verdict == PreviewVerdict::unconcerned) return false;
    return verdict != PreviewVerdict::nothing || moved_files(preview) > 0;
}

CommentFrame frame_for(const WatchedRepository& repository, const PullRequest& pull, const std::string& page) {
    CommentFrame frame;
    frame.marker = repository.marker;
    frame.limit = repository.door->describe().most_comment;
    frame.page = page;
    frame.file_url = file_link(pull);
    return frame;
}

} // namespace

std::string PullPage::page_of(const PullRequest& pull) const {
    if (repository_->page.empty()) return {};
    return repository_->page + "/api/v1/previews/" + std::to_string(pull.number) +
           "/page?repository=" + percent_encode(repository_->settings.repository);
}

Task<void> PullPage::show(std::shared_ptr<const Preview> preview, SaidOfPull& said) {
    const auto& settings = repository_->settings;
    co_await show_status(preview); // first: it may be required, and a comment may be refused
    const bool wanted = settings.comment && (is_worth_a_comment(*preview) || !said.comment_id.empty());
    if (wanted) {
        const auto frame = frame_for(*repository_, preview->pull, page_of(preview->pull));
        auto timeless = *preview;
        timeless.at = 0;
        const auto digest = sha256(preview_comment(timeless, frame)).hex();
        if (digest != said.comment) {
            PutComment put;
            put.number = preview->pull.number;
            put.marker = repository_->marker;
            put.body = preview_comment(*preview, frame);
            put.id = said.comment_id;
            ForgeAsk ask = std::move(put);
            auto answer = co_await repository_->door->ask(std::move(ask));
            said.comment_id = std::move(answer.id);
            said.comment = digest;
        }
    }
}

Task<void> PullPage::show_status(std::shared_ptr<const Preview> preview) {
    StatusLimits limits;
    limits.description = repository_->door->describe().most_line;
    auto status = preview_status(*preview, limits);
    status.commit = preview->pull.head_commit;
    status.url = preview->pull.number == 0 ? std::string() : page_of(preview->pull);
    co_await put_status(std::move(status));
}

Task<void> PullPage::show_outcome(std::vector<PreviewOutcome> outcomes, std::shared_ptr<const Preview> before,
                                  SaidOfPull& said) {
    if (!repository_->settings.comment) co_return;
    const auto frame = frame_for(*repository_, before->pull, page_of(before->pull));
    PutComment put;
    put.number = before->pull.number;
    put.marker = repository_->marker;
    put.body = outcome_comment(outcomes, *before, frame);
    put.id = said.comment_id;
    const auto digest = sha256(put.body).hex();
    if (digest == said.comment) co_return;
    ForgeAsk ask = std::move(put);
    auto answer = co_await repository_->door->ask(std::move(ask));
    said.comment_id = std::move(answer.id);
    said.comment = digest;
}

Task<void> PullPage::put_status(CommitStatus status) {
    if (status.commit.empty()) co_return;
    status.name = repository_->settings.status;
    const auto commit = status.commit;
    const auto digest = sha256(text_of(status)).hex();
    const auto known = statuses_.find(commit);
    if (known != statuses_.end() && known->second == digest) co_return;
    PutStatus put;
    put.status = std::move(status);
    ForgeAsk ask = std::move(put);
    co_await repository_->door->ask(std::move(ask));
    if (statuses_.size() >= most_statuses) statuses_.clear(); // then one is said once more
    statuses_[commit] = digest;
}

Task<void> PullPage::answer(int number, std::string markdown) {
    WriteComment write;
    write.number = number;
    write.body = std::move(markdown);
    ForgeAsk ask = std::move(write);
    co_await repository_->door->ask(std::move(ask));
}

} // namespace kedge
