#include "world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

// One owned registration that git still declares, and one that it does not.
World world() {
    World w;
    w.is_ours(remote("stays"));
    w.is_ours(remote("goes"));
    w.remove_from_git("goes");
    return w;
}

Hold only_hold(World& w) {
    const auto plan = w.plan().plan;
    const auto& change = change_of(plan, "goes");
    EXPECT_EQ(change.holds.size(), 1U);
    return change.holds.at(0);
}

void expect_off(World& w, const std::string& why) {
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_FALSE(planned.plan.prune);
    EXPECT_EQ(planned.plan.prune_off, why + "; 1 registration that is no longer in git stays");
    EXPECT_THAT(planned.plan.live_only_names, ElementsAre("goes"));
    EXPECT_THAT(planned.undeclared, IsEmpty());
}

} // namespace

TEST(prune, what_is_owned_and_gone_from_git_is_deleted) {
    auto w = world();
    w.causes["goes.yaml"] = Commit{"dead", "Ann <a@x.example>", "Drop it", 1};
    const auto planned = w.plan();
    ASSERT_THAT(names(planned.plan), ElementsAre("delete goes"));
    const auto& change = planned.plan.changes[0];
    EXPECT_TRUE(change.runs());
    EXPECT_TRUE(planned.plan.prune);
    EXPECT_EQ(planned.plan.prune_off, "");
    EXPECT_EQ(change.remote_id, "id-goes");
    EXPECT_EQ(change.cause.kind, CauseKind::removed_from_git);
    EXPECT_EQ(change.cause.commit->id, "dead");
    EXPECT_TRUE(change.desired.empty());
    EXPECT_EQ(change.place.file, "goes.yaml");
    ASSERT_EQ(planned.undeclared.size(), 1U);
    EXPECT_EQ(planned.undeclared[0].undeclared, w.now);
}

TEST(prune_off, where_the_unit_says_never) {
    auto w = world();
    w.prune = Prune::never;
    expect_off(w, "the unit says prune: never");
}

TEST(prune_off, where_a_manifest_has_errors) {
    auto w = world();
    w.findings = {{Severity::error, {"x.yaml", 1, 1}, "wrong", "", "", ""}};
    expect_off(w, "not every manifest could be read");
    w.findings[0].severity = Severity::warning;
    EXPECT_THAT(names(w.plan().plan), ElementsAre("delete goes"));
    w.findings.clear();
    w.invalid_names = {"x"};
    expect_off(w, "not every manifest could be read");
    w.invalid_names.clear();
    w.invalid_paths = {"x.yaml"};
    expect_off(w, "not every manifest could be read");
}

TEST(prune_off, where_the_source_is_empty) {
    auto w = world();
    w.remove_from_git("stays");
    const auto plan = w.plan().plan;
    EXPECT_THAT(plan.changes, IsEmpty());
    EXPECT_EQ(plan.prune_off, "the source holds no manifests; 2 registrations that are no longer in git stay");
}

TEST(prune_off, where_another_unit_could_not_be_read) {
    auto w = world();
    w.sibling_problem = "unit \"b\": no answer";
    expect_off(w, "another unit of this target could not be read (unit \"b\": no answer)");
}

TEST(prune_off, where_the_control_plane_cannot) {
    auto w = world();
    w.description.can.remove = false;
    expect_off(w, "this control plane cannot delete");
    w.description.can.remove = true;
    w.description.can.list_has_total = false;
    expect_off(w, "this control plane does not say how many registrations it has");
}

TEST(prune_off, without_installation_and_unit) {
    auto w = world();
    w.us.unit.clear();
    const auto plan = w.plan().plan;
    EXPECT_FALSE(plan.prune);
    EXPECT_THAT(plan.changes, IsEmpty());
}

