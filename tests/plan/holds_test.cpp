#include "world.h"

#include <gmock/gmock.h>
#include <utility>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

std::string line_for(const Change& change) {
    return "- {digest: \"" + change.digest.hex() + "\", name: \"" + change.name + "\", because: \"WHY\"}";
}

// One that is ours and as git says, and an equal one of the same name.
World twin_world() {
    World w;
    w.description.can.names_unique = false;
    w.is_ours(remote("a"));
    w.is_live(remote("a")).remote_id = "id-z";
    w.documents["id-z"] = remote("a");
    return w;
}

// Live, not ours, and different from git.
World foreign_world() {
    World w;
    w.in_git(remote("a"));
    w.is_live(remote("a", {{"description", "of somebody"}}));
    return w;
}

} // namespace

TEST(hold_foreign, stands_on_what_is_live_and_differs_and_is_not_ours) {
    auto w = foreign_world();
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("update a"));
    const auto& change = plan.changes[0];
    ASSERT_THAT(reasons(change), ElementsAre(HoldReason::foreign));
    EXPECT_EQ(change.holds[0].text, "live, differs from git, and is not managed by kedge");
    EXPECT_EQ(change.holds[0].way_out,
              "kedge adopt a, or add x-kedge: {adopt: \"id-a\"} to the manifest, or add to .kedge/releases: " +
                  line_for(change));
    EXPECT_EQ(change.cause.kind, CauseKind::first_time);
}

TEST(hold_foreign, another_installations_is_named) {
    auto w = foreign_world();
    w.live[0].marker = make_marker("test", "old", "a");
    const auto hold = w.plan().plan.changes[0].holds[0];
    EXPECT_EQ(hold.text,
              "live, differs from git, and is managed by another installation of kedge (\"test\", unit \"old\")");
    EXPECT_THAT(hold.way_out, testing::StartsWith("take the tag kedge off it there, or add x-kedge: "));
}

TEST(hold_foreign, ends_where_the_manifest_names_the_id) {
    auto w = foreign_world();
    w.files.front().entries.front().adopt = "id-a";
    EXPECT_TRUE(w.plan().plan.changes[0].runs());
    w.files.front().entries.front().adopt = "id-of-another";
    const auto hold = w.plan().plan.changes[0].holds[0];
    EXPECT_EQ(hold.reason, HoldReason::foreign);
    EXPECT_THAT(hold.text, HasSubstr("x-kedge adopt names \"id-of-another\", but its id is \"id-a\""));
}

TEST(hold_foreign, made_again_by_hand_is_foreign) {
    World w;
    w.is_ours(remote("a"));
    w.live[0].remote_id = "id-new";
    w.live[0].marker.clear();
    w.documents["id-new"] = remote("a", {{"description", "by hand"}});
    EXPECT_THAT(reasons(w.plan().plan.changes.at(0)), ElementsAre(HoldReason::foreign));
}

TEST(hold_foreign, a_clone_that_copied_the_marker_is_foreign) {
    auto w = foreign_world();
    w.live[0].marker = make_marker("prod", "tools", "the-original");
    EXPECT_THAT(reasons(w.plan().plan.changes.at(0)), ElementsAre(HoldReason::foreign));
}

TEST(hold_replace, stands_on_a_change_of_type) {
    World w;
    w.is_ours(remote("a"));
    w.edit_git(remote("a", {{"type", "mcp-server/openapi"}}));
    const auto plan = w.plan().plan;
    ASSERT_THAT(names(plan), ElementsAre("replace a"));
    ASSERT_THAT(reasons(plan.changes[0]), ElementsAre(HoldReason::replace));
    EXPECT_EQ(plan.changes[0].holds[0].text,
              "its type changes from \"mcp-server/remote\" to \"mcp-server/openapi\": it would "
              "be deleted and created again");
}

TEST(hold_replace, stands_on_a_field_that_cannot_be_changed_in_place) {
    World w;
    w.description.can.replace_fields = {"url", "spec"};
    w.is_ours(remote("a"));
    w.is_ours(remote("b"));
    w.edit_git(remote("a", {{"url", "https://new.example"}}));
    w.edit_git(remote("b", {{"url_hint", "x"}}));
    const auto plan = w.plan().plan;
    EXPECT_THAT(names(plan), ElementsAre("replace a", "update b"));
    EXPECT_EQ(plan.changes[0].holds[0].text, "url cannot be changed in place: it would be deleted and created again");
}

TEST(hold_paused, stands_on_every_change_of_what_carries_the_tag) {
    World w;
    w.is_ours(remote("a"));
    w.is_ours(remote("b"));
    w.edit_git(remote("a", {{"description", "better"}}));
    w.remove_from_git("b");
    for (auto& live : w.live) live.paused = true;
    auto plan = w.plan().plan;
    EXPECT_THAT(reasons(change_of(plan, "a")), ElementsAre(HoldReason::paused));
    EXPECT_THAT(reasons(change_of(plan, "b")), ElementsAre(HoldReason::paused));
    EXPECT_EQ(change_of(plan, "a").holds[0].text,
              "it carries the tag kedge-pause in the control plane, which holds until 2025-10-10T08:53:20Z");
    w.release(change_of(plan, "a"));
    EXPECT_THAT(reasons(change_of(w.plan().plan, "a")), ElementsAre(HoldReason::paused)); // no release ends a pause
}

