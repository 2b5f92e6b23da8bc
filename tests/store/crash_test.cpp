// A process killed in the middle of its commits leaves a prefix of whole transactions, and at least those it was told
// of.
#include "samples.h"
#include "scratch.h"
#include "store/sqlite_database.h"
#include "store/stored_ledger.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kedge;

namespace {

constexpr int per_commit = 16;

std::string name_of(int commit, int i) {
    return "c" + std::to_string(commit) + "-" + std::to_string(i);
}

// Commits for ever; tells each commit that came back as one byte.
[[noreturn]] void commit_for_ever(const std::filesystem::path& store, int tell) {
    StoredLedger ledger(sqlite_engine(store));
    for (int commit = 0;; ++commit) {
        LedgerBatch batch;
        for (int i = 0; i < per_commit; ++i) {
            batch.adopt.push_back(sample_owned(name_of(commit, i)));
            batch.intents.push_back(sample_intent(name_of(commit, i)));
        }
        run(ledger.commit(sample_key(), batch));
        if (::write(tell, "x", 1) != 1) ::_exit(1);
    }
}

void check_prefix(const std::filesystem::path& store, int told) {
    StoredLedger ledger(sqlite_engine(store));
    const auto state = run(ledger.load(sample_key()));
    const int whole = static_cast<int>(state.owned.size()) / per_commit;
    EXPECT_EQ(state.owned.size() % per_commit, 0U);
    EXPECT_EQ(state.owned.size(), state.open.size());
    EXPECT_GE(whole, told);
    for (int commit = 0; commit < whole; ++commit) {
        for (int i = 0; i < per_commit; ++i) EXPECT_TRUE(state.owned.contains(name_of(commit, i)));
    }
}

} // namespace

TEST(ledger_crash, a_killed_process_leaves_whole_transactions) {
    for (const int until : {1, 7, 40, 95}) {
        Scratch scratch;
        int pipe[2] = {-1, -1};
        ASSERT_EQ(::pipe(pipe), 0);
        const pid_t child = ::fork();
        if (child == 0) commit_for_ever(scratch.store(), pipe[1]);
        ::close(pipe[1]);
        int told = 0;
        char byte = 0;
        while (told < until && ::read(pipe[0], &byte, 1) == 1) ++told;
        ASSERT_EQ(told, until);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(pipe[0]);
        check_prefix(scratch.store(), told);
        check_prefix(scratch.store(), told); // and opening did not change it
    }
}
