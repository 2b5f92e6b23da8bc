// What is news, and what was told before.
#include "notify/receiver.h"

#include "samples.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

// One unit over many passes.
class Passes {
public:
    // "new NAME NAME", in the order in which they are listed; "nothing" where nobody is told.
    std::string pass(std::vector<Outcome> outcomes) {
        const auto report = report_of(std::move(outcomes));
        return tell(news_of_pass(event_of(EventKind::pass_ended), report, told, "prod"));
    }
    std::string fails(EventSeverity severity) {
        return tell(news_of_failure(event_of(EventKind::pass_failed, severity), told, "prod"));
    }
    std::string recovers() { return tell(news_of_recovery(event_of(EventKind::recovered), told, "prod")); }

    Notice last;
    Told told;

private:
    std::string tell(News news) {
        told = std::move(news.told);
        if (!news.notice) return "nothing";
        last = *news.notice;
        std::string text = last.kind;
        for (const auto& change : last.changes) {
            if (change.is_new) text += " " + change.name;
        }
        return text;
    }
};

} // namespace

TEST(news, what_is_held_is_told_once_and_again_once_it_was_gone) {
    Passes unit;
    EXPECT_EQ(unit.pass({held("github")}), "pass github");
    EXPECT_EQ(unit.last.severity, EventSeverity::warning);
    EXPECT_EQ(unit.last.topics, (std::set{Topic::holds}));
    EXPECT_EQ(unit.pass({held("github")}), "nothing");
    EXPECT_EQ(unit.pass({held("github"), held("jira")}), "pass jira");
    ASSERT_EQ(unit.last.changes.size(), 2U);
    EXPECT_FALSE(unit.last.changes[1].is_new) << "the change set is whole";
    EXPECT_EQ(unit.pass({held("jira")}), "nothing");
    EXPECT_EQ(unit.pass({held("github"), held("jira")}), "pass github");
}

TEST(news, another_reason_of_a_hold_is_news_and_another_number_in_its_words_is_not) {
    Passes unit;
    auto first = held("github");
    EXPECT_EQ(unit.pass({first}), "pass github");
    first.change.holds[0].text = "it would end the sign-in of at least 42 people";
    EXPECT_EQ(unit.pass({first}), "nothing");
    EXPECT_EQ(unit.pass({held("github", HoldReason::limit)}), "pass github");
}

TEST(news, what_was_done_is_always_told) {
    Passes unit;
    const auto healed = [] {
        auto outcome = outcome_of("github", Result::done);
        outcome.change.cause.kind = CauseKind::live_moved;
        return outcome;
    };
    EXPECT_EQ(unit.pass({healed()}), "pass github");
    EXPECT_EQ(unit.last.topics, (std::set{Topic::changes, Topic::drift}));
    EXPECT_EQ(unit.last.severity, EventSeverity::info);
    EXPECT_EQ(unit.pass({healed()}), "pass github") << "somebody changed it by hand once more";
    EXPECT_TRUE(unit.told.empty());
}

TEST(news, what_went_wrong_is_an_error_and_told_once) {
    for (const auto result : {Result::refused, Result::failed, Result::unsure}) {
        Passes unit;
        EXPECT_EQ(unit.pass({outcome_of("github", result)}), "pass github");
        EXPECT_EQ(unit.last.severity, EventSeverity::error);
        EXPECT_EQ(unit.last.topics, (std::set{Topic::problems}));
        EXPECT_EQ(unit.pass({outcome_of("github", result)}), "nothing");
    }
}

TEST(news, what_a_pass_did_not_come_to_is_left_to_the_next) {
    Passes unit;
    EXPECT_EQ(unit.pass({outcome_of("github", Result::not_started)}), "nothing");
}

TEST(news, drift_that_is_only_reported_is_drift) {
    Passes unit;
    auto outcome = outcome_of("github", Result::left_alone);
    outcome.change.cause.kind = CauseKind::live_moved;
    EXPECT_EQ(unit.pass({outcome}), "pass github");
    EXPECT_EQ(unit.last.topics, (std::set{Topic::drift}));
    EXPECT_EQ(unit.last.severity, EventSeverity::warning);
    EXPECT_EQ(unit.pass({outcome}), "nothing");
}

