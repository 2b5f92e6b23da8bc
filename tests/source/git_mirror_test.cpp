#include "base/failure.h"
#include "git_sandbox.h"
#include "source/git_source.h"
#include "source/mirror_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using namespace kedge::tests;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

namespace files = std::filesystem;

class git_mirror : public testing::Test {
protected:
    TemporaryFolder folder;
    Repository repository{folder.path("repo")};
    GitSourceOptions options = local_options(repository, folder);
    std::string mirror = folder.path("mirror/repository.git");

    void SetUp() override {
        repository.write("a.yaml", "1");
        repository.commit("first");
    }

    std::size_t packs() const {
        std::size_t count = 0;
        for (const auto& entry : files::directory_iterator(mirror + "/objects/pack")) {
            if (entry.path().extension() == ".pack") ++count;
        }
        return count;
    }
};

} // namespace

TEST_F(git_mirror, our_own_environment_has_no_effect) {
    write_file(folder.path("evil/config"), "[url \"/nonexistent\"]\n\tinsteadOf = " + repository.path() + "\n");
    const Variable directory("GIT_DIR", "/nonexistent");
    const Variable work_tree("GIT_WORK_TREE", "/nonexistent");
    const Variable count("GIT_CONFIG_COUNT", "1");
    const Variable key("GIT_CONFIG_KEY_0", "protocol.file.allow");
    const Variable value("GIT_CONFIG_VALUE_0", "never");
    const Variable global("GIT_CONFIG_GLOBAL", folder.path("evil/config"));
    const Variable home("HOME", folder.path("evil"));
    const Variable objects("GIT_OBJECT_DIRECTORY", "/nonexistent");
    const Variable authority("GIT_SSL_CAINFO", "/nonexistent");
    GitSource source(options);
    EXPECT_EQ(fetch(source).files.size(), 1u);
}

TEST_F(git_mirror, hooks_and_templates_do_not_run) {
    const std::string trace = folder.path("hook-ran");
    write_script(folder.path("templates/hooks/reference-transaction"), "touch " + trace + "\n");
    const Variable templates("GIT_TEMPLATE_DIR", folder.path("templates"));
    GitSource source(options);
    fetch(source);
    write_script(mirror + "/hooks/reference-transaction", "touch " + trace + "\n");
    repository.commit("second");
    fetch(source);
    EXPECT_FALSE(files::exists(trace));
}

TEST_F(git_mirror, a_token_is_neither_an_argument_nor_on_disk) {
    const std::string record = folder.path("record");
    write_script(folder.path("bin/git"),
                 "printf '%s\\n' \"$@\" >> " + record + "\nenv >> " + folder.path("environment") +
                     "\ncase \"$*\" in *fetch*) echo \"fatal: Authentication failed\" >&2; exit 128;; esac\n"
                     "exec /usr/bin/git \"$@\"\n");
    const Variable path("PATH", folder.path("bin") + ":/usr/bin:/bin");
    const Variable proxy("https_proxy", "http://proxy.example:3128");
    const Variable other("KEDGE_TEST_SECRET", "ours alone");
    options.url = "https://git.example.com/r.git";
    options.token = Secret("hush-hush-4711");
    GitSource source(options);
    const auto failure = failure_of(source);
    EXPECT_EQ(failure.next, "stop");
    EXPECT_THAT(failure.text, HasSubstr("the server refuses the token"));
    const auto arguments = read_file(record);
    EXPECT_THAT(arguments, HasSubstr("--\nhttps://git.example.com/r.git\n+refs/heads/main:refs/kedge/"));
    EXPECT_THAT(arguments, Not(HasSubstr("hush")));
    EXPECT_THAT(arguments, Not(HasSubstr("Authorization")));
    const auto environment = read_file(folder.path("environment"));
    EXPECT_THAT(environment, HasSubstr("Authorization: Basic eC1hY2Nlc3MtdG9rZW46aHVzaC1odXNoLTQ3MTE="));
    EXPECT_THAT(environment, HasSubstr("https_proxy=http://proxy.example:3128"));
    EXPECT_THAT(environment, Not(HasSubstr("ours alone")));
    for (const auto& entry : files::recursive_directory_iterator(options.mirror_directory)) {
        if (!entry.is_regular_file()) continue;
        EXPECT_THAT(read_file(entry.path().string()), Not(HasSubstr("hush"))) << entry.path();
        EXPECT_THAT(read_file(entry.path().string()), Not(HasSubstr("eC1hY2Nl"))) << entry.path();
    }
}

