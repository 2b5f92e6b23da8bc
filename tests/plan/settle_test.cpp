#include "world.h"

#include "model/secret_fields.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = Rehearsal::Kind;

namespace {

Plan settled(World& w, const std::string& name, const Rehearsal& answer) {
    auto planned = w.plan();
    const auto digest = change_of(planned.plan, name).digest;
    return settle(std::move(planned.plan), {{digest, answer}}, planned.links);
}

// An OAuth endpoint moves: two people are signed in.
World oauth_world() {
    World w;
    w.is_ours(remote("a", oauth("https://old.example/token")));
    w.edit_git(remote("a", oauth("https://new.example/token")));
    return w;
}

} // namespace

TEST(settle, without_an_answer_changes_nothing) {
    auto w = oauth_world();
    const auto planned = w.plan();
    EXPECT_EQ(settle(planned.plan, {}, planned.links), planned.plan);
}

TEST(settle, what_the_control_plane_finds_equal_is_dropped) {
    World w;
    w.is_ours(remote("a"));
    w.is_ours(remote("b"));
    for (const auto* name : {"a", "b"}) w.edit_git(remote(name, {{"description", "Tools"}}));
    const auto plan = settled(w, "a", rehearsal(Kind::equal));
    EXPECT_THAT(names(plan), ElementsAre("update b"));
    EXPECT_EQ(plan.counts.equal, 1);
    EXPECT_EQ(plan.counts.normalised, 1);
    EXPECT_EQ(plan.digest, plan_digest(plan.changes));
}

TEST(settle, equal_never_drops_a_secret) {
    World w;
    w.is_ours(remote("rotated"));
    w.rotated = {"rotated"};
    EXPECT_EQ(settled(w, "rotated", rehearsal(Kind::equal)).changes.size(), 1U);
    World v;
    v.is_ours(remote("a", header("x")));
    v.edit_git(remote("a", {{"auth_data", header("y")["auth_data"]}, {"description", "more"}}));
    EXPECT_EQ(settled(v, "a", rehearsal(Kind::equal)).changes.size(), 1U);
}

TEST(settle, equal_never_drops_a_hidden_secret_that_git_may_have_moved) {
    World w;
    Json masked = remote("a", header("x"));
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    w.is_ours(remote("a", header("x"))).answered = digest_in_world(masked, {});
    w.edit_live(masked);
    w.edit_git(remote("a", {{"auth_data", header("y")["auth_data"]}, {"description", "Tools"}}));
    EXPECT_THAT(names(settled(w, "a", rehearsal(Kind::equal))), ElementsAre("update a"));
}

TEST(settle, equal_never_drops_a_header_that_comes_or_goes) {
    World w;
    w.is_ours(remote("a", header("x")));
    Json two = remote("a", header("x"));
    two["auth_data"]["headers"]["X-Key"] = "y";
    w.edit_git(two);
    EXPECT_THAT(names(settled(w, "a", rehearsal(Kind::equal))), ElementsAre("update a"));
}

TEST(settle, an_unknown_secret_that_nobody_moved_drops_like_any_other) {
    World w;
    Json masked = remote("a", {{"auth_data", header("x")["auth_data"]}, {"description", "by hand"}});
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    w.is_ours(remote("a", header("x")));
    w.edit_live(masked);
    EXPECT_THAT(names(settled(w, "a", rehearsal(Kind::equal))), IsEmpty());
}

TEST(settle, people_who_hold_credentials_are_counted_though_nobody_is_signed_out) {
    auto w = oauth_world();
    const auto change = settled(w, "a", rehearsal(Kind::differs, 2)).changes.at(0);
    EXPECT_TRUE(change.runs());
    EXPECT_EQ(change.subjects, 2);
}

TEST(settle, a_refusal_is_a_check_at_a_place) {
    World w;
    w.in_git(remote("a"));
    auto answer = rehearsal(Kind::refused);
    answer.text = "url must be https";
    answer.place = {"a.yaml", 4, 1};
    const auto plan = settled(w, "a", answer);
    EXPECT_EQ(plan.changes[0].check, (Check{CheckKind::refused, "url must be https", {"a.yaml", 4, 1}}));
    EXPECT_FALSE(plan.changes[0].runs());
    EXPECT_THAT(plan.changes[0].holds, IsEmpty());
}

TEST(settle, not_checked_may_run_and_says_why_it_was_not_checked) {
    World w;
    w.in_git(remote("a"));
    auto answer = rehearsal(Kind::not_checked);
    answer.text = "this token may not write";
    const auto plan = settled(w, "a", answer);
    EXPECT_EQ(plan.changes[0].check, (Check{CheckKind::not_checked, "this token may not write", {}}));
    EXPECT_TRUE(plan.changes[0].runs());
    EXPECT_EQ(settled(w, "a", rehearsal(Kind::differs)).changes[0].check.kind, CheckKind::passed);
}

