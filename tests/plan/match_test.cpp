#include "plan/match.h"

#include "model/secret_fields.h"
#include "plan/compare.h"
#include "world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::vector<std::string> names_of(const std::vector<Candidate>& pairs) {
    std::vector<std::string> all;
    for (const auto& pair : pairs) all.push_back(pair.desired != nullptr ? pair.desired->entry->name : pair.live->name);
    return all;
}

} // namespace

TEST(ownership, needs_a_marker_that_fits_or_the_ledger) {
    World w;
    auto& live = w.is_live(remote("a"));
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::foreign);
    live.marker = make_marker("prod", "tools", "a");
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::ours);
    live.marker = make_marker("prod", "tools", "original-of-the-clone");
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::foreign);
    live.marker = make_marker("prod", "other-unit", "a");
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::ours); // a hand-over within the installation
    live.marker = make_marker("test", "tools", "a");
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::other_installation);
    live.marker = "no marker at all";
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::foreign);
}

TEST(ownership, the_ledger_does_not_outdo_another_installations_marker) {
    World w;
    w.is_ours(remote("a"));
    auto& live = w.live.front();
    live.marker.clear();
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::ours);
    live.marker = make_marker("test", "tools", "a");
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::other_installation);
    live.marker = make_marker("test", "tools", "another"); // does not fit: counts for nothing
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::ours);
    live.marker.clear();
    live.remote_id = "made-again-by-hand";
    EXPECT_EQ(ownership_of(live, w.ledger, w.us), Ownership::foreign);
}

TEST(ownership, a_stranger_owns_nothing) {
    World w;
    w.is_ours(remote("a"));
    EXPECT_EQ(ownership_of(w.live.front(), w.ledger, {}), Ownership::other_installation);
    w.live.front().marker.clear();
    EXPECT_EQ(ownership_of(w.live.front(), w.ledger, {}), Ownership::foreign);
    EXPECT_EQ(ownership_of(w.live.front(), w.ledger, {"prod", ""}), Ownership::foreign);
}

TEST(match, leaves_only_what_is_not_known_to_be_in_sync) {
    World w;
    w.is_ours(remote("equal"));
    w.is_ours(remote("drifted"));
    w.edit_live(remote("drifted", {{"description", "by hand"}}));
    w.in_git(remote("new"));
    w.is_live(remote("foreign"));
    w.is_ours(remote("left"));
    w.remove_from_git("left");
    const auto matched = w.match_all();
    EXPECT_THAT(names_of(matched.candidates), ElementsAre("drifted", "left", "new"));
    EXPECT_THAT(names_of(matched.in_sync), ElementsAre("equal"));
    EXPECT_THAT(matched.live_only, ElementsAre("foreign"));
    EXPECT_EQ(matched.normalised, 0);
}

TEST(match, what_the_server_made_of_our_last_write_is_in_sync) {
    World w;
    auto& owned = w.is_ours(remote("a"));
    w.edit_live(remote("a", {{"description", "Tools."}}));
    owned.answered = digest_in_world(remote("a", {{"description", "Tools."}}), {});
    EXPECT_THAT(names_of(w.match_all().in_sync), ElementsAre("a"));
    EXPECT_EQ(w.match_all().normalised, 1);
    w.edit_live(remote("a", {{"description", "by hand"}}));
    EXPECT_THAT(names_of(w.match_all().candidates), ElementsAre("a"));
}

TEST(match, the_last_write_counts_only_for_the_id_that_it_made) {
    World w;
    auto& owned = w.is_ours(remote("a"));
    w.edit_live(remote("a", {{"description", "Tools."}}));
    owned.answered = digest_in_world(remote("a", {{"description", "Tools."}}), {});
    owned.remote_id = "an-older-id";
    EXPECT_THAT(names_of(w.match_all().candidates), ElementsAre("a"));
}

TEST(match, a_remembered_verdict_is_in_sync_until_either_side_moves) {
    World w;
    const Json live = remote("a", {{"ownedBy", {{"account", "acme"}}}});
    w.in_git(remote("a"));
    w.is_live(live);
    EXPECT_THAT(names_of(w.match_all().candidates), ElementsAre("a"));
    w.verdicts.insert(verdict_key(w.desired[0].entry->desired, w.live[0].live, {}, "truefoundry", 1));
    EXPECT_THAT(names_of(w.match_all().in_sync), ElementsAre("a"));
    EXPECT_TRUE(in_sync(*w.desired[0].entry, w.live[0], w.ledger, w.verdicts, w.description));
    w.description.version = 2;
    EXPECT_THAT(names_of(w.match_all().candidates), ElementsAre("a"));
    EXPECT_FALSE(in_sync(*w.desired[0].entry, w.live[0], w.ledger, w.verdicts, w.description));
}

TEST(match, a_verdict_does_not_hide_a_secret_that_git_moved) {
    World w;
    Json masked = remote("a", header("x"));
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    auto& owned = w.is_ours(remote("a", header("new value")));
    w.edit_live(masked);
    w.live[0].masked = true;
    owned.answered = digest_in_world(masked, {});
    w.match_all();
    w.verdicts.insert(verdict_key(w.desired[0].entry->desired, w.live[0].live, {}, "truefoundry", 1));
    EXPECT_THAT(names_of(w.match_all().in_sync), ElementsAre("a"));
    owned.sent = digest_in_world(remote("a", header("old value")), {});
    EXPECT_THAT(names_of(w.match_all().candidates), ElementsAre("a"));
}

