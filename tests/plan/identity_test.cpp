// Control planes where names are not unique, that have no dry run, or no list.
#include "tests/plan/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(adoption, of_several_rows_of_one_name_no_release_says_which) {
    World w;
    w.description.can.names_unique = false;
    auto& entry = w.in_git(remote("a"));
    w.is_live(remote("a", {{"description", "one"}}));
    w.is_live(remote("a", {{"description", "two"}})).remote_id = "id-b";
    w.documents["id-b"] = remote("a", {{"description", "two"}});
    w.documents["id-a"] = remote("a", {{"description", "one"}});
    w.release(w.plan().plan.changes.at(0));
    const auto plan = w.plan().plan;
    EXPECT_THAT(names(plan), ElementsAre("update a"));
    ASSERT_THAT(reasons(plan.changes[0]), ElementsAre(HoldReason::foreign));
    EXPECT_EQ(plan.changes[0].holds[0].text, "2 live registrations have this name, and none of them is managed by "
                                             "kedge: \"id-a\", \"id-b\"");
    entry.adopt = "id-b";
    EXPECT_TRUE(w.plan().plan.changes.at(0).runs());
    EXPECT_EQ(w.plan().plan.changes.at(0).remote_id, "id-b");
}

TEST(superseded, what_a_replacement_has_followed_is_deleted_whatever_prune_says) {
    World w;
    w.description.can.names_unique = false;
    w.description.can.tags = false;
    w.prune = Prune::never;
    w.is_ours(remote("a"));
    w.ledger.owned["a"].superseded = {"id-old"};
    auto old = remote("a", {{"url", "https://old.example"}});
    w.is_live(old).remote_id = "id-old";
    w.documents["id-old"] = old;
    w.documents["id-a"] = remote("a");
    const auto planned = w.plan();
    EXPECT_THAT(names(planned.plan), ElementsAre("delete a"));
    EXPECT_EQ(planned.plan.changes[0].remote_id, "id-old");
    EXPECT_TRUE(planned.plan.changes[0].runs());
    EXPECT_THAT(planned.undeclared, IsEmpty()) << "the name is declared as before";
}

TEST(plans, of_a_control_plane_without_a_dry_run_say_that_it_checked_nothing) {
    World w;
    w.description.can.rehearse = false;
    w.in_git(remote("a"));
    EXPECT_EQ(w.plan().plan.changes.at(0).check.kind, CheckKind::not_checked);
}

TEST(plans, without_a_list_delete_nothing_and_say_so) {
    World w;
    w.description.can.list = w.description.can.list_has_total = false;
    w.is_ours(remote("a"));
    w.is_ours(remote("b"));
    w.remove_from_git("b");
    const auto plan = w.plan().plan;
    EXPECT_THAT(plan.changes, IsEmpty());
    EXPECT_THAT(plan.prune_off, HasSubstr("has no list"));
}
