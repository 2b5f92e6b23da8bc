#include "sandbox/ground.h"

#include "sandbox/storage.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

constexpr std::int64_t first_ms = 1'772'366'400'000; // 2026-03-01T12:00:00Z

std::unique_ptr<Storage> storage_for(const std::string& path, const std::string& api) {
    return path.empty() ? nullptr : std::make_unique<Storage>(path, api);
}

} // namespace

Ground::Ground(const std::string& api, PlaneOptions options)
    : options_(std::move(options)), audit_(options_.audit_entries), registry_(storage_for(options_.state_file, api)),
      counted_ms_(first_ms) {
    for (const Server* server : registry_.in_order()) counted_ms_ = std::max(counted_ms_, server->updated_ms);
}

std::int64_t Ground::now_ms() {
    return options_.now_ms ? options_.now_ms() : ++counted_ms_;
}

std::string_view Ground::path_of(std::string_view target) const {
    const auto path = target.substr(0, target.find('?'));
    if (!path.starts_with(options_.base_path)) return {};
    return path.substr(options_.base_path.size());
}

void Ground::clear() {
    registry_.clear();
    faults_.clear();
    audit_.clear();
}

} // namespace kedge::sandbox
