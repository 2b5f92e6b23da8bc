#include "store/sqlite_database.h"
#include "store/stored_memo.h"

#include "engines.h"
#include "samples.h"
#include "scratch.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

constexpr const char* scope = "tools@acme";

MemoBatch sample_batch() {
    MemoBatch batch;
    batch.files = {sample_file("a.yaml"), sample_file("b.yaml")};
    batch.rows = {sample_row("1"), sample_row("2")};
    batch.verdicts = {sha256("v1"), sha256("v2")};
    batch.rehearsed = {sha256("r1")};
    return batch;
}

StoreEngine engine_of(const Scratch& scratch) {
    return sqlite_engine(scratch.store());
}

template<class Place>
StoreEngine engine_of(const Place& place) {
    return place.engine();
}

template<class Place>
MemoState load(const Place& place, const std::string& name = scope) {
    StoredMemo memo(engine_of(place));
    return run(memo.load(name));
}

template<class Place>
void save(const Place& place, const MemoBatch& batch, const std::string& name = scope) {
    StoredMemo memo(engine_of(place));
    run(memo.save(name, batch));
}

bool is_blank(const MemoState& state) {
    return state.files.empty() && state.rows.empty() && state.verdicts.empty() && state.rehearsed.empty() &&
           state.row_key.size() == 64;
}

// Whatever was wrong: the next memo begins anew and remembers again.
void expect_a_new_beginning(const Scratch& scratch) {
    EXPECT_TRUE(is_blank(load(scratch)));
    save(scratch, sample_batch());
    EXPECT_EQ(load(scratch).files.size(), 2U);
}

void in_file(const Scratch& scratch, const std::string& sql) {
    SQLite::Database database((scratch.store() / "memo.db").string(), SQLite::OPEN_READWRITE);
    database.exec(sql);
}

template<class Place>
class MemoContract : public testing::Test {
protected:
    Place scratch;
};

using Places = testing::Types<InFiles, OnServer>;
TYPED_TEST_SUITE(MemoContract, Places);

} // namespace

TYPED_TEST(MemoContract, everything_comes_back_and_the_row_key_stays) {
    const auto& scratch = this->scratch;
    const auto before = load(scratch);
    EXPECT_TRUE(is_blank(before));
    save(scratch, sample_batch());
    const auto state = load(scratch);
    EXPECT_EQ(state.row_key, before.row_key);
    EXPECT_EQ(state.files, sample_batch().files);
    EXPECT_EQ(state.rows, sample_batch().rows);
    EXPECT_EQ(state.verdicts, (std::set<Digest>{sha256("v1"), sha256("v2")}));
    EXPECT_EQ(state.rehearsed, std::set<Digest>{sha256("r1")});
}

TYPED_TEST(MemoContract, items_are_replaced_and_removed_by_path_and_id) {
    const auto& scratch = this->scratch;
    save(scratch, sample_batch());
    MemoBatch batch;
    batch.files = {sample_file("a.yaml")};
    batch.files[0].other_types = 99;
    batch.files_gone = {"b.yaml", "never there"};
    batch.rows_gone = {"1"};
    save(scratch, batch);
    const auto state = load(scratch);
    EXPECT_EQ(state.files, batch.files);
    EXPECT_EQ(state.rows, std::vector<LiveEntry>{sample_row("2")});
}

TYPED_TEST(MemoContract, scopes_do_not_see_each_other_and_have_keys_of_their_own) {
    const auto& scratch = this->scratch;
    save(scratch, sample_batch());
    const auto other = load(scratch, "other@acme");
    EXPECT_TRUE(is_blank(other));
    EXPECT_NE(other.row_key, load(scratch).row_key);
}

TEST(memo, no_memo_remembers_nothing) {
    NoMemo memo;
    run(memo.save(scope, sample_batch()));
    EXPECT_TRUE(is_blank(run(memo.load(scope))));
}

