#include "world.h"

#include "model/secret_fields.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(plan, a_new_manifest_is_created) {
    World w;
    w.in_git(remote("a"), "mcp/a.yaml").line = 3;
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("create a"));
    const auto& change = plan.changes[0];
    EXPECT_TRUE(change.runs());
    EXPECT_EQ(change.place, (Place{"mcp/a.yaml", 3, 0}));
    EXPECT_EQ(change.blob_id, "blob-a");
    EXPECT_EQ(change.cause.kind, CauseKind::first_time);
    EXPECT_EQ(change.digest, change_digest("truefoundry/acme", Action::create, "a", change.desired, {}));
    EXPECT_EQ(plan.digest, plan_digest(plan.changes));
    EXPECT_EQ(plan.counts.manifests, 1);
    EXPECT_EQ(plan.unit, "tools");
}

TEST(plan, equal_sides_need_nothing) {
    World w;
    w.is_ours(remote("a"));
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_EQ(planned.plan.counts.equal, 1);
    EXPECT_EQ(planned.plan.counts.live, 1);
    EXPECT_THAT(planned.adopt, IsEmpty());
    EXPECT_THAT(planned.undeclared, IsEmpty());
}

TEST(plan, drift_is_repaired) {
    World w;
    w.is_ours(remote("a"));
    w.edit_live(remote("a", {{"description", "by hand"}}));
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("update a"));
    EXPECT_TRUE(plan.changes[0].runs());
    EXPECT_EQ(plan.changes[0].cause.kind, CauseKind::live_moved);
    EXPECT_EQ(plan.changes[0].remote_id, "id-a");
    EXPECT_EQ(plan.changes[0].live_version, "v1");
    EXPECT_EQ(plan.changes[0].differences.size(), 1U);
}

TEST(plan, a_commit_is_named_as_the_cause) {
    World w;
    w.is_ours(remote("a"));
    w.is_ours(remote("both"));
    for (const auto* name : {"a", "both"}) w.edit_git(remote(name, {{"description", "better"}}));
    w.edit_live(remote("both", {{"description", "by hand"}}));
    w.causes["a.yaml"] = Commit{"beef", "Ann <a@x.example>", "Better words", 1};
    const auto plan = w.plan().plan;
    EXPECT_EQ(change_of(plan, "a").cause.kind, CauseKind::git_moved);
    EXPECT_EQ(change_of(plan, "a").cause.commit->id, "beef");
    EXPECT_EQ(change_of(plan, "both").cause.kind, CauseKind::both_moved);
    EXPECT_FALSE(change_of(plan, "both").cause.commit);
}

TEST(plan, what_somebody_deleted_by_hand_is_created_again) {
    World w;
    w.is_ours(remote("a"));
    w.gone_live("a");
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("create a"));
    EXPECT_EQ(plan.changes[0].cause.kind, CauseKind::live_moved);
}

TEST(plan, a_virtual_server_comes_after_its_source_in_one_commit) {
    World w;
    w.in_git(virtual_server("all", {"zeta"}));
    w.in_git(remote("zeta"));
    EXPECT_THAT(names(w.plan().plan), ElementsAre("create zeta", "create all"));
}

TEST(plan, an_orphan_that_is_not_owned_is_left) {
    World w;
    w.is_ours(remote("a"));
    w.is_live(remote("orphan"));
    const auto plan = w.plan().plan;
    EXPECT_THAT(plan.changes, IsEmpty());
    EXPECT_THAT(plan.live_only_names, ElementsAre("orphan"));
    EXPECT_EQ(plan.counts.live_only, 1);
}

TEST(plan, a_redacted_header_does_not_loop) {
    World w;
    const Json desired = remote("a", header("Bearer x"));
    Json masked = desired;
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    w.in_git(desired);
    w.is_live(masked, "prod", "tools").masked = true;
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_EQ(planned.plan.counts.equal, 1);
    EXPECT_EQ(planned.plan.counts.secrets_unknown, 1);
    EXPECT_EQ(planned.plan.counts.normalised, 0);
}

