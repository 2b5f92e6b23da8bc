// A daemon holds the store: each command that would write to it says what to do instead.
#include "cli/exit_code.h"
#include "main/wiring.h"
#include "store/store_lock.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;

namespace {

class StoreInUse : public testing::Test {
protected:
    StoreInUse() {
        std::string pattern = (std::filesystem::temp_directory_path() / "kedge-in-use-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        std::filesystem::create_directory(folder_ / "manifests");
        std::ofstream(folder_ / "kedge.yaml")
            << "version: 1\ninstallation: prod\nnetworks: {allow_insecure: true}\nstore: "
            << (folder_ / "store").string() << "\nsources:\n  git: {folder: " << (folder_ / "manifests").string()
            << "}\ntargets:\n  tfy: {provider: truefoundry, url: "
               "\"http://127.0.0.1:9\", token: \"${env:TOKEN}\"}\nunits:\n"
            << "  - {name: tools, source: git, target: tfy, "
               "changes: apply, drift: heal}\n";
    }
    ~StoreInUse() override { std::filesystem::remove_all(folder_); }

    // Of a command that finds the store in use.
    std::string complaint(std::vector<std::string> arguments) {
        const StoreLock daemon(folder_ / "store");
        arguments.push_back("--settings");
        arguments.push_back((folder_ / "kedge.yaml").string());
        testing::internal::CaptureStderr();
        EXPECT_EQ(run_kedge(arguments, {{"TOKEN", "a-token"}}), exit_locked);
        return testing::internal::GetCapturedStderr();
    }

    std::filesystem::path folder_;
};

} // namespace

TEST_F(StoreInUse, rollback_says_how_to_go_back_all_the_same) {
    EXPECT_THAT(complaint({"rollback", "--to", std::string(40, 'a'), "--because", "x"}),
                AllOf(HasSubstr("cannot lock: in use by process " + std::to_string(::getpid()) +
                                "; nothing was changed; stop that one (SIGTERM; it finishes what it writes), run this "
                                "command again, and start it again: it stays at that commit"),
                      HasSubstr("or revert the commit in git, which it follows by itself")));
}

TEST_F(StoreInUse, resume_says_how_to_follow_again) {
    EXPECT_THAT(complaint({"resume", "tools"}),
                HasSubstr("run this command again, and start it again: it follows the branch of \"tools\""));
}

TEST_F(StoreInUse, the_other_commands_say_what_fits_them) {
    EXPECT_THAT(complaint({"adopt", "github"}), HasSubstr("or commit x-kedge: {adopt: ID} to the manifest"));
    EXPECT_THAT(complaint({"disown", "--all"}), HasSubstr("stop that one (SIGTERM) for good"));
    EXPECT_THAT(complaint({"run"}), HasSubstr("one kedge at a time works on a store"));
    EXPECT_THAT(complaint({"apply"}), HasSubstr("wait until it has ended"));
}
