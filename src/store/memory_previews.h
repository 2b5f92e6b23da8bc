// Previews in memory: for a daemon without a store, and for tests.
#pragma once
#include "store/previews.h"

#include <map>

namespace kedge {

class MemoryPreviews final : public Previews {
public:
    explicit MemoryPreviews(PreviewRetention retention = {}) : retention_(retention) {}
    Task<void> put(PreviewRecord record) override;
    Task<std::optional<PreviewRecord>> find(PreviewKey key) override;
    Task<std::vector<PreviewRecord>> of_pull(std::string repository, int number) override;
    Task<std::vector<PreviewRecord>> with_state(PullState state, std::size_t most) override;

private:
    PreviewRetention retention_;
    std::map<PreviewKey, PreviewRecord> records_;
};

} // namespace kedge
