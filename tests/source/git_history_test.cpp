#include "base/failure.h"
#include "git_sandbox.h"
#include "source/git_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::tests;

namespace {

class git_history : public testing::Test {
protected:
    TemporaryFolder folder;
    Repository repository{folder.path("repo")};

    // Which commit title is the cause of each path.
    std::map<std::string, std::string> titles(CauseRequest request) {
        GitTree tree(folder.path("repo/.git"), "source test");
        if (request.commit.empty()) request.commit = repository.git("rev-parse HEAD");
        std::map<std::string, std::string> found;
        for (const auto& [path, commit] : tree.causes(request)) found[path] = commit->title;
        return found;
    }

    static CauseRequest asking(std::vector<std::string> paths, std::string since = "", std::string in = "") {
        CauseRequest request;
        request.paths = std::move(paths);
        request.since = std::move(since);
        request.folder = std::move(in);
        request.most_time = Milliseconds(60000);
        return request;
    }
};

using Titles = std::map<std::string, std::string>;

} // namespace

TEST_F(git_history, gives_each_path_the_last_commit_that_touched_it) {
    repository.write("mcp/a.yaml", "1");
    repository.write("mcp/sub/b.yaml", "1");
    repository.commit("both");
    repository.write("mcp/a.yaml", "2");
    const auto middle = repository.commit("only a");
    repository.write("elsewhere", "x");
    repository.commit("neither");
    EXPECT_EQ(titles(asking({"a.yaml", "sub/b.yaml", "never.yaml"}, "", "mcp")),
              (Titles{{"a.yaml", "only a"}, {"sub/b.yaml", "both"}}));
    EXPECT_EQ(titles(asking({"a.yaml"}, middle, "mcp")), Titles{}) << "nothing since then";
}

TEST_F(git_history, knows_deletions_and_a_moved_folder) {
    repository.write("old/a.yaml", "1");
    repository.write("old/b.yaml", "1");
    const auto first = repository.commit("start");
    std::filesystem::remove(folder.path("repo/old/b.yaml"));
    repository.commit("delete b");
    repository.git("mv old new");
    repository.commit("move");
    EXPECT_EQ(titles(asking({"a.yaml", "b.yaml"}, first, "new")), (Titles{{"a.yaml", "move"}}));
    EXPECT_EQ(titles(asking({"a.yaml", "b.yaml"}, first, "old")), (Titles{{"a.yaml", "move"}, {"b.yaml", "delete b"}}));
}

TEST_F(git_history, a_merge_counts_only_where_it_differs_from_all_its_parents) {
    repository.write("a.yaml", "1");
    repository.write("b.yaml", "1");
    const auto start = repository.commit("start");
    repository.git("checkout -q -b side");
    repository.write("a.yaml", "2");
    repository.commit("side work");
    repository.git("checkout -q main");
    repository.write("c.yaml", "1");
    repository.commit("main work");
    repository.git("merge -q --no-ff --no-commit side");
    repository.write("b.yaml", "by the merge itself");
    repository.commit("merge side");
    EXPECT_EQ(titles(asking({"a.yaml", "b.yaml", "c.yaml"}, start)),
              (Titles{{"a.yaml", "side work"}, {"b.yaml", "merge side"}, {"c.yaml", "main work"}}));
}

TEST_F(git_history, is_bounded_in_commits_and_time) {
    repository.write("a.yaml", "1");
    repository.commit("start");
    for (int i = 0; i < 5; ++i) repository.commit("empty");
    auto request = asking({"a.yaml"});
    request.most_commits = 5;
    EXPECT_EQ(titles(request), Titles{});
    request.most_commits = 6;
    EXPECT_EQ(titles(request), (Titles{{"a.yaml", "start"}}));
    request.most_time = Milliseconds(-1);
    EXPECT_EQ(titles(request), Titles{});
}

TEST_F(git_history, an_unknown_start_and_a_shallow_edge_are_no_error) {
    repository.write("a.yaml", "1");
    repository.commit("first");
    repository.write("a.yaml", "2");
    repository.commit("second");
    EXPECT_EQ(titles(asking({"a.yaml"}, std::string(40, 'b'))), (Titles{{"a.yaml", "second"}}));
    Repository shallow(folder.path("shallow"));
    shallow.git("pull -q --depth 1 file://" + repository.path() + " main");
    GitTree tree(folder.path("shallow/.git"), "source test");
    auto request = asking({"a.yaml"});
    request.commit = shallow.git("rev-parse HEAD");
    EXPECT_TRUE(tree.causes(request).empty()) << "the edge has no parent to compare with";
}
