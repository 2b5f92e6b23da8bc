#include "base/failure.h"
#include "io/secret_store.h"
#include "tests/io/certificates.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

using namespace kedge;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

class SecretStoreTest : public testing::Test {
protected:
    SecretStoreTest()
        : store({"env:TOKEN_*", "file:" + in("allowed/*")}, {{"TOKEN_A", "a"}, {"TOKEN_E", ""}, {"HOME", "h"}},
                Secret("key")) {
        folder.write("allowed/token", "s3cret\n");
        folder.write("outside/token", "other\n");
    }

    std::string in(const std::string& path) const { return (folder.path() / path).string(); }

    std::string file(const std::string& path) const { return store.value("file", in(path)).reveal(); }

    std::string refusal(const std::string& scheme, const std::string& name) const {
        try {
            return "got " + store.value(scheme, name).reveal();
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.next(), NextAction::wait_for_change);
            return failure.what();
        }
    }

    TemporaryFolder folder;
    SecretStore store;
};

} // namespace

TEST_F(SecretStoreTest, says_why_a_value_cannot_be_had_without_the_place) {
    EXPECT_EQ(store.problem("env", "TOKEN_A"), "");
    EXPECT_EQ(store.problem("env", "TOKEN_B"), "the variable is not set");
    EXPECT_EQ(store.problem("env", "TOKEN_E"), "the variable is empty");
    EXPECT_EQ(store.problem("file", in("allowed/none")), "No such file or directory");
}

TEST_F(SecretStoreTest, gives_what_the_list_allows) {
    EXPECT_EQ(store.value("env", "TOKEN_A").reveal(), "a");
    EXPECT_EQ(file("allowed/token"), "s3cret");
    EXPECT_TRUE(store.allows("env", "TOKEN_NOT_SET"));
    EXPECT_FALSE(store.allows("env", "HOME"));
    EXPECT_FALSE(store.allows("env", "x/TOKEN_A"));
    EXPECT_FALSE(store.allows("vault", "TOKEN_A"));
}

TEST_F(SecretStoreTest, says_why_it_refuses) {
    EXPECT_EQ(refusal("env", "HOME"),
              "secret: read \"${env:HOME}\": not allowed; add \"env:HOME\" to the unit's list of secrets");
    EXPECT_EQ(refusal("env", "TOKEN_B"), "secret: read \"${env:TOKEN_B}\": the variable is not set");
    EXPECT_EQ(refusal("env", "TOKEN_E"), "secret: read \"${env:TOKEN_E}\": the variable is empty");
    EXPECT_EQ(refusal("vault", "x"), "secret: read \"${vault:x}\": there are only env, file and k8s");
    EXPECT_EQ(refusal("file", "token"), "secret: read \"${file:token}\": a path must be absolute");
    EXPECT_THAT(refusal("file", in("allowed/none")), HasSubstr("No such file or directory"));
}

TEST_F(SecretStoreTest, dots_do_not_lead_outside) {
    EXPECT_THAT(refusal("file", in("allowed/../outside/token")), HasSubstr("not allowed; add"));
    EXPECT_EQ(file("outside/../allowed/token"), "s3cret");
    EXPECT_EQ(file("allowed/./token"), "s3cret");
    EXPECT_THAT(refusal("file", in("allowed/deep/token")), HasSubstr("not allowed; add"))
        << "a star stays in its folder";
}

TEST_F(SecretStoreTest, symlinks_do_not_lead_outside) {
    fs::create_symlink(in("outside/token"), in("allowed/link"));
    EXPECT_THAT(refusal("file", in("allowed/link")), HasSubstr("a symlink leads to a place that is not allowed"));
    fs::create_symlink(in("allowed/token"), in("allowed/inner"));
    EXPECT_EQ(file("allowed/inner"), "s3cret");
    fs::create_directory_symlink(in("outside"), in("allowed2"));
    const SecretStore through({"file:" + in("allowed2/*")}, {}, Secret());
    EXPECT_THROW(through.value("file", in("allowed2/token")), Failure) << "the folder itself is a link";
}