TEST(memo, a_cut_file_is_dropped) {
    for (const std::uintmax_t size : {0U, 50U, 4096U, 9000U}) {
        Scratch scratch;
        save(scratch, sample_batch());
        std::filesystem::resize_file(scratch.store() / "memo.db", size);
        expect_a_new_beginning(scratch);
    }
}

TEST(memo, a_file_that_is_no_database_is_dropped) {
    Scratch scratch;
    std::filesystem::create_directories(scratch.store());
    std::ofstream(scratch.store() / "memo.db") << std::string(10'000, 'x');
    expect_a_new_beginning(scratch);
}

TEST(memo, a_newer_or_foreign_or_empty_schema_is_dropped) {
    for (const char* sql :
         {"PRAGMA user_version = 99", "PRAGMA application_id = 1", "DROP TABLE known", "PRAGMA user_version = 0",
          "UPDATE file SET bytes = x'0102'", "UPDATE live SET bytes = zeroblob(100)",
          "UPDATE known SET digest = x'01' WHERE kind = 1", "UPDATE scope SET row_key = ''"}) {
        Scratch scratch;
        save(scratch, sample_batch());
        in_file(scratch, sql);
        EXPECT_TRUE(is_blank(load(scratch))) << sql;
        expect_a_new_beginning(scratch);
    }
}

TEST(memo, flipped_bytes_never_give_a_wrong_answer) {
    Scratch scratch;
    save(scratch, sample_batch());
    const auto file = scratch.store() / "memo.db";
    const auto whole = sample_batch();
    const auto size = std::filesystem::file_size(file);
    for (std::uintmax_t at = 0; at < size; at += 331) {
        Scratch copy;
        std::filesystem::create_directories(copy.store());
        std::filesystem::copy_file(file, copy.store() / "memo.db");
        {
            std::fstream stream(copy.store() / "memo.db", std::ios::in | std::ios::out | std::ios::binary);
            stream.seekg(static_cast<std::streamoff>(at));
            const char c = static_cast<char>(stream.get() ^ 0x55);
            stream.seekp(static_cast<std::streamoff>(at));
            stream.put(c);
        }
        const auto state = load(copy);
        EXPECT_EQ(state.row_key.size(), 64U);
        for (const auto& item : state.files)
            EXPECT_NE(std::find(whole.files.begin(), whole.files.end(), item), whole.files.end()) << at;
        for (const auto& item : state.rows)
            EXPECT_NE(std::find(whole.rows.begin(), whole.rows.end(), item), whole.rows.end()) << at;
    }
}

TEST(memo, without_a_place_to_write_it_works_and_forgets) {
    Scratch scratch;
    std::ofstream(scratch.store()) << "a file where the folder should be";
    StoredMemo memo(sqlite_engine(scratch.store()));
    run(memo.save(scope, sample_batch()));
    EXPECT_TRUE(is_blank(run(memo.load(scope))));
}

TEST(memo, a_full_disk_costs_the_batch_and_nothing_else) {
    Scratch scratch;
    save(scratch, sample_batch());
    SqliteOptions options;
    options.max_pages = 12;
    {
        StoredMemo memo(sqlite_engine(scratch.store(), options));
        MemoBatch batch;
        for (int i = 0; i < 1000; ++i) batch.rows.push_back(sample_row(std::to_string(i)));
        run(memo.save(scope, batch));
    }
    EXPECT_EQ(load(scratch).rows, sample_batch().rows);
}

TEST(memo, the_oldest_verdicts_go_when_there_are_too_many) {
    Scratch scratch;
    StoredMemo memo(sqlite_engine(scratch.store()));
    MemoBatch old;
    for (int i = 0; i < 15'000; ++i) old.verdicts.push_back(sha256("old " + std::to_string(i)));
    run(memo.save(scope, old));
    MemoBatch young;
    for (int i = 0; i < 6'000; ++i) young.verdicts.push_back(sha256("young " + std::to_string(i)));
    run(memo.save(scope, young));
    const auto state = run(memo.load(scope));
    EXPECT_EQ(state.verdicts.size(), 10'000U);
    for (const auto& digest : young.verdicts) ASSERT_TRUE(state.verdicts.contains(digest));
}
