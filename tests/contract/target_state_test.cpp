// One suite of target states for every control plane: whatever it can or cannot do, git is reached, nothing else is
// touched, and what goes wrong on the way is made good.
#include "base/failure.h"
#include "tests/contract/target_variants.h"
#include "tests/contract/target_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;
using testing::HasSubstr;

namespace {

const std::vector<HoldReason> person_decides{HoldReason::unsure, HoldReason::replace, HoldReason::foreign};

class TargetState : public testing::TestWithParam<TargetVariant> {
protected:
    TargetWorld world{GetParam().make()};

    void expect_nothing_to_do() {
        const auto before = world.plane->writes();
        const auto report = world.apply();
        EXPECT_TRUE(report.plan.changes.empty())
            << to_text(report.plan.changes.front().action) << " " << report.plan.changes.front().name;
        EXPECT_EQ(world.plane->writes(), before);
    }
    std::string id_of(const std::string& name) { return world.known().owned.at(name).remote_id; }
    std::string description_of(const std::string& id) {
        for (const auto& row : world.plane->rows()) {
            if (row.remote_id == id) return row.document.value("description", "");
        }
        return "gone";
    }
    // What the suite edits by hand. Some control planes have no such field.
    bool keeps_descriptions() {
        return world.plane->provider().dialect().canonical(manifest_of("any")).contains("description");
    }
    std::size_t count(const std::string& name) { return rows_named(*world.plane, name).size(); }
};

} // namespace

TEST_P(TargetState, git_is_reached_and_then_there_is_nothing_to_do) {
    world.add("github");
    world.add("jira");
    world.add("slack");
    world.converge();
    EXPECT_EQ(world.plane->rows().size(), 3U);
    expect_nothing_to_do();
    world.restart();
    expect_nothing_to_do();
    EXPECT_EQ(world.plan().counts.equal, 3);
}

TEST_P(TargetState, a_change_in_git_is_carried_out_under_the_same_id) {
    world.add("github");
    world.converge();
    const auto id = id_of("github");
    world.source.set("github.yaml", World::remote("github") + "enabled: true\n");
    world.add("github", "tags:\n  team: platform\n");
    world.converge();
    ASSERT_EQ(count("github"), 1U);
    EXPECT_EQ(id_of("github"), id);
    expect_nothing_to_do();
}

TEST_P(TargetState, drift_is_seen_where_it_can_be_read_and_healed) {
    if (!keeps_descriptions()) return;
    world.add("github");
    world.add("jira");
    world.converge();
    if (!world.can().get && !world.can().list) return; // nobody can see it
    const auto id = id_of("github");
    world.plane->edit(id, {{"description", "edited by hand"}});
    world.converge();
    EXPECT_EQ(description_of(id), "Tools of github");
    EXPECT_EQ(id_of("github"), id);
    expect_nothing_to_do();
}

TEST_P(TargetState, what_was_deleted_by_hand_comes_back) {
    world.add("github");
    world.converge();
    if (!world.can().get && !world.can().list) return;
    world.plane->remove(id_of("github"));
    world.converge();
    EXPECT_EQ(count("github"), 1U);
    expect_nothing_to_do();
}

TEST_P(TargetState, a_foreign_registration_is_not_touched) {
    if (!keeps_descriptions()) return;
    world.plane->add(manifest_of("theirs"));
    world.add("github");
    world.converge();
    const auto rows = rows_named(*world.plane, "theirs");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].document.value("description", ""), "Tools of theirs");
    expect_nothing_to_do();
}

TEST_P(TargetState, a_foreign_registration_of_a_declared_name_is_held_and_not_overwritten) {
    if (!keeps_descriptions()) return;
    if (!world.can().list && !world.can().find_by_name) return; // nobody can see it
    const auto id = world.plane->add(manifest_of("github", {{"description", "somebody else's"}}));
    world.add("github");
    const auto report = world.converge();
    ASSERT_NE(find_outcome(report, "github"), nullptr);
    EXPECT_EQ(find_outcome(report, "github")->result, Result::held);
    EXPECT_EQ(find_outcome(report, "github")->change.holds.at(0).reason, HoldReason::foreign);
    EXPECT_EQ(description_of(id), "somebody else's");
    EXPECT_EQ(count("github"), 1U);
    run_to_end(world.loop, world.unit->adopt("github", ""));
    world.converge();
    EXPECT_EQ(description_of(id), "Tools of github");
    expect_nothing_to_do();
}

TEST_P(TargetState, an_equal_foreign_registration_is_adopted_without_a_write_only_where_names_are_unique) {
    if (!world.can().list) return;
    const auto id = world.plane->add(manifest_of("github"));
    world.add("github");
    auto report = world.converge();
    if (!world.can().names_unique) {
        EXPECT_EQ(report.plan.counts.adopted, 0);
        ASSERT_NE(find_change(report.plan, "github"), nullptr);
        EXPECT_EQ(find_change(report.plan, "github")->action, Action::adopt);
        EXPECT_EQ(find_change(report.plan, "github")->holds.at(0).reason, HoldReason::foreign);
        EXPECT_EQ(world.release_all({HoldReason::foreign}), 1);
        report = world.converge();
    }
    EXPECT_EQ(id_of("github"), id);
    EXPECT_EQ(world.plane->writes(), 0);
    expect_nothing_to_do();
}