TEST(settle, a_virtual_server_waits_for_a_refused_source) {
    World w;
    w.in_git(virtual_server("all", {"a"}));
    w.in_git(remote("a"));
    const auto plan = settled(w, "a", rehearsal(Kind::refused));
    EXPECT_THAT(reasons(change_of(plan, "all")), ElementsAre(HoldReason::depends));
}

TEST(settle, the_old_name_waits_for_a_refused_new_one) {
    World w;
    w.is_ours(remote("old"), "mcp.yaml");
    w.remove_from_git("old");
    w.in_git(remote("new"), "mcp.yaml");
    EXPECT_THAT(reasons(change_of(settled(w, "new", rehearsal(Kind::refused)), "old")),
                ElementsAre(HoldReason::depends));
}

TEST(hold_sign_out, nothing_is_held_before_the_control_plane_was_asked) {
    auto w = oauth_world();
    const auto change = w.plan().plan.changes.at(0);
    EXPECT_TRUE(change.auth_change);
    EXPECT_TRUE(change.runs());
    EXPECT_FALSE(settled(w, "a", rehearsal(Kind::differs)).changes[0].holds.size());
}

TEST(hold_sign_out, stands_where_people_would_be_signed_out) {
    auto w = oauth_world();
    const auto change = settled(w, "a", rehearsal(Kind::signs_out, 2)).changes.at(0);
    ASSERT_THAT(reasons(change), ElementsAre(HoldReason::sign_out));
    EXPECT_EQ(change.holds[0].text, "at least 2 people would have to sign in again");
    EXPECT_EQ(change.holds[0].way_out, "add to .kedge/releases: - {digest: \"" + change.digest.hex() +
                                           "\", name: \"a\", because: \"WHY\", at_most: 2}");
    EXPECT_EQ(change.holds[0].subjects, 2);
    EXPECT_EQ(change.subjects, 2);
    EXPECT_EQ(settled(w, "a", rehearsal(Kind::signs_out, 1)).changes[0].holds[0].text,
              "at least 1 person would have to sign in again");
    EXPECT_EQ(settled(w, "a", rehearsal(Kind::signs_out)).changes[0].holds[0].text,
              "an unknown number of people would have to sign in again");
}

TEST(hold_sign_out, ends_with_a_release_for_so_many) {
    auto w = oauth_world();
    w.release(w.plan().plan.changes.at(0), 2);
    EXPECT_TRUE(settled(w, "a", rehearsal(Kind::signs_out, 2)).changes[0].runs());
    const auto more = settled(w, "a", rehearsal(Kind::signs_out, 3)).changes.at(0);
    EXPECT_EQ(more.holds.at(0).text, "at least 3 people would have to sign in again; the release allows at most 2");
    EXPECT_THAT(more.holds[0].way_out, HasSubstr("at_most: 3"));
    EXPECT_EQ(settled(w, "a", rehearsal(Kind::signs_out)).changes[0].holds.at(0).text,
              "an unknown number of people would have to sign in again; the release allows at most 2, which cannot be "
              "checked");
    w.releases[0].at_most = 0; // not stated
    EXPECT_TRUE(settled(w, "a", rehearsal(Kind::signs_out, 3)).changes[0].runs());
    EXPECT_TRUE(settled(w, "a", rehearsal(Kind::signs_out)).changes[0].runs());
}

TEST(hold_sign_out, stands_on_deletes_and_replacements_alike) {
    World w;
    w.is_ours(remote("stays"));
    w.is_ours(remote("goes"));
    w.remove_from_git("goes");
    const auto change = change_of(settled(w, "goes", rehearsal(Kind::signs_out, 1)), "goes");
    ASSERT_THAT(reasons(change), ElementsAre(HoldReason::sign_out));
    EXPECT_EQ(change.holds[0].text, "it would end the credentials of at least 1 person");
    EXPECT_EQ(change.check.kind, CheckKind::not_asked);
    EXPECT_TRUE(change_of(settled(w, "goes", rehearsal(Kind::signs_out, 0)), "goes").runs());
    World v;
    v.is_ours(remote("a"));
    v.edit_git(remote("a", {{"type", "mcp-server/openapi"}}));
    EXPECT_THAT(reasons(settled(v, "a", rehearsal(Kind::signs_out, 4)).changes.at(0)),
                ElementsAre(HoldReason::replace, HoldReason::sign_out));
}

