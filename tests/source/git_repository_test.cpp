#include "source/git_repository.h"

#include "base/failure.h"
#include "git_sandbox.h"
#include "source/git_source.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::tests;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr Milliseconds always_fetch{0};
constexpr Milliseconds old_will_do{3'600'000};

class shared_repository : public testing::Test {
protected:
    TemporaryFolder folder;
    Repository remote{folder.path("repo")};
    GitSourceOptions options = local_options(remote, folder);
    std::shared_ptr<GitRepository> shared;

    void SetUp() override {
        remote.write("a/one.yaml", "1");
        remote.write("b/two.yaml", "2");
        remote.commit("first");
        shared = std::make_shared<GitRepository>(options);
    }

    std::unique_ptr<GitSource> source(const std::string& path, Milliseconds max_age) {
        auto own = options;
        own.path = path;
        return std::make_unique<GitSource>(own, shared, max_age);
    }

    // Fetches all at once; gives what each was told: a commit's title, or why not.
    std::vector<std::string> fetch_together(const std::vector<GitSource*>& sources) {
        static EventLoop loop; // stays: a worker may be about to leave it
        std::vector<std::string> told(sources.size());
        const auto ask = [](GitSource& from, std::string& answer) -> Task<void> {
            try {
                const auto snapshot = co_await from.fetch();
                answer = snapshot.revision.title;
            } catch (const Failure& failure) {
                answer = failure.what();
            }
        };
        for (std::size_t i = 0; i < sources.size(); ++i)
            boost::asio::co_spawn(loop, ask(*sources[i], told[i]), boost::asio::detached);
        loop.restart();
        loop.run();
        return told;
    }
};

} // namespace

TEST_F(shared_repository, sources_share_one_fetch_that_is_young_enough) {
    const auto a = source("a", old_will_do);
    const auto b = source("b", old_will_do);
    EXPECT_THAT(paths_of(fetch(*a)), ElementsAre("one.yaml"));
    const auto snapshot = fetch(*b);
    EXPECT_THAT(paths_of(snapshot), ElementsAre("two.yaml"));
    EXPECT_GT(snapshot.age.count(), 0) << "it is told how old what it got is";
    EXPECT_EQ(shared->fetches(), 1U);
}

TEST_F(shared_repository, whoever_wants_the_newest_fetches) {
    const auto a = source("a", always_fetch);
    fetch(*a);
    remote.write("a/three.yaml", "3");
    remote.commit("second");
    const auto snapshot = fetch(*a);
    EXPECT_EQ(snapshot.revision.title, "second");
    EXPECT_EQ(snapshot.age.count(), 0);
    EXPECT_EQ(shared->fetches(), 2U);
}

TEST_F(shared_repository, a_hint_makes_the_next_fetch_a_real_one) {
    const auto a = source("a", old_will_do);
    const auto b = source("b", old_will_do);
    fetch(*a);
    remote.commit("second");
    EXPECT_EQ(fetch(*b).revision.title, "first");
    shared->moved();
    EXPECT_EQ(fetch(*b).revision.title, "second");
    EXPECT_EQ(fetch(*a).revision.title, "second");
    EXPECT_EQ(shared->fetches(), 2U);
}

TEST_F(shared_repository, callers_at_one_time_share_what_is_under_way) {
    const auto a = source("a", old_will_do);
    const auto b = source("b", old_will_do);
    EXPECT_THAT(fetch_together({a.get(), b.get()}), ElementsAre("first", "first"));
    EXPECT_EQ(shared->fetches(), 1U);
}

TEST_F(shared_repository, callers_that_want_the_newest_wait_together_for_the_next_fetch) {
    const auto a = source("a", always_fetch);
    const auto b = source("b", always_fetch);
    const auto c = source("", always_fetch);
    EXPECT_THAT(fetch_together({a.get(), b.get(), c.get()}), ElementsAre("first", "first", "first"));
    EXPECT_EQ(shared->fetches(), 2U) << "the first one, and one that began after the two others had called";
}

TEST_F(shared_repository, a_failure_is_shared_and_says_the_same) {
    options.ref = {GitRefKind::branch, "gone"};
    shared = std::make_shared<GitRepository>(options);
    const auto a = source("a", old_will_do);
    const auto b = source("b", old_will_do);
    const auto told = fetch_together({a.get(), b.get()});
    EXPECT_THAT(told[0], HasSubstr("it has no branch \"gone\""));
    EXPECT_EQ(told[0], told[1]);
    EXPECT_EQ(shared->fetches(), 1U);
}

TEST_F(shared_repository, a_missing_folder_is_the_failure_of_its_source_alone) {
    const auto a = source("a", old_will_do);
    const auto gone = source("gone", old_will_do);
    const auto told = fetch_together({a.get(), gone.get()});
    EXPECT_EQ(told[0], "first");
    EXPECT_THAT(told[1], HasSubstr("look for folder \"gone\": it does not exist"));
}

TEST_F(shared_repository, an_unmoved_ref_gives_the_former_snapshot_without_a_walk) {
    const auto a = source("a", always_fetch);
    const auto first = fetch(*a);
    EXPECT_EQ(a->folders_read(), 1U);
    EXPECT_EQ(fetch(*a), first);
    EXPECT_EQ(a->folders_read(), 0U);
}

TEST_F(shared_repository, a_commit_elsewhere_leaves_the_content_of_a_folder_as_it_was) {
    const auto a = source("a", always_fetch);
    const auto b = source("b", always_fetch);
    const auto a_before = fetch(*a);
    const auto b_before = fetch(*b);
    remote.write("b/three.yaml", "3");
    remote.commit("second");
    const auto a_after = fetch(*a);
    EXPECT_EQ(a_after.revision.title, "second");
    EXPECT_EQ(a_after.content, a_before.content);
    EXPECT_EQ(a_after.files, a_before.files);
    EXPECT_EQ(a->folders_read(), 0U);
    EXPECT_NE(fetch(*b).content, b_before.content);
    EXPECT_FALSE(a_before.content.empty());
}

TEST_F(shared_repository, releases_of_today_are_part_of_the_content_of_a_pinned_source) {
    const auto a = source("a", always_fetch);
    const auto id = fetch(*a).revision.id;
    a->pin(id);
    const auto before = fetch(*a);
    remote.write("a/.kedge/releases", "[]\n");
    remote.commit("a yes");
    const auto after = fetch(*a);
    EXPECT_EQ(after.revision.id, id);
    EXPECT_NE(after.content, before.content);
}

TEST_F(shared_repository, a_damaged_mirror_is_made_anew_once_for_all) {
    const auto a = source("a", old_will_do);
    const auto b = source("b", old_will_do);
    fetch(*a);
    for (const auto* kind : {"/repository.git/objects/pack"})
        std::filesystem::remove_all(options.mirror_directory + kind);
    shared->tree().close();
    EXPECT_EQ(fetch(*b).revision.title, "first");
    EXPECT_EQ(fetch(*a).revision.title, "first");
    EXPECT_EQ(shared->fetches(), 2U);
}