TEST_P(TargetState, what_left_git_is_deleted_only_where_the_list_can_be_trusted) {
    world.add("github");
    world.add("jira");
    world.converge();
    world.source.remove("jira.yaml");
    const auto report = world.converge();
    EXPECT_EQ(count("jira"), world.prunes() ? 0U : 1U);
    EXPECT_EQ(count("github"), 1U);
    if (!world.prunes()) {
        EXPECT_NE(report.plan.prune_off, "");
    }
    expect_nothing_to_do();
}

TEST_P(TargetState, what_cannot_be_changed_in_place_is_replaced_once_it_is_released) {
    world.add("github");
    world.converge();
    const auto& fields = world.can().replace_fields;
    const bool by_url = std::find(fields.begin(), fields.end(), "url") != fields.end();
    if (!by_url) return;
    const auto id = id_of("github");
    world.source.set("github.yaml", World::remote("github") + "\n");
    auto text = World::remote("github");
    text.replace(text.find("/mcp"), 4, "/new");
    world.source.set("github.yaml", text);
    if (!world.can().get && !world.can().list) return; // the control plane itself refuses it
    const auto held = world.converge();
    ASSERT_NE(find_outcome(held, "github"), nullptr);
    if (!world.can().remove) {
        EXPECT_THAT(find_outcome(held, "github")->change.left_alone, HasSubstr("cannot delete"));
        EXPECT_EQ(id_of("github"), id);
        return;
    }
    EXPECT_EQ(find_outcome(held, "github")->change.holds.at(0).reason, HoldReason::replace);
    EXPECT_THAT(find_outcome(held, "github")->change.holds.at(0).text, HasSubstr("url"));
    EXPECT_EQ(id_of("github"), id);
    EXPECT_EQ(world.release_all({HoldReason::replace}), 1);
    world.converge();
    ASSERT_EQ(count("github"), 1U);
    EXPECT_NE(id_of("github"), id);
    EXPECT_EQ(rows_named(*world.plane, "github")[0].document["url"], "https://github.example.com/new");
    expect_nothing_to_do();
}

TEST_P(TargetState, of_two_live_servers_of_one_name_only_ours_is_looked_after) {
    if (!keeps_descriptions()) return;
    if (world.can().names_unique || !world.can().list) return;
    world.add("github");
    world.converge();
    const auto ours = id_of("github");
    const auto theirs = world.plane->add(manifest_of("github", {{"description", "a copy"}}));
    world.plane->edit(ours, {{"description", "edited by hand"}});
    world.converge();
    EXPECT_EQ(description_of(ours), "Tools of github");
    EXPECT_EQ(description_of(theirs), "a copy");
    EXPECT_EQ(id_of("github"), ours);
    world.source.remove("github.yaml");
    world.add("jira");
    world.converge();
    EXPECT_EQ(description_of(theirs), "a copy");
    EXPECT_EQ(description_of(ours), world.prunes() ? "gone" : "Tools of github");
}

TEST_P(TargetState, two_foreign_servers_of_one_name_are_adopted_by_id_only) {
    if (!keeps_descriptions()) return;
    if (world.can().names_unique || !world.can().list) return;
    const auto one = world.plane->add(manifest_of("github", {{"description", "one"}}));
    const auto two = world.plane->add(manifest_of("github", {{"description", "two"}}));
    world.add("github");
    EXPECT_EQ(world.release_all({HoldReason::foreign}), 1);
    world.converge();
    EXPECT_EQ(world.plane->writes(), 0) << "no release says which one is meant";
    try {
        run_to_end(world.loop, world.unit->adopt("github", ""));
        ADD_FAILURE() << "one of two was taken";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(),
                    testing::AllOf(HasSubstr("say which one: --id ID ("), HasSubstr(one), HasSubstr(two)));
    }
    run_to_end(world.loop, world.unit->adopt("github", two));
    world.converge();
    EXPECT_EQ(description_of(two), "Tools of github");
    EXPECT_EQ(description_of(one), "one");
    expect_nothing_to_do();
}

TEST_P(TargetState, a_registration_that_was_renamed_there_is_still_ours_where_ids_tell_them_apart) {
    if (world.can().names_unique || (!world.can().list && !world.can().get)) return;
    world.add("github");
    world.converge();
    const auto id = id_of("github");
    world.plane->edit(id, {{"name", "renamed"}});
    world.converge();
    EXPECT_EQ(count("github"), 1U);
    EXPECT_EQ(count("renamed"), 0U);
    EXPECT_EQ(id_of("github"), id);
    expect_nothing_to_do();
}

TEST_P(TargetState, plans_say_whether_the_control_plane_checked_them) {
    world.add("github");
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->check.kind, world.can().rehearse ? CheckKind::passed : CheckKind::not_checked);
}

