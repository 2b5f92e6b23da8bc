#include "source/git_source.h"

#include "base/failure.h"
#include "git_sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::tests;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

namespace files = std::filesystem;

class git_source : public testing::Test {
protected:
    TemporaryFolder folder;
    Repository repository{folder.path("repo")};
    GitSourceOptions options = local_options(repository, folder);

    FailureSeen failure() {
        GitSource source(options);
        return failure_of(source);
    }
};

} // namespace

TEST_F(git_source, fetches_a_branch_and_its_next_commits) {
    repository.write("mcp/a.yaml", "name: a\n");
    repository.write("mcp/b.yaml", "name: b\n");
    const auto first = repository.commit("first");
    options.path = "./mcp/";
    GitSource source(options);
    const auto before = fetch(source);
    EXPECT_EQ(before.revision.id, first);
    EXPECT_EQ(before.revision.branch, "main");
    EXPECT_THAT(paths_of(before), ElementsAre("a.yaml", "b.yaml"));
    repository.write("mcp/a.yaml", "name: a2\n");
    repository.commit("second");
    const auto after = fetch(source);
    EXPECT_EQ(after.revision.title, "second");
    EXPECT_NE(after.files[0].blob_id, before.files[0].blob_id);
    EXPECT_EQ(after.files[1], before.files[1]);
    EXPECT_EQ(read_texts(source, after).at("a.yaml"), "name: a2\n");
    EXPECT_EQ(read_texts(source, before).at("a.yaml"), "name: a\n") << "older snapshots stay readable";
    const auto found = causes(source, after, first);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found.at("a.yaml")->title, "second");
}

TEST_F(git_source, fetches_the_default_branch_tags_and_commits) {
    repository.write("a.yaml", "1");
    const auto first = repository.commit("first");
    repository.git("tag -a -m note v1");
    repository.write("a.yaml", "2");
    const auto second = repository.commit("second");
    options.ref = {};
    GitSource newest(options);
    EXPECT_EQ(fetch(newest).revision.id, second);
    EXPECT_EQ(fetch(newest).revision.branch, "");
    options.ref = {GitRefKind::tag, "v1"};
    GitSource tag(options);
    EXPECT_EQ(fetch(tag).revision.id, first);
    options.ref = {GitRefKind::commit, first};
    options.mirror_directory = folder.path("other");
    GitSource pinned(options);
    EXPECT_EQ(fetch(pinned).revision.id, first);
    files::rename(folder.path("repo"), folder.path("gone"));
    EXPECT_EQ(fetch(pinned).revision.id, first) << "a commit that is here needs no server";
}

TEST_F(git_source, a_commit_is_found_on_servers_that_refuse_bare_ids) {
    repository.write("a.yaml", "1");
    const auto first = repository.commit("first");
    repository.write("a.yaml", "2");
    repository.commit("second");
    write_script(folder.path("bin/git"), "for a in \"$@\"; do case \"$a\" in +" + first +
                                             ":*) echo 'error: Server does not allow request for unadvertised object " +
                                             first + "' >&2; exit 128;; esac; done\nexec /usr/bin/git \"$@\"\n");
    const Variable path("PATH", folder.path("bin") + ":/usr/bin:/bin");
    options.ref = {GitRefKind::commit, first};
    GitSource source(options);
    EXPECT_EQ(fetch(source).revision.id, first);
}

TEST_F(git_source, a_forced_push_is_just_a_new_revision) {
    repository.write("a.yaml", "1");
    repository.commit("start");
    repository.write("a.yaml", "2");
    repository.commit("abandoned");
    GitSource source(options);
    const auto before = fetch(source);
    repository.git("reset -q --hard HEAD~1");
    repository.write("b.yaml", "3");
    const auto id = repository.commit("rewritten");
    const auto after = fetch(source);
    EXPECT_EQ(after.revision.id, id);
    EXPECT_EQ(causes(source, after, before.revision.id).at("b.yaml")->title, "rewritten");
    EXPECT_EQ(read_texts(source, before).at("a.yaml"), "2");
}

