// Previews in a store: every call is one durable transaction, every row is sealed. One that cannot be used stops
// nothing: each call says why, and what was previewed is not known.
#pragma once
#include "io/worker.h"
#include "store/database.h"
#include "store/previews.h"

#include <memory>
#include <optional>
#include <string>

namespace kedge {

Schema previews_schema();

class StoredPreviews final : public Previews {
public:
    // Blocks for some milliseconds.
    explicit StoredPreviews(const StoreEngine& engine, PreviewRetention retention = {});

    Task<void> put(PreviewRecord record) override;
    Task<std::optional<PreviewRecord>> find(PreviewKey key) override;
    Task<std::vector<PreviewRecord>> of_pull(std::string repository, int number) override;
    Task<std::vector<PreviewRecord>> with_state(PullState state, std::size_t most) override;

private:
    template<class Work>
    Task<std::invoke_result_t<Work&>> guarded(std::string attempt, Work work);

    PreviewRetention retention_;
    std::string problem_; // why there is none
    std::unique_ptr<Database> database_;
    Worker worker_; // the only thread that uses the connection after the constructor
};

} // namespace kedge
