// Somebody changed a registration by hand: what it was before, and between which lists that happened.
#include "tests/contract/world.h"

#include "view/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr Milliseconds a_minute{60000};

const FieldDifference* field(const Change* change, const std::string& path) {
    if (change == nullptr) return nullptr;
    for (const auto& difference : change->differences) {
        if (difference.path == path) return &difference;
    }
    return nullptr;
}

std::string known_text(World& world, const std::string& name) {
    const auto known = run_to_end(world.loop, world.ledger.known(world.unit->ledger_key(), {name}));
    return known.contains(name) ? known.at(name) : "";
}

std::string shown(const Plan& plan) {
    TextStyle style;
    style.width = 400;
    return render_plan(plan, style);
}

// Registered, and seen so by a list of that time.
UnixSeconds settled(World& world) {
    world.converge();
    world.apply();
    const auto listed = world.clock.now();
    world.clock.advance(a_minute);
    return listed;
}

Json equal_by_hand() {
    return {{"type", "mcp-server/remote"},
            {"name", "github"},
            {"description", "Tools of github"},
            {"url", "https://github.example.com/mcp"},
            {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}}};
}

} // namespace

TEST(moved, drift_tells_the_last_known_value_and_the_two_lists_it_lies_between) {
    World world;
    world.add("github");
    const auto listed = settled(world);
    world.edit_live("github", {{"description", "edited in the console"}, {"tags", {{"owner", "me"}}}});
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->cause.kind, CauseKind::live_moved);
    EXPECT_EQ(change->cause.moved_after, listed);
    EXPECT_EQ(change->cause.moved_seen, world.clock.now());
    EXPECT_EQ(field(change, "description")->known, "\"Tools of github\"");
    EXPECT_EQ(field(change, "tags.owner")->known, "") << "it was absent";
    EXPECT_THAT(shown(plan), HasSubstr("cause: changed by hand in the control plane between " + format_utc(listed) +
                                       " and " + format_utc(world.clock.now()) + "; until then it was as git says"));
}

TEST(moved, where_git_moved_as_well_each_field_tells_what_it_was) {
    World world;
    world.add("github");
    settled(world);
    world.edit_live("github", {{"description", "by hand"}});
    auto text = World::remote("github");
    text.replace(text.find("Tools of github"), 15, "By a commit");
    text.replace(text.find("github.example.com"), 18, "new.example.com");
    world.source.set("github.yaml", text);
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->cause.kind, CauseKind::both_moved);
    EXPECT_EQ(field(change, "description")->known, "\"Tools of github\"");
    EXPECT_FALSE(field(change, "url")->known) << "only git moved this one";
    EXPECT_THAT(shown(plan), HasSubstr("last known: \"Tools of github\""));
    EXPECT_THAT(shown(plan), Not(HasSubstr("until then it was as git says")));
}

TEST(moved, a_move_keeps_the_time_at_which_it_was_first_seen_until_it_moves_on) {
    World world;
    world.settings.drift = Reaction::report;
    world.restart();
    world.add("github");
    const auto listed = settled(world);
    world.edit_live("github", {{"description", "first edit"}});
    world.apply();
    const auto first_seen = world.clock.now();
    world.clock.advance(a_minute);
    world.restart();
    auto plan = world.plan();
    EXPECT_EQ(find_change(plan, "github")->cause.moved_after, listed);
    EXPECT_EQ(find_change(plan, "github")->cause.moved_seen, first_seen);
    world.apply();
    const auto last_list = world.clock.now();
    world.clock.advance(a_minute);
    world.edit_live("github", {{"description", "second edit"}});
    plan = world.plan();
    EXPECT_EQ(find_change(plan, "github")->cause.moved_after, last_list);
    EXPECT_EQ(find_change(plan, "github")->cause.moved_seen, world.clock.now());
    EXPECT_EQ(field(find_change(plan, "github"), "description")->known, "\"Tools of github\"")
        << "what kedge left is what it knows, not what somebody made of it";
}

