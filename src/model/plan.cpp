#include "model/plan.h"

#include <algorithm>

namespace kedge {

Digest plan_digest(const std::vector<Change>& changes) {
    std::vector<Digest> digests;
    for (const auto& change : changes) digests.push_back(change.digest);
    std::sort(digests.begin(), digests.end());
    std::string text = "plan:1";
    for (const auto& digest : digests) text += "\n" + digest.hex();
    return sha256(text);
}

int count_running(const Plan& plan) {
    return static_cast<int>(
        std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& c) { return c.runs(); }));
}

int count_held(const Plan& plan) {
    return static_cast<int>(
        std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& c) { return c.held(); }));
}

int count_left_alone(const Plan& plan) {
    return static_cast<int>(
        std::count_if(plan.changes.begin(), plan.changes.end(), [](const Change& c) { return c.is_left_alone(); }));
}

} // namespace kedge
