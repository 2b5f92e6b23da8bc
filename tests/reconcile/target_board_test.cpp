#include "reconcile/target_board.h"

#include "io/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

Reading reading(int began, const std::string& revision = "", const std::string& problem = "") {
    Reading reading;
    reading.problem = problem;
    reading.revision = revision;
    reading.began = Milliseconds(began);
    return reading;
}

std::vector<Declared> names(const std::vector<std::string>& all) {
    std::vector<Declared> declared;
    for (const auto& name : all) declared.push_back({name, {name + ".yaml", 2, 0}});
    return declared;
}

const std::string commit(40, 'a');

} // namespace

TEST(target_board, tells_which_other_unit_declares_a_name_and_where) {
    TargetBoard board;
    board.publish("a", reading(1), names({"github", "jira"}));
    board.publish("b", reading(1), names({"jira"}));
    EXPECT_EQ(board.elsewhere("a", "github"), nullptr);
    EXPECT_EQ(board.elsewhere("b", "github")->unit, "a");
    EXPECT_EQ(board.elsewhere("a", "jira")->unit, "b");
    EXPECT_EQ(to_text(board.elsewhere("a", "jira")->place), "jira.yaml:2");
    board.publish("b", reading(2), names({"slack"}));
    EXPECT_EQ(board.elsewhere("a", "jira"), nullptr) << "a newer reading replaces the older one";
    EXPECT_NE(board.elsewhere("a", "slack"), nullptr);
}

TEST(target_board, a_failed_reading_keeps_the_names_and_says_why) {
    TargetBoard board;
    board.publish("b", reading(1), names({"jira"}));
    board.publish("b", reading(2, "", "no answer"));
    EXPECT_NE(board.elsewhere("a", "jira"), nullptr);
    EXPECT_EQ(board.problem("a"), "unit \"b\": no answer");
    EXPECT_THAT(board.problem("b"), IsEmpty()) << "its own are its own matter";
}

TEST(target_board, a_unit_that_never_read_is_a_problem_of_the_others_until_it_leaves) {
    TargetBoard board;
    board.join("a", nullptr);
    board.join("b", nullptr);
    EXPECT_EQ(board.problem("a"), "unit \"b\": not read yet");
    EXPECT_TRUE(board.knows("b"));
    board.leave("b");
    EXPECT_THAT(board.problem("a"), IsEmpty());
    EXPECT_FALSE(board.knows("b"));
}

TEST(target_board, only_a_reading_that_began_later_or_of_the_same_commit_is_new_enough) {
    TargetBoard board;
    board.publish("b", reading(100, commit), names({}));
    EXPECT_THAT(board.behind("a", Milliseconds(99), ""), IsEmpty());
    EXPECT_THAT(board.behind("a", Milliseconds(100), ""), HasSubstr("unit \"b\": it has not read its source since"));
    EXPECT_THAT(board.behind("a", Milliseconds(200), commit), IsEmpty());
    EXPECT_THAT(board.behind("a", Milliseconds(200), std::string(40, 'b')), HasSubstr("unit \"b\""));
}

TEST(target_board, asks_those_who_never_read_and_all_where_that_is_said) {
    TargetBoard board;
    EventLoop loop;
    std::vector<std::string> asked;
    const auto reader = [&](const std::string& unit) {
        return [&asked, unit](bool) -> Task<void> {
            asked.push_back(unit);
            co_return;
        };
    };
    board.join("a", reader("a"));
    board.join("b", reader("b"));
    board.join("c", reader("c"));
    board.publish("b", reading(1), names({}));
    run_to_end(loop, board.read_others("a", false));
    EXPECT_EQ(asked, std::vector<std::string>{"c"});
    asked.clear();
    run_to_end(loop, board.read_others("a", true));
    EXPECT_EQ(asked, (std::vector<std::string>{"b", "c"}));
}

TEST(target_board, a_detached_one_shows_the_same_asks_nobody_and_moves_nothing_of_the_first) {
    TargetBoard board;
    EventLoop loop;
    int asked = 0;
    board.join("b", [&asked](bool) -> Task<void> {
        ++asked;
        co_return;
    });
    board.publish("b", reading(1), names({"github"}));
    const auto apart = board.detached();
    ASSERT_NE(apart->elsewhere("a", "github"), nullptr);
    run_to_end(loop, apart->read_others("a", true));
    EXPECT_EQ(asked, 0);
    apart->publish("b", reading(2), names({}));
    EXPECT_EQ(apart->elsewhere("a", "github"), nullptr);
    EXPECT_NE(board.elsewhere("a", "github"), nullptr);
}
