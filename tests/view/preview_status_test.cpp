#include "view/preview_status.h"

#include "preview_samples.h"
#include "samples.h"
#include "view/preview_words.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

StatusState state(const Preview& preview) {
    return preview_status(preview, {}).state;
}

} // namespace

TEST(preview_status, fails_for_errors_refusals_conflicts_and_what_cannot_be_planned) {
    EXPECT_EQ(state(rich_preview()), StatusState::failure) << "an error in a manifest";
    auto refused = ready_preview();
    refused.units.front().plan->changes.front().check.kind = CheckKind::refused;
    EXPECT_EQ(state(refused), StatusState::failure);
    auto forbidden = ready_preview();
    forbidden.units.front().plan->findings = {{Severity::error, {"mcp/a.yaml", 1, 1}, "host", "", "", "", true}};
    EXPECT_EQ(state(forbidden), StatusState::failure);
    EXPECT_EQ(verdict_of(forbidden), PreviewVerdict::forbidden);
    auto conflict = quiet_preview();
    conflict.conflicts = {"a.yaml"};
    EXPECT_EQ(state(conflict), StatusState::failure);
    auto fork = quiet_preview();
    fork.problem = "it comes from a fork";
    EXPECT_EQ(state(fork), StatusState::failure);
}

TEST(preview_status, is_green_for_holds_and_says_them) {
    const auto status = preview_status(held_preview(), {});
    EXPECT_EQ(status.state, StatusState::success);
    EXPECT_EQ(status.line, "Needs a person: 2 changes are held; 1 to create, 2 to update, 1 to rotate, 2 held; "
                           "touches 5 of 120 registrations");
}

TEST(preview_status, is_pending_while_the_control_plane_is_away) {
    EXPECT_EQ(state(away_preview()), StatusState::pending);
    EXPECT_THAT(preview_status(away_preview(), {}).line, HasSubstr("away since 10:02"));
    auto waiting = quiet_preview();
    waiting.problem = "not fetched yet";
    waiting.passes = true;
    EXPECT_EQ(state(waiting), StatusState::pending);
}

TEST(preview_status, is_green_with_nothing_to_do_so_that_it_can_be_required) {
    EXPECT_EQ(state(quiet_preview()), StatusState::success);
    auto elsewhere = quiet_preview();
    elsewhere.units.clear();
    EXPECT_EQ(state(elsewhere), StatusState::success);
    EXPECT_EQ(preview_status(elsewhere, {}).line, "Nothing to do: no unit follows main");
}

TEST(preview_status, is_cut_at_a_whole_character) {
    auto preview = quiet_preview();
    preview.problem = "ä" + std::string(200, 'x') + "ä";
    for (std::size_t most = 0; most < 40; ++most) {
        const auto text = preview_status(preview, {most, 50}).line;
        EXPECT_LE(text.size(), most);
        EXPECT_NE(static_cast<unsigned char>(text.empty() ? 'x' : text.substr(0, text.size() - 3).back()), 0xC3);
    }
}

TEST(preview_annotations, stand_at_the_file_in_the_repository_errors_first) {
    auto preview = rich_preview();
    const auto all = preview_status(preview, {}).annotations;
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].path, "registry/tools/mcp/bad.yaml");
    EXPECT_EQ(all[0].first_line, 12);
    EXPECT_EQ(all[0].level, AnnotationLevel::failure);
    EXPECT_EQ(all[1].path, "registry/tools/mcp/pager.yaml");
    EXPECT_EQ(all[1].first_line, 4) << "where the control plane points at";
    EXPECT_EQ(all[2].level, AnnotationLevel::warning);
    EXPECT_EQ(preview_status(preview, {140, 1}).annotations.size(), 1U);
    EXPECT_THAT(preview_status(quiet_preview(), {}).annotations, IsEmpty());
}

TEST(preview_words, the_share_of_the_owned_set_counts_what_is_touched) {
    EXPECT_EQ(share_words(held_preview()), "5 of 120 registrations");
    EXPECT_EQ(share_words(quiet_preview()), "");
    EXPECT_EQ(path_in_repository("", "a.yaml"), "a.yaml");
    EXPECT_EQ(path_in_repository("x/", "a.yaml"), "x/a.yaml");
}