TEST(plan, a_hidden_secret_that_git_moved_is_sent) {
    World w;
    Json masked = remote("a", header("x"));
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    auto& owned = w.is_ours(remote("a", header("old")));
    w.edit_live(masked);
    w.live[0].masked = true;
    owned.answered = digest_in_world(masked, {});
    EXPECT_THAT(w.plan().plan.changes, IsEmpty());
    EXPECT_EQ(w.plan().plan.counts.secrets_unknown, 0);
    w.edit_git(remote("a", header("new")));
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("rotate a"));
    EXPECT_EQ(plan.changes[0].cause.kind, CauseKind::git_moved);
    EXPECT_TRUE(plan.changes[0].runs());
}

TEST(plan, a_write_that_was_not_ours_makes_a_hidden_secret_unknown) {
    World w;
    Json masked = remote("a", header("x"));
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    auto& owned = w.is_ours(remote("a", header("x")));
    owned.answered = digest_in_world(masked, {});
    w.edit_live(masked);
    w.live[0].masked = true;
    w.live[0].version = "v2";
    EXPECT_THAT(w.plan().plan.changes, IsEmpty());
    EXPECT_EQ(w.plan().plan.counts.secrets_unknown, 1);
}

TEST(plan, a_rotated_secret_is_a_change_of_its_own) {
    World w;
    w.is_ours(remote("a"));
    w.rotated = {"a"};
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("rotate a"));
    EXPECT_EQ(plan.changes[0].cause.kind, CauseKind::secret_rotated);
    EXPECT_EQ(plan.changes[0].digest, change_digest("truefoundry/acme", Action::rotate, "a", plan.changes[0].desired,
                                                    plan.changes[0].live, "a new fingerprint"));
}

TEST(plan, a_rotate_shows_what_the_server_normalised_as_such) {
    World w;
    auto& owned = w.is_ours(remote("a"));
    w.edit_live(remote("a", {{"description", "Tools."}}));
    owned.answered = digest_in_world(remote("a", {{"description", "Tools."}}), {});
    w.rotated = {"a"};
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("rotate a"));
    EXPECT_EQ(plan.changes[0].differences[0].kind, DifferenceKind::normalised);
}

TEST(plan, a_normalised_url_is_never_accepted) {
    World w;
    auto& owned = w.is_ours(remote("a"));
    w.edit_live(remote("a", {{"url", "https://tools.example/mcp/"}}));
    owned.answered = digest_in_world(remote("a", {{"url", "https://tools.example/mcp/"}}), {});
    w.rotated = {"a"}; // makes it a candidate: by digests alone the pair looks settled
    const auto plan = w.plan().plan;
    EXPECT_THAT(names(plan), ElementsAre("update a"));
    EXPECT_EQ(plan.changes[0].differences[0].kind, DifferenceKind::changed);
}

TEST(plan, only_a_readable_secret_that_differs_is_a_rotate) {
    World w;
    w.is_ours(remote("a", header("x")));
    w.edit_live(remote("a", header("by hand")));
    EXPECT_THAT(names(w.plan().plan), ElementsAre("rotate a"));
    w.edit_live(remote("a", {{"auth_data", header("by hand")["auth_data"]}, {"description", "by hand"}}));
    EXPECT_THAT(names(w.plan().plan), ElementsAre("update a"));
}

TEST(adoption, an_equal_foreign_one_becomes_ours_without_a_write) {
    World w;
    w.in_git(remote("a")).prune_never = true;
    w.is_live(remote("a"));
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_EQ(planned.plan.counts.equal, 1);
    EXPECT_EQ(planned.plan.counts.adopted, 1);
    ASSERT_EQ(planned.adopt.size(), 1U);
    const auto& entry = planned.adopt[0];
    EXPECT_EQ(entry.remote_id, "id-a");
    EXPECT_EQ(entry.path, "a.yaml");
    EXPECT_EQ(entry.declared, w.now);
    EXPECT_EQ(entry.commit, "c0ffee");
    EXPECT_TRUE(entry.prune_never);
    EXPECT_FALSE(entry.marked);
    // What moves from here on is told apart as if we had written it; the version stays empty, since we did not.
    EXPECT_EQ(entry.sent, w.desired[0].entry->desired);
    EXPECT_EQ(entry.answered, w.live[0].live);
    EXPECT_EQ(entry.version, "");
}

