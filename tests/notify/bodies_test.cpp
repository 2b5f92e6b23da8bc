// The bodies of requests: what stands in them, how large they may be, and that foreign text does nothing there.
#include "notify/bodies.h"

#include "base/json.h"
#include "samples.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

constexpr const char* z = "\xE2\x80\x8B"; // zero-width space: ends a mention or a link before it begins

Notice notice_of_pass(std::vector<Outcome> outcomes) {
    return *news_of_pass(event_of(EventKind::pass_ended), report_of(std::move(outcomes)), {}, "prod").notice;
}

} // namespace

TEST(webhook_body, is_the_change_set_with_the_way_out_of_each_hold) {
    const auto json =
        parse_json(webhook_body(notice_of_pass({outcome_of("jira", Result::done), held("github")}), "d-1"));
    EXPECT_EQ(json["format_version"], 1);
    EXPECT_EQ(json["kind"], "pass");
    EXPECT_EQ(json["delivery"], "d-1");
    EXPECT_EQ(json["at"], "2027-01-15T08:00:00Z");
    EXPECT_EQ(json["severity"], "warning");
    EXPECT_EQ(json["installation"], "prod");
    EXPECT_EQ(json["unit"], "tools");
    EXPECT_EQ(json["pass"], "p-1");
    EXPECT_EQ(json["topics"], (Json{"changes", "holds"}));
    EXPECT_EQ(json["counts"], (Json{{"done", 1}, {"held", 1}}));
    EXPECT_EQ(json["revision"]["id"], "1a2b3c4d5e6f");
    EXPECT_EQ(json["revision"]["author"], "Ann Example <ann@acme.example>");
    EXPECT_EQ(json["text"], "1 updated; 1 held");
    ASSERT_EQ(json["changes"].size(), 2U);
    EXPECT_EQ(json["changes"][0]["name"], "jira");
    EXPECT_EQ(json["changes"][0]["result"], "done");
    EXPECT_EQ(json["changes"][0]["pull_request"], "12");
    const auto& hold = json["changes"][1]["holds"][0];
    EXPECT_EQ(hold["reason"], "sign-out");
    EXPECT_EQ(hold["way_out"], "kedge release " + sha256("github").short_hex() + " --because \"WHY\"");
}