TEST_F(git_source, says_what_is_missing) {
    EXPECT_THAT(failure().text, HasSubstr("the repository is empty; push a first commit"));
    EXPECT_EQ(failure().next, "wait");
    repository.write("mcp/a.yaml", "1");
    const auto commit = repository.commit("first");
    repository.git("branch team/x");
    options.ref.name = "gone";
    EXPECT_EQ(failure().text,
              "source test: fetch \"" + repository.path() +
                  "\": it has no branch \"gone\"; its branches are \"main\", \"team/x\": correct the settings, or "
                  "push it");
    EXPECT_EQ(failure().next, "wait");
    options.ref = {GitRefKind::tag, "v9"};
    EXPECT_THAT(failure().text, HasSubstr("it has no tag \"v9\""));
    options.ref = {GitRefKind::commit, std::string(40, 'a')};
    EXPECT_THAT(failure().text, HasSubstr("it has no commit aaaaaaaaaaaa"));
    options.ref = {GitRefKind::branch, "main"};
    options.path = "moved";
    EXPECT_THAT(failure().text,
                HasSubstr("look for folder \"moved\": it does not exist in commit " + commit.substr(0, 12)));
    options.url = folder.path("nowhere");
    EXPECT_THAT(failure().text, HasSubstr("there is no such repository"));
    EXPECT_EQ(failure().next, "wait");
}

TEST_F(git_source, a_branch_that_is_deleted_later_fails_and_comes_back) {
    repository.write("a.yaml", "1");
    repository.commit("first");
    repository.git("branch work");
    options.ref.name = "work";
    GitSource source(options);
    const auto before = fetch(source);
    repository.git("branch -D work");
    EXPECT_EQ(failure_of(source).next, "wait");
    EXPECT_EQ(read_texts(source, before).at("a.yaml"), "1");
    repository.git("branch work");
    EXPECT_EQ(fetch(source), before);
}

TEST_F(git_source, a_branch_and_a_later_one_below_it_do_not_collide) {
    repository.write("a.yaml", "1");
    repository.commit("first");
    repository.git("branch team");
    options.ref.name = "team";
    GitSource first(options);
    fetch(first);
    repository.git("branch -D team");
    repository.git("branch team/x");
    options.ref.name = "team/x";
    GitSource second(options);
    EXPECT_EQ(fetch(second).files.size(), 1u);
}

TEST_F(git_source, two_sources_share_one_mirror) {
    repository.write("one/a.yaml", "1");
    repository.write("two/b.yaml", "2");
    repository.commit("first");
    repository.git("branch other");
    auto second_options = options;
    options.path = "one";
    second_options.path = "two";
    second_options.ref.name = "other";
    GitSource one(options);
    GitSource two(second_options);
    static EventLoop loop; // stays: a worker may be about to leave it
    Snapshot first;
    Snapshot second;
    auto both = [&](std::size_t i) -> Task<void> {
        if (i == 0)
            first = co_await one.fetch();
        else
            second = co_await two.fetch();
    };
    run_to_end(loop, for_each_index(2, 2, both));
    EXPECT_THAT(paths_of(first), ElementsAre("a.yaml"));
    EXPECT_THAT(paths_of(second), ElementsAre("b.yaml"));
}

TEST_F(git_source, a_shallow_repository_is_a_fine_source) {
    repository.write("a.yaml", "1");
    repository.commit("first");
    repository.write("a.yaml", "2");
    const auto second = repository.commit("second");
    Repository shallow(folder.path("shallow"));
    shallow.git("pull -q --depth 1 file://" + repository.path() + " main");
    options.url = shallow.path();
    GitSource source(options);
    const auto snapshot = fetch(source);
    EXPECT_EQ(snapshot.revision.id, second);
    EXPECT_TRUE(causes(source, snapshot).empty());
}

TEST_F(git_source, relative_local_paths_start_at_our_own_folder) {
    repository.write("a.yaml", "1");
    repository.commit("first");
    options.url = files::relative(repository.path()).string();
    GitSource source(options);
    EXPECT_EQ(fetch(source).files.size(), 1u);
}

TEST_F(git_source, local_paths_need_a_setting) {
    options.allow_local_path = false;
    EXPECT_EQ(failure().next, "stop");
    EXPECT_FALSE(files::exists(options.mirror_directory)) << "nothing is made for a wrong setting";
}

TEST_F(git_source, limits_and_patterns_reach_the_listing) {
    repository.write("a.yaml", "1");
    repository.write("b.yaml", "1");
    repository.write("b.draft.yaml", "1");
    repository.write(".kedgeignore", "*.draft.yaml");
    repository.commit("first");
    options.exclude = {"a.yaml"};
    GitSource source(options);
    EXPECT_THAT(paths_of(fetch(source)), ElementsAre("b.yaml"));
    options.exclude.clear();
    options.limits.most_files = 1;
    EXPECT_THAT(failure().text, HasSubstr("there are more than 1 manifest files"));
}
