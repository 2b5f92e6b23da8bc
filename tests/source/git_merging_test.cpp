#include "source/git_merging.h"

#include "base/failure.h"
#include "git_sandbox.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::tests;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

namespace files = std::filesystem;

class git_merging : public testing::Test {
protected:
    TemporaryFolder folder;
    Repository remote{folder.path("repo")};
    GitSourceOptions options = local_options(remote, folder);
    std::shared_ptr<GitRepository> shared = std::make_shared<GitRepository>(options);
    std::shared_ptr<GitMerging> merging = std::make_shared<GitMerging>(options, shared);

    void SetUp() override {
        remote.write("mcp/a.yaml", "name: a\none: 1\ntwo: 2\nthree: 3\nfour: 4\n");
        remote.write("mcp/b.yaml", "name: b\n");
        remote.commit("first");
        remote.git("checkout -q -b work");
    }

    // The branch `work` becomes the head of pull request 7; `main` is checked out again.
    std::string push_head() {
        const auto id = remote.commit("in the pull request");
        remote.git("update-ref refs/pull/7/head work");
        remote.git("checkout -q main");
        return id;
    }
    std::string push_main(const std::string& path, const std::string& text) {
        remote.write(path, text);
        return remote.commit("on main");
    }

    Merge merge(const std::string& ref = "refs/pull/7/head", const std::string& commit = "") {
        static EventLoop loop; // stays: a worker may be about to leave it
        PullHead head{ref, commit};
        return run_to_end(loop, merging->merge(std::move(head)));
    }
    FailureSeen failure(const std::string& ref, const std::string& commit = "") {
        try {
            merge(ref, commit);
        } catch (const Failure& failure) {
            const auto next = failure.next();
            return {next == NextAction::retry ? "retry" : next == NextAction::stop ? "stop" : "wait", failure.what()};
        }
        return {"none", ""};
    }
    Snapshot list(GitMergedFolder& merged, const Merge& merge) {
        merged.show(merge);
        return fetch(merged);
    }
    GitMergedFolder in_folder(const std::string& path) {
        auto own = options;
        own.path = path;
        return {own, merging};
    }
    std::size_t files_of_mirror() const {
        std::size_t count = 0;
        for (const auto& entry : files::recursive_directory_iterator(options.mirror_directory + "/repository.git"))
            count += entry.is_regular_file() ? 1 : 0;
        return count;
    }
};

} // namespace

TEST_F(git_merging, merges_two_sides_of_one_file_in_memory_alone) {
    remote.write("mcp/a.yaml", "name: a\none: 1\ntwo: 2\nthree: 3\nfour: 44\n");
    remote.write("mcp/c.yaml", "name: c\n");
    const auto head = push_head();
    const auto base = push_main("mcp/a.yaml", "name: a\none: 11\ntwo: 2\nthree: 3\nfour: 4\n");
    const auto first = merge();
    const auto before = files_of_mirror();
    const auto merged = merge();
    EXPECT_EQ(merged, first);
    EXPECT_EQ(files_of_mirror(), before) << "merging writes nothing to the mirror";
    EXPECT_EQ(merged.base_commit, base);
    EXPECT_EQ(merged.head_commit, head);
    EXPECT_FALSE(merged.is_merged);
    auto view = in_folder("mcp");
    const auto snapshot = list(view, merged);
    EXPECT_THAT(paths_of(snapshot), ElementsAre("a.yaml", "b.yaml", "c.yaml"));
    EXPECT_EQ(snapshot.revision.id, head);
    EXPECT_EQ(read_texts(view, snapshot).at("a.yaml"), "name: a\none: 11\ntwo: 2\nthree: 3\nfour: 44\n");
    const auto causes = tests::causes(view, snapshot);
    ASSERT_TRUE(causes.contains("c.yaml"));
    EXPECT_EQ(causes.at("c.yaml")->title, "in the pull request");
    EXPECT_FALSE(causes.contains("b.yaml")) << "what the pull request did not touch has no cause in it";
    remote.git("checkout -q main");
    remote.git("-c user.name=x -c user.email=x@example.com merge -q --no-edit work");
    EXPECT_EQ(merged.tree, remote.git("rev-parse HEAD^{tree}")) << "git itself makes the same tree";
}