TEST_F(git_mirror, a_git_that_hangs_is_ended_at_the_deadline) {
    write_script(folder.path("bin/git"), "case \"$*\" in *fetch*) sleep 600 & wait;; esac\nexec /usr/bin/git \"$@\"\n");
    const Variable path("PATH", folder.path("bin") + ":/usr/bin:/bin");
    options.deadline = Milliseconds(300);
    GitSource source(options);
    const auto failure = failure_of(source);
    EXPECT_EQ(failure.next, "retry");
    EXPECT_EQ(failure.text,
              "source test: fetch \"" + repository.path() +
                  "\": not done within 300ms, git was ended; it is tried again, a longer deadline may help");
}

TEST_F(git_mirror, a_missing_git_program_stops) {
    const Variable path("PATH", folder.path("empty"));
    GitSource source(options);
    EXPECT_EQ(failure_of(source).next, "stop");
}

TEST_F(git_mirror, what_a_killed_git_left_is_swept_away) {
    GitSource source(options);
    fetch(source);
    const std::vector<std::string> leftovers = {
        "/packed-refs.lock",        "/HEAD.lock",  "/shallow.lock", "/refs/kedge/x.lock",
        "/objects/pack/tmp_pack_x", "/config.lock"};
    for (const auto& name : leftovers) write_file(mirror + name, "");
    for (const auto& ref : files::directory_iterator(mirror + "/refs/kedge")) {
        if (ref.path().extension() != ".lock") write_file(ref.path().string() + ".lock", "");
    }
    repository.write("b.yaml", "2");
    repository.commit("second");
    EXPECT_EQ(fetch(source).files.size(), 2u);
    for (const auto& name : leftovers) EXPECT_FALSE(files::exists(mirror + name)) << name;
}

TEST_F(git_mirror, another_holder_of_the_lock_is_waited_for_until_the_deadline) {
    GitSource source(options);
    fetch(source);
    options.deadline = Milliseconds(120);
    GitSource waiting(options);
    const std::string file = options.mirror_directory + "/lock";
    {
        const auto held = MirrorLock::try_take(file, "test");
        ASSERT_TRUE(held.has_value());
        EXPECT_FALSE(MirrorLock::try_take(file, "test").has_value());
        const auto failure = failure_of(waiting);
        EXPECT_EQ(failure.next, "retry");
        EXPECT_THAT(failure.text, HasSubstr("another fetch has held it for 120ms"));
    }
    EXPECT_TRUE(MirrorLock::try_take(file, "test").has_value());
    EXPECT_EQ(fetch(source).files.size(), 1u);
}

TEST_F(git_mirror, a_damaged_mirror_is_made_anew) {
    GitSource source(options);
    const auto before = fetch(source);
    write_file(mirror + "/config", "[core\n");
    EXPECT_EQ(fetch(source), before);
    EXPECT_TRUE(files::exists(folder.path("mirror/damaged.git")));
    files::remove(mirror + "/HEAD");
    EXPECT_EQ(fetch(source), before);
}

TEST_F(git_mirror, lost_objects_are_noticed_when_they_are_read) {
    {
        GitSource source(options);
        fetch(source);
    }
    for (const auto& entry : files::directory_iterator(mirror + "/objects/pack")) files::resize_file(entry.path(), 0);
    GitSource source(options);
    EXPECT_EQ(fetch(source).files.size(), 1u);
    EXPECT_TRUE(files::exists(folder.path("mirror/damaged.git")));
}

TEST_F(git_mirror, objects_that_vanish_between_listing_and_reading_make_the_next_fetch_whole) {
    GitSource source(options);
    auto snapshot = fetch(source);
    auto wrong = snapshot;
    wrong.files[0].blob_id = std::string(40, 'a');
    EXPECT_THROW(read_texts(source, wrong), Failure);
    EXPECT_EQ(read_texts(source, fetch(source)).at("a.yaml"), "1");
}

TEST_F(git_mirror, stays_small) {
    options.most_packs = 3;
    GitSource source(options);
    for (int i = 0; i < 12; ++i) {
        repository.write("a.yaml", std::to_string(i));
        repository.commit("more");
        fetch(source);
        EXPECT_LE(packs(), 4u);
    }
    EXPECT_EQ(read_texts(source, fetch(source)).at("a.yaml"), "11");
}

TEST_F(git_mirror, a_folder_that_cannot_be_made_stops) {
    write_file(folder.path("file"), "");
    options.mirror_directory = folder.path("file/mirror");
    GitSource source(options);
    EXPECT_EQ(failure_of(source).next, "stop");
    EXPECT_THAT(failure_of(source).text, HasSubstr("kedge must be able to write there"));
}
