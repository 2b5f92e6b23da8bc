#include "source/source_folders.h"

#include "git_sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::tests;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(source_folders, of_a_commit_are_those_that_fit) {
    TemporaryFolder folder;
    Repository remote(folder.path("repo"));
    for (const auto* path :
         {"teams/search/a.yaml", "teams/payments/mcp/a.yaml", "teams/.hidden/a.yaml", "teams/readme", "top/a.yaml"})
        remote.write(path, "1");
    remote.commit("first");
    GitRepository repository(local_options(remote, folder));
    static EventLoop loop; // stays: a worker may be about to leave it
    const auto fit = [&](const std::string& pattern) {
        return run_to_end(loop, folders_in(repository, Milliseconds(0), pattern));
    };
    EXPECT_THAT(fit("teams/*"), ElementsAre("teams/payments", "teams/search"));
    EXPECT_THAT(fit("./teams/s*"), ElementsAre("teams/search"));
    EXPECT_THAT(fit("*"), ElementsAre("teams", "top"));
    EXPECT_THAT(fit("gone/*"), IsEmpty());
    EXPECT_THAT(fit("teams/readme/*"), IsEmpty());
    remote.git("rm -rq teams/search");
    remote.write("teams/new/a.yaml", "1");
    remote.commit("second");
    EXPECT_THAT(fit("teams/*"), ElementsAre("teams/new", "teams/payments"));
}

TEST(source_folders, of_a_plain_folder_are_those_that_fit) {
    TemporaryFolder folder;
    for (const auto* path : {"teams/search/a.yaml", "teams/.git/a", "teams/file"}) write_file(folder.path(path), "1");
    EXPECT_THAT(folders_in(folder.path(), "teams/*"), ElementsAre("teams/search"));
    EXPECT_THAT(folders_in(folder.path(), "gone/*"), IsEmpty());
}
