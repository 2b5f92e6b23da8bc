#include "preview/job_queue.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kedge {

// What may not be worked at twice at a time.
std::string JobQueue::subject_of(const PreviewJob& job) {
    const bool of_pull = job.what == PreviewJob::What::look || job.what == PreviewJob::What::order;
    return of_pull ? job.repository + "#" + std::to_string(job.number)
                   : std::to_string(static_cast<int>(job.what)) + " " + job.repository;
}

bool JobQueue::put(PreviewJob job, Milliseconds due, bool urgent) {
    const auto found = waiting_.find(job);
    if (found != waiting_.end()) {
        found->second.due = std::min(found->second.due, due);
        found->second.urgent = found->second.urgent || urgent;
        return true;
    }
    if (waiting_.size() >= most_ && job.what != PreviewJob::What::poll) return false;
    waiting_.emplace(std::move(job), Waiting{due, urgent, next_order_++});
    return true;
}

std::optional<PreviewJob> JobQueue::take(Milliseconds now) {
    auto best = waiting_.end();
    const auto rank = [](const Waiting& waiting) { return std::tuple(!waiting.urgent, waiting.order); };
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
        if (at->second.due > now || under_way_.contains(subject_of(at->first))) continue;
        if (best == waiting_.end() || rank(at->second) < rank(best->second)) best = at;
    }
    if (best == waiting_.end()) return std::nullopt;
    auto job = best->first;
    waiting_.erase(best);
    under_way_.insert(subject_of(job));
    return job;
}

void JobQueue::done(const PreviewJob& job) {
    const auto found = under_way_.find(subject_of(job));
    if (found != under_way_.end()) under_way_.erase(found);
}

std::optional<Milliseconds> JobQueue::next() const {
    std::optional<Milliseconds> earliest;
    for (const auto& [job, waiting] : waiting_) {
        if (under_way_.contains(subject_of(job))) continue;
        if (!earliest || waiting.due < *earliest) earliest = waiting.due;
    }
    return earliest;
}

} // namespace kedge
