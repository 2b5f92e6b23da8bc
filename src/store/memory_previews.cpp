#include "store/memory_previews.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kedge {

namespace {

constexpr UnixSeconds one_day = 86400;

// The same order as in a file, also among rows of one second.
void newest_first(std::vector<PreviewRecord>& records) {
    std::sort(records.begin(), records.end(), [](const PreviewRecord& a, const PreviewRecord& b) {
        return std::make_tuple(-age_of(a), a.repository, -a.number, a.head) <
               std::make_tuple(-age_of(b), b.repository, -b.number, b.head);
    });
}

} // namespace

UnixSeconds age_of(const PreviewRecord& record) {
    return std::max(record.at, record.ended);
}

Task<void> MemoryPreviews::put(PreviewRecord record) {
    const auto oldest = age_of(record) - retention_.days * one_day;
    PreviewKey key{record.repository, record.number, record.head};
    records_.insert_or_assign(std::move(key), std::move(record));
    std::erase_if(records_, [&](const auto& row) { return age_of(row.second) < oldest; });
    while (records_.size() > retention_.most_rows) {
        const auto first = std::min_element(records_.begin(), records_.end(), [](const auto& a, const auto& b) {
            return age_of(a.second) < age_of(b.second);
        });
        records_.erase(first);
    }
    co_return;
}

Task<std::optional<PreviewRecord>> MemoryPreviews::find(PreviewKey key) {
    const auto found = records_.find(key);
    std::optional<PreviewRecord> record;
    if (found != records_.end()) record = found->second;
    co_return record;
}

Task<std::vector<PreviewRecord>> MemoryPreviews::of_pull(std::string repository, int number) {
    std::vector<PreviewRecord> some;
    for (const auto& [key, record] : records_) {
        if (key.repository == repository && key.number == number) some.push_back(record);
    }
    newest_first(some);
    co_return some;
}

Task<std::vector<PreviewRecord>> MemoryPreviews::with_state(PullState state, std::size_t most) {
    std::vector<PreviewRecord> some;
    for (const auto& [key, record] : records_) {
        if (record.state == state) some.push_back(record);
    }
    newest_first(some);
    if (some.size() > most) some.resize(most);
    co_return some;
}

} // namespace kedge
