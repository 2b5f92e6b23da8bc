#include "plan/merge_live_parts.h"

#include "model/secret_fields.h"
#include "plan/compare.h"
#include "plan/field_paths.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

namespace kedge {

namespace {

const Json* member(const Json* object, const std::string& key) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const auto found = object->find(key);
    return found == object->end() ? nullptr : &*found;
}

// What to do where a path ends: with the object that holds the key in git, and the value in live (null: absent there).
using Merge = std::function<void(Json& object, const std::string& key, const Json* live)>;

// Walks `document` and `live` along a path; objects that only live has are made where something goes into them.
void walk(Json& document, const Json* live, std::string_view path, const Merge& merge) {
    if (!document.is_object()) return;
    std::set<std::string> keys;
    for (const auto& [key, value] : document.items()) keys.insert(key);
    if (live != nullptr && live->is_object()) {
        for (const auto& [key, value] : live->items()) keys.insert(key);
    }
    for (const auto& key : keys) {
        const auto step = step_into(path, key);
        const auto* theirs = member(live, key);
        if (step.here) merge(document, key, theirs);
        if (!step.deeper) continue;
        if (document.contains(key)) {
            walk(document[key], theirs, step.rest, merge);
        } else if (theirs->is_object()) {
            Json made = Json::object();
            walk(made, theirs, step.rest, merge);
            if (!made.empty()) document[key] = std::move(made);
        }
    }
}

void take_over(Json& object, const std::string& key, const Json* live) {
    if (live != nullptr)
        object[key] = *live;
    else
        object.erase(key);
}

// Which entry of a list is the same one: collaborators by subject and role, named things by name, all else by value.
Json key_of(const Json& item) {
    if (!item.is_object()) return item;
    if (item.contains("subject") && item.contains("role_id")) return Json::array({item["subject"], item["role_id"]});
    return item.contains("name") ? item["name"] : item;
}

void add_extras(Json& object, const std::string& key, const Json* live) {
    if (live == nullptr) return;
    if (!object.contains(key)) {
        object[key] = *live;
        return;
    }
    auto& ours = object[key];
    if (live->is_object() && ours.is_object()) {
        for (const auto& [name, value] : live->items()) {
            if (!ours.contains(name)) ours[name] = value;
        }
    } else if (live->is_array() && ours.is_array()) {
        for (const auto& item : *live) {
            const auto same = [&](const Json& mine) { return key_of(mine) == key_of(item); };
            if (std::none_of(ours.begin(), ours.end(), same)) ours.push_back(item);
        }
    }
}

} // namespace

Json merge_live_parts(Json document, const Json& live, const CompareRules& rules) {
    // Our own tags are written anew with each change, never carried over.
    const Json readable = without_reserved_tags(live);
    for (const auto& path : rules.ignore) {
        if (!touches_secret(path)) walk(document, &readable, path, take_over);
    }
    for (const auto& path : rules.keep) {
        if (!touches_secret(path)) walk(document, &readable, path, add_extras);
    }
    return document;
}

} // namespace kedge