TEST_F(SecretStoreTest, the_links_of_a_kubernetes_mount_are_followed) {
    folder.write("allowed/..2026_11_21/password", "mounted\n");
    fs::create_directory_symlink("..2026_11_21", in("allowed/..data"));
    fs::create_symlink("..data/password", in("allowed/password"));
    EXPECT_EQ(file("allowed/password"), "mounted");
    // The same shape elsewhere leads outside all the same.
    folder.write("outside/..2026/password", "other\n");
    fs::create_symlink(in("outside/..2026/password"), in("allowed/escape"));
    EXPECT_THAT(refusal("file", in("allowed/escape")), HasSubstr("not allowed"));
}

TEST_F(SecretStoreTest, only_files_of_bounded_size_are_read) {
    folder.write("allowed/most", std::string(64 * 1024, 'x'));
    folder.write("allowed/more", std::string(64 * 1024 + 1, 'x'));
    folder.write("allowed/empty", "\n");
    fs::create_directory(in("allowed/folder"));
    ASSERT_EQ(::mkfifo(in("allowed/fifo").c_str(), 0600), 0);
    EXPECT_EQ(file("allowed/most").size(), 64U * 1024);
    EXPECT_THAT(refusal("file", in("allowed/more")), HasSubstr("larger than 64 KiB"));
    EXPECT_THAT(refusal("file", in("allowed/empty")), HasSubstr("the file is empty"));
    EXPECT_THAT(refusal("file", in("allowed/folder")), HasSubstr("not a regular file"));
    EXPECT_THAT(refusal("file", in("allowed/fifo")), HasSubstr("not a regular file"))
        << "and does not wait for a writer";
}

TEST_F(SecretStoreTest, one_newline_is_lost_and_the_file_is_read_anew) {
    folder.write("allowed/token", "two\n\n");
    EXPECT_EQ(file("allowed/token"), "two\n");
    folder.write("allowed/token", "new");
    EXPECT_EQ(file("allowed/token"), "new");
}

TEST_F(SecretStoreTest, fingerprints_tell_values_apart_and_need_a_key) {
    folder.write("allowed/same", "a");
    const auto of_variable = store.fingerprint("env", "TOKEN_A");
    ASSERT_TRUE(of_variable);
    EXPECT_EQ(of_variable->size(), 64U);
    EXPECT_EQ(store.fingerprint("file", in("allowed/same")), of_variable);
    EXPECT_NE(store.fingerprint("file", in("allowed/token")), of_variable);
    EXPECT_EQ(store.fingerprint("env", "TOKEN_B"), std::nullopt);
    EXPECT_EQ(store.fingerprint("env", "HOME"), std::nullopt);
    const SecretStore other({"env:*"}, {{"TOKEN_A", "a"}}, Secret("other key"));
    EXPECT_NE(other.fingerprint("env", "TOKEN_A"), of_variable);
    const SecretStore keyless({"env:*"}, {{"TOKEN_A", "a"}}, Secret());
    EXPECT_EQ(keyless.fingerprint("env", "TOKEN_A"), std::nullopt);
}

TEST_F(SecretStoreTest, an_entry_that_is_no_place_is_refused) {
    for (const char* entry : {"", "env:", "TOKEN", "file:relative/path", "file:", "http://x"}) {
        EXPECT_THROW(SecretStore({entry}, {}, Secret()), Failure) << entry;
    }
}

TEST_F(SecretStoreTest, a_blind_one_reads_nothing_and_complains_of_nothing) {
    const auto blind = SecretStore::blind();
    EXPECT_EQ(blind.problem("env", "TOKEN_A"), "");
    EXPECT_EQ(blind.problem("file", in("allowed/token")), "");
    EXPECT_EQ(blind.fingerprint("env", "TOKEN_A"), std::nullopt);
    EXPECT_THROW(blind.value("env", "TOKEN_A"), Failure);
}