TEST(news, a_mistake_in_a_manifest_is_told_once_with_its_place) {
    Passes unit;
    auto report = report_of({});
    Finding finding;
    finding.place = {"github.yaml", 3, 1};
    finding.message = "unknown key \"ulr\"";
    report.plan.findings.push_back(finding);
    finding.severity = Severity::warning;
    finding.message = "only a warning";
    report.plan.findings.push_back(finding);
    const auto first = news_of_pass(event_of(EventKind::pass_ended), report, {}, "prod");
    ASSERT_TRUE(first.notice);
    EXPECT_EQ(first.notice->findings, (std::vector<std::string>{"github.yaml:3:1: unknown key \"ulr\""}));
    EXPECT_EQ(first.notice->severity, EventSeverity::error);
    EXPECT_FALSE(news_of_pass(event_of(EventKind::pass_ended), report, first.told, "prod").notice);
}

TEST(news, a_failing_unit_is_told_once_and_when_it_gets_worse_and_its_recovery_is_as_severe) {
    Passes unit;
    EXPECT_EQ(unit.recovers(), "nothing") << "nobody was told that it failed";
    EXPECT_EQ(unit.fails(EventSeverity::warning), "failing");
    EXPECT_EQ(unit.fails(EventSeverity::warning), "nothing");
    EXPECT_EQ(unit.fails(EventSeverity::error), "failing");
    EXPECT_EQ(unit.fails(EventSeverity::warning), "nothing");
    EXPECT_EQ(unit.pass({held("github")}), "pass github") << "a pass may still say something";
    EXPECT_EQ(unit.recovers(), "recovered");
    EXPECT_EQ(unit.last.severity, EventSeverity::error) << "who was told of the failure hears of its end";
    EXPECT_EQ(unit.recovers(), "nothing");
    EXPECT_EQ(unit.pass({held("github")}), "nothing");
}

TEST(news, of_very_many_only_some_are_listed_and_the_rest_counted) {
    Passes unit;
    std::vector<Outcome> outcomes;
    for (int i = 0; i < 5000; ++i) outcomes.push_back(held("server-" + std::to_string(i), HoldReason::limit));
    EXPECT_NE(unit.pass(outcomes), "nothing");
    EXPECT_EQ(unit.last.changes.size(), 50U);
    EXPECT_EQ(unit.last.changes_left_out, 4950);
    EXPECT_EQ(unit.last.counts.at("held"), 5000);
    EXPECT_LT(unit.told.size(), 10U) << "what is remembered of it is bounded";
    EXPECT_EQ(unit.pass(outcomes), "nothing");
    outcomes.push_back(outcome_of("github", Result::done));
    EXPECT_EQ(unit.pass(outcomes), "pass github");
    EXPECT_EQ(unit.last.severity, EventSeverity::info);
}

TEST(news, holds_names_and_paths_but_no_value_and_nothing_that_looks_like_a_credential) {
    auto outcome = outcome_of("github", Result::refused);
    outcome.text = "the control plane says: Authorization: Bearer abcdef123456789 is wrong";
    Passes unit;
    unit.pass({outcome});
    const auto& change = unit.last.changes.at(0);
    EXPECT_EQ(change.fields, (std::vector<std::string>{"url"}));
    EXPECT_EQ(change.text.find("abcdef123456789"), std::string::npos) << change.text;
    EXPECT_EQ(change.pull_request, "12");
}

TEST(receiver, takes_what_it_asked_for_by_severity_topic_and_unit) {
    Receiver receiver;
    Notice notice;
    notice.unit = "team-tools";
    notice.topics = {Topic::holds, Topic::changes};
    notice.severity = EventSeverity::warning;
    EXPECT_TRUE(wants(receiver, notice));
    receiver.least = EventSeverity::error;
    EXPECT_FALSE(wants(receiver, notice));
    receiver.least = EventSeverity::warning;
    receiver.topics = {Topic::problems};
    EXPECT_FALSE(wants(receiver, notice));
    receiver.topics = {Topic::problems, Topic::changes};
    EXPECT_TRUE(wants(receiver, notice));
    receiver.units = {"sales", "team-*"};
    EXPECT_TRUE(wants(receiver, notice));
    receiver.units = {"sales"};
    EXPECT_FALSE(wants(receiver, notice));
}

TEST(receiver, of_some_units_hears_nothing_of_the_daemon_but_that_all_is_frozen) {
    Receiver receiver;
    receiver.units = {"tools"};
    Notice notice;
    notice.topics = {Topic::settings};
    EXPECT_FALSE(wants(receiver, notice));
    notice.topics = {Topic::stoppages};
    EXPECT_TRUE(wants(receiver, notice));
}
