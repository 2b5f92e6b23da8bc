// Looks at pull requests: what the forge tells of one, what merging it would do, and how that is said.
#include "base/failure.h"
#include "base/glob.h"
#include "preview/preview_service.h"
#include "view/preview_words.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_approvals = 20; // whose rights are asked

// What a preview came to, for those who count.
std::string result_of(const Preview& preview) {
    switch (state_of(verdict_of(preview))) {
    case StatusState::pending:
        return "waiting";
    case StatusState::failure:
    case StatusState::error:
        return "failure";
    case StatusState::success:
        break;
    }
    return "success";
}

} // namespace

PreviewQuestion PreviewService::question_for(const PullPage& page, const PullRequest& pull) const {
    const auto& watched = page.repository();
    const auto& settings = watched.settings;
    PreviewQuestion question;
    question.pull = pull;
    question.urls = watched.urls;
    if (pull.number != 0) question.head_ref = watched.door->describe().head_ref(pull.number);
    question.forks = settings.forks;
    question.rehearse =
        settings.rehearse && (settings.trusted.empty() ||
                              std::any_of(settings.trusted.begin(), settings.trusted.end(),
                                          [&](const std::string& glob) { return glob_match(glob, pull.author); }));
    return question;
}

Task<void> PreviewService::look(Repository repository, int number) {
    const auto name = repository->repository().settings.repository;
    ForgeAsk ask = AskPull{number};
    auto answer = co_await repository->repository().door->ask(std::move(ask));
    if (answer.pulls.empty()) co_return;
    const auto known = pull(name, number);
    known->pull = std::move(answer.pulls.front());
    known->pull.repository = name; // as the settings spell it: a key of what is kept
    if (known->pull.state == PullState::open) {
        co_await plan_and_show(std::move(repository), known);
    } else {
        co_await end(std::move(repository), known);
    }
    known->failures = 0;
    known->problem.clear();
    ++known->looks;
}

Task<void> PreviewService::plan_and_show(Repository repository, std::shared_ptr<Pull> pull) {
    const auto name = pull->pull.repository;
    const int number = pull->pull.number;
    if (pull->said.comment_id.empty()) {
        auto of = name;
        const auto rows = co_await parts_.store.of_pull(std::move(of), number);
        for (const auto& row : rows) {
            if (pull->said.comment_id.empty()) pull->said.comment_id = row.comment_id;
        }
    }
    // Before it is planned anew: who approved has seen what is shown now.
    auto known = pull->pull;
    co_await note_approvals(repository, std::move(known), false);
    auto question = question_for(*repository, pull->pull);
    auto preview = co_await parts_.plan(std::move(question));
    const auto shown = std::make_shared<const Preview>(std::move(preview));
    parts_.counters.previews.add({result_of(*shown)});
    co_await repository->show(shown, pull->said);
    pull->shown = shown;
    // Only what was said counts as previewed.
    auto record = *shown;
    auto comment = pull->said.comment_id;
    co_await parts_.book.shown(std::move(record), std::move(comment));
    const bool passes = shown->passes || std::any_of(shown->units.begin(), shown->units.end(),
                                                     [](const UnitPreview& unit) { return !unit.plan && unit.passes; });
    if (!passes) {
        pull->waits = 0;
        co_return;
    }
    // Asked again by itself, less and less often, until somebody else asks.
    const int tries = ++pull->waits;
    soon({PreviewJob::What::look, name, number, {}, {}}, false, backoff_.wait(tries, parts_.clock.random()));
}

// An approval counts for the head that was approved, and only from somebody who may write: on some forges everybody who
// may read may approve.
Task<void> PreviewService::note_approvals(Repository repository, PullRequest pull, bool last_chance) {
    if (!parts_.wants_approvals(repository->repository().settings.source)) co_return;
    try {
        auto of = pull;
        co_await ask_approvals(std::move(repository), std::move(of));
    } catch (const Failure& failure) {
        if (last_chance && failure.next() == NextAction::retry) throw; // it is asked again before the merge is noted
        parts_.log.warning("approvals",
                           {{"repository", pull.repository}, {"number", pull.number}, {"why", failure.what()}});
    }
}