TEST_F(git_merging, reads_only_the_folders_that_the_next_merge_moves) {
    remote.write("mcp/x/one.yaml", "1");
    remote.write("mcp/y/two.yaml", "2");
    push_head();
    push_main("other.txt", "o");
    auto view = in_folder("");
    list(view, merge());
    remote.git("checkout -q work");
    remote.write("mcp/x/one.yaml", "11");
    push_head();
    const auto snapshot = list(view, merge());
    EXPECT_EQ(view.folders_read(), 3U) << "the root, mcp and mcp/x";
    EXPECT_EQ(snapshot.files.size(), 4U);
}

TEST_F(git_merging, says_which_paths_conflict) {
    remote.write("mcp/a.yaml", "name: a\none: from work\n");
    remote.git("rm -q mcp/b.yaml");
    push_head();
    remote.write("mcp/b.yaml", "name: b\nedited: yes\n");
    push_main("mcp/a.yaml", "name: a\none: from main\n");
    const auto merged = merge();
    EXPECT_EQ(merged.tree, "");
    EXPECT_THAT(merged.conflicts, ElementsAre("mcp/a.yaml", "mcp/b.yaml"));
    EXPECT_EQ(merged.more_conflicts, 0U);
}

TEST_F(git_merging, names_the_first_hundred_conflicts) {
    for (int i = 0; i < 120; ++i) remote.write("mcp/n" + std::to_string(i) + ".yaml", "from work");
    push_head();
    for (int i = 0; i < 120; ++i) remote.write("mcp/n" + std::to_string(i) + ".yaml", "from main");
    remote.commit("on main");
    const auto merged = merge();
    EXPECT_EQ(merged.conflicts.size(), 100U);
    EXPECT_EQ(merged.more_conflicts, 20U);
}

TEST_F(git_merging, what_is_merged_already_gives_the_tree_of_the_base) {
    remote.write("mcp/c.yaml", "name: c\n");
    push_head();
    remote.git("-c user.name=x -c user.email=x@example.com merge -q --no-ff --no-edit work");
    push_main("mcp/d.yaml", "name: d\n");
    const auto merged = merge();
    EXPECT_TRUE(merged.is_merged);
    EXPECT_EQ(merged.tree, remote.git("rev-parse main^{tree}"));
}

TEST_F(git_merging, without_a_new_commit_on_the_base_the_head_is_the_result) {
    remote.write("mcp/c.yaml", "name: c\n");
    push_head();
    const auto merged = merge();
    EXPECT_FALSE(merged.is_merged);
    EXPECT_EQ(merged.tree, remote.git("rev-parse work^{tree}"));
}

TEST_F(git_merging, a_file_renamed_in_the_head_keeps_what_the_base_edits) {
    remote.git("mv mcp/a.yaml mcp/renamed.yaml");
    push_head();
    push_main("mcp/a.yaml", "name: a\none: 11\ntwo: 2\nthree: 3\nfour: 4\n");
    const auto merged = merge();
    EXPECT_THAT(merged.conflicts, IsEmpty());
    auto view = in_folder("mcp");
    const auto snapshot = list(view, merged);
    EXPECT_THAT(paths_of(snapshot), ElementsAre("b.yaml", "renamed.yaml"));
    EXPECT_EQ(read_texts(view, snapshot).at("renamed.yaml"), "name: a\none: 11\ntwo: 2\nthree: 3\nfour: 4\n");
}

TEST_F(git_merging, a_symlink_of_the_head_is_a_finding_and_is_never_followed) {
    files::create_symlink("/etc/passwd", remote.path() + "/mcp/c.yaml");
    push_head();
    push_main("other.txt", "o");
    auto view = in_folder("mcp");
    const auto snapshot = list(view, merge());
    EXPECT_THAT(paths_of(snapshot), ElementsAre("a.yaml", "b.yaml"));
    EXPECT_THAT(findings_of(snapshot), ElementsAre(HasSubstr("c.yaml")));
}

TEST_F(git_merging, a_folder_that_the_head_takes_away_is_said) {
    remote.write("other.txt", "o");
    remote.git("rm -q -r mcp");
    push_head();
    auto view = in_folder("mcp");
    view.show(merge());
    EXPECT_THAT(failure_of(view).text, HasSubstr("look for folder \"mcp\": it does not exist"));
}