TEST(hold_sign_out, of_a_virtual_server_keeps_the_sources_that_it_names) {
    World w;
    w.is_ours(remote("stays"));
    w.is_ours(remote("source"));
    w.is_ours(virtual_server("all", {"source"}));
    w.remove_from_git("source");
    w.remove_from_git("all");
    EXPECT_EQ(count_running(w.plan().plan), 2);
    const auto plan = settled(w, "all", rehearsal(Kind::signs_out, 1));
    EXPECT_THAT(reasons(change_of(plan, "source")), ElementsAre(HoldReason::delete_));
}

TEST(order, sources_before_virtual_servers_and_deletes_reversed_last) {
    World w;
    w.is_ours(remote("d1"));
    w.is_ours(remote("d2"));
    w.is_ours(virtual_server("d3", {"d1"}));
    for (const auto* name : {"d1", "d2", "d3"}) w.remove_from_git(name);
    w.in_git(virtual_server("a-outer", {"b-inner"}));
    w.in_git(virtual_server("b-inner", {"z"}));
    w.in_git(remote("z"));
    w.in_git(remote("y", {{"type", "mcp-server/openapi"}}));
    w.in_git(remote("x", {{"type", "mcp-server/of-tomorrow"}}));
    EXPECT_THAT(names(w.plan().plan), ElementsAre("create x", "create z", "create y", "create b-inner",
                                                  "create a-outer", "delete d3", "delete d2", "delete d1"));
}

TEST(order, a_long_chain_of_virtual_servers_is_walked_without_end_of_stack) {
    World w;
    const int length = 20'000;
    std::vector<Change> changes(length);
    std::map<std::string, std::vector<std::string>> sources;
    for (int i = 0; i < length; ++i) {
        auto& change = changes[static_cast<std::size_t>(i)];
        change.action = Action::create;
        change.name = "n" + std::to_string(i);
        if (i + 1 < length) sources[change.name] = {"n" + std::to_string(i + 1)};
    }
    sort_for_execution(changes, w.description, {.declared = sources, .live = {}});
    EXPECT_EQ(changes.front().name, "n19999");
    EXPECT_EQ(changes.back().name, "n0");
}

TEST(order, a_circle_of_virtual_servers_still_has_an_order) {
    World w;
    w.in_git(virtual_server("a", {"b"}));
    w.in_git(virtual_server("b", {"a", "b"}));
    const auto first = names(w.plan().plan);
    EXPECT_EQ(first.size(), 2U);
    std::swap(w.files[0], w.files[1]);
    EXPECT_EQ(names(w.plan().plan), first);
}

TEST(settle, a_unit_that_signs_nobody_out_offers_no_way_that_cannot_work) {
    auto w = oauth_world();
    auto planned = w.plan();
    const auto digest = change_of(planned.plan, "a").digest;
    const auto plan =
        settle(std::move(planned.plan), {{digest, rehearsal(Kind::signs_out, 2)}}, planned.links, {SignOut::never, 0});
    ASSERT_EQ(change_of(plan, "a").holds.size(), 1U);
    EXPECT_THAT(change_of(plan, "a").holds[0].way_out, HasSubstr("sign_out: never"));
    EXPECT_THAT(change_of(plan, "a").holds[0].way_out, testing::Not(HasSubstr(".kedge/releases")));
}

TEST(settle, a_plan_without_settings_offers_no_release_that_nobody_would_read) {
    auto w = oauth_world();
    w.in_git(remote("b"));
    w.is_live(remote("b", {{"type", "mcp-server/virtual"}}));
    w.becomes_stranger();
    auto planned = w.plan();
    const auto digest = change_of(planned.plan, "a").digest;
    const auto plan = settle(std::move(planned.plan), {{digest, rehearsal(Kind::signs_out, 2)}}, planned.links);
    for (const auto* name : {"a", "b"}) {
        EXPECT_EQ(change_of(plan, name).holds.size(), 2U) << name;
        for (const auto& hold : change_of(plan, name).holds) {
            EXPECT_THAT(hold.way_out, HasSubstr("name an installation and a unit in kedge.yaml"));
            EXPECT_THAT(hold.way_out, testing::Not(HasSubstr(".kedge/releases")));
        }
    }
}

TEST(settle, a_standing_release_covers_as_many_people_as_it_says) {
    for (const auto& [people, at_most, held] : {std::tuple{2, 0, false}, {2, 2, false}, {3, 2, true}}) {
        auto w = oauth_world();
        auto planned = w.plan();
        const auto digest = change_of(planned.plan, "a").digest;
        const auto plan = settle(std::move(planned.plan), {{digest, rehearsal(Kind::signs_out, people)}}, planned.links,
                                 {SignOut::always, at_most});
        EXPECT_EQ(!change_of(plan, "a").holds.empty(), held) << people << " of " << at_most;
    }
}
