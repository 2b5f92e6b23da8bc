#include "model/counters.h"

#include <algorithm>

namespace kedge {

void Tally::forget(const std::string& first) {
    std::erase_if(rows_, [&](const auto& row) { return !row.first.empty() && row.first.front() == first; });
}

double Tally::of(const Labels& labels) const {
    const auto found = rows_.find(labels);
    return found == rows_.end() ? 0 : found->second;
}

double& Tally::row(const Labels& labels) {
    const auto found = rows_.find(labels);
    if (found != rows_.end()) return found->second;
    if (rows_.size() < most_rows_) return rows_[labels];
    return rows_[Labels(labels.size(), "other")];
}

void Durations::add(Milliseconds took) {
    const double seconds = static_cast<double>(took.count()) / 1000;
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds);
    ++counts_[static_cast<std::size_t>(bucket - bounds.begin())];
    seconds_ += seconds;
}

} // namespace kedge
