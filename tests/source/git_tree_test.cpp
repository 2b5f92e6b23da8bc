#include "source/git_tree.h"

#include "base/failure.h"
#include "git_sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::tests;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

TreeRequest request_for(const std::string& commit, const std::string& folder = "") {
    TreeRequest request;
    request.commit = commit;
    request.folder = folder;
    request.branch = "main";
    return request;
}

class a_git_tree : public testing::Test {
protected:
    TemporaryFolder folder;
    Repository repository{folder.path("repo")};
    GitTree tree{folder.path("repo/.git"), "source test"};

    std::string list_failure(const TreeRequest& request) {
        try {
            tree.list(request);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.next(), NextAction::wait_for_change);
            return failure.what();
        }
        return "";
    }
};

} // namespace

TEST_F(a_git_tree, lists_manifest_files_of_a_folder_with_ids_sizes_and_the_revision) {
    repository.write("mcp/a.yaml", "name: a\n");
    repository.write("mcp/.hidden/b.yml", "name: b\n");
    repository.write("mcp/README.md", "no manifest\n");
    repository.write("mcp/.kedge/releases", "[]\n");
    repository.write("other/c.yaml", "name: c\n");
    const auto commit = repository.commit("first of all");
    const auto snapshot = tree.list(request_for(commit, "mcp"));
    EXPECT_THAT(paths_of(snapshot), ElementsAre(".hidden/b.yml", ".kedge/releases", "a.yaml"));
    EXPECT_EQ(snapshot.files[2].blob_id, repository.git("rev-parse HEAD:mcp/a.yaml"));
    EXPECT_EQ(snapshot.files[2].size, 8u);
    EXPECT_EQ(snapshot.revision.id, commit);
    EXPECT_EQ(snapshot.revision.title, "first of all");
    EXPECT_EQ(snapshot.revision.author, "Ada <ada@example.com>");
    EXPECT_EQ(snapshot.revision.time, 1'700'000'001);
    EXPECT_EQ(snapshot.revision.branch, "main");
    EXPECT_THAT(snapshot.findings, IsEmpty());
    const auto texts = tree.read(snapshot.files);
    ASSERT_EQ(texts.size(), 3u);
    EXPECT_EQ(texts[2].text, "name: a\n");
}

TEST_F(a_git_tree, reads_only_the_subtrees_that_moved) {
    for (int i = 0; i < 30; ++i) repository.write("d" + std::to_string(i) + "/inner/a.yaml", std::to_string(i));
    const auto first = repository.commit("one");
    repository.write("d7/inner/a.yaml", "new");
    const auto second = repository.commit("two");
    tree.list(request_for(first));
    EXPECT_EQ(tree.subtrees_read(), 61u);
    const auto moved = tree.list(request_for(second));
    EXPECT_EQ(tree.subtrees_read(), 3u) << "the root, d7 and d7/inner";
    tree.list(request_for(second));
    EXPECT_EQ(tree.subtrees_read(), 0u);
    GitTree fresh(folder.path("repo/.git"), "source test");
    EXPECT_EQ(fresh.list(request_for(second)), moved);
}

TEST_F(a_git_tree, a_changed_ignore_file_counts_for_all_subtrees) {
    repository.write("a/x.yaml", "x");
    repository.write("a/y.draft.yaml", "y");
    const auto first = repository.commit("one");
    repository.write(".kedgeignore", "*.draft.yaml\n");
    const auto second = repository.commit("two");
    EXPECT_EQ(tree.list(request_for(first)).files.size(), 2u);
    EXPECT_THAT(paths_of(tree.list(request_for(second))), ElementsAre("a/x.yaml"));
}

TEST_F(a_git_tree, links_submodules_and_odd_names_are_findings_and_executables_are_not) {
    repository.write("plain.yaml", "x");
    std::filesystem::permissions(folder.path("repo/plain.yaml"), std::filesystem::perms::owner_all);
    std::filesystem::create_symlink("plain.yaml", folder.path("repo/link.yaml"));
    std::filesystem::create_symlink("nowhere", folder.path("repo/folder-link"));
    repository.write("back\\slash.yaml", "x");
    repository.write("bad\xff.yaml", "x");
    repository.write("line\nbreak.yaml", "x");
    repository.write("odd\x01.txt", "not a manifest: nothing to say");
    const auto plain = repository.commit("files");
    repository.git("update-index --add --cacheinfo 160000," + plain + ",module");
    repository.git("commit -q -m module");
    const auto snapshot = tree.list(request_for(repository.git("rev-parse HEAD")));
    EXPECT_THAT(paths_of(snapshot), ElementsAre("plain.yaml"));
    EXPECT_THAT(findings_of(snapshot),
                ElementsAre("back\\x5cslash.yaml: the name holds a backslash and is not read",
                            "bad\\xff.yaml: the name is not valid UTF-8 and is not read",
                            "folder-link: is a symbolic link and is not read",
                            "line\\x0abreak.yaml: the name holds a control character and is not read",
                            "link.yaml: is a symbolic link and is not read", "module: is a submodule and is not read"));
    EXPECT_EQ(snapshot.findings[2].severity, Severity::warning);
    EXPECT_EQ(snapshot.findings[4].severity, Severity::error);
}

TEST_F(a_git_tree, names_that_leave_the_folder_and_odd_modes_are_findings) {
    repository.write("a.yaml", "x");
    repository.commit("one");
    const auto blob = repository.git("rev-parse HEAD:a.yaml");
    // git refuses to make such trees, so the object's bytes are written by hand.
    const auto inner = repository.git("rev-parse HEAD:");
    const auto raw = [&](const std::string& mode, const std::string& name, const std::string& id) {
        std::string bytes;
        for (std::size_t i = 0; i < id.size(); i += 2) {
            const int byte = std::stoi(id.substr(i, 2), nullptr, 16);
            bytes += "\\" + std::string{char('0' + byte / 64), char('0' + byte / 8 % 8), char('0' + byte % 8)};
        }
        return "printf '" + mode + " " + name + "\\000" + bytes + "';";
    };
    const auto tree_id =
        repository.git("--version >/dev/null; (" + raw("40000", "..", inner) + raw("100600", "b.yaml", blob) +
                       raw("100644", "c.yaml", blob) + ") | git hash-object -t tree -w --stdin --literally");
    const auto commit = repository.git("commit-tree -m odd " + tree_id);
    const auto snapshot = tree.list(request_for(commit));
    EXPECT_THAT(paths_of(snapshot), ElementsAre("c.yaml"));
    EXPECT_THAT(findings_of(snapshot), ElementsAre("..: the name is not a file name and is not read",
                                                   "b.yaml: is of the unknown git mode 100600 and is not read"));
}

TEST_F(a_git_tree, too_large_files_are_findings_and_too_many_files_a_failure) {
    repository.write("large.yaml", std::string(1025, 'x'));
    repository.write("just.yaml", std::string(1024, 'x'));
    repository.write("one.yaml", "1");
    auto request = request_for(repository.commit("one"));
    request.limits.most_file_bytes = 1024;
    request.limits.most_files = 2;
    const auto snapshot = tree.list(request);
    EXPECT_THAT(paths_of(snapshot), ElementsAre("just.yaml", "one.yaml"));
    EXPECT_THAT(findings_of(snapshot),
                ElementsAre("large.yaml: has 1025 bytes, more than the 1024 a manifest file may have"));
    request.limits.most_files = 1;
    EXPECT_THAT(list_failure(request),
                HasSubstr("there are more than 1 manifest files; point the source at a sub-folder"));
}

TEST_F(a_git_tree, a_tree_that_repeats_itself_ends_at_the_entry_limit) {
    repository.write("a.txt", "x");
    repository.commit("one");
    auto inner = repository.git("rev-parse HEAD:");
    for (int level = 0; level < 12; ++level) {
        std::string lines;
        for (int i = 0; i < 10; ++i) lines += "040000 tree " + inner + "\\tf" + std::to_string(i) + "\\n";
        inner = repository.git("--version >/dev/null; printf '" + lines + "' | git mktree");
    }
    auto request = request_for(repository.git("commit-tree -m bomb " + inner));
    request.limits.most_entries = 50'000;
    EXPECT_THAT(list_failure(request), HasSubstr("there are more than 50000 entries"));
}

TEST_F(a_git_tree, folders_beyond_the_depth_limit_are_a_finding) {
    repository.write("a/b/c/d.yaml", "x");
    repository.write("a/b/e.yaml", "x");
    auto request = request_for(repository.commit("deep"));
    request.limits.most_folders_deep = 2;
    const auto snapshot = tree.list(request);
    EXPECT_THAT(paths_of(snapshot), ElementsAre("a/b/e.yaml"));
    EXPECT_THAT(findings_of(snapshot), ElementsAre("a/b/c: lies more than 2 folders deep and is not read"));
}

TEST_F(a_git_tree, a_missing_folder_waits_for_a_change) {
    repository.write("mcp/a.yaml", "x");
    repository.write("file", "x");
    const auto commit = repository.commit("one");
    EXPECT_EQ(list_failure(request_for(commit, "gone/deep")),
              "source test: look for folder \"gone/deep\": it does not exist in commit " + commit.substr(0, 12) +
                  "; what was declared there stays live as it is, and nothing of it is deleted; correct the source's "
                  "path, or "
                  "bring the folder back (an empty folder needs a file, as .kedgeignore)");
    EXPECT_THAT(list_failure(request_for(commit, "file")), HasSubstr("it is not a folder"));
}

TEST_F(a_git_tree, a_missing_object_is_damage) {
    repository.write("a.yaml", "x");
    const auto commit = repository.commit("one");
    const auto blob = repository.git("rev-parse HEAD:a.yaml");
    std::filesystem::remove(folder.path("repo/.git/objects/" + blob.substr(0, 2) + "/" + blob.substr(2)));
    EXPECT_THROW(tree.list(request_for(commit)), Failure);
    EXPECT_TRUE(tree.damaged());
    EXPECT_TRUE(tree.commit_of(commit).has_value());
    EXPECT_FALSE(tree.damaged());
}

TEST_F(a_git_tree, tags_lead_to_their_commit_and_other_refs_to_nothing) {
    repository.write("a.yaml", "x");
    const auto commit = repository.commit("one");
    repository.git("tag -a -m note v1");
    repository.git("tag blob HEAD:a.yaml");
    EXPECT_EQ(tree.commit_of("refs/tags/v1"), commit);
    EXPECT_EQ(tree.commit_of("refs/tags/blob"), std::nullopt);
    EXPECT_EQ(tree.commit_of("refs/heads/none"), std::nullopt);
    EXPECT_EQ(tree.commit_of(std::string(40, 'a')), std::nullopt);
}

TEST_F(a_git_tree, foreign_bytes_in_titles_and_authors_become_printable) {
    repository.write("a.yaml", "x");
    repository.commit("one");
    repository.write("object",
                     "tree " + repository.git("rev-parse HEAD:") +
                         "\nauthor A\xfe <a@b> 1 +0000\ncommitter C <c@d> 2 +0000\n\nti\x1b[31mtle \xff\n\nbody\n");
    const auto snapshot = tree.list(request_for(repository.git("hash-object -t commit -w object")));
    EXPECT_EQ(snapshot.revision.author, "A? <a@b>");
    EXPECT_EQ(snapshot.revision.title, "ti [31mtle ?");
}

TEST_F(a_git_tree, finds_a_commit_by_the_beginning_of_its_id) {
    repository.write("a.yaml", "name: a\n");
    const auto commit = repository.commit("first");
    EXPECT_EQ(tree.commit_of(commit.substr(0, 7)), commit);
    EXPECT_EQ(tree.commit_of(commit.substr(0, 39)), commit);
    EXPECT_EQ(tree.commit_of(commit.substr(0, 6)), std::nullopt) << "too little to be sure";
    EXPECT_EQ(tree.commit_of(std::string(7, commit[0] == 'a' ? 'b' : 'a')), std::nullopt);
    EXPECT_EQ(tree.commit_of(repository.git("rev-parse HEAD:a.yaml").substr(0, 10)), std::nullopt) << "a blob is none";
}

TEST_F(a_git_tree, takes_no_beginning_that_two_ids_share) {
    repository.write("a.yaml", "name: a\n");
    repository.commit("first");
    repository.git("hash-object -t tree -w /dev/null");
    const auto add = [&](const std::string& message) {
        repository.write("commit", "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@example.com> 1700000000 "
                                   "+0000\ncommitter A <a@example.com> 1700000000 +0000\n\n" +
                                       message + "\n");
        return repository.git("hash-object -t commit -w commit");
    };
    const auto one = add("7423"), other = add("13877");
    ASSERT_EQ(one.substr(0, 7), other.substr(0, 7));
    try {
        tree.commit_of(one.substr(0, 7));
        FAIL() << "ambiguous";
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "source test: read commit \"3bdd406\": several ids begin so; give more digits");
    }
    EXPECT_EQ(tree.commit_of(one.substr(0, 8) == other.substr(0, 8) ? one : one.substr(0, 8)), one);
}