TEST(prune, never_touches_what_was_declared_as_prune_never) {
    auto w = world();
    w.ledger.owned.at("goes").prune_never = true;
    const auto plan = w.plan().plan;
    EXPECT_THAT(plan.changes, IsEmpty());
    EXPECT_TRUE(plan.prune);
    EXPECT_EQ(plan.prune_off, "");
    EXPECT_THAT(plan.live_only_names, ElementsAre("goes"));
}

TEST(prune, leaves_what_another_unit_declares) {
    auto w = world();
    w.elsewhere = {"goes"};
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_THAT(planned.plan.live_only_names, ElementsAre("goes"));
    EXPECT_THAT(planned.undeclared, IsEmpty());
}

TEST(hold_delete, stands_on_what_this_ledger_never_saw_declared) {
    auto w = world();
    w.ledger.owned.at("goes").declared = 0;
    EXPECT_EQ(only_hold(w).text, "this ledger has never seen it in git");
    w.ledger.owned.erase("goes"); // the marker alone makes it ours
    EXPECT_EQ(only_hold(w).text, "this ledger has never seen it in git");
    EXPECT_EQ(only_hold(w).reason, HoldReason::delete_);
    w.release(change_of(w.plan().plan, "goes"));
    EXPECT_TRUE(change_of(w.plan().plan, "goes").runs());
}

TEST(hold_delete, stands_on_what_carries_no_marker_of_ours) {
    auto w = world();
    w.live[1].marker.clear();
    EXPECT_EQ(only_hold(w).text, "it does not carry our marker");
    w.live[1].marker = make_marker("prod", "other-unit", "goes");
    EXPECT_EQ(only_hold(w).text, "it carries the marker of unit \"other-unit\"");
    w.live[1].marker.clear();
    w.description.can.tags = false; // there can be no marker
    EXPECT_TRUE(change_of(w.plan().plan, "goes").runs());
}

TEST(hold_delete, stands_until_the_delay_is_over) {
    auto w = world();
    w.prune_delay = Milliseconds{900'000};
    const auto hold = only_hold(w);
    EXPECT_EQ(hold.text, "gone from git since 2025-10-09T08:53:20Z, deleted after 15m");
    EXPECT_EQ(hold.until, w.now + 900);
    EXPECT_THAT(hold.way_out, HasSubstr("wait until 2025-10-09T09:08:20Z, or add to .kedge/releases: - {digest:"));
    w.ledger.owned.at("goes").undeclared = w.now - 899;
    EXPECT_EQ(only_hold(w).until, w.now + 1);
    EXPECT_THAT(w.plan().undeclared, IsEmpty()); // the clock runs already
    w.ledger.owned.at("goes").undeclared = w.now - 900;
    EXPECT_TRUE(change_of(w.plan().plan, "goes").runs());
}

TEST(hold_delete, stands_while_a_virtual_server_combines_it) {
    auto w = world();
    w.is_live(virtual_server("all", {"goes", "stays"})); // of somebody else
    const auto hold = only_hold(w);
    EXPECT_EQ(hold.reason, HoldReason::delete_);
    EXPECT_EQ(hold.text, "virtual server \"all\" combines it");
}

TEST(hold_delete, a_virtual_server_that_goes_too_does_not_hold) {
    auto w = world();
    w.is_ours(virtual_server("all", {"goes"}));
    w.remove_from_git("all");
    auto plan = w.plan().plan;
    EXPECT_THAT(names(plan), ElementsAre("delete all", "delete goes"));
    EXPECT_EQ(count_running(plan), 2);
    w.live[2].paused = true; // now it stays
    plan = w.plan().plan;
    EXPECT_THAT(reasons(change_of(plan, "goes")), ElementsAre(HoldReason::delete_));
}

TEST(hold_delete, a_virtual_server_that_lets_go_in_the_same_pass_does_not_hold) {
    auto w = world();
    w.is_ours(virtual_server("all", {"goes", "stays"}));
    w.edit_git(virtual_server("all", {"stays"}));
    for (auto& file : w.files) {
        if (file.entries[0].name == "all") file.entries[0].sources = {"stays"};
    }
    auto plan = w.plan().plan;
    EXPECT_THAT(names(plan), ElementsAre("update all", "delete goes"));
    EXPECT_EQ(count_running(plan), 2);
    w.live[2].paused = true;
    EXPECT_FALSE(change_of(w.plan().plan, "goes").runs());
}

TEST(hold_delete, a_virtual_server_in_git_that_wants_it_holds) {
    auto w = world();
    w.in_git(virtual_server("all", {"goes"}));
    EXPECT_EQ(only_hold(w).text, "virtual server \"all\" combines it");
}

TEST(rename, in_the_same_file_is_seen_for_what_it_is) {
    World w;
    w.is_ours(remote("old"), "mcp.yaml");
    w.remove_from_git("old");
    w.in_git(remote("new", {{"description", "edited as well"}}), "mcp.yaml");
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("create new", "delete old"));
    EXPECT_EQ(change_of(plan, "new").cause.renamed_from, "old");
    EXPECT_EQ(count_running(plan), 2);
}

