#include "io/run.h"
#include "store/sqlite_database.h"
#include "store/stored_chronicle.h"
#include "tests/store/samples.h"
#include "tests/store/scratch.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

using namespace kedge;

namespace {

PassRecord sample(UnixSeconds at, std::vector<std::string> names) {
    PassRecord record;
    record.at = at;
    record.revision = "1a2b3c4d";
    record.title = "Add github";
    record.writes = static_cast<int>(names.size());
    record.stopped = "a reason";
    record.pass = "p-" + std::to_string(at);
    record.started = at - 5;
    record.subject = "ci@acme.example";
    record.by = "Eve";
    record.installation = sample_key().installation;
    record.unit = sample_key().unit;
    for (auto& name : names) {
        ChangeRecord change{name, "create", "done", "why", sha256(name).hex(), "1a2b3c4d", true};
        change.author = "Ann Example <ann@acme.example>";
        change.commit_title = "Add it (#12)";
        change.pull_request = "12";
        change.remote_id = "id-" + name;
        change.released_by = {"Bob", "agreed"};
        change.moved_after = at - 60;
        change.moved_seen = at;
        change.moved = {"url", "tags.\"odd\""};
        record.changes.push_back(std::move(change));
    }
    return record;
}

template<class Engine>
class ChronicleTest : public testing::Test {
protected:
    void append(const PassRecord& record) { run_to_end(loop, chronicle.append(sample_key(), record)); }
    std::vector<PassRecord> recent(const std::string& name = {}, int most = 20) {
        auto all = run_to_end(loop, chronicle.recent(sample_key(), name, most));
        for (auto& record : all) record.id = 0;
        return all;
    }
    Engine place;
    inline static EventLoop loop; // stays: a worker may be about to leave it
    StoredChronicle chronicle{place.engine(), Retention{400, 3}};
};

using Engines = testing::Types<InFiles, OnServer>;
TYPED_TEST_SUITE(ChronicleTest, Engines);

} // namespace

TYPED_TEST(ChronicleTest, gives_back_what_was_appended_newest_first) {
    this->append(sample(100, {"github", "jira"}));
    this->append(sample(200, {"slack"}));
    EXPECT_EQ(this->recent(), (std::vector{sample(200, {"slack"}), sample(100, {"github", "jira"})}));
    EXPECT_EQ(this->recent("", 1), std::vector{sample(200, {"slack"})});
}

TYPED_TEST(ChronicleTest, one_registration_is_found_with_its_own_changes_only) {
    this->append(sample(100, {"github", "jira"}));
    this->append(sample(200, {"slack"}));
    auto only = sample(100, {"jira"});
    only.writes = 2;
    EXPECT_EQ(this->recent("jira"), std::vector{only});
    EXPECT_TRUE(this->recent("nobody").empty());
}

TYPED_TEST(ChronicleTest, old_passes_make_room) {
    for (int i = 1; i <= 5; ++i) this->append(sample(100 * i, {"github"}));
    const auto kept = this->recent();
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept.front().at, 500);
    EXPECT_EQ(kept.back().at, 300);
}

TYPED_TEST(ChronicleTest, units_have_histories_of_their_own) {
    this->append(sample(100, {"github"}));
    const LedgerKey other{"prod", "others", "acme"};
    EXPECT_TRUE(run_to_end(this->loop, this->chronicle.recent(other, "", 20)).empty());
}

TYPED_TEST(ChronicleTest, what_is_older_than_the_days_goes_in_small_steps) {
    const UnixSeconds day = 86'400;
    StoredChronicle all{this->place.engine("aged"), Retention{400, 1000}};
    for (int i = 0; i < 50; ++i) run_to_end(this->loop, all.append(sample_key(), sample(i, {"github"})));
    const auto count = [&] { return run_to_end(this->loop, all.recent(sample_key(), "", 1000)).size(); };
    EXPECT_EQ(count(), 50U);
    run_to_end(this->loop, all.append(sample_key(), sample(401 * day, {"github"})));
    EXPECT_EQ(count(), 31U) << "twenty at once, so that no pass waits long";
    run_to_end(this->loop, all.append(sample_key(), sample(401 * day, {"github"})));
    run_to_end(this->loop, all.append(sample_key(), sample(401 * day, {"github"})));
    EXPECT_EQ(count(), 3U);
}

TYPED_TEST(ChronicleTest, a_pass_of_very_many_changes_goes_bit_by_bit) {
    StoredChronicle all{this->place.engine("large"), Retention{1, 1000}};
    run_to_end(this->loop, all.append(sample_key(), sample(100, std::vector<std::string>(4500, "github"))));
    const UnixSeconds later = 1'000'000;
    const auto left = [&] {
        const auto passes = run_to_end(this->loop, all.recent(sample_key(), "", 1000));
        return passes.back().at == 100 ? passes.back().changes.size() : 0U;
    };
    run_to_end(this->loop, all.append(sample_key(), sample(later, {})));
    EXPECT_EQ(left(), 2500U);
    run_to_end(this->loop, all.append(sample_key(), sample(later, {})));
    EXPECT_EQ(left(), 500U);
    run_to_end(this->loop, all.append(sample_key(), sample(later, {})));
    EXPECT_EQ(left(), 0U);
}

TEST(chronicle_migration, a_history_of_schema_1_is_taken_over_and_found_by_its_unit) {
    Scratch scratch;
    {
        std::ifstream stream(std::string(KEDGE_SOURCE_DIR) + "/tests/store/chronicle_1.sql", std::ios::binary);
        ASSERT_TRUE(stream);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        SQLite::Database old((scratch.path() / "chronicle.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        old.exec(text);
        old.exec("PRAGMA journal_mode = WAL");
    }
    static EventLoop loop; // stays: a worker may be about to leave it
    StoredChronicle chronicle(sqlite_engine(scratch.path()));
    ASSERT_EQ(chronicle.problem(), "");
    HistoryQuery query;
    query.unit = "tools";
    const auto found = run_to_end(loop, chronicle.search(query));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].unit, "tools");
    EXPECT_EQ(found[0].installation, "prod");
    EXPECT_EQ(found[0].title, "Add github");
    ASSERT_EQ(found[0].changes.size(), 1U);
    EXPECT_EQ(found[0].changes[0].name, "github");
    EXPECT_EQ(found[0].changes[0].author, "");
    EXPECT_TRUE(found[0].changes[0].forced);
}

TEST(chronicle, a_file_that_cannot_be_used_stops_no_pass_and_is_left_as_it_is) {
    Scratch scratch;
    std::ofstream(scratch.path() / "chronicle.db") << "not a database at all, but somebody's notes";
    static EventLoop loop; // stays: a worker may be about to leave it
    StoredChronicle chronicle(sqlite_engine(scratch.path()));
    EXPECT_NE(chronicle.problem(), "");
    run_to_end(loop, chronicle.append(sample_key(), sample(1, {"github"})));
    EXPECT_THROW(run_to_end(loop, chronicle.recent(sample_key(), "", 1)), Failure);
    std::ifstream file(scratch.path() / "chronicle.db");
    std::string word;
    file >> word;
    EXPECT_EQ(word, "not");
}
