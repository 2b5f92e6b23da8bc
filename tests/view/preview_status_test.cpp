#include "view/preview_status.h"

#include "preview_samples.h"
#include "samples.h"
#include "view/preview_words.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

PreviewState state(const Preview& preview) {
    return preview_status(preview, {}).state;
}

} // namespace

TEST(preview_status, fails_for_errors_refusals_conflicts_and_what_cannot_be_planned) {
    EXPECT_EQ(state(rich_preview()), PreviewState::failure) << "an error in a manifest";
    auto refused = ready_preview();
    refused.units.front().plan->changes.front().check.kind = CheckKind::refused;
    EXPECT_EQ(state(refused), PreviewState::failure);
    auto forbidden = ready_preview();
    forbidden.units.front().plan->findings = {{Severity::error, {"mcp/a.yaml", 1, 1}, "host", "", "", "", true}};
    EXPECT_EQ(state(forbidden), PreviewState::failure);
    EXPECT_EQ(verdict_of(forbidden), PreviewVerdict::forbidden);
    auto conflict = quiet_preview();
    conflict.conflicts = {"a.yaml"};
    EXPECT_EQ(state(conflict), PreviewState::failure);
    auto fork = quiet_preview();
    fork.problem = "it comes from a fork";
    EXPECT_EQ(state(fork), PreviewState::failure);
}

TEST(preview_status, is_green_for_holds_and_says_them) {
    const auto status = preview_status(held_preview(), {});
    EXPECT_EQ(status.state, PreviewState::success);
    EXPECT_EQ(status.description, "Needs a person: 2 changes are held; 1 to create, 2 to update, 1 to rotate, 2 held; "
                                  "touches 5 of 120 registrations");
}

TEST(preview_status, is_pending_while_the_control_plane_is_away) {
    EXPECT_EQ(state(away_preview()), PreviewState::pending);
    EXPECT_THAT(preview_status(away_preview(), {}).description, HasSubstr("away since 10:02"));
    auto waiting = quiet_preview();
    waiting.problem = "not fetched yet";
    waiting.passes = true;
    EXPECT_EQ(state(waiting), PreviewState::pending);
}

TEST(preview_status, is_green_with_nothing_to_do_so_that_it_can_be_required) {
    EXPECT_EQ(state(quiet_preview()), PreviewState::success);
    auto elsewhere = quiet_preview();
    elsewhere.units.clear();
    EXPECT_EQ(state(elsewhere), PreviewState::success);
    EXPECT_EQ(preview_status(elsewhere, {}).description, "Nothing to do: no unit follows main");
}

TEST(preview_status, is_cut_at_a_whole_character) {
    auto preview = quiet_preview();
    preview.problem = "ä" + std::string(200, 'x') + "ä";
    for (std::size_t most = 0; most < 40; ++most) {
        const auto text = preview_status(preview, {most, 50}).description;
        EXPECT_LE(text.size(), most);
        EXPECT_NE(static_cast<unsigned char>(text.empty() ? 'x' : text.substr(0, text.size() - 3).back()), 0xC3);
    }
}

TEST(preview_annotations, stand_at_the_file_in_the_repository_errors_first) {
    auto preview = rich_preview();
    const auto all = preview_status(preview, {}).annotations;
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].path, "registry/tools/mcp/bad.yaml");
    EXPECT_EQ(all[0].line, 12);
    EXPECT_EQ(all[0].level, Severity::error);
    EXPECT_EQ(all[1].path, "registry/tools/mcp/pager.yaml");
    EXPECT_EQ(all[1].line, 4) << "where the control plane points at";
    EXPECT_EQ(all[2].level, Severity::warning);
    EXPECT_EQ(preview_status(preview, {140, 1}).annotations.size(), 1U);
    EXPECT_THAT(preview_status(quiet_preview(), {}).annotations, IsEmpty());
}

TEST(preview_words, the_share_of_the_owned_set_counts_what_is_touched) {
    EXPECT_EQ(share_words(held_preview()), "5 of 120 registrations");
    EXPECT_EQ(share_words(quiet_preview()), "");
    EXPECT_EQ(path_in_repository("", "a.yaml"), "a.yaml");
    EXPECT_EQ(path_in_repository("x/", "a.yaml"), "x/a.yaml");
}
