// What the history keeps of a change: who, by which pull request, released by whom, and what moved in live.
#include "model/pass_lines.h"
#include "model/pull_request.h"

#include "base/json.h"

#include <gtest/gtest.h>
#include <sstream>

using namespace kedge;

namespace {

Outcome sample() {
    Outcome outcome;
    auto& change = outcome.change;
    change.action = Action::update;
    change.name = "github";
    change.remote_id = "id-1";
    change.digest = sha256("change");
    change.cause.kind = CauseKind::both_moved;
    change.cause.commit = Commit{"1a2b3c4d", "Ann Example <ann@acme.example>", "Fix the url (#12)", 1'800'000'000};
    change.cause.moved_after = 1'800'000'000;
    change.cause.moved_seen = 1'800'000'060;
    change.released_by = {"Bob <bob@acme.example>", "agreed in the meeting"};
    change.differences = {
        {"url", DifferenceKind::changed, "\"a\"", "\"b\"", "\"z\""},
        {"description", DifferenceKind::changed, "\"x\"", "\"y\"", std::nullopt},
        {"auth_data.headers.Authorization", DifferenceKind::secret_changed, "(secret)", "(secret)", "(secret)"}};
    outcome.result = Result::done;
    outcome.forced = true;
    return outcome;
}

Report report_of(Outcome outcome) {
    Report report;
    report.plan.revision.id = "1a2b3c4d";
    report.plan.revision.title = "Fix the url (#12)";
    report.plan.target.subject = "ci@acme.example";
    report.writes = 1;
    report.outcomes.push_back(std::move(outcome));
    return report;
}

PassTimes times() {
    return {"p-1", 1'800'000'100, 1'800'000'103};
}

} // namespace

TEST(pull_request, is_read_from_the_titles_that_forges_write) {
    EXPECT_EQ(pull_request_of("Fix the url (#12)"), "12");
    EXPECT_EQ(pull_request_of("Merge pull request #7 from acme/fix"), "7");
    EXPECT_EQ(pull_request_of("Merge pull request 'Fix (it)' (#31) from fix into main"), "31");
    EXPECT_EQ(pull_request_of("Fix the url (!5)"), "5");
    for (const auto* none : {"", "Fix #12", "(#12) comes first", "Revert (#", "Fix (a)", "Merge branch 'x'"})
        EXPECT_EQ(pull_request_of(none), "") << none;
}

TEST(pass_record, a_change_keeps_commit_author_pull_request_releaser_and_subject) {
    const auto record = record_of(report_of(sample()), times());
    EXPECT_EQ(record.pass, "p-1");
    EXPECT_EQ(record.started, 1'800'000'100);
    EXPECT_EQ(record.at, 1'800'000'103);
    EXPECT_EQ(record.subject, "ci@acme.example");
    ASSERT_EQ(record.changes.size(), 1U);
    const auto& change = record.changes[0];
    EXPECT_EQ(change.commit, "1a2b3c4d");
    EXPECT_EQ(change.author, "Ann Example <ann@acme.example>");
    EXPECT_EQ(change.commit_title, "Fix the url (#12)");
    EXPECT_EQ(change.pull_request, "12");
    EXPECT_EQ(change.released_by.who, "Bob <bob@acme.example>");
    EXPECT_EQ(change.released_by.because, "agreed in the meeting");
    EXPECT_EQ(change.remote_id, "id-1");
    EXPECT_TRUE(change.forced);
}

TEST(pass_record, drift_keeps_the_interval_and_the_paths_that_moved_and_no_value) {
    const auto record = record_of(report_of(sample()), times());
    const auto& change = record.changes.at(0);
    EXPECT_EQ(change.moved_after, 1'800'000'000);
    EXPECT_EQ(change.moved_seen, 1'800'000'060);
    EXPECT_EQ(change.moved, (std::vector<std::string>{"url", "auth_data.headers.Authorization"}))
        << "the description was changed in git only";
    EXPECT_EQ(pass_lines(record).find("\"z\""), std::string::npos);
    EXPECT_EQ(pass_lines(record).find("(secret)"), std::string::npos);
}

TEST(pass_record, where_git_stood_still_all_that_differs_moved_in_live) {
    auto outcome = sample();
    outcome.change.cause.kind = CauseKind::live_moved;
    outcome.change.differences.push_back({"tags", DifferenceKind::normalised, "[]", "null", std::nullopt});
    EXPECT_EQ(record_of(report_of(outcome), times()).changes.at(0).moved,
              (std::vector<std::string>{"url", "description", "auth_data.headers.Authorization"}));
    outcome.change.cause.kind = CauseKind::git_moved;
    const auto git = record_of(report_of(outcome), times()).changes.at(0);
    EXPECT_TRUE(git.moved.empty());
    EXPECT_EQ(git.moved_seen, 0);
}

TEST(pass_record, without_times_the_start_is_reckoned_from_how_long_it_took) {
    auto report = report_of(sample());
    report.took = Milliseconds(5000);
    EXPECT_EQ(record_of(report, 1'800'000'103).started, 1'800'000'098);
}

TEST(pass_lines, are_one_line_for_the_pass_and_one_for_each_change) {
    auto record = record_of(report_of(sample()), times());
    record.installation = "prod";
    record.unit = "tools";
    record.changes[0].commit_title = "two\nlines and a broken \xff byte";
    std::istringstream lines(pass_lines(record));
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    const auto pass = parse_json(line);
    EXPECT_EQ(pass["kind"], "pass");
    EXPECT_EQ(pass["changes"], 1);
    EXPECT_EQ(pass["at"], "2027-01-15T08:01:43Z");
    ASSERT_TRUE(std::getline(lines, line));
    const auto change = parse_json(line);
    EXPECT_EQ(change["kind"], "change");
    EXPECT_EQ(change["unit"], "tools");
    EXPECT_EQ(change["author"], "Ann Example <ann@acme.example>");
    EXPECT_EQ(change["released_by"], "Bob <bob@acme.example>");
    EXPECT_EQ(change["moved"], (Json{"url", "auth_data.headers.Authorization"}));
    EXPECT_FALSE(change.contains("stopped"));
    EXPECT_FALSE(std::getline(lines, line));
}
