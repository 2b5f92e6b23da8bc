// What goes wrong between kedge and a control plane, at every request that it sends: nothing is doubled, nothing is
// lost, what is foreign stays as it is, and git is reached once the trouble is over.
#include "base/failure.h"
#include "tests/contract/target_state.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;

namespace {

const std::vector<HoldReason> person_decides{HoldReason::unsure, HoldReason::replace, HoldReason::foreign};
using Troubles = std::vector<std::pair<Trouble, std::string>>;
const Troubles troubles_of_writes{{Trouble::refused, "refused"},
                                  {Trouble::lost_before, "lost before"},
                                  {Trouble::lost_after, "lost after"},
                                  {Trouble::cut_off, "cut off"},
                                  {Trouble::killed_before, "killed before"},
                                  {Trouble::killed_after, "killed after"},
                                  {Trouble::failed_after, "500 after it was done"},
                                  {Trouble::page_after, "a page of a proxy"},
                                  {Trouble::throttled, "429"}};

// Whether a look that was lost had been carried out makes no difference.
const Troubles troubles_of_looks{{Trouble::lost_after, "lost"},
                                 {Trouble::cut_off, "cut off"},
                                 {Trouble::killed_after, "killed"},
                                 {Trouble::failed_after, "500"},
                                 {Trouble::page_after, "a page of a proxy"},
                                 {Trouble::throttled, "429"}};

// At every write all of them; at every look one, another at the next: looks are many, and much alike.
Troubles troubles_at(int request, const std::set<int>& writes) {
    if (writes.contains(request)) return troubles_of_writes;
    return {troubles_of_looks[static_cast<std::size_t>(request) % troubles_of_looks.size()]};
}

// Creates, updates, replaces and deletes, with one thing going wrong on the way.
class Trial {
public:
    explicit Trial(const TargetVariant& variant) : world(variant.make()) {
        world.plane->add(manifest_of("theirs"));
        theirs_ = rows_named(*world.plane, "theirs");
        for (const char* name : {"github", "jira", "old"}) world.add(name);
        world.converge();
        world.add("slack");
        world.add("linear");
        world.declare("github", variant.edit("changed"));
        const bool replaces = world.can().remove && !variant.fixed.is_null() && variant.fixed_shows;
        world.declare("jira", replaces ? variant.fixed : variant.edit("new"));
        world.source.remove("old.yaml");
        world.release_all({HoldReason::replace});
    }

    // One pass. Gives how many requests it took.
    int pass() {
        const auto before = world.plane->fate.requests();
        try {
            world.apply();
        } catch (const Killed&) {
            world.restart();
        } catch (const Failure&) {
            // A look that failed: the next pass looks again.
        }
        return world.plane->fate.requests() - before;
    }
    void settle() {
        for (int round = 0; round < 4; ++round) {
            world.converge();
            if (world.release_all(person_decides) == 0) return;
        }
    }

