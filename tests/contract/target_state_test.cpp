// One suite of target states for every control plane: whatever it can or cannot do, git is reached, and nothing else is
// touched. What goes wrong on the way: target_trouble_test.cpp.
#include "base/failure.h"
#include "dialect/dialects.h"
#include "tests/contract/target_state.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

class SeenAgain : public TargetState {};
class FoundByName : public TargetState {};
class Listed : public TargetState {};
class SharedNames : public TargetState {};
class KnownById : public TargetState {};
class LookedAtAgain : public TargetState {};
class FieldsThatStay : public TargetState {};

bool any(const Capabilities&) {
    return true;
}
bool sees_again(const Capabilities& can) {
    return can.list || can.get;
}
bool finds_by_name(const Capabilities& can) {
    return can.list || can.find_by_name;
}
bool lists(const Capabilities& can) {
    return can.list;
}
bool lists_shared_names(const Capabilities& can) {
    return can.list && !can.names_unique;
}
bool knows_by_id(const Capabilities& can) {
    return sees_again(can) && !can.names_unique;
}
// What no dry run has checked is read again right before it is written.
bool looks_again(const Capabilities& can) {
    return can.get && !can.rehearse;
}
std::vector<TargetVariant> with_twins() {
    auto variants = variants_that(lists_shared_names);
    std::erase_if(variants, [](const TargetVariant& variant) { return !variant.takes_twins; });
    return variants;
}

std::vector<TargetVariant> with_a_fixed_field() {
    auto variants = variants_that(sees_again);
    std::erase_if(variants, [](const TargetVariant& variant) { return variant.fixed.is_null(); });
    return variants;
}

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
    world.declare("github", GetParam().edit("changed-in-git"));
    world.converge();
    ASSERT_EQ(count("github"), 1U);
    EXPECT_EQ(id_of("github"), id);
    EXPECT_EQ(edited_of(id), word("changed-in-git"));
    expect_nothing_to_do();
}

TEST_P(TargetState, blocks_of_other_control_planes_are_accepted_and_never_sent) {
    const auto& own = world.plane->provider().dialect().describe().dialect;
    Json others;
    for (const auto& entry : dialects()) {
        if (entry.name != own) others[entry.name] = {{"transport", 7}, {"secret_id", {1}}, {"unheard_of", "x"}};
    }
    world.declare("github", {{"x-kedge", others}});
    world.add("jira");
    const auto plan = world.plan();
    const auto about = [&](const std::string& file) {
        return std::count_if(plan.findings.begin(), plan.findings.end(),
                             [&](const Finding& finding) { return finding.place.file == file; });
    };
    EXPECT_EQ(about("github.yaml"), about("jira.yaml")) << "what is said of both is about other fields";
    world.converge();
    ASSERT_EQ(count("github"), 1U);
    const auto block = rows_named(*world.plane, "github")[0].document.value("x-kedge", Json::object());
    for (const auto& [name, unused] : others.items()) EXPECT_FALSE(block.contains(name)) << name;
    expect_nothing_to_do();
}

TEST_P(SeenAgain, drift_is_seen_and_healed) {
    world.add("github");
    world.add("jira");
    world.converge();
    const auto id = id_of("github");
    edit_by_hand(id, "edited-by-hand");
    world.converge();
    EXPECT_EQ(edited_of(id), as_in_git("github"));
    EXPECT_EQ(id_of("github"), id);
    expect_nothing_to_do();
}

TEST_P(LookedAtAgain, what_somebody_changed_between_the_look_and_the_write_is_not_overwritten) {
    world.add("github");
    world.converge();
    const auto id = id_of("github");
    world.declare("github", GetParam().edit("changed-in-git"));
    auto seen = world.look();
    edit_by_hand(id, "edited-by-hand");
    const auto report = run_to_end(world.loop, world.unit->act(std::move(seen), {}, {}));
    ASSERT_NE(find_outcome(report, "github"), nullptr);
    ASSERT_EQ(find_outcome(report, "github")->result, Result::held);
    EXPECT_EQ(find_outcome(report, "github")->change.holds.at(0).reason, HoldReason::conflict);
    EXPECT_EQ(edited_of(id), word("edited-by-hand"));
}

TEST_P(SeenAgain, what_was_deleted_by_hand_comes_back) {
    world.add("github");
    world.converge();
    world.plane->remove(id_of("github"));
    world.converge();
    EXPECT_EQ(count("github"), 1U);
    expect_nothing_to_do();
}

TEST_P(TargetState, a_foreign_registration_is_not_touched) {
    world.plane->add(manifest_of("theirs"));
    world.add("github");
    world.converge();
    const auto rows = rows_named(*world.plane, "theirs");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].document.value(GetParam().edited, Json()), as_in_git("theirs"));
    expect_nothing_to_do();
}