TEST(moved, the_same_edit_after_a_heal_is_a_new_move) {
    World world;
    world.add("github");
    settled(world);
    world.edit_live("github", {{"description", "again and again"}});
    world.apply();
    EXPECT_EQ(world.live("github")["description"], "Tools of github");
    const auto healed = world.clock.now();
    world.clock.advance(a_minute);
    world.edit_live("github", {{"description", "again and again"}});
    const auto plan = world.plan();
    EXPECT_EQ(find_change(plan, "github")->cause.moved_after, healed);
    EXPECT_EQ(find_change(plan, "github")->cause.moved_seen, world.clock.now());
}

TEST(moved, a_registration_that_somebody_deleted_says_between_which_lists) {
    World world;
    world.add("github");
    const auto listed = settled(world);
    world.plane.registry().remove(*world.plane.registry().by_name("github"));
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->action, Action::create);
    EXPECT_EQ(change->cause.kind, CauseKind::live_moved);
    EXPECT_EQ(change->cause.moved_after, listed);
    EXPECT_THAT(shown(plan), HasSubstr("cause: deleted by hand in the control plane between "));
}

TEST(moved, what_was_adopted_without_a_write_is_known_as_well) {
    World world;
    world.add("github");
    world.add_live(equal_by_hand());
    const auto listed = settled(world);
    EXPECT_EQ(world.writes(), 0U);
    world.edit_live("github", {{"url", "https://elsewhere.example.com/mcp"}});
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->cause.kind, CauseKind::live_moved);
    EXPECT_EQ(change->cause.moved_after, listed);
    EXPECT_EQ(field(change, "url")->known, "\"https://github.example.com/mcp\"");
}

TEST(moved, a_secret_is_never_kept_nor_shown) {
    WorldOptions options;
    options.knobs.mask_get = options.knobs.mask_list = options.knobs.mask_put = false;
    World world(options);
    world.add("github", "auth_data:\n  type: header\n  auth_level: global\n  headers:\n    X-Key: a-first-literal\n");
    settled(world);
    ASSERT_THAT(known_text(world, "github"), HasSubstr("X-Key"));
    EXPECT_THAT(known_text(world, "github"), Not(HasSubstr("a-first-literal")));
    world.edit_live("github", {{"auth_data", {{"headers", {{"X-Key", "another-literal"}}}}}});
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(field(change, "auth_data.headers.X-Key")->known, "(secret)");
    const auto text = shown(plan);
    EXPECT_THAT(text, Not(HasSubstr("literal")));
}

TEST(moved, another_rule_of_comparison_is_no_change_by_hand) {
    World world;
    world.add("github", "tags: {owner: us}\n");
    settled(world);
    auto text = World::remote("github", "tags: {owner: us}\nx-kedge: {ignore: [tags.owner]}\n");
    text.replace(text.find("Tools of github"), 15, "By a commit");
    world.source.set("github.yaml", text);
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->cause.kind, CauseKind::git_moved) << "every digest is another one, but nothing moved live";
    EXPECT_EQ(change->cause.moved_seen, 0);
}

TEST(moved, a_document_that_is_too_large_is_not_kept_and_nothing_is_claimed) {
    World world;
    world.add("github", "tags: {note: \"" + std::string(70000, 'x') + "\"}\n");
    const auto listed = settled(world);
    EXPECT_EQ(known_text(world, "github"), "");
    world.edit_live("github", {{"description", "by hand"}});
    const auto plan = world.plan();
    const auto* change = find_change(plan, "github");
    ASSERT_NE(change, nullptr);
    EXPECT_EQ(change->cause.kind, CauseKind::live_moved);
    EXPECT_EQ(change->cause.moved_after, listed) << "when it moved is known, from what is not";
    EXPECT_FALSE(field(change, "description")->known);
}

TEST(moved, a_plan_notes_nothing_and_a_pass_without_a_change_only_its_list) {
    World world;
    world.add("github");
    const auto listed = settled(world);
    const auto key = world.unit->ledger_key();
    world.edit_live("github", {{"description", "by hand"}});
    world.plan();
    EXPECT_TRUE(run_to_end(world.loop, world.ledger.load(key)).moved.empty());
    EXPECT_EQ(run_to_end(world.loop, world.ledger.load(key)).listed, listed);
}
