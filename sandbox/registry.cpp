#include "sandbox/registry.h"

#include "sandbox/storage.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

std::pair<std::string, std::string> other_key(const std::string& type, const std::string& name) {
    return {type.substr(0, type.find('/')), name};
}

} // namespace

Registry::Registry(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {
    if (!storage_) return;
    SavedState saved = storage_->load();
    std::sort(saved.servers.begin(), saved.servers.end(),
              [](const Server& a, const Server& b) { return a.sequence < b.sequence; });
    for (auto& server : saved.servers) {
        next_number_ = std::max(next_number_, server.sequence + 1);
        index(std::make_unique<Server>(std::move(server)));
    }
    for (auto& other : saved.others) others_[{other.type, other.name}] = std::move(other.manifest);
    saved_knobs_ = std::move(saved.knobs);
    next_number_ = std::max(next_number_, saved.next_number);
}

Registry::~Registry() = default;

Server* Registry::by_name(std::string_view name) {
    const auto [begin, end] = by_name_.equal_range(std::string(name));
    const auto oldest = std::min_element(
        begin, end, [](const auto& a, const auto& b) { return a.second->sequence < b.second->sequence; });
    return oldest == end ? nullptr : oldest->second;
}

std::vector<Server*> Registry::all_by_name(std::string_view name) {
    std::vector<Server*> all;
    const auto [begin, end] = by_name_.equal_range(std::string(name));
    for (auto entry = begin; entry != end; ++entry) all.push_back(entry->second);
    std::sort(all.begin(), all.end(), [](const Server* a, const Server* b) { return a->sequence < b->sequence; });
    return all;
}

Server* Registry::by_id(std::string_view id) {
    const auto found = by_id_.find(std::string(id));
    return found == by_id_.end() ? nullptr : found->second.get();
}

Server& Registry::index(std::unique_ptr<Server> server) {
    Server& kept = *server;
    by_name_.emplace(kept.name, &kept);
    order_.push_back(&kept);
    by_id_[kept.id] = std::move(server);
    return kept;
}

void Registry::forget_name(const Server& server) {
    const auto [begin, end] = by_name_.equal_range(server.name);
    by_name_.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == &server; }));
}

void Registry::rename(Server& server, const std::string& name) {
    if (server.name == name) return;
    forget_name(server);
    server.name = name;
    by_name_.emplace(name, &server);
}

Server& Registry::add(Server server) {
    server.sequence = next_number();
    Server& kept = index(std::make_unique<Server>(std::move(server)));
    changed(kept);
    if (storage_) storage_->save_next_number(next_number_);
    return kept;
}

void Registry::changed(const Server& server) {
    if (storage_) storage_->save(server);
}

void Registry::remove(Server& server) {
    if (storage_) storage_->remove(server.id);
    const auto at = std::lower_bound(order_.begin(), order_.end(), server.sequence,
                                     [](const Server* s, std::uint64_t sequence) { return s->sequence < sequence; });
    order_.erase(at);
    forget_name(server);
    const std::string id = server.id;
    by_id_.erase(id);
}

const std::string* Registry::other(const std::string& type, const std::string& name) const {
    const auto found = others_.find(other_key(type, name));
    return found == others_.end() ? nullptr : &found->second;
}

void Registry::set_other(const std::string& type, const std::string& name, std::string manifest) {
    const auto key = other_key(type, name);
    if (storage_) storage_->save_other({key.first, key.second, manifest});
    others_[key] = std::move(manifest);
}

bool Registry::remove_other(const std::string& type, const std::string& name) {
    const auto key = other_key(type, name);
    if (storage_) storage_->remove_other(key.first, key.second);
    return others_.erase(key) > 0;
}

void Registry::save_knobs(const Json& knobs) {
    saved_knobs_ = knobs;
    if (storage_) storage_->save_knobs(knobs);
}

void Registry::clear() {
    if (storage_) storage_->clear();
    order_.clear();
    by_name_.clear();
    by_id_.clear();
    others_.clear();
    saved_knobs_ = nullptr;
    if (storage_) storage_->save_next_number(next_number_);
}

} // namespace kedge::sandbox
