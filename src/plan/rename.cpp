#include "plan/rename.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace kedge {

namespace {

struct Sides {
    std::vector<Change*> creates;
    std::vector<Change*> deletes;
};

class Renames {
public:
    Renames(const PlanInput& input, std::vector<Change>& changes) {
        for (auto& change : changes) {
            if (change.action == Action::create) creates_.push_back(&change);
            if (change.action == Action::remove) deletes_.push_back(&change);
        }
        if (creates_.empty() || deletes_.empty()) return;
        for (const auto& compared : input.compared) by_name_.emplace(name_of(compared), &compared);
    }

    void recognise() {
        if (creates_.empty() || deletes_.empty()) return;
        by_word();
        pair_alike([this](const Change& change) { return of(change).nameless; });
        pair_alike([](const Change& change) { return change.place.file; });
        pair_alike([this](const Change& change) { return of(change).url; });
    }

private:
    static const std::string& name_of(const Compared& compared) {
        return compared.candidate.desired != nullptr ? compared.candidate.desired->entry->name
                                                     : compared.candidate.live->name;
    }

    const Compared& of(const Change& change) const { return *by_name_.at(change.name); }

    void pair(Change& create, Change& old) {
        create.cause.renamed_from = old.name;
        std::erase(creates_, &create);
        std::erase(deletes_, &old);
    }

    void by_word() {
        for (auto* create : std::vector(creates_)) {
            const auto& formerly = of(*create).candidate.desired->entry->formerly;
            if (formerly.empty()) continue;
            const auto found = std::find_if(deletes_.begin(), deletes_.end(), [&](const Change* old) {
                return std::any_of(formerly.begin(), formerly.end(), [&](const std::string& name) {
                    const auto slash = name.rfind('/');
                    return name == old->name || (slash != std::string::npos && name.substr(slash + 1) == old->name);
                });
            });
            if (found != deletes_.end()) pair(*create, **found);
        }
    }

    // A create and a delete that have one key, and no other has it; an empty key says nothing.
    template<class KeyOf>
    void pair_alike(KeyOf key_of) {
        using Key = decltype(key_of(std::declval<const Change&>()));
        std::map<Key, Sides> alike;
        for (auto* create : creates_) alike[key_of(*create)].creates.push_back(create);
        for (auto* old : deletes_) alike[key_of(*old)].deletes.push_back(old);
        alike.erase(Key());
        for (const auto& [key, sides] : alike) {
            if (sides.creates.size() != 1 || sides.deletes.size() != 1) continue;
            if (sides.creates.front()->type == sides.deletes.front()->type)
                pair(*sides.creates.front(), *sides.deletes.front());
        }
    }

    std::unordered_map<std::string_view, const Compared*> by_name_;
    std::vector<Change*> creates_;
    std::vector<Change*> deletes_;
};

} // namespace

void recognise_renames(const PlanInput& input, std::vector<Change>& changes) {
    Renames(input, changes).recognise();
}

} // namespace kedge