TEST_P(FoundByName, a_foreign_registration_of_a_declared_name_is_held_and_not_overwritten) {
    const auto id = world.plane->add(manifest_with("github", "somebody-elses"));
    world.add("github");
    const auto report = world.converge();
    ASSERT_NE(find_outcome(report, "github"), nullptr);
    EXPECT_EQ(find_outcome(report, "github")->result, Result::held);
    EXPECT_EQ(find_outcome(report, "github")->change.holds.at(0).reason, HoldReason::foreign);
    EXPECT_EQ(edited_of(id), word("somebody-elses"));
    EXPECT_EQ(count("github"), 1U);
    run_to_end(world.loop, world.unit->adopt("github", ""));
    world.converge();
    EXPECT_EQ(edited_of(id), as_in_git("github"));
    expect_nothing_to_do();
}

TEST_P(Listed, an_equal_foreign_registration_is_adopted_without_a_write_only_where_names_are_unique) {
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
    EXPECT_EQ(world.plane->fate.writes(), 0);
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

TEST_P(FieldsThatStay, what_cannot_be_changed_in_place_is_replaced_once_it_is_released) {
    world.add("github");
    world.converge();
    const auto id = id_of("github");
    world.declare("github", GetParam().fixed);
    const auto held = world.converge();
    ASSERT_NE(find_outcome(held, "github"), nullptr);
    if (!world.can().remove) {
        EXPECT_THAT(find_outcome(held, "github")->change.left_alone, HasSubstr("cannot delete"));
        EXPECT_EQ(id_of("github"), id);
        return;
    }
    ASSERT_FALSE(find_outcome(held, "github")->change.holds.empty());
    EXPECT_EQ(find_outcome(held, "github")->change.holds[0].reason, HoldReason::replace);
    EXPECT_THAT(find_outcome(held, "github")->change.holds[0].text, HasSubstr(GetParam().fixed_path));
    EXPECT_EQ(id_of("github"), id);
    EXPECT_EQ(world.release_all({HoldReason::replace}), 1);
    world.converge();
    ASSERT_EQ(count("github"), 1U);
    EXPECT_NE(id_of("github"), id);
    // What shows again is as git has it.
    auto merged = rows_named(*world.plane, "github")[0].document;
    const auto before = merged;
    merged.merge_patch(GetParam().fixed);
    EXPECT_TRUE(!GetParam().fixed_shows || merged == before) << before;
    expect_nothing_to_do();
    world.restart();
    expect_nothing_to_do();
}

TEST_P(SharedNames, of_two_live_servers_of_one_name_only_ours_is_looked_after) {
    world.add("github");
    world.converge();
    const auto ours = id_of("github");
    const auto theirs = world.plane->add(manifest_with("github", "a-copy"));
    edit_by_hand(ours, "edited-by-hand");
    world.converge();
    EXPECT_EQ(edited_of(ours), as_in_git("github"));
    EXPECT_EQ(edited_of(theirs), word("a-copy"));
    EXPECT_EQ(id_of("github"), ours);
    world.source.remove("github.yaml");
    world.add("jira");
    world.converge();
    EXPECT_EQ(edited_of(theirs), word("a-copy"));
    EXPECT_EQ(edited_of(ours), world.prunes() ? Json("gone") : as_in_git("github"));
}

TEST_P(SharedNames, two_foreign_servers_of_one_name_are_adopted_by_id_only) {
    const auto one = world.plane->add(manifest_with("github", "number-one"));
    const auto two = world.plane->add(manifest_with("github", "number-two"));
    world.add("github");
    EXPECT_EQ(world.release_all({HoldReason::foreign}), 1);
    world.converge();
    EXPECT_EQ(world.plane->fate.writes(), 0) << "no release says which one is meant";
    try {
        run_to_end(world.loop, world.unit->adopt("github", ""));
        ADD_FAILURE() << "one of two was taken";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(),
                    testing::AllOf(HasSubstr("say which one: --id ID ("), HasSubstr(one), HasSubstr(two)));
    }
    run_to_end(world.loop, world.unit->adopt("github", two));
    world.converge();
    EXPECT_EQ(edited_of(two), as_in_git("github"));
    EXPECT_EQ(edited_of(one), word("number-one"));
    expect_nothing_to_do();
}

TEST_P(KnownById, a_registration_that_was_renamed_there_is_still_ours_where_ids_tell_them_apart) {
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

INSTANTIATE_TEST_SUITE_P(targets, TargetState, testing::ValuesIn(variants_that(any)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, SeenAgain, testing::ValuesIn(variants_that(sees_again)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, FoundByName, testing::ValuesIn(variants_that(finds_by_name)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, Listed, testing::ValuesIn(variants_that(lists)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, SharedNames, testing::ValuesIn(with_twins()), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, KnownById, testing::ValuesIn(variants_that(knows_by_id)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, LookedAtAgain, testing::ValuesIn(variants_that(looks_again)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, FieldsThatStay, testing::ValuesIn(with_a_fixed_field()), name_of_variant);