TEST(adoption, leaves_a_hidden_secret_unknown_until_git_moves_it) {
    World w;
    Json masked = remote("a", header("x"));
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    w.in_git(remote("a", header("x")));
    w.is_live(masked).masked = true;
    auto planned = w.plan();
    ASSERT_EQ(planned.adopt.size(), 1U);
    w.ledger.owned["a"] = planned.adopt[0];
    planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_EQ(planned.plan.counts.secrets_unknown, 1);
    w.edit_git(remote("a", header("y")));
    EXPECT_THAT(names(w.plan().plan), ElementsAre("rotate a"));
}

TEST(adoption, is_explicit_where_names_are_not_unique) {
    World w;
    w.description.can.names_unique = false;
    auto& entry = w.in_git(remote("a"));
    w.is_live(remote("a"));
    const auto held = w.plan();
    EXPECT_THAT(held.adopt, IsEmpty());
    EXPECT_THAT(names(held.plan), ElementsAre("adopt a"));
    EXPECT_THAT(reasons(held.plan.changes[0]), ElementsAre(HoldReason::foreign));
    EXPECT_THAT(held.plan.changes[0].holds[0].way_out, HasSubstr("x-kedge: {adopt: \"id-a\"}"));
    w.release(held.plan.changes[0]);
    EXPECT_EQ(w.plan().adopt.size(), 1U);
    EXPECT_EQ(w.plan().plan.counts.adopted, 1);
    EXPECT_THAT(w.plan().plan.changes, IsEmpty());
    w.releases.clear();
    entry.adopt = "id-a";
    EXPECT_EQ(w.plan().adopt.size(), 1U);
}

TEST(adoption, a_pair_that_turned_out_equal_is_adopted_too) {
    World w;
    w.in_git(remote("a"));
    w.is_live(remote("a", {{"ownedBy", {{"account", "acme"}}}}));
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_EQ(planned.plan.counts.adopted, 1);
}

TEST(adoption, a_lost_ledger_is_rebuilt_from_markers) {
    World w;
    w.is_ours(remote("a"));
    w.ledger.owned.clear();
    const auto planned = w.plan();
    EXPECT_EQ(planned.plan.counts.adopted, 0); // it was ours all along
    ASSERT_EQ(planned.adopt.size(), 1U);
    EXPECT_TRUE(planned.adopt[0].marked);
}

TEST(adoption, never_takes_from_another_installation_or_unit) {
    World w;
    w.in_git(remote("a"));
    w.is_live(remote("a"), "test", "tools");
    auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_THAT(planned.adopt, IsEmpty());
    EXPECT_EQ(planned.plan.counts.equal, 0);
    EXPECT_THAT(planned.plan.live_only_names, ElementsAre("a"));
    ASSERT_EQ(planned.plan.findings.size(), 1U);
    EXPECT_EQ(
        planned.plan.findings[0].message,
        "\"a\" is live and equal, but managed by another installation of kedge (\"test\", unit \"tools\"): left alone");
    EXPECT_EQ(planned.plan.findings[0].severity, Severity::warning);
    w.live[0].marker.clear();
    w.elsewhere = {"a"};
    EXPECT_THAT(w.plan().adopt, IsEmpty());
}

TEST(bookkeeping, a_moved_file_and_a_returned_manifest_are_noted) {
    World w;
    auto& moved = w.is_ours(remote("moved"));
    moved.path = "old.yaml";
    auto& back = w.is_ours(remote("back"));
    back.undeclared = w.now - 5;
    w.is_ours(remote("same"));
    const auto planned = w.plan();
    ASSERT_EQ(planned.undeclared.size(), 2U);
    EXPECT_EQ(planned.undeclared[0].name, "back");
    EXPECT_EQ(planned.undeclared[0].undeclared, 0);
    EXPECT_EQ(planned.undeclared[1].path, "moved.yaml");
    EXPECT_EQ(planned.undeclared[1].sent, moved.sent);
}

TEST(bookkeeping, prune_never_is_remembered_though_its_change_is_held) {
    World w;
    w.is_ours(remote("a"));
    w.files.front().entries.front().prune_never = true;
    w.edit_live(remote("a", {{"description", "by hand"}}));
    w.live[0].paused = true;
    const auto planned = w.plan();
    ASSERT_EQ(planned.undeclared.size(), 1U);
    EXPECT_TRUE(planned.undeclared[0].prune_never);
}

