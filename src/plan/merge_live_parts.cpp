#include "plan/merge_live_parts.h"

#include "model/secret_fields.h"

#include <algorithm>

namespace kedge {

namespace {

Json::json_pointer pointer_of(std::string path) {
    std::replace(path.begin(), path.end(), '.', '/');
    return Json::json_pointer("/" + path);
}

bool is_ours(const std::string& tag) {
    return tag.starts_with("kedge");
}

void take_over(Json& document, const Json& live, const std::string& path) {
    const auto pointer = pointer_of(path);
    if (live.contains(pointer)) {
        document[pointer] = live.at(pointer);
    } else if (document.contains(pointer)) {
        document.at(pointer.parent_pointer()).erase(pointer.back());
    }
}

// Which entry of a list is the same one: collaborators by subject and role, named things by name, all else by value.
Json key_of(const Json& item) {
    if (!item.is_object()) return item;
    if (item.contains("subject") && item.contains("role_id")) return Json::array({item["subject"], item["role_id"]});
    return item.contains("name") ? item["name"] : item;
}

void add_extras(Json& document, const Json& live, const std::string& path) {
    const auto pointer = pointer_of(path);
    if (!live.contains(pointer)) return;
    const auto& theirs = live.at(pointer);
    if (!document.contains(pointer)) {
        document[pointer] = theirs;
        return;
    }
    auto& ours = document.at(pointer);
    if (theirs.is_object() && ours.is_object()) {
        for (const auto& [key, value] : theirs.items()) {
            if (!ours.contains(key)) ours[key] = value;
        }
    } else if (theirs.is_array() && ours.is_array()) {
        for (const auto& item : theirs) {
            const auto same = [&](const Json& mine) { return key_of(mine) == key_of(item); };
            if (std::none_of(ours.begin(), ours.end(), same)) ours.push_back(item);
        }
    }
}

// Our own tags are written anew with each change, never carried over.
void drop_our_tags(Json& live) {
    const auto tags = live.find("tags");
    if (tags == live.end()) return;
    if (tags->is_object()) {
        for (auto tag = tags->begin(); tag != tags->end();)
            tag = is_ours(tag.key()) ? tags->erase(tag) : std::next(tag);
    } else if (tags->is_array()) {
        tags->erase(std::remove_if(tags->begin(), tags->end(),
                                   [](const Json& tag) { return tag.is_string() && is_ours(tag.get<std::string>()); }),
                    tags->end());
    }
}

} // namespace

Json merge_live_parts(Json document, const Json& live, const CompareRules& rules) {
    Json readable = live;
    drop_our_tags(readable);
    for (const auto& path : rules.ignore) {
        if (!touches_secret(path)) take_over(document, readable, path);
    }
    for (const auto& path : rules.keep) {
        if (!touches_secret(path)) add_extras(document, readable, path);
    }
    return document;
}

} // namespace kedge
