#include "preview/preview_service.h"

#include "base/failure.h"
#include "base/repository_key.h"
#include "io/waiters.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace kedge {

namespace asio = boost::asio;

namespace {

constexpr int most_at_once = 4;
constexpr std::size_t most_ended = 100; // that can still be read
constexpr std::size_t most_pulls = 2000;
constexpr Milliseconds longest_wait{60'000}; // of somebody who asks for a preview

} // namespace

void PreviewService::watch(std::vector<std::shared_ptr<const WatchedRepository>> repositories, Milliseconds poll) {
    poll_ = poll;
    std::map<std::string, Repository> now;
    for (auto& repository : repositories) {
        const auto name = repository->settings.repository;
        now.emplace(name, std::make_shared<PullPage>(std::move(repository)));
        soon({PreviewJob::What::poll, name, 0, {}, {}}, false);
    }
    repositories_ = std::move(now);
    std::erase_if(pulls_, [this](const auto& one) { return !repositories_.contains(one.first.first); });
    waker_.wake();
}

bool PreviewService::soon(PreviewJob job, bool urgent, Milliseconds after) {
    const bool taken = queue_.put(std::move(job), parts_.clock.monotonic() + after, urgent);
    waker_.wake();
    return taken;
}

Task<void> PreviewService::run() {
    const auto executor = co_await asio::this_coro::executor;
    while (!stopping_) {
        start_due(executor);
        co_await wait();
    }
    while (under_way_ > 0) co_await waker_.wait();
    wake_askers();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void PreviewService::stop() {
    stopping_ = true;
    waker_.wake();
    wake_askers();
}

void PreviewService::wake_askers() {
    for (auto* asker : askers_) asker->wake();
}

void PreviewService::start_due(const asio::any_io_executor& executor) {
    while (under_way_ < most_at_once) {
        auto job = queue_.take(parts_.clock.monotonic());
        if (!job) return;
        ++under_way_;
        auto ended = [this, job = *job](const std::exception_ptr& error) {
            --under_way_;
            queue_.done(job);
            // Only Failure is caught inside: anything else is a mistake of ours.
            if (error && !error_) error_ = error;
            if (error) stopping_ = true;
            waker_.wake();
        };
        asio::co_spawn(executor, work(std::move(*job)), std::move(ended));
    }
}

Task<void> PreviewService::wait() {
    const auto next = under_way_ < most_at_once ? queue_.next() : std::nullopt;
    if (next) {
        const auto left = std::max(*next - parts_.clock.monotonic(), Milliseconds(0));
        co_await parts_.clock.nap(left, &waker_);
    } else {
        co_await waker_.wait();
    }
}

Task<void> PreviewService::work(PreviewJob job) {
    std::string why;
    bool again = false;
    try {
        auto copy = job;
        co_await carry_out(std::move(copy));
    } catch (const Failure& failure) {
        why = failure.what();
        again = failure.next() == NextAction::retry;
    }
    if (why.empty()) {
        failures_.erase(job);
    } else if (!stopping_) {
        fail(job, why, again);
    }
    if (job.what == PreviewJob::What::poll && repositories_.contains(job.repository)) soon(job, false, poll_);
    wake_askers();
}

Task<void> PreviewService::carry_out(PreviewJob job) {
    if (job.what == PreviewJob::What::outcome) {
        co_await show_outcomes();
        co_return;
    }
    auto repository = find(job.repository);
    if (repository == nullptr) co_return; // the settings have let go of it
    switch (job.what) {
    case PreviewJob::What::look:
        co_await look(std::move(repository), job.number);
        break;
    case PreviewJob::What::order:
        co_await obey(std::move(repository), std::move(job));
        break;
    case PreviewJob::What::group:
        co_await show_group(std::move(repository), std::move(job));
        break;
    case PreviewJob::What::poll:
        co_await poll(std::move(repository));
        break;
    case PreviewJob::What::applied:
        co_await show_applied(std::move(repository), std::move(job.subject));
        break;
    case PreviewJob::What::outcome:
        break;
    }
}

// What may pass is tried again, later each time; for the rest the next event or the next poll is the reason.
void PreviewService::fail(const PreviewJob& job, const std::string& why, bool again) {
    int failures = 0;
    if (job.what == PreviewJob::What::look) {
        const auto of = pull(job.repository, job.number);
        of->problem = why;
        failures = ++of->failures;
        if (!again && !of->shown) pulls_.erase({job.repository, job.number}); // there may be no such pull request
    } else {
        if (failures_.size() > most_pulls) failures_.clear();
        failures = ++failures_[job];
    }
    parts_.counters.previews.add({"failed"});
    if (failures == 1) {
        parts_.log.warning("preview", {{"repository", job.repository}, {"number", job.number}, {"why", why}});
    }
    if (!again || job.what == PreviewJob::What::poll) return;
    soon(job, false, backoff_.wait(failures, parts_.clock.random()));
}

PreviewService::Repository PreviewService::find(const std::string& repository) const {
    const auto found = repositories_.find(repository);
    return found == repositories_.end() ? nullptr : found->second;
}

PreviewService::Repository PreviewService::find(const PullHint& hint) const {
    for (const auto& [name, page] : repositories_) {
        const auto& keys = page->repository().keys;
        for (const auto& url : hint.urls) {
            const auto key = repository_key(url);
            if (!key.empty() && std::find(keys.begin(), keys.end(), key) != keys.end()) return page;
        }
    }
    return nullptr;
}

std::shared_ptr<PreviewService::Pull> PreviewService::pull(const std::string& repository, int number) {
    if (pulls_.size() >= most_pulls && !pulls_.contains({repository, number})) pulls_.erase(pulls_.begin());
    auto known = known_pull(repository, number);
    if (!known) known = std::make_shared<Pull>();
    pulls_[{repository, number}] = known;
    std::erase_if(ended_, [&](const auto& one) { return one.second == known; });
    return known;
}

std::shared_ptr<PreviewService::Pull> PreviewService::known_pull(const std::string& repository, int number) const {
    const PullKey key{repository, number};
    if (const auto found = pulls_.find(key); found != pulls_.end()) return found->second;
    for (const auto& [ended, pull] : ended_) {
        if (ended == key) return pull;
    }
    return nullptr;
}

void PreviewService::forget(const std::string& repository, int number) {
    const auto found = pulls_.find({repository, number});
    if (found == pulls_.end()) return;
    keep_ended(found->first, found->second);
    pulls_.erase(found);
}

void PreviewService::keep_ended(const PullKey& key, const std::shared_ptr<Pull>& pull) {
    std::erase_if(ended_, [&](const auto& one) { return one.first == key; });
    ended_.emplace_back(key, pull);
    if (ended_.size() > most_ended) ended_.pop_front();
}

bool PreviewService::pull_moved(PullHint hint) {
    const auto repository = find(hint);
    if (repository == nullptr) return false;
    const auto& name = repository->repository().settings.repository;
    if (hint.number == 0)
        return soon({PreviewJob::What::group, name, 0, std::move(hint.commit), std::move(hint.base_branch)}, true);
    if (!hint.comment.empty())
        return soon({PreviewJob::What::order, name, hint.number, std::move(hint.comment), std::move(hint.commands)},
                    true);
    return soon({PreviewJob::What::look, name, hint.number, {}, {}}, true);
}

void PreviewService::passed(const std::string& source, const std::string& url, const std::string& commit) {
    auto& base = bases_[source];
    const bool moved = !base.id.empty() && base.id != commit;
    if (base.id != commit) base = {commit, moved, false};
    for (const auto& [name, page] : repositories_) {
        const auto& watched = page->repository();
        if (watched.settings.source == source) soon({PreviewJob::What::applied, name, 0, commit, {}}, false);
        if (!moved || std::find(watched.urls.begin(), watched.urls.end(), url) == watched.urls.end()) continue;
        for (const auto& [key, pull] : pulls_) {
            if (key.first == name) soon({PreviewJob::What::look, name, key.second, {}, {}}, false);
        }
    }
}

void PreviewService::book_moved() {
    soon({PreviewJob::What::outcome, {}, 0, {}, {}}, true);
}

std::vector<std::shared_ptr<const Preview>> PreviewService::previews() {
    std::vector<std::shared_ptr<const Preview>> all;
    for (const auto& [key, pull] : pulls_) {
        if (pull->shown) all.push_back(pull->shown);
    }
    for (const auto& [key, pull] : ended_) {
        if (pull->shown) all.push_back(pull->shown);
    }
    return all;
}

Task<std::shared_ptr<const Preview>> PreviewService::preview_now(std::string repository, int number) {
    if (find(repository) == nullptr || number <= 0) co_return nullptr;
    const auto asked = pull(repository, number);
    const int looks = asked->looks;
    const auto until = parts_.clock.monotonic() + longest_wait;
    const std::string what = "pull request " + repository + "#" + std::to_string(number) + ": plan it: ";
    if (!soon({PreviewJob::What::look, repository, number, {}, {}}, true))
        throw Failure(NextAction::retry, what + "more pull requests wait than are taken");
    const int failures = asked->failures;
    Waker waker;
    askers_.insert(&waker);
    const AtEnd gone([this, &waker] { askers_.erase(&waker); });
    while (asked->looks == looks && asked->failures == failures && !stopping_) {
        const auto left = until - parts_.clock.monotonic();
        // Whatever keeps it: a forge that does not answer, or many others before it.
        if (left <= Milliseconds(0)) throw Failure(NextAction::retry, what + "it has not come within a minute");
        co_await parts_.clock.nap(left, &waker);
    }
    if (asked->looks == looks) throw Failure(NextAction::retry, what + (stopping_ ? "kedge stops" : asked->problem));
    co_return asked->shown;
}

} // namespace kedge
