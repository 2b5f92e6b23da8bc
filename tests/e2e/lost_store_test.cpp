// A store that was lost beside registrations that carry its marker: what is not known counts as used up.
#include "tests/e2e/stage.h"

#include "base/json.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

ProcessResult applied(Stage& stage) {
    return stage.kedge({"apply", "--yes"});
}

// What a release of the group of this plan says, as a line for git.
std::string release_of_group(Stage& stage) {
    const auto plan = Json::parse(stage.kedge({"plan", "--output", "json"}).output);
    const auto digest = plan["groups"][0]["digest"].get<std::string>();
    const auto release = stage.kedge({"release", digest.substr(0, 12), "--because", "seen by Ann"});
    EXPECT_EQ(release.exit_code, 0) << release.errors;
    return release.output.substr(release.output.find("- digest"));
}

} // namespace

TEST(lost_store, an_hour_and_the_releases_in_git_count_as_used_up) {
    Stage stage;
    for (int i = 0; i < 12; ++i) {
        const auto name = "server-" + std::to_string(100 + i);
        stage.write("repository/mcp/" + name + ".yaml", Stage::remote(name));
    }
    stage.commit("Twelve servers");
    stage.write_settings();
    ASSERT_EQ(applied(stage).exit_code, 0);
    ASSERT_EQ(stage.writes(), 12U);

    for (const auto* name : {"ledger.db", "ledger.db-wal", "ledger.db-shm"})
        std::filesystem::remove(stage.path("store/") + name);
    auto edited = Stage::remote("server-100");
    edited.replace(edited.find("Tools of"), 8, "Edited tools of");
    stage.write("repository/mcp/server-100.yaml", edited);
    stage.commit("Edit one");
    const auto first = applied(stage);
    EXPECT_EQ(first.exit_code, 3) << first.output;
    EXPECT_THAT(first.output, HasSubstr("does not know what was written in the last hour"));
    const auto second = applied(stage);
    EXPECT_EQ(second.exit_code, 3) << "the ledger is not new any more, and knows as little: " << second.output;
    EXPECT_EQ(stage.writes(), 12U);

    const auto line = release_of_group(stage);
    stage.write("repository/mcp/.kedge/releases", line);
    stage.commit("Release it");
    // Lost once more: a release that stands there already may have been used by then.
    for (const auto* name : {"ledger.db", "ledger.db-wal", "ledger.db-shm"})
        std::filesystem::remove(stage.path("store/") + name);
    EXPECT_EQ(applied(stage).exit_code, 3);
    auto again = line;
    again.replace(again.find("seen by Ann"), 11, "seen by Ann, again");
    stage.write("repository/mcp/.kedge/releases", line + again);
    stage.commit("Release it again");
    const auto released = applied(stage);
    EXPECT_EQ(released.exit_code, 0) << released.output;
    EXPECT_EQ(stage.writes(), 13U);
}
