#include "dialect/likeness.h"

#include "model/secret_fields.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kedge {

namespace {

void mask_both(const std::string& pointer, Json& a, Json& b) {
    const Json::json_pointer at(pointer);
    if (!a.contains(at) || !b.contains(at)) return;
    a[at] = masked_value();
    b[at] = masked_value();
}

// The first member that differs, as deep as both sides are maps.
std::string first_difference(const Json& a, const Json& b) {
    if (!a.is_object() || !b.is_object()) return {};
    std::set<std::string> keys;
    for (const auto& [key, value] : a.items()) keys.insert(key);
    for (const auto& [key, value] : b.items()) keys.insert(key);
    for (const auto& key : keys) {
        auto at = "/" + key;
        if (!a.contains(key) || !b.contains(key)) return at;
        if (order_text(a[key]) != order_text(b[key])) return at + first_difference(a[key], b[key]);
    }
    return {};
}

// Each member with an end that sorts before everything that a name may hold.
std::string key_of(const Json& entry, const std::vector<std::string>& members) {
    std::string text;
    for (const auto& name : members) {
        const auto found = entry.is_object() ? entry.find(name) : entry.end();
        if (found != entry.end())
            text += found->is_string() ? found->get_ref<const std::string&>() : order_text(*found);
        text += '\0';
    }
    return text;
}

enum class Repeats { stay, go };

void sort(Json* list, const std::vector<std::string>& members, Repeats repeats) {
    if (!list || !list->is_array()) return;
    struct Keyed {
        std::string key;
        Json* entry;
    };
    std::vector<Keyed> order;
    order.reserve(list->size());
    for (auto& entry : *list) order.push_back({key_of(entry, members), &entry});
    const auto precedes = [](const Keyed& a, const Keyed& b) {
        return a.key != b.key ? a.key < b.key : order_text(*a.entry) < order_text(*b.entry);
    };
    const auto is_repeat = [&](const Keyed& a, const Keyed& b) {
        return repeats == Repeats::go && a.key == b.key && order_text(*a.entry) == order_text(*b.entry);
    };
    // Mostly people, and control planes, write them in order.
    const bool sorted = std::is_sorted(order.begin(), order.end(), precedes);
    if (sorted && std::adjacent_find(order.begin(), order.end(), is_repeat) == order.end()) return;
    if (!sorted) std::stable_sort(order.begin(), order.end(), precedes);
    order.erase(std::unique(order.begin(), order.end(), is_repeat), order.end());
    Json ordered = Json::array();
    for (auto& keyed : order) ordered.push_back(std::move(*keyed.entry));
    *list = std::move(ordered);
}

} // namespace

std::string order_text(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void sort_list(Json* list, const std::vector<std::string>& members) {
    sort(list, members, Repeats::stay);
}

void sort_set(Json* list, const std::vector<std::string>& members) {
    sort(list, members, Repeats::go);
}

bool surely_not_done(const Exchange& write) {
    if (!write.answered) return !write.sent;
    const int status = write.response.status;
    return status >= 400 && status < 500 && status != 408 && status != 409;
}

Likeness compare_with_sent(const Operation& operation, const Json& live, const CompareRules& rules,
                           const std::function<Json(Json)>& canonical) {
    Likeness likeness;
    Json sent = operation.document;
    for (const auto& pointer : operation.sealed) {
        const Json::json_pointer at(pointer);
        if (!sent.contains(at)) continue;
        sent[at] = masked_value();
        likeness.secrets_hidden = true;
    }
    sent = canonical(std::move(sent));
    Json read_back = canonical(live);
    for (const auto& field : rules.ignore_unless_set) {
        if (!sent.contains(field)) read_back.erase(field);
    }
    std::set<std::string> hidden;
    const auto note = [&](const std::string& pointer, const Json& value) {
        if (is_masked(value) || is_unreadable(value)) hidden.insert(pointer);
    };
    for_each_secret(sent, note);
    for_each_secret(read_back, note);
    likeness.secrets_hidden = likeness.secrets_hidden || !hidden.empty();
    for (const auto& pointer : hidden) mask_both(pointer, sent, read_back);
    likeness.equal = order_text(sent) == order_text(read_back);
    if (!likeness.equal) likeness.difference = first_difference(sent, read_back);
    return likeness;
}

} // namespace kedge