TEST(match, a_rotated_name_is_always_a_candidate) {
    World w;
    w.is_ours(remote("a"));
    w.rotated = {"a"};
    const auto matched = w.match_all();
    ASSERT_THAT(names_of(matched.candidates), ElementsAre("a"));
    EXPECT_TRUE(matched.candidates[0].rotated);
}

TEST(match, digests_of_other_rules_are_not_compared) {
    World w;
    w.is_ours(remote("a"));
    w.match_all();
    w.live[0].rules = sha256("the rules of an older manifest");
    EXPECT_FALSE(in_sync(*w.desired[0].entry, w.live[0], w.ledger, {}, w.description));
    w.live[0].rules = {};
    w.live[0].live = {}; // never digested
    EXPECT_FALSE(in_sync(*w.desired[0].entry, w.live[0], w.ledger, {}, w.description));
}

TEST(match, what_another_unit_declares_is_handed_over) {
    World w;
    w.is_ours(remote("a"));
    w.remove_from_git("a");
    w.elsewhere = {"a"};
    const auto matched = w.match_all();
    EXPECT_THAT(matched.candidates, IsEmpty());
    EXPECT_THAT(matched.live_only, ElementsAre("a"));
    EXPECT_THAT(matched.gone, IsEmpty());
}

TEST(match, what_another_unit_marked_is_not_ours_to_judge) {
    World w;
    w.is_live(remote("a"), "prod", "other-unit");
    EXPECT_THAT(w.match_all().live_only, ElementsAre("a"));
    w.in_git(remote("b")).formerly = {"other-unit/a"};
    EXPECT_THAT(names_of(w.match_all().candidates), ElementsAre("a", "b"));
}

TEST(match, gone_is_what_neither_side_has) {
    World w;
    w.is_ours(remote("a"));
    w.is_ours(remote("b"));
    w.is_ours(remote("c"));
    for (const auto* name : {"a", "c"}) w.gone_live(name);
    for (const auto* name : {"b", "c"}) w.remove_from_git(name);
    const auto matched = w.match_all();
    EXPECT_THAT(matched.gone, ElementsAre("c"));
    EXPECT_THAT(names_of(matched.candidates), ElementsAre("a", "b"));
    ASSERT_EQ(matched.candidates[0].live, nullptr);
    EXPECT_EQ(matched.candidates[0].owned, &w.ledger.owned.at("a"));
}

TEST(match, a_row_that_was_renamed_by_hand_stays_ours_by_its_id) {
    World w;
    w.is_ours(remote("a"));
    w.live[0].name = "renamed";
    w.live[0].marker.clear();
    w.documents["id-a"] = remote("renamed");
    w.remove_from_git("a");
    const auto matched = w.match_all();
    EXPECT_THAT(names_of(matched.candidates), ElementsAre("renamed"));
    EXPECT_THAT(matched.gone, IsEmpty());
}

TEST(match, of_several_rows_of_one_name_the_known_one_meets_the_manifest) {
    World w;
    w.description.can.names_unique = false;
    w.is_ours(remote("a"));
    for (const auto* id : {"id-0", "id-z"}) {
        auto& twin = w.is_live(remote("a"));
        twin.remote_id = id;
        w.documents[id] = remote("a");
    }
    auto matched = w.match_all();
    ASSERT_EQ(matched.in_sync.size(), 1U);
    EXPECT_EQ(matched.in_sync[0].live->remote_id, "id-a");
    EXPECT_THAT(matched.live_only, ElementsAre("a", "a"));
    w.files.front().entries.front().adopt = "id-z";
    matched = w.match_all();
    EXPECT_EQ(matched.in_sync[0].live->remote_id, "id-z");
}

TEST(match, a_change_of_type_is_a_candidate) {
    World w;
    w.is_ours(remote("a"));
    w.edit_git(remote("a", {{"type", "mcp-server/openapi"}}));
    EXPECT_THAT(names_of(w.match_all().candidates), ElementsAre("a"));
}

TEST(match, long_names_with_one_beginning_are_told_apart) {
    World w;
    const std::string start(40, 'n');
    for (int i = 9; i >= 0; --i) w.is_live(remote(start + std::to_string(i)));
    for (int i = 0; i < 10; i += 2) w.in_git(remote(start + std::to_string(i)));
    const auto matched = w.match_all();
    EXPECT_EQ(matched.in_sync.size(), 5U);
    EXPECT_EQ(matched.live_only.size(), 5U);
    EXPECT_TRUE(std::is_sorted(matched.live_only.begin(), matched.live_only.end()));
}

TEST(match, nothing_on_either_side_is_nothing_to_do) {
    World w;
    const auto matched = w.match_all();
    EXPECT_TRUE(matched.candidates.empty() && matched.in_sync.empty() && matched.live_only.empty() &&
                matched.gone.empty());
}
