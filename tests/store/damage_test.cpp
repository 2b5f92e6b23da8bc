// A store that cannot be relied on stops kedge, says why, and stays as it is.
#include "base/failure.h"
#include "samples.h"
#include "scratch.h"
#include "store/sqlite_database.h"
#include "store/store_lock.h"
#include "store/stored_ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <optional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kedge;
using testing::AllOf;
using testing::HasSubstr;

namespace {

LedgerBatch sample_batch(int count) {
    LedgerBatch batch;
    for (int i = 0; i < count; ++i) {
        batch.adopt.push_back(sample_owned("server-" + std::to_string(i)));
        batch.spend.push_back(sha256(std::to_string(i)).hex());
        batch.intents.push_back(sample_intent("server-" + std::to_string(i), sha256("i" + std::to_string(i)).hex()));
    }
    batch.pins = LedgerPins{"truefoundry/acme", "key", "rules 1"};
    batch.manifest_paths = std::set<std::string>{"mcp/a.yaml", "mcp/b.yaml"};
    batch.known = {{"server-3", R"({"name":"server-3"})"}};
    batch.moved = std::map<std::string, LiveMove>{{"server-3", {sha256("moved"), 1'800'000'000, 1'800'000'030}}};
    batch.listed = 1'800'000'030;
    batch.tagged = {{"id-server-3", 1'800'000'030}};
    return batch;
}

void fill(const Scratch& scratch, int count = 50) {
    StoredLedger ledger(sqlite_engine(scratch.store()));
    run(ledger.commit(sample_key(), sample_batch(count)));
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// Opens and reads everything; the text of what was thrown, empty where all went well.
std::string complaint(const std::filesystem::path& store, NextAction expected = NextAction::stop) {
    try {
        StoredLedger ledger(sqlite_engine(store));
        run(ledger.load(sample_key()));
        run(ledger.known(sample_key(), {"server-3"}));
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.next(), expected);
        return failure.what();
    }
    return {};
}

void in_file(const Scratch& scratch, const std::string& sql) {
    SQLite::Database database((scratch.store() / "ledger.db").string(), SQLite::OPEN_READWRITE);
    database.exec(sql);
}

// Runs `work` in a child process without the rights of root; true where it came back with true.
template<class Work>
bool as_nobody(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
        ::_exit(work() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

TEST(store, the_folder_and_its_files_belong_to_their_owner_alone) {
    Scratch scratch;
    const auto store = scratch.path() / "a" / "b" / "store";
    StoredLedger ledger(sqlite_engine(store));
    run(ledger.commit(sample_key(), {}));
    struct stat info {};
    ASSERT_EQ(::stat(store.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0700U);
    for (const auto& entry : std::filesystem::directory_iterator(store)) {
        ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777, 0600U) << entry.path();
    }
}

TEST(store, a_file_in_place_of_the_folder_is_named) {
    Scratch scratch;
    std::ofstream(scratch.store()) << "x";
    EXPECT_EQ(complaint(scratch.store()),
              "store \"" + scratch.store().string() +
                  "\": cannot write: there is a file of this name; name a folder that this user may write "
                  "(setting `store`)");
    EXPECT_THAT(complaint(scratch.store() / "below"), HasSubstr("cannot write: "));
    EXPECT_THAT(complaint(""), HasSubstr("the path is empty"));
}

TEST(store, a_folder_or_file_without_the_right_to_write_is_named) {
    Scratch scratch;
    fill(scratch);
    std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
    std::filesystem::permissions(scratch.store() / "ledger.db", std::filesystem::perms(0444));
    std::filesystem::permissions(scratch.store(), std::filesystem::perms(0555));
    EXPECT_TRUE(as_nobody(
        [&] { return complaint(scratch.store()).find("cannot write: Permission denied") != std::string::npos; }));
    EXPECT_TRUE(
        as_nobody([&] { return complaint(scratch.path() / "new").find("cannot write: ") != std::string::npos; }));
    std::filesystem::permissions(scratch.store(), std::filesystem::perms(0777));
    EXPECT_TRUE(as_nobody([&] { return complaint(scratch.store()).find("cannot ") != std::string::npos; }));
    std::filesystem::permissions(scratch.store(), std::filesystem::perms(0700));
}

TEST(ledger_damage, a_cut_file_stops_and_stays) {
    Scratch scratch;
    fill(scratch);
    const auto file = scratch.store() / "ledger.db";
    const auto size = std::filesystem::file_size(file);
    for (const std::uintmax_t left :
         {size - 1, size - 4096, size / 2, std::uintmax_t{4096}, std::uintmax_t{100}, std::uintmax_t{0}}) {
        Scratch copy;
        std::filesystem::create_directories(copy.store());
        std::filesystem::copy_file(file, copy.store() / "ledger.db");
        std::filesystem::resize_file(copy.store() / "ledger.db", left);
        EXPECT_THAT(complaint(copy.store()),
                    AllOf(HasSubstr("ledger.db\": cannot use: damaged: "), HasSubstr("bring back a copy")))
            << left;
        EXPECT_EQ(std::filesystem::file_size(copy.store() / "ledger.db"), left);
    }
}

TEST(ledger_damage, no_flipped_byte_gives_another_state) {
    Scratch scratch;
    fill(scratch, 10);
    LedgerState whole;
    {
        StoredLedger ledger(sqlite_engine(scratch.store()));
        whole = run(ledger.load(sample_key()));
    }
    const std::string bytes = bytes_of(scratch.store() / "ledger.db");
    int seen = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 197) {
        Scratch copy;
        std::filesystem::create_directories(copy.store());
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x11);
        std::ofstream(copy.store() / "ledger.db", std::ios::binary) << flipped;
        try {
            StoredLedger ledger(sqlite_engine(copy.store()));
            const auto state = run(ledger.load(sample_key()));
            // A unit whose row is hit may be unknown under its name, but is never known with other content.
            if (state.is_new) continue;
            EXPECT_EQ(state.owned, whole.owned) << at;
            EXPECT_EQ(state.open, whole.open) << at;
            EXPECT_EQ(state.spent, whole.spent) << at;
            EXPECT_EQ(state.pins.tenant, whole.pins.tenant) << at;
            EXPECT_EQ(state.manifest_paths, whole.manifest_paths) << at;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.next(), NextAction::stop) << failure.what();
            ++seen;
        }
    }
    EXPECT_GT(seen, 10);
}

TEST(ledger_damage, changed_rows_are_seen) {
    for (const char* sql :
         {"UPDATE owned SET remote_id = 'other' WHERE name = 'server-3'", "UPDATE owned SET sent = x'00'",
          "UPDATE intent SET action = 'delete'", "UPDATE intent SET action = 'nonsense'",
          "UPDATE spent SET entry = replace(entry, 'a', 'b')", "UPDATE unit SET tenant = 'other'",
          "UPDATE manifest_path SET path = 'x' WHERE path = 'mcp/a.yaml'", "DROP TABLE owned",
          "UPDATE owned SET unit = 1, marked = 0", "UPDATE known SET document = '{}'", "UPDATE moved SET seen = 1",
          "UPDATE moved SET live = x'00'", "UPDATE listed SET at = 1", "UPDATE tagged SET seen = seen + 86400",
          "DROP TABLE known"}) {
        Scratch scratch;
        fill(scratch);
        in_file(scratch, sql);
        EXPECT_THAT(complaint(scratch.store()), HasSubstr("cannot use: damaged: ")) << sql;
    }
}

TEST(ledger_damage, a_newer_schema_is_left_to_the_newer_kedge) {
    Scratch scratch;
    fill(scratch);
    in_file(scratch, "PRAGMA user_version = 7");
    EXPECT_EQ(complaint(scratch.store()),
              "store \"" + (scratch.store() / "ledger.db").string() +
                  "\": cannot open: written by a newer kedge (schema 7, this one knows 6); use that version again");
}

TEST(ledger_damage, a_database_of_another_program_is_not_touched) {
    Scratch scratch;
    std::filesystem::create_directories(scratch.store());
    {
        SQLite::Database other((scratch.store() / "ledger.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        other.exec("CREATE TABLE theirs (a)");
    }
    const auto before = bytes_of(scratch.store() / "ledger.db");
    EXPECT_THAT(complaint(scratch.store()), HasSubstr("a database of another program"));
    EXPECT_EQ(bytes_of(scratch.store() / "ledger.db"), before);
}

TEST(ledger_damage, text_and_folders_in_its_place_are_named) {
    Scratch scratch;
    std::filesystem::create_directories(scratch.store());
    std::ofstream(scratch.store() / "ledger.db") << std::string(5000, 'x');
    EXPECT_THAT(complaint(scratch.store()), HasSubstr("file is not a database"));
    std::filesystem::remove(scratch.store() / "ledger.db");
    std::filesystem::create_directory(scratch.store() / "ledger.db");
    EXPECT_THAT(complaint(scratch.store()), HasSubstr("it is no regular file"));
}

TEST(ledger_damage, a_log_without_its_file_is_not_swallowed) {
    Scratch scratch;
    std::filesystem::create_directories(scratch.store());
    std::ofstream(scratch.store() / "ledger.db-wal") << "x";
    EXPECT_THAT(complaint(scratch.store()), HasSubstr("the file is gone, but its write-ahead log is still there"));
}

TEST(ledger_damage, a_draft_of_a_process_that_died_is_no_obstacle) {
    Scratch scratch;
    std::filesystem::create_directories(scratch.store());
    std::ofstream(scratch.store() / "ledger.db.new") << "half";
    EXPECT_EQ(complaint(scratch.store()), "");
}

TEST(ledger_full, nothing_is_written_and_the_same_works_with_space) {
    Scratch scratch;
    fill(scratch, 5);
    SqliteOptions options;
    options.max_pages = 16;
    {
        StoredLedger ledger(sqlite_engine(scratch.store(), options));
        try {
            run(ledger.commit(sample_key(), sample_batch(500)));
            FAIL() << "it cannot fit";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.next(), NextAction::retry);
            EXPECT_THAT(failure.what(),
                        HasSubstr("cannot write: the disk is full; nothing was written, free some space"));
        }
        EXPECT_EQ(run(ledger.load(sample_key())).owned.size(), 5U);
    }
    StoredLedger ledger(sqlite_engine(scratch.store()));
    EXPECT_EQ(run(ledger.load(sample_key())).open.size(), 5U);
    run(ledger.commit(sample_key(), sample_batch(500)));
    EXPECT_EQ(run(ledger.load(sample_key())).owned.size(), 500U);
}

TEST(ledger_locked, another_holder_of_the_file_means_try_again) {
    Scratch scratch;
    fill(scratch, 5);
    SqliteOptions options;
    options.busy_ms = 1;
    StoredLedger ledger(sqlite_engine(scratch.store(), options));
    SQLite::Database other((scratch.store() / "ledger.db").string(), SQLite::OPEN_READWRITE);
    other.exec("BEGIN IMMEDIATE");
    try {
        run(ledger.commit(sample_key(), sample_batch(1)));
        FAIL() << "it is held";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.next(), NextAction::retry);
        EXPECT_THAT(failure.what(), HasSubstr("another process holds the file"));
    }
    other.exec("ROLLBACK");
    run(ledger.commit(sample_key(), sample_batch(6)));
    EXPECT_EQ(run(ledger.load(sample_key())).owned.size(), 6U);
}

TEST(store_lock, one_process_at_a_time) {
    Scratch scratch;
    auto first = std::make_optional<StoreLock>(scratch.store());
    try {
        StoreLock second(scratch.store());
        FAIL() << "it is held";
    } catch (const StoreBusy& busy) {
        EXPECT_EQ(std::string(busy.what()), "store \"" + scratch.store().string() +
                                                "\": cannot lock: in use by process " + std::to_string(::getpid()));
        EXPECT_EQ(busy.next(), NextAction::retry);
    }
    StoreLock moved = std::move(*first);
    first.reset();
    EXPECT_THROW(StoreLock(scratch.store()), StoreBusy);
}

TEST(store_lock, the_lock_of_a_dead_process_is_free) {
    Scratch scratch;
    const pid_t child = ::fork();
    if (child == 0) {
        StoreLock lock(scratch.store());
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_NO_THROW(StoreLock(scratch.store()));
}

TEST(store_lock, it_is_held_by_another_process_and_not_in_its_children) {
    Scratch scratch;
    StoreLock lock(scratch.store());
    EXPECT_TRUE(as_nobody([&] {
        try {
            StoreLock second(scratch.store());
        } catch (const Failure&) {
            return true;
        }
        return false;
    }));
}