TEST(rename, to_another_file_is_seen_by_the_equal_document) {
    World w;
    w.is_ours(remote("old"));
    w.remove_from_git("old");
    w.in_git(remote("new"), "elsewhere/new.yaml");
    w.in_git(remote("unrelated", {{"url", "https://other.example"}}), "old.yaml");
    const auto plan = w.plan().plan;
    EXPECT_EQ(change_of(plan, "new").cause.renamed_from, "old");
    EXPECT_EQ(change_of(plan, "unrelated").cause.renamed_from, "");
}

TEST(rename, to_another_file_with_an_edit_is_seen_by_the_url) {
    World w;
    w.is_ours(remote("old", {{"url", "https://one.example"}}));
    w.remove_from_git("old");
    w.in_git(remote("new", {{"url", "https://one.example"}, {"description", "edited"}}), "elsewhere/new.yaml");
    w.in_git(remote("unrelated", {{"url", "https://other.example"}}), "elsewhere/unrelated.yaml");
    const auto plan = w.plan().plan;
    EXPECT_EQ(change_of(plan, "new").cause.renamed_from, "old");
    EXPECT_EQ(change_of(plan, "unrelated").cause.renamed_from, "");
}

TEST(rename, is_not_guessed_where_two_would_fit) {
    World w;
    for (const auto* name : {"old1", "old2"}) {
        w.is_ours(remote(name), "mcp.yaml");
        w.remove_from_git(name);
    }
    w.in_git(remote("new"), "mcp.yaml");
    EXPECT_EQ(change_of(w.plan().plan, "new").cause.renamed_from, "");
    w.files.back().entries.front().formerly = {"old2"};
    EXPECT_EQ(change_of(w.plan().plan, "new").cause.renamed_from, "old2");
}

TEST(rename, the_old_name_stays_while_the_new_one_is_held) {
    World w;
    w.is_ours(remote("old"), "mcp.yaml");
    w.remove_from_git("old");
    w.in_git(remote("new"), "mcp.yaml");
    Intent intent;
    intent.name = "new";
    w.ledger.open.push_back(intent);
    const auto change = change_of(w.plan().plan, "old");
    ASSERT_THAT(reasons(change), ElementsAre(HoldReason::depends));
    EXPECT_EQ(change.holds[0].text, "it is now called \"new\", which is not created yet");
}

TEST(rename, of_a_unit_carries_ownership) {
    World w;
    w.is_ours(remote("stays"));
    w.is_live(remote("old"), "prod", "former-unit");
    w.in_git(remote("new")).formerly = {"former-unit/old"};
    const auto plan = w.plan().plan;
    EXPECT_THAT(names(plan), ElementsAre("create new", "delete old"));
    EXPECT_EQ(count_running(plan), 2);
    EXPECT_EQ(change_of(plan, "new").cause.renamed_from, "old");
}
