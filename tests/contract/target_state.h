// What the target-state suites ask with: one control plane in one of its variants, a unit in front of it, and what is
// live there. A suite runs on the control planes that can do what it needs, and on no other.
#pragma once
#include "tests/contract/target_variants.h"
#include "tests/contract/target_world.h"

#include <gtest/gtest.h>
#include <string>

namespace kedge {

class TargetState : public testing::TestWithParam<TargetVariant> {
protected:
    void expect_nothing_to_do() {
        const auto before = world.plane->fate.writes();
        const auto report = world.apply();
        EXPECT_TRUE(report.plan.changes.empty())
            << to_text(report.plan.changes.front().action) << " " << report.plan.changes.front().name;
        EXPECT_EQ(world.plane->fate.writes(), before);
    }
    std::string id_of(const std::string& name) { return world.known().owned.at(name).remote_id; }
    std::size_t count(const std::string& name) { return rows_named(*world.plane, name).size(); }

    // The edited field, as the suite fills it, as git has it, and as it is live; "gone" where nothing is.
    static Json word(const std::string& word) { return GetParam().edit(word).at(GetParam().edited); }
    static Json as_in_git(const std::string& name) { return manifest_of(name).at(GetParam().edited); }
    Json edited_of(const std::string& id) {
        for (const auto& row : world.plane->rows()) {
            if (row.remote_id == id) return row.document.value(GetParam().edited, Json());
        }
        return "gone";
    }
    static Json manifest_with(const std::string& name, const std::string& word) {
        return manifest_of(name, GetParam().edit(word));
    }
    void edit_by_hand(const std::string& id, const std::string& word) { world.plane->edit(id, GetParam().edit(word)); }

    TargetWorld world{GetParam().make()};
};

} // namespace kedge