TEST(hold_paused, a_tag_holds_for_a_day_from_the_first_list_that_showed_it) {
    World w;
    w.is_ours(remote("a"));
    w.edit_git(remote("a", {{"description", "better"}}));
    w.live[0].paused = true;
    w.ledger.tagged["id-a"] = w.now - 86399;
    const auto held = w.plan().plan;
    ASSERT_THAT(reasons(change_of(held, "a")), ElementsAre(HoldReason::paused));
    EXPECT_EQ(change_of(held, "a").holds[0].until, w.now + 1);
    EXPECT_EQ(change_of(held, "a").holds[0].way_out, "remove that tag there, or wait until then");
    EXPECT_THAT(held.findings, IsEmpty());
    w.now += 1;
    const auto free = w.plan().plan;
    EXPECT_TRUE(change_of(free, "a").runs());
    ASSERT_EQ(free.findings.size(), 1U);
    EXPECT_EQ(free.findings[0].message, "\"a\" carries the tag kedge-pause since 2025-10-08T08:53:21Z: it holds for 24 "
                                        "hours, and does not hold any more");
    EXPECT_EQ(free.findings[0].severity, Severity::warning);
}

TEST(hold_paused, a_stranger_has_nothing_that_remembers_when_the_tag_came) {
    World w;
    w.is_ours(remote("a"));
    w.edit_git(remote("a", {{"description", "better"}}));
    w.live[0].paused = true;
    w.becomes_stranger();
    const auto change = w.plan().plan.changes.at(0);
    ASSERT_THAT(reasons(change), testing::Contains(HoldReason::paused));
    EXPECT_FALSE(change.holds.back().until);
}

TEST(hold_paused, does_not_touch_what_is_equal) {
    World w;
    w.is_ours(remote("a"));
    w.live[0].paused = true;
    EXPECT_THAT(w.plan().plan.changes, IsEmpty());
}

TEST(hold_unsure, stands_while_an_earlier_write_is_open) {
    World w;
    w.in_git(remote("a"));
    Intent intent;
    intent.name = "a";
    intent.action = Action::create;
    intent.at = 1'760'000'000;
    w.ledger.open.push_back(intent);
    const auto change = w.plan().plan.changes.at(0);
    ASSERT_THAT(reasons(change), ElementsAre(HoldReason::unsure));
    EXPECT_EQ(change.holds[0].text,
              "a create of 2025-10-09T08:53:20Z may have been sent, and reading back did not decide "
              "whether it arrived");
    w.release(change);
    EXPECT_TRUE(w.plan().plan.changes.at(0).runs());
}

TEST(hold_unsure, stands_beside_what_is_equal_where_a_second_one_carries_our_marker) {
    auto w = twin_world();
    EXPECT_THAT(w.plan().plan.changes, IsEmpty()) << "somebody's";
    w.live[1].marker = make_marker("prod", "others", "a");
    EXPECT_THAT(w.plan().plan.changes, IsEmpty()) << "of another unit";
    w.live[1].marker = w.live[0].marker;
    const auto planned = w.plan();
    ASSERT_THAT(names(planned.plan), ElementsAre("keep a"));
    const auto& change = planned.plan.changes[0];
    ASSERT_THAT(reasons(change), ElementsAre(HoldReason::unsure));
    EXPECT_EQ(change.holds[0].text,
              "there is more than one of this name: \"id-a\" is looked after, and \"id-z\" may be "
              "a create of kedge that arrived late");
    EXPECT_EQ(change.holds[0].way_out,
              "look in the control plane, and delete there the one that is not meant; to look after the other one: "
              "kedge adopt a --id ID");
    EXPECT_FALSE(change.runs());
    EXPECT_EQ(planned.plan.counts.equal, 1);
    w.edit_git(remote("a", {{"description", "newer"}}));
    EXPECT_THAT(names(w.plan().plan), ElementsAre("update a")) << "the one that is looked after goes on";
}

TEST(hold_unsure, tells_a_second_one_without_markers_by_its_being_equal) {
    auto w = twin_world();
    w.description.can.tags = false;
    w.live[0].marker.clear();
    EXPECT_THAT(names(w.plan().plan), ElementsAre("keep a"));
    w.documents["id-z"] = remote("a", {{"description", "of somebody"}});
    EXPECT_THAT(w.plan().plan.changes, IsEmpty());
    w.documents["id-z"] = remote("a");
    auto& sent = w.ledger.owned.at("a").sent;
    const auto by_us = std::exchange(sent, Digest{});
    EXPECT_THAT(w.plan().plan.changes, IsEmpty()) << "taken over by hand: somebody has said which one it is";
    sent = by_us;
    EXPECT_THAT(names(w.plan().plan), ElementsAre("keep a"));
    w.description.can.names_unique = true;
    EXPECT_THAT(w.plan().plan.changes, IsEmpty()) << "the control plane sees to it";
}