Task<void> PreviewService::ask_approvals(Repository repository, PullRequest pull) {
    ForgeAsk ask = AskApprovals{pull.number};
    const auto answer = co_await repository->repository().door->ask(std::move(ask));
    std::set<std::string> people;
    for (const auto& approval : answer.approvals) {
        if (approval.commit == pull.head_commit && people.size() < most_approvals) people.insert(approval.who);
    }
    std::vector<std::string> approvers;
    for (const auto& who : people) {
        auto user = who;
        const bool may = co_await may_write(repository, std::move(user));
        if (may) approvers.push_back(who);
    }
    PreviewKey key{pull.repository, pull.number, pull.head_commit};
    co_await parts_.book.approved(std::move(key), std::move(approvers));
}

Task<void> PreviewService::end(Repository repository, std::shared_ptr<Pull> pull) {
    // The last approval may be the one that let it be merged.
    if (pull->pull.state == PullState::merged) {
        auto of = pull->pull;
        co_await note_approvals(std::move(repository), std::move(of), true);
    }
    auto of = pull->pull;
    const bool first = !pull->ended;
    const auto record = co_await parts_.book.ended(std::move(of));
    pull->ended = true;
    if (pull->shown) {
        // What was shown stays to be read, as what it is now.
        auto shown = *pull->shown;
        shown.pull.state = pull->pull.state;
        shown.pull.merge_commit = pull->pull.merge_commit;
        pull->shown = std::make_shared<const Preview>(std::move(shown));
    }
    if (first && record && record->state == PullState::merged) co_await give_releases(*record);
    forget(pull->pull.repository, pull->pull.number);
}

// A merge queue asks about a commit of its own: the same plan, and a status, for there is no page to comment on.
Task<void> PreviewService::show_group(Repository repository, PreviewJob job) {
    PullRequest group;
    group.repository = group.head_repository = job.repository;
    group.head_commit = job.subject;
    group.base_branch = job.more;
    auto question = question_for(*repository, group);
    auto preview = co_await parts_.plan(std::move(question));
    const auto shown = std::make_shared<const Preview>(std::move(preview));
    parts_.counters.previews.add({result_of(*shown)});
    co_await repository->show_status(shown);
    if (verdict_of(*shown) == PreviewVerdict::away)
        throw Failure(NextAction::retry, "merge queue: plan " + job.subject + ": " + verdict_words(*shown));
}

// The net below the events: what is new, what has moved, and what is not open any more.
Task<void> PreviewService::poll(Repository repository) {
    const auto name = repository->repository().settings.repository;
    ForgeAsk ask = AskOpenPulls{};
    const auto answer = co_await repository->repository().door->ask(std::move(ask));
    std::set<int> open;
    for (std::size_t i = 0; i < answer.pulls.size(); ++i) {
        const auto& now = answer.pulls[i];
        open.insert(now.number);
        const auto known = pulls_.find({name, now.number});
        const bool same = known != pulls_.end() && known->second->shown && known->second->problem.empty() &&
                          known->second->pull.head_commit == now.head_commit &&
                          known->second->pull.base_branch == now.base_branch;
        if (!same) soon({PreviewJob::What::look, name, now.number, {}, {}}, false);
        // Somebody may have written what no webhook told of: at the first poll, and wherever anything has moved since.
        const auto moved = i < answer.moved.size() ? answer.moved[i] : std::string();
        const auto before = moved_.find({name, now.number});
        if (before != moved_.end() && !moved.empty() && before->second == moved) continue;
        if (soon({PreviewJob::What::order, name, now.number, {}, {}}, false)) moved_[{name, now.number}] = moved;
    }
    std::erase_if(moved_, [&](const auto& one) { return one.first.first == name && !open.contains(one.first.second); });
    if (answer.cut) co_return; // there are more, so nobody knows what is missing
    std::set<int> missing;
    for (const auto& [key, known] : pulls_) {
        if (key.first == name && !open.contains(key.second)) missing.insert(key.second);
    }
    constexpr std::size_t most_rows = 1000;
    const auto rows = co_await parts_.store.with_state(PullState::open, most_rows);
    for (const auto& row : rows) {
        if (row.repository == name && !open.contains(row.number)) missing.insert(row.number);
    }
    for (const int number : missing) soon({PreviewJob::What::look, name, number, {}, {}}, false);
}

} // namespace kedge
