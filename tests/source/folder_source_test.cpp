#include "source/folder_source.h"

#include "base/failure.h"
#include "git_sandbox.h"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace kedge;
using namespace kedge::tests;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

namespace files = std::filesystem;

FolderSourceOptions options_for(const std::string& path) {
    FolderSourceOptions options;
    options.name = "test";
    options.path = path;
    return options;
}

// Root may read everything: for this thread, and threads that it makes, file access is that of `nobody`.
class PlainUser final {
public:
    PlainUser() {
        if (::geteuid() == 0) ::setfsuid(65534);
    }
    ~PlainUser() { ::setfsuid(::geteuid()); }
    PlainUser(const PlainUser&) = delete;
    PlainUser& operator=(const PlainUser&) = delete;
};

} // namespace

TEST(folder_source, lists_files_with_the_ids_that_git_would_give) {
    const TemporaryFolder folder;
    write_file(folder.path("a.yaml"), "name: a\n");
    write_file(folder.path(".hidden/b.yml"), "");
    write_file(folder.path(".git/c.yaml"), "x");
    write_file(folder.path(".kedge/overrides"), "[]\n");
    write_file(folder.path("notes.txt"), "x");
    FolderSource source(options_for(folder.path()));
    const auto snapshot = fetch(source);
    EXPECT_THAT(paths_of(snapshot), ElementsAre(".hidden/b.yml", ".kedge/overrides", "a.yaml"));
    EXPECT_EQ(snapshot.files[0].blob_id, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391") << "git's empty blob";
    EXPECT_EQ(snapshot.files[2].size, 8u);
    EXPECT_THAT(snapshot.revision.id, StartsWith("files:"));
    EXPECT_EQ(snapshot.revision.branch, "");
    EXPECT_EQ(read_texts(source, snapshot).at("a.yaml"), "name: a\n");
    EXPECT_TRUE(causes(source, snapshot).empty());
    EXPECT_EQ(fetch(source), snapshot);
    write_file(folder.path("a.yaml"), "name: b\n");
    EXPECT_NE(fetch(source).revision.id, snapshot.revision.id);
}

TEST(folder_source, obeys_the_ignore_file_and_globs) {
    const TemporaryFolder folder;
    for (const auto* name : {"a.yaml", "a.draft.yaml", "old/b.yaml", "sub/c.yaml"}) write_file(folder.path(name), "x");
    write_file(folder.path(".kedgeignore"), "*.draft.yaml\nold/\n");
    auto options = options_for(folder.path());
    options.exclude = {"sub"};
    FolderSource source(options);
    EXPECT_THAT(paths_of(fetch(source)), ElementsAre("a.yaml"));
}

TEST(folder_source, links_pipes_odd_names_and_large_files_are_findings) {
    const TemporaryFolder folder;
    write_file(folder.path("good.yaml"), "x");
    write_file(folder.path("large.yaml"), std::string(2000, 'x'));
    write_file(folder.path("b\\c.yaml"), "x");
    files::create_symlink("..data/good.yaml", folder.path("link.yaml"));
    ASSERT_EQ(::mkfifo(folder.path("pipe.yaml").c_str(), 0600), 0);
    auto options = options_for(folder.path());
    options.limits.most_file_bytes = 1000;
    FolderSource source(options);
    const auto snapshot = fetch(source);
    EXPECT_THAT(paths_of(snapshot), ElementsAre("good.yaml"));
    EXPECT_THAT(findings_of(snapshot),
                ElementsAre("b\\x5cc.yaml: the name holds a backslash and is not read",
                            "large.yaml: has 2000 bytes, more than the 1000 a manifest file may have",
                            "link.yaml: is a symbolic link and is not read", "pipe.yaml: is a pipe and is not read"));
    EXPECT_THAT(snapshot.findings[2].hint, HasSubstr("..data")) << "a mounted ConfigMap";
}

TEST(folder_source, many_warnings_become_one_line) {
    const TemporaryFolder folder;
    for (int i = 0; i < 80; ++i) files::create_symlink("nowhere", folder.path("link" + std::to_string(i)));
    FolderSource source(options_for(folder.path()));
    const auto snapshot = fetch(source);
    ASSERT_EQ(snapshot.findings.size(), 51u);
    EXPECT_EQ(snapshot.findings.back().message, "30 more entries are not read");
}

TEST(folder_source, a_missing_folder_and_too_many_files_wait_for_a_change) {
    const TemporaryFolder folder;
    write_file(folder.path("a.yaml"), "x");
    write_file(folder.path("b.yaml"), "x");
    FolderSource gone(options_for(folder.path("gone")));
    EXPECT_EQ(failure_of(gone).next, "wait");
    EXPECT_EQ(failure_of(gone).text,
              "source test: read \"" + folder.path("gone") +
                  "\": No such file or directory; what was declared there stays live as it is, and nothing "
                  "of it is deleted; correct the path, or make the folder");
    auto options = options_for(folder.path());
    options.limits.most_files = 1;
    FolderSource many(options);
    EXPECT_THAT(failure_of(many).text, HasSubstr("there are more than 1 manifest files"));
    options.limits.most_entries = 1;
    FolderSource wide(options);
    EXPECT_THAT(failure_of(wide).text, HasSubstr("there are more than 1 entries"));
}

TEST(folder_source, unreadable_entries_are_findings) {
    const TemporaryFolder folder;
    write_file(folder.path("good.yaml"), "x");
    write_file(folder.path("secret.yaml"), "x");
    write_file(folder.path("shut/a.yaml"), "x");
    files::permissions(folder.path(), files::perms::all);
    files::permissions(folder.path("secret.yaml"), files::perms::none);
    files::permissions(folder.path("shut"), files::perms::none);
    std::optional<FolderSource> source;
    {
        const PlainUser nobody; // threads that are made now stay plain users
        source.emplace(options_for(folder.path()));
    }
    EXPECT_THAT(findings_of(fetch(*source)), ElementsAre("secret.yaml: cannot be read: Permission denied",
                                                         "shut: cannot be read: Permission denied"));
    files::permissions(folder.path(), files::perms::none);
    EXPECT_EQ(failure_of(*source).next, "wait");
    EXPECT_THAT(failure_of(*source).text, HasSubstr("Permission denied; let kedge's user read it"));
    files::permissions(folder.path(), files::perms::owner_all);
    files::permissions(folder.path("shut"), files::perms::owner_all);
}

TEST(folder_source, one_file_is_a_folder_of_one_file) {
    const TemporaryFolder folder;
    write_file(folder.path("x.json"), "{}");
    write_file(folder.path("other.yaml"), "x");
    files::create_symlink("x.json", folder.path("link.json"));
    for (const auto* name : {"x.json", "link.json"}) {
        FolderSource source(options_for(folder.path(name)));
        const auto snapshot = fetch(source);
        EXPECT_THAT(paths_of(snapshot), ElementsAre(name));
        EXPECT_EQ(read_texts(source, snapshot).at(name), "{}");
    }
}

TEST(folder_source, a_file_that_changed_after_the_listing_is_not_read) {
    const TemporaryFolder folder;
    write_file(folder.path("a.yaml"), "one");
    FolderSource source(options_for(folder.path()));
    const auto snapshot = fetch(source);
    write_file(folder.path("a.yaml"), "two");
    EXPECT_THROW(read_texts(source, snapshot), Failure);
    files::remove(folder.path("a.yaml"));
    EXPECT_THROW(read_texts(source, snapshot), Failure);
    files::create_symlink("/etc/hostname", folder.path("a.yaml"));
    EXPECT_THROW(read_texts(source, snapshot), Failure);
}

TEST(folder_source, files_at_rest_are_read_once_and_young_ones_again) {
    const TemporaryFolder folder;
    write_file(folder.path("a.yaml"), "one");
    write_file(folder.path("b.yaml"), "one");
    auto options = options_for(folder.path());
    options.settle_time = Milliseconds(0);
    FolderSource resting(options);
    fetch(resting);
    EXPECT_EQ(resting.files_read(), 2u);
    write_file(folder.path("b.yaml"), "two!");
    const auto moved = fetch(resting);
    EXPECT_EQ(resting.files_read(), 1u);
    EXPECT_EQ(read_texts(resting, moved).at("b.yaml"), "two!");
    options.settle_time = Milliseconds(3'600'000);
    FolderSource young(options);
    fetch(young);
    fetch(young);
    EXPECT_EQ(young.files_read(), 2u) << "within the tick of their times they could change unseen";
}

TEST(folder_source, in_a_clean_worktree_the_commit_is_the_revision) {
    const TemporaryFolder folder;
    Repository repository(folder.path("repo"));
    repository.write("mcp/a.yaml", "1");
    repository.commit("first");
    repository.write("mcp/a.yaml", "2");
    const auto commit = repository.commit("second");
    FolderSource source(options_for(folder.path("repo/mcp")));
    const auto clean = fetch(source);
    EXPECT_EQ(clean.revision.id, commit);
    EXPECT_EQ(clean.revision.title, "second");
    EXPECT_EQ(clean.revision.author, "Ada <ada@example.com>");
    EXPECT_EQ(causes(source, clean).at("a.yaml")->title, "second");
    repository.write("elsewhere.yaml", "not in this folder");
    EXPECT_EQ(fetch(source).revision.id, commit);
    repository.write("mcp/new.yaml", "not committed");
    const auto edited = fetch(source);
    EXPECT_THAT(edited.revision.id, StartsWith("files:"));
    EXPECT_TRUE(causes(source, edited).empty());
}

TEST(folder_source, follows_a_git_sync_link_and_knows_the_commit_of_its_worktree) {
    const TemporaryFolder folder;
    Repository repository(folder.path("root"));
    repository.write("mcp/a.yaml", "1");
    const auto first = repository.commit("first");
    repository.write("mcp/a.yaml", "2");
    const auto second = repository.commit("second");
    repository.git("worktree add -q --detach ../worktrees/one " + first);
    repository.git("worktree add -q --detach ../worktrees/two " + second);
    files::create_symlink("worktrees/one", folder.path("current"));
    FolderSource source(options_for(folder.path("current/mcp")));
    const auto before = fetch(source);
    EXPECT_EQ(before.revision.id, first);
    files::create_symlink("worktrees/two", folder.path("next"));
    files::rename(folder.path("next"), folder.path("current"));
    EXPECT_EQ(read_texts(source, before).at("a.yaml"), "1") << "the old tree is still there";
    const auto after = fetch(source);
    EXPECT_EQ(after.revision.id, second);
    EXPECT_EQ(causes(source, after).at("a.yaml")->title, "second");
}

TEST(folder_source, never_mixes_two_trees_while_the_link_flips) {
    const TemporaryFolder folder;
    for (const std::string tree : {"one", "two"}) {
        for (int i = 0; i < 40; ++i) write_file(folder.path(tree + "/f" + std::to_string(i) + ".yaml"), tree);
    }
    files::create_symlink("one", folder.path("current"));
    std::atomic<bool> stop{false};
    std::thread flipper([&] {
        for (int i = 0; i < 200'000 && !stop; ++i) {
            files::create_symlink(i % 2 == 0 ? "two" : "one", folder.path("next"));
            files::rename(folder.path("next"), folder.path("current"));
        }
    });
    FolderSource source(options_for(folder.path("current")));
    int whole = 0;
    for (int i = 0; i < 100; ++i) {
        try {
            const auto snapshot = fetch(source);
            ++whole;
            ASSERT_EQ(snapshot.files.size(), 40u);
            for (const auto& file : snapshot.files) ASSERT_EQ(file.blob_id, snapshot.files[0].blob_id);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.next(), NextAction::retry);
            EXPECT_THAT(failure.what(), HasSubstr("it changed during each of 3 attempts"));
        }
    }
    stop = true;
    flipper.join();
    EXPECT_EQ(fetch(source).files.size(), 40u)
        << "and it goes on once the link rests, after " << whole << " whole ones";
}