TEST(hold_depends, a_virtual_server_waits_for_a_held_source) {
    World w;
    w.in_git(virtual_server("all", {"a"}));
    w.in_git(virtual_server("over-all", {"all"}));
    w.in_git(remote("a"));
    Intent intent;
    intent.name = "a";
    w.ledger.open.push_back(intent);
    const auto plan = w.plan().plan;
    EXPECT_THAT(reasons(change_of(plan, "all")), ElementsAre(HoldReason::depends));
    EXPECT_EQ(change_of(plan, "all").holds[0].text, "its source \"a\" is not created yet");
    EXPECT_THAT(reasons(change_of(plan, "over-all")), ElementsAre(HoldReason::depends));
}

TEST(hold_depends, a_source_that_is_live_is_enough) {
    World w;
    w.in_git(virtual_server("all", {"a"}));
    w.is_live(remote("a"));
    EXPECT_TRUE(w.plan().plan.changes.at(0).runs());
}

TEST(hold_depends, a_source_that_is_nowhere_holds) {
    World w;
    w.in_git(virtual_server("all", {"a", "b"}));
    w.elsewhere = {"b"};
    const auto change = w.plan().plan.changes.at(0);
    ASSERT_THAT(reasons(change), ElementsAre(HoldReason::depends, HoldReason::depends));
    EXPECT_EQ(change.holds[0].text, "it combines \"a\", which is not live, and not valid in git");
    EXPECT_EQ(change.holds[1].text, "it combines \"b\", which another unit has not created yet");
}

TEST(release, frees_exactly_one_digest) {
    auto w = foreign_world();
    const auto held = w.plan().plan.changes.at(0);
    w.release(held, 3);
    const auto freed = w.plan().plan.changes.at(0);
    EXPECT_TRUE(freed.runs());
    EXPECT_TRUE(freed.released);
    EXPECT_EQ(freed.at_most, 3);
    EXPECT_EQ(freed.release_entry, w.releases[0].entry().hex());
    EXPECT_EQ(freed.digest, held.digest);
    w.edit_live(remote("a", {{"description", "of somebody, again"}}));
    EXPECT_FALSE(w.plan().plan.changes.at(0).runs());
}

TEST(release, frees_a_replacement) {
    World w;
    w.is_ours(remote("a"));
    w.edit_git(remote("a", {{"type", "mcp-server/openapi"}}));
    w.release(w.plan().plan.changes.at(0));
    EXPECT_TRUE(w.plan().plan.changes.at(0).runs());
}

TEST(release, is_good_for_one_write) {
    auto w = foreign_world();
    w.release(w.plan().plan.changes.at(0));
    w.ledger.spent.insert(w.releases[0].entry().hex());
    EXPECT_FALSE(w.plan().plan.changes.at(0).runs());
    w.release(w.plan().plan.changes.at(0));
    w.releases.back().because = "and once more";
    EXPECT_TRUE(w.plan().plan.changes.at(0).runs());
}

TEST(release, of_a_new_ledgers_first_snapshot_counts_as_spent) {
    auto w = foreign_world();
    w.release(w.plan().plan.changes.at(0));
    w.ledger.is_new = true;
    EXPECT_FALSE(w.plan().plan.changes.at(0).runs());
    w.releases[0].from_git = false; // given now, on the command line
    w.releases[0].name.clear();
    EXPECT_TRUE(w.plan().plan.changes.at(0).runs());
}

TEST(release, under_another_name_releases_nothing_and_says_so) {
    auto w = foreign_world();
    w.release(w.plan().plan.changes.at(0));
    w.releases[0].name = "b";
    w.releases[0].place = {".kedge/releases", 2, 3};
    const auto plan = w.plan().plan;
    EXPECT_FALSE(plan.changes.at(0).runs());
    ASSERT_EQ(plan.findings.size(), 1U);
    EXPECT_EQ(plan.findings[0].severity, Severity::warning);
    EXPECT_EQ(plan.findings[0].place, (Place{".kedge/releases", 2, 3}));
    EXPECT_EQ(plan.findings[0].message, "release " + plan.changes[0].digest.short_hex() +
                                            " names \"b\", but the change is one of \"a\": it releases nothing");
}

TEST(release, of_an_unknown_digest_is_nothing) {
    auto w = foreign_world();
    Release release;
    release.digest = sha256("long done");
    release.name = "a";
    w.releases = {release};
    const auto plan = w.plan().plan;
    EXPECT_FALSE(plan.changes.at(0).runs());
    EXPECT_THAT(plan.findings, IsEmpty());
}

TEST(release, lines_are_yaml_whatever_the_name_is) {
    World w;
    w.in_git(remote("we\"ird\nname"));
    w.is_live(remote("we\"ird\nname", {{"description", "x"}}));
    EXPECT_THAT(w.plan().plan.changes.at(0).holds.at(0).way_out, HasSubstr("name: \"we\\\"ird\\nname\", because"));
}