TEST_F(git_merging, histories_without_a_common_commit_do_not_merge) {
    remote.git("checkout -q --orphan alone");
    const auto id = remote.commit("another root");
    remote.git("update-ref refs/pull/7/head " + id);
    remote.git("checkout -q main");
    const auto merged = merge();
    EXPECT_EQ(merged.tree, "");
    EXPECT_EQ(merged.problem, "it has no commit in common with the base");
}

TEST_F(git_merging, a_ref_that_is_gone_or_no_ref_of_a_pull_request_is_not_fetched) {
    remote.git("checkout -q main");
    const auto gone = failure("refs/pull/9/head");
    EXPECT_EQ(gone.next, "wait");
    EXPECT_THAT(gone.text, HasSubstr("it has no \"refs/pull/9/head\"; the pull request may be gone"));
    for (const auto* ref : {"refs/heads/main", "refs/pull/9/merge", "refs/pull/0/head", "refs/pull//head",
                            "refs/pull/1x/head", "--upload-pack=x", "refs/pull/1234567890/head"}) {
        EXPECT_FALSE(is_pull_ref(ref)) << ref;
        EXPECT_EQ(failure(ref).next, "stop") << ref;
    }
    EXPECT_TRUE(is_pull_ref("refs/merge-requests/12/head"));
}

TEST_F(git_merging, a_commit_is_fetched_by_its_id_and_one_that_is_not_there_is_said) {
    remote.write("mcp/c.yaml", "name: c\n");
    const auto id = push_head();
    EXPECT_EQ(merge("", id).head_commit, id);
    const auto missing = failure("", std::string(40, 'a'));
    EXPECT_EQ(missing.next, "wait");
    EXPECT_THAT(missing.text, HasSubstr("it has no commit aaaaaaaaaaaa"));
    EXPECT_FALSE(shared->damaged()) << "the mirror is none the worse for it";
}

TEST_F(git_merging, a_push_that_the_ref_does_not_show_yet_is_tried_again) {
    remote.write("mcp/c.yaml", "name: c\n");
    const auto older = push_head();
    const auto early = failure("refs/pull/7/head", std::string(40, 'b'));
    EXPECT_EQ(early.next, "retry");
    EXPECT_THAT(early.text, HasSubstr("not yet to bbbbbbbbbbbb"));
    remote.git("checkout -q work");
    remote.write("mcp/c.yaml", "name: c2\n");
    push_head();
    EXPECT_EQ(merge("refs/pull/7/head", older).head_commit, older) << "the ref has moved on: what was asked for counts";
}

TEST_F(git_merging, of_many_heads_so_many_stay_in_the_mirror) {
    remote.git("checkout -q main");
    options.most_heads = 3;
    GitRepository careful(options);
    static EventLoop loop; // stays: a worker may be about to leave it
    for (int i = 1; i <= 6; ++i) {
        const auto ref = "refs/pull/" + std::to_string(i) + "/head";
        remote.git("update-ref " + ref + " main");
        run_to_end(loop, careful.fetch_head(ref));
    }
    std::size_t kept = 0;
    for (const auto& entry : files::directory_iterator(options.mirror_directory + "/repository.git/refs/kedge-pulls"))
        kept += entry.is_regular_file() ? 1 : 0;
    EXPECT_EQ(kept, 3U);
}

TEST_F(git_merging, follows_its_branch_and_the_default_branch_by_its_name) {
    static EventLoop loop; // stays: a worker may be about to leave it
    EXPECT_TRUE(run_to_end(loop, merging->follows("main")));
    EXPECT_FALSE(run_to_end(loop, merging->follows("work")));
    remote.git("checkout -q main");
    options.ref = {};
    const auto same = std::make_shared<GitRepository>(options);
    GitMerging by_default(options, same);
    EXPECT_TRUE(run_to_end(loop, by_default.follows("main")));
    EXPECT_FALSE(run_to_end(loop, by_default.follows("work")));
    options.ref = {GitRefKind::tag, "v1"};
    GitMerging of_tag(options, same);
    EXPECT_FALSE(run_to_end(loop, of_tag.follows("v1"))) << "nothing merges into a tag";
}