TEST(bookkeeping, what_is_gone_on_both_sides_is_forgotten_unless_something_is_unclear) {
    World w;
    for (const auto* name : {"gone", "open", "unread"}) {
        w.is_ours(remote(name));
        w.gone_live(name);
        w.remove_from_git(name);
    }
    for (int i = 0; i < 40; ++i) w.is_ours(remote("stays-" + std::to_string(i)));
    Intent intent;
    intent.name = "open";
    w.ledger.open.push_back(intent);
    w.invalid_paths = {"unread.yaml"};
    EXPECT_THAT(w.plan().forget, ElementsAre("gone"));
}

TEST(stranger, sees_everything_and_owns_nothing) {
    World w;
    w.is_ours(remote("managed"));
    w.in_git(remote("equal"));
    w.is_live(remote("equal"));
    w.in_git(remote("differs"));
    w.is_live(remote("differs", {{"description", "by hand"}}));
    w.in_git(remote("new"));
    w.is_live(remote("only-live"));
    w.becomes_stranger();
    const auto planned = w.plan();
    const auto& plan = planned.plan;
    EXPECT_THAT(names(plan), ElementsAre("update differs", "create new"));
    EXPECT_EQ(plan.counts.equal, 2);
    EXPECT_EQ(plan.counts.adopted, 0);
    EXPECT_THAT(plan.live_only_names, ElementsAre("only-live"));
    EXPECT_FALSE(plan.prune);
    EXPECT_EQ(plan.prune_off, "no installation and unit are named, so nothing here is ours to delete");
    EXPECT_THAT(planned.adopt, IsEmpty());
    const auto& hold = change_of(plan, "differs").holds.at(0);
    EXPECT_EQ(hold.reason, HoldReason::foreign);
    EXPECT_THAT(hold.text, HasSubstr("not managed by kedge"));
    EXPECT_THAT(hold.way_out, HasSubstr("installation"));
    EXPECT_TRUE(change_of(plan, "new").runs());
}

TEST(on_invalid, stop_plans_nothing_and_notes_nothing) {
    World w;
    w.is_ours(remote("a"));
    w.in_git(remote("b"));
    w.in_git(remote("c"));
    w.is_live(remote("c"));
    w.invalid_names = {"broken"};
    EXPECT_THAT(names(w.plan().plan), ElementsAre("create b"));
    w.on_invalid_stop = true;
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_THAT(planned.adopt, IsEmpty());
    EXPECT_EQ(planned.plan.counts.adopted, 0);
    EXPECT_THAT(planned.plan.findings.at(0).message, HasSubstr("on_invalid: stop"));
    w.invalid_names.clear();
    EXPECT_THAT(names(w.plan().plan), ElementsAre("create b"));
}

TEST(on_invalid, a_broken_manifests_live_resource_stays_as_it_is) {
    World w;
    w.is_ours(remote("broken"));
    w.is_ours(remote("unread"));
    w.is_ours(remote("good"));
    w.is_live(remote("foreign-broken"));
    w.remove_from_git("broken");
    w.remove_from_git("unread");
    w.invalid_names = {"broken", "foreign-broken"};
    w.invalid_paths = {"unread.yaml"};
    const auto planned = w.plan();
    EXPECT_THAT(planned.plan.changes, IsEmpty());
    EXPECT_THAT(planned.plan.live_only_names, IsEmpty());
    EXPECT_THAT(planned.undeclared, IsEmpty()); // the clock of prune_delay does not start
}

TEST(plan, findings_are_sorted_by_place) {
    World w;
    w.findings = {{Severity::warning, {"b.yaml", 2, 1}, "x", "", "", ""},
                  {Severity::warning, {"a.yaml", 9, 1}, "y", "", "", ""},
                  {Severity::warning, {"b.yaml", 1, 1}, "z", "", "", ""}};
    const auto plan = w.plan().plan;
    EXPECT_EQ(plan.findings[0].message, "y");
    EXPECT_EQ(plan.findings[1].message, "z");
}
