// The history as text: who, why and when, on lines of their own.
#include "view/text.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

PassRecord sample() {
    PassRecord record;
    record.at = 1'800'000'000;
    record.revision = "1a2b3c4d5e6f";
    record.title = "Fix the url (#12)";
    ChangeRecord change;
    change.name = "github";
    change.action = "update";
    change.result = "done";
    change.commit = "1a2b3c4d5e6f";
    change.commit_title = "Fix the url (#12)";
    change.author = "Ann Example <ann@acme.example>";
    change.pull_request = "12";
    change.forced = true;
    change.released_by = {"Bob <bob@acme.example>", "agreed in the meeting"};
    change.moved_after = 1'800'000'000 - 60;
    change.moved_seen = 1'800'000'000;
    change.moved = {"url", "tags.owner"};
    record.changes.push_back(std::move(change));
    return record;
}

std::string shown(const PassRecord& record) {
    return render_history({record}, TextStyle{false, 200, false});
}

} // namespace

TEST(history_text, says_who_wrote_who_released_and_what_moved_by_hand) {
    EXPECT_EQ(shown(sample()), "2027-01-15T08:00:00Z  1a2b3c4  Fix the url (#12)\n"
                               "  update github: done, released\n"
                               "      commit 1a2b3c4 by Ann Example, pull request 12\n"
                               "      by hand in the control plane between 2027-01-15T07:59:00Z and "
                               "2027-01-15T08:00:00Z: url and tags.owner\n"
                               "      released by Bob: agreed in the meeting\n");
}

TEST(history_text, names_the_commit_of_a_change_where_it_is_not_the_one_of_the_pass) {
    auto record = sample();
    record.changes[0].commit = "99887766";
    record.changes[0].commit_title = "An older one";
    EXPECT_NE(shown(record).find("commit 9988776 by Ann Example, pull request 12: An older one"), std::string::npos);
}

TEST(history_text, of_an_older_kedge_says_no_more_than_was_known) {
    PassRecord record;
    record.at = 1'800'000'000;
    record.title = "adopted \"github\"";
    record.changes.push_back({"github", "adopt", "done", "", "", "", false});
    EXPECT_EQ(shown(record), "2027-01-15T08:00:00Z  adopted \"github\"\n  adopt github: done\n");
}

TEST(history_text, foreign_text_moves_nothing_on_a_terminal) {
    auto record = sample();
    record.by = "\x1b[2J <eve@x>";
    auto& change = record.changes[0];
    change.author = change.commit_title = change.released_by.who = change.released_by.because = "\x1b[31mred\n";
    change.commit = change.pull_request = "\x1b[1m\n";
    change.moved = {"a\x1b[2Jb"};
    const auto text = shown(record);
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
}