namespace {

// Creates, updates, replaces and deletes, with one thing going wrong on the way.
class Trial {
public:
    explicit Trial(const TargetVariant& variant) : world(variant.make()) {
        world.plane->add(manifest_of("theirs"));
        for (const char* name : {"github", "jira", "old"}) world.add(name);
        world.converge();
        world.add("slack");
        world.add("linear");
        world.source.set("github.yaml", World::remote("github") + "tags:\n  team: platform\n");
        auto text = World::remote("jira");
        text.replace(text.find(world.can().remove ? "/mcp" : "Tools"), 4, "/new");
        world.source.set("jira.yaml", text);
        world.source.remove("old.yaml");
        world.release_all({HoldReason::replace});
    }

    void meet(int write, Trouble trouble) {
        world.plane->trouble_at_write(write, trouble);
        try {
            world.apply();
        } catch (const Killed&) {
            world.restart();
        }
        for (int round = 0; round < 4; ++round) {
            world.converge();
            if (world.release_all(person_decides) == 0) return;
        }
    }

    void expect_git_is_reached() {
        for (const char* name : {"github", "jira", "slack", "linear", "theirs"})
            EXPECT_EQ(rows_named(*world.plane, name).size(), 1U) << name;
        EXPECT_EQ(rows_named(*world.plane, "old").size(), world.prunes() ? 0U : 1U);
        const auto known = world.known();
        for (const char* name : {"github", "jira", "slack", "linear"}) {
            ASSERT_TRUE(known.owned.contains(name)) << name;
            EXPECT_EQ(known.owned.at(name).remote_id, rows_named(*world.plane, name).at(0).remote_id) << name;
            EXPECT_TRUE(known.owned.at(name).superseded.empty()) << name;
        }
        EXPECT_TRUE(known.open.empty());
        EXPECT_TRUE(world.plan().changes.empty());
    }

    TargetWorld world;
};

} // namespace

TEST_P(TargetState, whatever_goes_wrong_at_whichever_write_is_made_good) {
    if (!world.can().list) return; // what was created and is not listed cannot be found again
    const std::vector<std::pair<Trouble, std::string>> troubles{{Trouble::refused, "refused"},
                                                                {Trouble::lost_before, "lost before"},
                                                                {Trouble::lost_after, "lost after"},
                                                                {Trouble::killed_before, "killed before"},
                                                                {Trouble::killed_after, "killed after"}};
    for (const auto& [trouble, word] : troubles) {
        for (int write = 1; write <= 6; ++write) {
            SCOPED_TRACE(word + " at write " + std::to_string(write));
            Trial trial(GetParam());
            trial.meet(write, trouble);
            trial.expect_git_is_reached();
            if (HasFailure()) return;
        }
    }
}

TEST_P(TargetState, a_create_that_was_lost_is_never_sent_twice_unless_a_person_says_so) {
    if (world.can().names_unique || !world.can().list) return;
    world.add("github");
    world.plane->trouble_at_write(1, Trouble::lost_before);
    world.apply();
    for (int pass = 0; pass < 3; ++pass) world.apply();
    EXPECT_EQ(world.plane->writes(), 1);
    const auto plan = world.plan();
    ASSERT_NE(find_change(plan, "github"), nullptr);
    EXPECT_EQ(find_change(plan, "github")->holds.at(0).reason, HoldReason::unsure);
    world.release(*find_change(plan, "github"));
    world.converge();
    EXPECT_EQ(world.plane->writes(), 2);
    EXPECT_EQ(count("github"), 1U);
    expect_nothing_to_do();
}

TEST_P(TargetState, a_create_that_was_lost_is_taken_only_where_exactly_one_new_and_equal_row_is_there) {
    if (world.can().names_unique || world.can().tags || !world.can().list) return; // a marker says which one is ours
    world.add("github");
    world.plane->trouble_at_write(1, Trouble::lost_after);
    world.apply();
    if (world.known().owned.contains("github")) return; // the dialect has found it at once
    const auto other = world.plane->add(manifest_of("github"));
    world.converge();
    EXPECT_EQ(world.plane->writes(), 1);
    EXPECT_FALSE(world.known().owned.contains("github")) << "two rows could be it";
    run_to_end(world.loop, world.unit->adopt("github", other));
    world.converge();
    EXPECT_EQ(id_of("github"), other);
    EXPECT_TRUE(world.known().open.empty());
    expect_nothing_to_do();
}

INSTANTIATE_TEST_SUITE_P(plain, TargetState, testing::ValuesIn(plain_variants()), name_of_variant);
INSTANTIATE_TEST_SUITE_P(notebook, TargetState, testing::ValuesIn(notebook_variants()), name_of_variant);
INSTANTIATE_TEST_SUITE_P(sandbox, TargetState, testing::ValuesIn(sandbox_variants()), name_of_variant);
INSTANTIATE_TEST_SUITE_P(contextforge, TargetState, testing::ValuesIn(forge_variants()), name_of_variant);
