// The history as lines of JSON in a file that others collect and rotate.
#include "store/filed_chronicle.h"

#include "base/json.h"
#include "io/run.h"
#include "tests/store/samples.h"
#include "tests/store/scratch.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

using namespace kedge;

namespace {

class FiledChronicleTest : public testing::Test {
protected:
    void append(const std::string& name) {
        PassRecord record;
        record.at = 1'800'000'000;
        record.pass = "p-" + name;
        ChangeRecord change;
        change.name = name;
        record.changes.push_back(std::move(change));
        run_to_end(loop, chronicle->append(sample_key(), record));
    }
    void open() { chronicle = std::make_unique<FiledChronicle>(std::make_unique<NoChronicle>(), file); }
    static std::string text_of(const std::filesystem::path& path) {
        std::ifstream stream(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    static long lines_of(const std::filesystem::path& path) {
        const auto text = text_of(path);
        return std::count(text.begin(), text.end(), '\n');
    }

    Scratch scratch;
    inline static EventLoop loop; // stays: a worker may be about to leave it
    std::filesystem::path file = scratch.path() / "history.jsonl";
    std::unique_ptr<FiledChronicle> chronicle;
};

} // namespace

TEST_F(FiledChronicleTest, each_pass_and_each_change_is_a_line_with_its_unit) {
    open();
    append("github");
    append("jira");
    std::ifstream stream(file);
    std::vector<std::string> kinds;
    for (std::string line; std::getline(stream, line);) {
        const auto json = parse_json(line);
        EXPECT_EQ(json["unit"], sample_key().unit);
        EXPECT_EQ(json["installation"], sample_key().installation);
        kinds.push_back(json["kind"].get<std::string>() + " " + json["pass"].get<std::string>());
    }
    EXPECT_EQ(kinds, (std::vector<std::string>{"pass p-github", "change p-github", "pass p-jira", "change p-jira"}));
}

TEST_F(FiledChronicleTest, is_readable_by_its_owner_only_and_goes_on_where_it_was) {
    open();
    append("github");
    struct stat there {};
    ASSERT_EQ(::stat(file.c_str(), &there), 0);
    EXPECT_EQ(there.st_mode & 0777, 0600U);
    open();
    append("jira");
    EXPECT_EQ(lines_of(file), 4);
}

TEST_F(FiledChronicleTest, a_file_that_was_rotated_away_is_begun_anew) {
    open();
    append("github");
    std::filesystem::rename(file, scratch.path() / "history.jsonl.1");
    append("jira");
    EXPECT_EQ(lines_of(scratch.path() / "history.jsonl.1"), 2);
    EXPECT_NE(text_of(file).find("jira"), std::string::npos);
    std::filesystem::rename(file, scratch.path() / "history.jsonl.2");
    std::ofstream(file) << ""; // logrotate's `create`
    append("slack");
    EXPECT_EQ(lines_of(file), 2);
}

TEST_F(FiledChronicleTest, a_line_that_a_full_disk_cut_off_spoils_no_other) {
    std::ofstream(file) << R"({"kind":"pass","un)";
    open();
    append("github");
    std::ifstream stream(file);
    std::string line;
    ASSERT_TRUE(std::getline(stream, line));
    ASSERT_TRUE(std::getline(stream, line));
    EXPECT_EQ(parse_json(line)["pass"], "p-github");
}

TEST_F(FiledChronicleTest, what_cannot_be_written_is_told_and_stops_nothing) {
    if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full";
    file = "/dev/full";
    open();
    EXPECT_EQ(chronicle->problem(), "");
    append("github");
    EXPECT_EQ(chronicle->problem(), "history file \"/dev/full\": cannot write: No space left on device; passes go on, "
                                    "what they did is missing there");
}

TEST_F(FiledChronicleTest, a_folder_that_is_not_there_is_told_at_the_start_and_may_come_later) {
    file = scratch.path() / "missing" / "history.jsonl";
    open();
    EXPECT_NE(chronicle->problem().find("cannot open: No such file or directory"), std::string::npos)
        << chronicle->problem();
    append("github");
    std::filesystem::create_directory(scratch.path() / "missing");
    append("jira");
    EXPECT_EQ(chronicle->problem(), "");
    EXPECT_EQ(lines_of(file), 2);
}
