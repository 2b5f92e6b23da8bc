#include "plan/keyed_list.h"

#include <algorithm>

namespace kedge {

namespace {

const std::string* text_member(const Json& item, const char* key) {
    if (!item.is_object()) return nullptr;
    const auto found = item.find(key);
    return found == item.end() ? nullptr : found->get_ptr<const std::string*>();
}

std::optional<std::string> key_of(bool collaborator, const Json& item) {
    if (!collaborator) {
        const auto* name = text_member(item, "name");
        return name == nullptr ? std::nullopt : std::optional(*name);
    }
    const auto* subject = text_member(item, "subject");
    const auto* role = text_member(item, "role_id");
    if (subject == nullptr || role == nullptr) return std::nullopt;
    return *subject + "/" + *role;
}

} // namespace

std::optional<std::vector<std::string>> item_keys(std::string_view field, const Json& list) {
    const bool collaborators = field == "collaborators";
    if (!collaborators && field != "tool_metadata" && field != "servers") return std::nullopt;
    if (!list.is_array()) return std::nullopt;
    std::vector<std::string> keys;
    for (const auto& item : list) {
        auto key = key_of(collaborators, item);
        if (!key) return std::nullopt;
        keys.push_back(std::move(*key));
    }
    auto sorted = keys;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
    return keys;
}

} // namespace kedge