    void expect_git_is_reached() {
        for (const char* name : {"github", "jira", "slack", "linear"})
            EXPECT_EQ(rows_named(*world.plane, name).size(), 1U) << name;
        EXPECT_EQ(rows_named(*world.plane, "old").size(), world.prunes() ? 0U : 1U);
        EXPECT_EQ(rows_named(*world.plane, "theirs"), theirs_);
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

private:
    std::vector<LiveDocument> theirs_;
};

// Which of the requests of one pass are writes, counted from 1: a process that ends before one has sent so many.
std::set<int> writes_in_a_pass(const TargetVariant& variant) {
    std::set<int> writes;
    for (int write = 1;; ++write) {
        Trial trial(variant);
        auto& fate = trial.world.plane->fate;
        const int before = fate.writes();
        fate.at_write(write, Trouble::killed_before);
        const int requests = trial.pass();
        if (fate.writes() - before < write) return writes;
        writes.insert(requests);
    }
}

// What was created and is not listed cannot be found again, and says so: not of these.
class Troubled : public TargetState {};
class LostCreate : public TargetState {};
class LostWithoutMarker : public TargetState {};

// The member that sends it is frozen right then, and another one goes on with the same ledger; it arrives much later.
class LateCreate : public TargetState {
protected:
    void freeze_a_create() {
        world.add("github");
        world.add("jira");
        world.converge();
        world.add("slack");
        world.plane->fate.at_write(1, Trouble::frozen);
        EXPECT_THROW(world.apply(), Killed);
        world.restart();
    }
    std::vector<HoldReason> reasons() {
        std::vector<HoldReason> reasons;
        const auto plan = world.plan();
        const auto* change = find_change(plan, "slack");
        if (change == nullptr) return reasons;
        for (const auto& hold : change->holds) reasons.push_back(hold.reason);
        return reasons;
    }
    bool is_unsure() {
        const auto all = reasons();
        return std::find(all.begin(), all.end(), HoldReason::unsure) != all.end();
    }
    // Sent again because a person said so.
    void send_again() {
        world.apply();
        const auto plan = world.plan();
        ASSERT_NE(find_change(plan, "slack"), nullptr);
        world.release(*find_change(plan, "slack"));
        world.apply();
        ASSERT_EQ(count("slack"), 1U);
    }
    // Whatever is said of it: nothing is sent, and nobody's is touched.
    void expect_two_stay() {
        const auto before = rows_named(*world.plane, "slack");
        const auto writes = world.plane->fate.writes();
        for (int pass = 0; pass < 3; ++pass) world.apply();
        world.restart();
        for (int pass = 0; pass < 3; ++pass) world.apply();
        EXPECT_EQ(world.plane->fate.writes(), writes);
        EXPECT_EQ(rows_named(*world.plane, "slack"), before);
        EXPECT_EQ(before.size(), 2U);
    }
};

bool lists(const Capabilities& can) {
    return can.list;
}
bool shares_names(const Capabilities& can) {
    return can.list && !can.names_unique;
}
std::vector<TargetVariant> that_take_equals() {
    auto variants = variants_that(shares_names);
    std::erase_if(variants, [](const TargetVariant& variant) { return !variant.takes_twins || !variant.takes_equals; });
    return variants;
}
bool has_no_marker(const Capabilities& can) {
    return shares_names(can) && !can.tags;
}

} // namespace

TEST_P(Troubled, whatever_goes_wrong_at_whichever_request_is_made_good) {
    const int requests = Trial(GetParam()).pass();
    const auto writes = writes_in_a_pass(GetParam());
    ASSERT_GE(writes.size(), 4U);
    for (int request = 1; request <= requests; ++request) {
        for (const auto& [trouble, word] : troubles_at(request, writes)) {
            SCOPED_TRACE(word + " at request " + std::to_string(request) + " of " + std::to_string(requests));
            Trial trial(GetParam());
            trial.world.plane->fate.at_request(request, trouble);
            trial.pass();
            trial.settle();
            trial.expect_git_is_reached();
            if (HasFailure()) return;
        }
    }
}

TEST_P(Troubled, a_line_that_goes_dead_at_whichever_write_is_made_good) {
    for (int write = 1; write <= 6; ++write) {
        SCOPED_TRACE("dead after write " + std::to_string(write));
        Trial trial(GetParam());
        auto& fate = trial.world.plane->fate;
        fate.at_write(write, Trouble::lost_after);
        fate.stay_dead();
        trial.pass();
        fate.mend();
        trial.settle();
        trial.expect_git_is_reached();
        if (HasFailure()) return;
    }
}

TEST_P(LostCreate, is_never_sent_twice_unless_a_person_says_so) {
    world.add("github");
    world.plane->fate.at_write(1, Trouble::lost_before);
    world.apply();
    for (int pass = 0; pass < 3; ++pass) world.apply();
    EXPECT_EQ(world.plane->fate.writes(), 1);
    const auto plan = world.plan();
    ASSERT_NE(find_change(plan, "github"), nullptr);
    EXPECT_EQ(find_change(plan, "github")->holds.at(0).reason, HoldReason::unsure);
    world.release(*find_change(plan, "github"));
    world.converge();
    EXPECT_EQ(world.plane->fate.writes(), 2);
    EXPECT_EQ(count("github"), 1U);
    expect_nothing_to_do();
}

// A marker would say which one is ours.
TEST_P(LostWithoutMarker, is_taken_only_where_exactly_one_new_and_equal_row_is_there) {
    world.add("github");
    world.plane->fate.at_write(1, Trouble::lost_after);
    world.plane->fate.stay_dead(); // so that it cannot be read back at once
    world.apply();
    world.plane->fate.mend();
    EXPECT_FALSE(world.known().owned.contains("github"));
    const auto other = world.plane->add(manifest_of("github"));
    world.converge();
    EXPECT_EQ(world.plane->fate.writes(), 1);
    EXPECT_FALSE(world.known().owned.contains("github")) << "two rows could be it";
    run_to_end(world.loop, world.unit->adopt("github", other));
    world.converge();
    EXPECT_EQ(id_of("github"), other);
    EXPECT_TRUE(world.known().open.empty());
    expect_nothing_to_do();
}

TEST_P(LateCreate, is_not_sent_again_and_taken_once_it_is_there) {
    freeze_a_create();
    const auto writes = world.plane->fate.writes();
    for (int pass = 0; pass < 3; ++pass) world.apply();
    EXPECT_THAT(reasons(), testing::ElementsAre(HoldReason::unsure));
    EXPECT_EQ(count("slack"), 0U);
    world.plane->fate.let_through();
    world.converge();
    EXPECT_EQ(world.plane->fate.writes(), writes);
    EXPECT_EQ(count("slack"), 1U);
    EXPECT_EQ(id_of("slack"), rows_named(*world.plane, "slack").at(0).remote_id);
    EXPECT_TRUE(world.known().open.empty());
    expect_nothing_to_do();
}

TEST_P(LateCreate, that_is_a_second_one_at_the_next_look_is_unsure_and_deleted_by_nobody) {
    freeze_a_create();
    send_again();
    world.plane->fate.let_through();
    expect_two_stay();
    EXPECT_TRUE(is_unsure());
}

TEST_P(LateCreate, that_is_a_second_one_long_afterwards_is_unsure_and_deleted_by_nobody) {
    freeze_a_create();
    send_again();
    world.converge();
    expect_nothing_to_do();
    const auto ours = id_of("slack");
    world.plane->fate.let_through();
    expect_two_stay();
    EXPECT_THAT(reasons(), testing::ElementsAre(HoldReason::unsure));
    EXPECT_EQ(id_of("slack"), ours);
    // Git lets go of the name: the one that nobody ever saw as ours is not deleted with it.
    world.source.remove("slack.yaml");
    world.converge();
    EXPECT_EQ(count("slack"), world.prunes() ? 1U : 2U);
}

TEST_P(LateCreate, that_is_a_second_one_is_settled_by_whoever_names_one) {
    freeze_a_create();
    send_again();
    world.converge();
    const auto ours = id_of("slack");
    world.plane->fate.let_through();
    std::string other;
    for (const auto& row : rows_named(*world.plane, "slack")) other = row.remote_id == ours ? other : row.remote_id;
    run_to_end(world.loop, world.unit->adopt("slack", other));
    EXPECT_EQ(id_of("slack"), other);
    expect_nothing_to_do();
    EXPECT_EQ(count("slack"), 2U);
    world.plane->remove(ours);
    expect_nothing_to_do();
}

TEST_P(LateCreate, that_is_a_second_one_is_settled_by_its_removal) {
    freeze_a_create();
    send_again();
    world.plane->fate.let_through();
    world.apply();
    const auto ours = id_of("slack");
    ASSERT_EQ(count("slack"), 2U);
    for (const auto& row : rows_named(*world.plane, "slack")) {
        if (row.remote_id != ours) world.plane->remove(row.remote_id);
    }
    world.converge();
    EXPECT_EQ(id_of("slack"), ours);
    EXPECT_TRUE(world.known().open.empty());
    expect_nothing_to_do();
}

INSTANTIATE_TEST_SUITE_P(targets, LateCreate, testing::ValuesIn(that_take_equals()), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, Troubled, testing::ValuesIn(variants_that(lists)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, LostCreate, testing::ValuesIn(variants_that(shares_names)), name_of_variant);
INSTANTIATE_TEST_SUITE_P(targets, LostWithoutMarker, testing::ValuesIn(variants_that(has_no_marker)), name_of_variant);
