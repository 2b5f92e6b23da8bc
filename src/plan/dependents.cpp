#include "plan/dependents.h"

#include "plan/holds.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace kedge {

namespace {

using Sources = std::map<std::string, std::vector<std::string>>;

std::string in_quotes(const std::string& text) {
    return "\"" + text + "\"";
}

bool names(const Sources& sources_of, const std::string& virtual_server, const std::string& source) {
    const auto found = sources_of.find(virtual_server);
    return found != sources_of.end() &&
           std::find(found->second.begin(), found->second.end(), source) != found->second.end();
}

class Dependents {
public:
    Dependents(std::vector<Change>& changes, const Links& links) : changes_(changes), links_(links) {
        for (auto& change : changes_) {
            by_name_.emplace(change.name, &change);
            if (!change.cause.renamed_from.empty()) successor_.emplace(change.cause.renamed_from, &change);
        }
        for (const auto* side : {&links.declared, &links.live}) {
            for (const auto& [virtual_server, sources] : *side) {
                for (const auto& source : sources) users_[source].insert(virtual_server);
            }
        }
    }

    // Changes in their order of execution need one round, and one to see that nothing moved; circles need more.
    void hold_all() {
        for (bool moved = true; moved;) {
            moved = false;
            for (auto& change : changes_) {
                const bool ran = change.runs();
                hold(change);
                moved = moved || ran != change.runs();
            }
        }
    }

private:
    void hold(Change& change) {
        if (change.action != Action::remove) return hold_for_sources(change);
        const auto successor = successor_.find(change.name);
        if (successor != successor_.end() && !successor->second->runs()) {
            add_hold(change, depends_hold("it is now called " + in_quotes(successor->second->name) +
                                              ", which is not created yet",
                                          "settle " + in_quotes(successor->second->name) + " first"));
        }
        const auto users = users_.find(change.name);
        if (users == users_.end() || change.released) return;
        for (const auto& user : users->second) {
            if (goes_on_naming(user, change.name)) {
                add_hold(change, delete_hold(change, "virtual server " + in_quotes(user) + " combines it"));
            }
        }
    }

    void hold_for_sources(Change& change) {
        const auto sources = links_.declared.find(change.name);
        if (sources == links_.declared.end()) return;
        for (const auto& source : sources->second) {
            const auto found = by_name_.find(source);
            if (found == by_name_.end()) continue;
            const auto& other = *found->second;
            if (other.action != Action::create || other.runs()) continue;
            add_hold(change, depends_hold("its source " + in_quotes(source) + " is not created yet",
                                          "settle " + in_quotes(source) + " first"));
        }
    }

    bool goes_on_naming(const std::string& user, const std::string& source) const {
        const auto found = by_name_.find(user);
        const Change* change = found == by_name_.end() ? nullptr : found->second;
        if (change != nullptr && change->runs()) {
            return change->action != Action::remove && names(links_.declared, user, source);
        }
        return true; // it stays as it is, or is in git and wants to be
    }

    std::vector<Change>& changes_;
    const Links& links_;
    std::unordered_map<std::string_view, Change*> by_name_;
    std::unordered_map<std::string_view, Change*> successor_;
    std::unordered_map<std::string, std::set<std::string>> users_;
};

} // namespace

void hold_dependents(std::vector<Change>& changes, const Links& links) {
    const bool renamed = std::any_of(changes.begin(), changes.end(),
                                     [](const Change& change) { return !change.cause.renamed_from.empty(); });
    if (renamed || !links.declared.empty() || !links.live.empty()) Dependents(changes, links).hold_all();
}

Links links_of(const PlanInput& input) {
    Links links;
    for (const auto& desired : input.desired) {
        if (!desired.entry->sources.empty()) links.declared.emplace(desired.entry->name, desired.entry->sources);
    }
    for (const auto& live : input.live) {
        if (live.virtual_server && !live.sources.empty()) {
            auto& sources = links.live[live.name];
            sources.insert(sources.end(), live.sources.begin(), live.sources.end());
            std::sort(sources.begin(), sources.end());
        }
    }
    return links;
}

void hold_for_missing_sources(const PlanInput& input, std::vector<Change>& changes) {
    const bool combined = std::any_of(input.desired.begin(), input.desired.end(),
                                      [](const DesiredEntry& desired) { return !desired.entry->sources.empty(); });
    if (!combined) return; // most trees have no virtual server
    std::unordered_map<std::string_view, Change*> by_name;
    for (auto& change : changes) by_name.emplace(change.name, &change);
    std::unordered_set<std::string_view> known;
    for (const auto& desired : input.desired) {
        const auto found = desired.entry->sources.empty() ? by_name.end() : by_name.find(desired.entry->name);
        if (found == by_name.end()) continue;
        if (known.empty()) { // asked for the first time
            for (const auto& other : input.desired) known.insert(other.entry->name);
            for (const auto& live : input.live) known.insert(live.name);
        }
        for (const auto& source : desired.entry->sources) {
            if (known.contains(source)) continue;
            const std::string why = input.elsewhere.contains(source) ? ", which another unit has not created yet"
                                                                     : ", which is not live, and not valid in git";
            add_hold(*found->second,
                     depends_hold("it combines " + in_quotes(source) + why, "add or correct that manifest"));
        }
    }
}

} // namespace kedge
