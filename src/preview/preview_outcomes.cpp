// What became of what was merged: of a pull request, in its comment; of a commit of the base branch, as its status.
#include "base/failure.h"
#include "preview/preview_service.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_names = 20; // in a comment, of each kind
const std::string nothing_to_do = "In sync";

Result result_of(PreviewResult result) {
    return result == PreviewResult::failed ? Result::failed : Result::held;
}

std::string way_out_of(const Report* report, const Digest& change) {
    if (report == nullptr) return {};
    for (const auto& outcome : report->outcomes) {
        if (outcome.change.digest == change && !outcome.change.holds.empty())
            return outcome.change.holds.front().way_out;
    }
    return {};
}

void count(const PreviewedChange& change, const Report* report, PreviewOutcome& outcome) {
    switch (change.result) {
    case PreviewResult::waiting:
    case PreviewResult::not_needed:
        return;
    case PreviewResult::applied:
        ++outcome.applied;
        if (outcome.names.size() < most_names) outcome.names.push_back(change.name);
        return;
    case PreviewResult::held:
        ++outcome.held;
        break;
    case PreviewResult::failed:
        ++outcome.failed;
        break;
    }
    if (outcome.remaining.size() >= most_names) return;
    outcome.remaining.push_back({change.name, change.action, result_of(change.result), change.change, change.text,
                                 way_out_of(report, change.change)});
}

std::string counted(int count, const std::string& what) {
    return count == 0 ? std::string() : std::to_string(count) + " " + what;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) {
        if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
    }
    return text;
}

} // namespace

std::vector<PreviewOutcome> outcomes_of(const PreviewRecord& record, const StatusBoard& board) {
    std::vector<PreviewOutcome> outcomes;
    for (const auto& unit : record.units) {
        const auto report = board.report(unit.unit);
        PreviewOutcome outcome;
        outcome.unit = unit.unit;
        if (report) outcome.commit = report->plan.revision.id;
        for (const auto& change : unit.changes) {
            count(change, report.get(), outcome);
            outcome.at = std::max(outcome.at, change.at);
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

CommitStatus applied_status(const StatusBoard& board, const std::string& source, const std::string& commit) {
    CommitStatus status;
    status.commit = commit;
    int done = 0;
    int held = 0;
    int failed = 0;
    int errors = 0;
    std::vector<std::string> missing;
    for (const auto& unit : board.units()) {
        if (unit.source != source || !unit.revision.tip.empty()) continue; // one that is rolled back follows nothing
        const auto report = board.report(unit.unit);
        if (!report || unit.revision.id != commit) {
            missing.push_back(unit.unit);
            continue;
        }
        held += unit.held;
        errors += unit.errors;
        for (const auto& outcome : report->outcomes) {
            done += outcome.result == Result::done ? 1 : 0;
            failed += outcome.result == Result::failed || outcome.result == Result::refused ||
                              outcome.result == Result::unsure
                          ? 1
                          : 0;
        }
    }
    const auto text = joined({counted(done, "applied"), counted(held, "held"), counted(failed, "failed"),
                              counted(errors, errors == 1 ? "manifest error" : "manifest errors")});
    status.line = text.empty() ? nothing_to_do : "Applied from this commit: " + text;
    status.state = failed > 0 || errors > 0 ? StatusState::failure : StatusState::success;
    if (missing.empty()) return status;
    status.line = "Waiting for unit " + missing.front() +
                  (missing.size() > 1 ? " and " + std::to_string(missing.size() - 1) + " more" : "") +
                  (text.empty() ? "" : "; " + text);
    if (status.state == StatusState::success) status.state = StatusState::pending;
    return status;
}

Task<void> PreviewService::show_outcomes() {
    auto news = co_await parts_.book.take_news();
    for (auto& record : news) {
        PullKey key{record.repository, record.number};
        outcomes_.insert_or_assign(std::move(key), std::move(record));
    }
    std::vector<PullKey> keys;
    for (const auto& [key, record] : outcomes_) keys.push_back(key);
    std::string problem;
    for (const auto& key : keys) {
        bool stays = false;
        try {
            co_await show_outcome(key);
        } catch (const Failure& failure) {
            stays = failure.next() == NextAction::retry;
            problem = failure.what();
        }
        if (!stays) outcomes_.erase(key);
    }
    if (problem.empty()) co_return;
    throw Failure(outcomes_.empty() ? NextAction::wait_for_change : NextAction::retry, problem);
}

Task<void> PreviewService::show_outcome(PullKey key) {
    const auto record = outcomes_.at(key);
    const auto repository = find(key.first);
    if (repository == nullptr) co_return;
    auto known = known_pull(key.first, key.second);
    if (known == nullptr) {
        // Merged before this kedge was started: the forge still knows it.
        known = std::make_shared<Pull>();
        ForgeAsk ask = AskPull{key.second};
        auto answer = co_await repository->repository().door->ask(std::move(ask));
        if (answer.pulls.empty()) co_return;
        known->pull = std::move(answer.pulls.front());
        known->pull.repository = key.first;
        keep_ended(key, known);
    }
    if (known->shown == nullptr) {
        Preview before;
        before.pull = known->pull;
        before.base_commit = record.base_commit;
        before.at = record.at;
        known->shown = std::make_shared<const Preview>(std::move(before));
    }
    if (known->said.comment_id.empty()) known->said.comment_id = record.comment_id;
    auto outcomes = outcomes_of(record, parts_.daemon.board());
    auto before = known->shown;
    co_await repository->show_outcome(std::move(outcomes), std::move(before), known->said);
}

Task<void> PreviewService::show_applied(Repository repository, std::string commit) {
    const auto source = repository->repository().settings.source;
    auto status = applied_status(parts_.daemon.board(), source, commit);
    auto& base = bases_[source];
    if (base.id != commit) co_return; // a newer one has come
    // A later pass has nothing to do: that does not take back what the first one told.
    const bool nothing = status.state == StatusState::success && status.line == nothing_to_do;
    if (nothing && (base.told || !base.came)) co_return;
    co_await repository->put_status(std::move(status));
    if (bases_[source].id == commit) bases_[source].told = true;
}

} // namespace kedge