TEST(webhook_body, is_bounded_and_counts_what_it_leaves_out) {
    std::vector<Outcome> outcomes;
    for (int i = 0; i < 60; ++i) {
        auto outcome = held(std::to_string(i) + std::string(10'000, 'n'));
        outcome.text = std::string(10'000, 't');
        outcome.change.holds.assign(20, outcome.change.holds[0]);
        outcome.change.holds[0].way_out = std::string(10'000, 'w');
        outcome.change.differences.assign(500,
                                          {std::string(10'000, 'p'), DifferenceKind::changed, "", "", std::nullopt});
        outcomes.push_back(std::move(outcome));
    }
    const auto body = webhook_body(notice_of_pass(outcomes), "d-1");
    EXPECT_LT(body.size(), 64'000U);
    const auto json = parse_json(body);
    EXPECT_GT(json["changes"].size(), 5U);
    EXPECT_EQ(json["changes"].size() + json["changes_left_out"].get<std::size_t>(), 60U);
    EXPECT_LT(slack_body(notice_of_pass(outcomes)).size(), 64'000U);
}

TEST(webhook_body, stays_valid_json_whatever_stands_in_names) {
    auto outcome = outcome_of("\xff\xfe\"}, \"evil\": {\"\n", Result::done);
    outcome.change.cause.commit = Commit{"1a2b", "\xff", "\xff (#1)", 1};
    const auto notice = notice_of_pass({outcome});
    EXPECT_EQ(parse_json(webhook_body(notice, "d"))["changes"].size(), 1U);
    EXPECT_TRUE(parse_json(slack_body(notice)).contains("text"));
}

TEST(chat_text, starts_no_mention_no_link_and_no_second_line) {
    const std::string s = z;
    EXPECT_EQ(chat_text("<!channel> & <@U123>", 100), "&lt;!channel&gt; &amp; &lt;@" + s + "U123&gt;");
    EXPECT_EQ(chat_text("@channel @here @all ann@acme.example", 100),
              "@" + s + "channel @" + s + "here @" + s + "all ann@" + s + "acme.example");
    EXPECT_EQ(chat_text("<https://evil.example|https://acme.example>", 100),
              "&lt;https:" + s + "//evil.example|https:" + s + "//acme.example&gt;");
    EXPECT_EQ(chat_text("[click](https://evil.example)", 100), "[click]" + s + "(https:" + s + "//evil.example)");
    EXPECT_EQ(chat_text("[click][1] [1]: x", 100), "[click]" + s + "[1] [1]" + s + ": x");
    EXPECT_EQ(chat_text("one\ntwo\r\n# three", 100), "one\\ntwo\\r\\n# three");
    EXPECT_EQ(chat_text("```code```", 100), "'''code'''");
    EXPECT_EQ(chat_text("abc\xE2\x80\xAE"
                        "cba",
                        100),
              "abc\\u{202e}cba");
    EXPECT_EQ(chat_text(std::string(200, 'x'), 10), "xxxxxxx...");
}

TEST(slack_body, says_it_all_in_its_text_and_the_same_in_blocks) {
    const auto json = parse_json(slack_body(notice_of_pass({held("github")})));
    const std::string s = z;
    const auto release = "kedge release " + sha256("github").short_hex() + " --because \"WHY\"";
    EXPECT_EQ(json["text"], "[warning] kedge prod, unit tools: nothing; 1 held\n"
                            "main at 1a2b3c4 \"Fix it (#12)\" by Ann Example; acme.example.com, tenant acme, as ci@" +
                                s +
                                "acme.example; pass p-1\n"
                                "update github: held\n"
                                "commit 1a2b3c4 by Ann Example, pull request 12\n"
                                "sign-out: it would end the sign-in of at least 41 people\n"
                                "to go on: " +
                                release);
    ASSERT_EQ(json["blocks"].size(), 3U);
    for (const auto& block : json["blocks"]) EXPECT_EQ(block["text"]["type"], "plain_text");
}

TEST(slack_body, of_what_was_told_before_gives_the_number_only) {
    const auto first = news_of_pass(event_of(EventKind::pass_ended), report_of({held("github")}), {}, "prod");
    const auto second =
        news_of_pass(event_of(EventKind::pass_ended), report_of({held("github"), held("jira")}), first.told, "prod");
    const auto text = parse_json(slack_body(*second.notice))["text"].get<std::string>();
    EXPECT_NE(text.find("update jira: held"), std::string::npos);
    EXPECT_EQ(text.find("update github"), std::string::npos);
    EXPECT_NE(text.find("1 more change, told before or left out here"), std::string::npos) << text;
}

TEST(slack_body, hostile_names_authors_titles_and_reasons_stay_text) {
    auto outcome = held("<!channel>");
    outcome.change.holds[0].text = "<https://evil.example|release>";
    outcome.change.holds[0].way_out = "kedge release x --because \"<!here>\"";
    outcome.change.cause.commit = Commit{"1a2b3c4", "<@U1> <a@b>", "@channel (#7)", 1};
    auto report = report_of({outcome});
    report.plan.revision.title = "<!everyone> @channel";
    report.plan.revision.author = "<!here>";
    report.plan.revision.branch = "<!subteam^S1>";
    report.stopped = "[click](https://evil.example)";
    const auto news = news_of_pass(event_of(EventKind::pass_ended), report, {}, "<!prod>");
    const auto body = slack_body(*news.notice);
    EXPECT_EQ(body.find('<'), std::string::npos) << body;
    for (const auto* bad : {"@channel", "](", "://"}) EXPECT_EQ(body.find(bad), std::string::npos) << bad << body;
}

TEST(slack_body, of_a_failing_unit_and_its_recovery_is_one_line) {
    auto event = event_of(EventKind::pass_failed, EventSeverity::error);
    event.text = "git: fetch \"main\": no route to host";
    const auto failing = news_of_failure(event, {}, "prod");
    EXPECT_EQ(parse_json(slack_body(*failing.notice))["text"],
              "[error] kedge prod, unit tools fails: git: fetch \"main\": no route to host\npass p-1");
    const auto recovered = news_of_recovery(event_of(EventKind::recovered), failing.told, "prod");
    EXPECT_EQ(parse_json(slack_body(*recovered.notice))["text"],
              "[ok] kedge prod, unit tools works again: the words of it\npass p-1");
}
