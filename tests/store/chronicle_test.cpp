#include "io/run.h"
#include "store/sqlite_chronicle.h"
#include "tests/store/samples.h"
#include "tests/store/scratch.h"

#include <fstream>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

PassRecord sample(UnixSeconds at, std::vector<std::string> names) {
    PassRecord record;
    record.at = at;
    record.revision = "1a2b3c4d";
    record.title = "Add github";
    record.writes = static_cast<int>(names.size());
    record.stopped = "a reason";
    for (auto& name : names)
        record.changes.push_back({name, "create", "done", "why", sha256(name).hex(), "1a2b3c4d", true});
    return record;
}

class ChronicleTest : public testing::Test {
protected:
    void append(const PassRecord& record) { run_to_end(loop, chronicle.append(sample_key(), record)); }
    std::vector<PassRecord> recent(const std::string& name = {}, int most = 20) {
        auto all = run_to_end(loop, chronicle.recent(sample_key(), name, most));
        for (auto& record : all) record.id = 0;
        return all;
    }
    Scratch scratch;
    EventLoop loop;
    SqliteChronicle chronicle{scratch.path(), 3};
};

} // namespace

TEST_F(ChronicleTest, gives_back_what_was_appended_newest_first) {
    append(sample(100, {"github", "jira"}));
    append(sample(200, {"slack"}));
    EXPECT_EQ(recent(), (std::vector{sample(200, {"slack"}), sample(100, {"github", "jira"})}));
    EXPECT_EQ(recent("", 1), std::vector{sample(200, {"slack"})});
}

TEST_F(ChronicleTest, one_registration_is_found_with_its_own_changes_only) {
    append(sample(100, {"github", "jira"}));
    append(sample(200, {"slack"}));
    auto only = sample(100, {"jira"});
    only.writes = 2;
    EXPECT_EQ(recent("jira"), std::vector{only});
    EXPECT_TRUE(recent("nobody").empty());
}

TEST_F(ChronicleTest, old_passes_make_room) {
    for (int i = 1; i <= 5; ++i) append(sample(100 * i, {"github"}));
    const auto kept = recent();
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept.front().at, 500);
    EXPECT_EQ(kept.back().at, 300);
}

TEST_F(ChronicleTest, units_have_histories_of_their_own) {
    append(sample(100, {"github"}));
    const LedgerKey other{"prod", "others", "acme"};
    EXPECT_TRUE(run_to_end(loop, chronicle.recent(other, "", 20)).empty());
}

TEST(chronicle, a_file_that_cannot_be_used_stops_no_pass_and_is_left_as_it_is) {
    Scratch scratch;
    std::ofstream(scratch.path() / "chronicle.db") << "not a database at all, but somebody's notes";
    EventLoop loop;
    SqliteChronicle chronicle(scratch.path());
    EXPECT_NE(chronicle.problem(), "");
    run_to_end(loop, chronicle.append(sample_key(), sample(1, {"github"})));
    EXPECT_THROW(run_to_end(loop, chronicle.recent(sample_key(), "", 1)), Failure);
    std::ifstream file(scratch.path() / "chronicle.db");
    std::string word;
    file >> word;
    EXPECT_EQ(word, "not");
}
