#include "source/git_repository.h"

#include "base/failure.h"

#include <utility>

namespace kedge {

GitRepository::GitRepository(GitSourceOptions options, Stop* stop)
    : options_(std::move(options)), tree_(options_.mirror_directory + "/repository.git", place_of(options_)),
      mirror_(options_, worker_, stop) {}

bool GitRepository::counts(const Ended& ended, Moment called, Milliseconds max_age) const {
    return !damaged_ && ended.fetch.began >= wanted_since_ && ended.fetch.began >= called - max_age;
}

// What is read while the mirror is being made anew proves nothing about the new one.
void GitRepository::note_damage() {
    if (!remaking_) damaged_ = true;
}

Task<GitFetch> GitRepository::fetch(Milliseconds max_age) {
    const auto called = std::chrono::steady_clock::now();
    for (;;) {
        if (last_ && counts(*last_, called, max_age)) {
            if (last_->failure) std::rethrow_exception(last_->failure);
            co_return last_->fetch;
        }
        if (!under_way_) break;
        co_await waiters_.wait();
    }
    co_return co_await lead();
}

// Those who wait look again however this ends: where it was cancelled, one of them leads.
Task<GitFetch> GitRepository::lead() {
    under_way_ = true;
    const AtEnd ended([this] {
        under_way_ = remaking_ = false;
        waiters_.wake();
    });
    Ended mine;
    mine.fetch.began = std::chrono::steady_clock::now();
    try {
        mine.fetch.commit = co_await fetch_commit();
    } catch (const Failure&) {
        mine.failure = std::current_exception();
    }
    last_ = mine;
    ++(mine.failure ? counts_.failed : mine.fetch.commit == last_commit_ ? counts_.same : counts_.moved);
    if (!mine.failure) last_commit_ = mine.fetch.commit;
    if (mine.failure) std::rethrow_exception(mine.failure);
    co_return mine.fetch;
}

Task<std::string> GitRepository::fetch_commit() {
    if (damaged_) {
        remaking_ = true;
        auto let_go = [this] { tree_.close(); };
        co_await worker_.run(std::move(let_go));
        co_await mirror_.set_aside();
        damaged_ = false;
    }
    auto ref = co_await mirror_.update();
    auto meant = options_.ref.name;
    co_return co_await commit_of(std::move(ref), std::move(meant));
}

Task<std::string> GitRepository::commit_of(std::string ref, std::string meant) {
    bool damage = false;
    auto look = [this, &ref, &damage]() -> std::optional<std::string> {
        try {
            return tree_.commit_of(ref);
        } catch (const Failure&) {
            damage = tree_.damaged();
            throw;
        }
    };
    std::exception_ptr failure;
    std::optional<std::string> commit;
    try {
        commit = co_await worker_.run(std::move(look));
    } catch (const Failure&) {
        failure = std::current_exception();
    }
    if (damage) damaged_ = true;
    if (failure) std::rethrow_exception(failure);
    if (!commit) {
        throw Failure(NextAction::wait_for_change, place_of(options_) + ": read \"" + meant +
                                                       "\": it does not lead to a commit; correct the settings");
    }
    co_return *commit;
}

// One process works on the mirror at a time.
Task<std::shared_ptr<AtEnd>> GitRepository::take_turn() {
    while (under_way_) co_await waiters_.wait();
    under_way_ = true;
    std::function<void()> end = [this] {
        under_way_ = false;
        waiters_.wake();
    };
    co_return std::make_shared<AtEnd>(std::move(end));
}

Task<std::string> GitRepository::fetch_head(std::string ref_or_id) {
    const auto turn = co_await take_turn();
    auto wanted = ref_or_id;
    auto ref = co_await mirror_.fetch_head(std::move(wanted));
    co_return co_await commit_of(std::move(ref), std::move(ref_or_id));
}

Task<std::string> GitRepository::default_branch() {
    const auto turn = co_await take_turn();
    co_return co_await mirror_.default_branch();
}

} // namespace kedge
