// Many registrations that get one new secret are one story. Which changes and outcomes are told together: those that
// share the secrets and wait for the same, more than three of them. Their order stays, at the place of the first.
#pragma once
#include "model/plan.h"
#include "model/report.h"

#include <map>
#include <string>
#include <vector>

namespace kedge {

// Equal for what may be told together; empty: it is told alone.
std::string fold_key(const Change& change);
std::string fold_key(const Outcome& outcome);

template<class Item>
using Folds = std::vector<std::vector<const Item*>>;

template<class Item, class Wanted>
Folds<Item> folded(const std::vector<Item>& items, Wanted wanted) {
    constexpr std::size_t least = 4;
    std::map<std::string, std::vector<const Item*>> together;
    for (const auto& item : items) {
        if (wanted(item)) together[fold_key(item)].push_back(&item);
    }
    Folds<Item> folds;
    for (const auto& item : items) {
        if (!wanted(item)) continue;
        const auto key = fold_key(item);
        auto& same = together[key];
        if (key.empty() || same.size() < least)
            folds.push_back({&item});
        else if (same.front() == &item)
            folds.push_back(same);
    }
    return folds;
}

std::vector<std::string> names_of(const std::vector<const Change*>& changes);
std::vector<std::string> names_of(const std::vector<const Outcome*>& outcomes);
// "and 39 others".
std::string others(std::size_t size);
// "the new value of ${env:SHARED}".
std::string new_value_words(const Change& change);

} // namespace kedge
