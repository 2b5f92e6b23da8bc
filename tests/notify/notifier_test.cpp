// The notifier against real HTTP servers on loopback: delivery, order, patience, restarts.
#include "notify/notifier.h"

#include "base/failure.h"
#include "base/json.h"
#include "io/beast_client.h"
#include "io/http_server.h"
#include "io/run.h"
#include "notify/signature.h"
#include "samples.h"

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

// Answers what it is told to, 200 in the end, and keeps what it got.
class Inbox {
public:
    explicit Inbox(EventLoop& loop)
        : server_(loop, {}, [this](HttpRequest request) { return answer(std::move(request)); }) {}

    std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook/S3CR3T?x=1"; }
    // "KIND UNIT" of each.
    std::vector<std::string> kinds() const {
        std::vector<std::string> all;
        for (const auto& request : requests) {
            const auto json = parse_json(request.body);
            all.push_back(json["kind"].get<std::string>() + " " + json["unit"].get<std::string>());
        }
        return all;
    }

    std::vector<HttpRequest> requests;
    std::deque<int> answers; // of the next requests
    HttpHeaders headers;     // with each answer
    Waker* gate = nullptr;   // waits for it before it answers

private:
    Task<ServerAnswer> answer(HttpRequest request) {
        requests.push_back(std::move(request));
        if (gate != nullptr) co_await gate->wait();
        ServerAnswer answer;
        answer.response.status = answers.empty() ? 200 : answers.front();
        answer.response.headers = headers;
        if (!answers.empty()) answers.pop_front();
        co_return answer;
    }
    HttpServer server_;
};

class NotifierTest : public testing::Test {
protected:
    ~NotifierTest() override { finish(); }

    Receiver receiver(const std::string& name, const Inbox& inbox, ReceiverKind kind = ReceiverKind::webhook) {
        Receiver one;
        one.name = name;
        one.kind = kind;
        one.url = [url = inbox.url()] { return Secret(url); };
        one.secret = [] { return Secret("key"); };
        one.allow_insecure = true;
        return one;
    }

    void start(std::vector<Receiver> receivers) {
        NotifierParts parts{clock, log, outbox, board, client, "prod"};
        notifier = std::make_unique<Notifier>(std::move(parts), std::move(receivers));
        ended = false;
        auto done = [this](std::exception_ptr error) {
            ended = true;
            EXPECT_FALSE(error);
        };
        boost::asio::co_spawn(loop, notifier->run(), done);
    }

    // Lets the loop run until it is so.
    void until(const std::function<bool()>& reached) {
        const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!reached() && std::chrono::steady_clock::now() < late) {
            loop.restart(); // what is asked in between may have stopped it
            loop.run_one_for(std::chrono::milliseconds(100));
        }
        EXPECT_TRUE(reached()) << "not within 20 s";
    }

    void finish() {
        if (!notifier) return;
        notifier->stop();
        until([this] { return ended; });
        notifier.reset();
    }

    void pass(std::vector<Outcome> outcomes) {
        board.put("tools", std::make_shared<Report>(report_of(std::move(outcomes))));
        board.say(event_of(EventKind::pass_ended));
    }

    std::vector<std::string> waiting() {
        std::vector<std::string> all;
        for (const auto& message : run_to_end(loop, outbox.load()).waiting)
            all.push_back(message.receiver + " " + message.kind);
        return all;
    }

    EventLoop loop;
    ManualClock clock;
    Log log{LogLevel::warning, LogFormat::human};
    MemoryOutbox outbox;
    StatusBoard board;
    ClientFactory client = [this](const std::string& origin) {
        ++clients;
        BeastClientOptions options;
        options.base_url = origin;
        return std::make_unique<BeastClient>(std::move(options));
    };
    int clients = 0;
    bool ended = true;
    std::unique_ptr<Notifier> notifier;
};

} // namespace

TEST_F(NotifierTest, a_pass_with_news_is_posted_signed_to_the_secret_address) {
    Inbox inbox(loop);
    start({receiver("siem", inbox)});
    pass({held("github")});
    until([&] { return inbox.requests.size() == 1; });
    finish();
    const auto& request = inbox.requests.at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/hook/S3CR3T?x=1");
    EXPECT_EQ(header(request.headers, "Content-Type"), "application/json");
    EXPECT_EQ(header(request.headers, "X-Kedge-Event"), "pass");
    EXPECT_EQ(header(request.headers, "X-Kedge-Timestamp"), "1800000000");
    EXPECT_EQ(header(request.headers, "X-Kedge-Signature"),
              webhook_signature(Secret("key"), 1'800'000'000, request.body));
    EXPECT_EQ(header(request.headers, "X-Kedge-Delivery"), parse_json(request.body)["delivery"].get<std::string>());
    EXPECT_THAT(waiting(), ElementsAre());
}

TEST_F(NotifierTest, a_chat_gets_text_without_a_signature) {
    Inbox inbox(loop);
    start({receiver("chat", inbox, ReceiverKind::slack)});
    pass({held("github")});
    until([&] { return inbox.requests.size() == 1; });
    const auto& request = inbox.requests.at(0);
    EXPECT_EQ(header(request.headers, "X-Kedge-Signature"), "");
    EXPECT_THAT(parse_json(request.body)["text"].get<std::string>(), HasSubstr("update github: held"));
}

TEST_F(NotifierTest, the_same_held_change_is_told_once_also_after_a_restart) {
    Inbox inbox(loop);
    start({receiver("siem", inbox)});
    pass({held("github")});
    until([&] { return inbox.requests.size() == 1; });
    for (int i = 0; i < 5; ++i) pass({held("github")});
    finish();
    start({receiver("siem", inbox)});
    pass({held("github")});
    pass({held("github"), held("jira")});
    until([&] { return inbox.requests.size() == 2; });
    finish();
    EXPECT_EQ(inbox.requests.size(), 2U);
    EXPECT_THAT(waiting(), ElementsAre());
}

TEST_F(NotifierTest, a_receiver_that_is_down_is_asked_again_later_and_in_order) {
    Inbox inbox(loop);
    inbox.answers = {503, 500, 429, 408};
    start({receiver("siem", inbox)});
    pass({outcome_of("github", Result::done)});
    board.say(event_of(EventKind::stoppage));
    until([&] { return inbox.requests.size() == 6; });
    EXPECT_THAT(inbox.kinds(),
                ElementsAre("pass tools", "pass tools", "pass tools", "pass tools", "pass tools", "stoppage tools"));
    EXPECT_EQ(header(inbox.requests[0].headers, "X-Kedge-Delivery"),
              header(inbox.requests[4].headers, "X-Kedge-Delivery"))
        << "the same delivery";
    EXPECT_NE(header(inbox.requests[0].headers, "X-Kedge-Timestamp"),
              header(inbox.requests[4].headers, "X-Kedge-Timestamp"))
        << "signed anew: no receiver has to take an old one";
    EXPECT_EQ(clock.slept(), Milliseconds(2000 + 4000 + 8000 + 16000));
    finish();
    EXPECT_THAT(waiting(), ElementsAre());
}

TEST_F(NotifierTest, how_long_a_receiver_asks_to_wait_is_kept) {
    Inbox inbox(loop);
    inbox.answers = {429};
    inbox.headers = {{"Retry-After", "90"}};
    start({receiver("siem", inbox)});
    pass({held("github")});
    until([&] { return inbox.requests.size() == 2; });
    EXPECT_EQ(clock.slept(), Milliseconds(90'000));
}

TEST_F(NotifierTest, what_a_receiver_refuses_for_good_is_dropped_and_the_next_one_delivered) {
    for (const int status : {400, 401, 403, 404, 410, 302}) {
        Inbox inbox(loop);
        inbox.answers = {status};
        start({receiver("siem", inbox)});
        pass({outcome_of("github", Result::done)});
        board.say(event_of(EventKind::command));
        until([&] { return inbox.requests.size() == 2; });
        finish();
        EXPECT_THAT(inbox.kinds(), ElementsAre("pass tools", "command tools")) << status;
        EXPECT_THAT(waiting(), ElementsAre());
    }
}

TEST_F(NotifierTest, a_slow_receiver_delays_nobody_else) {
    Inbox slow(loop);
    Inbox quick(loop);
    Waker gate;
    slow.gate = &gate;
    start({receiver("slow", slow), receiver("quick", quick)});
    for (int i = 0; i < 3; ++i) pass({outcome_of("github", Result::done)});
    until([&] { return quick.requests.size() == 3; });
    EXPECT_EQ(slow.requests.size(), 1U);
    slow.gate = nullptr;
    gate.wake();
    until([&] { return slow.requests.size() == 3; });
}

TEST_F(NotifierTest, what_was_not_delivered_is_delivered_after_a_restart_in_order) {
    Inbox inbox(loop);
    inbox.answers.assign(1000, 503);
    start({receiver("siem", inbox), receiver("gone", inbox)});
    pass({outcome_of("github", Result::done)});
    board.say(event_of(EventKind::stoppage));
    until([&] { return inbox.requests.size() == 4; });
    finish();
    EXPECT_EQ(waiting().size(), 4U);
    inbox.answers.clear();
    inbox.requests.clear();
    start({receiver("siem", inbox)});
    until([&] { return inbox.requests.size() == 2; });
    finish();
    EXPECT_THAT(inbox.kinds(), ElementsAre("pass tools", "stoppage tools"));
    EXPECT_THAT(waiting(), ElementsAre()) << "what waited for a receiver that is gone is gone";
}

TEST_F(NotifierTest, what_is_said_just_before_a_stop_is_kept_for_the_next_start) {
    Inbox inbox(loop);
    start({receiver("siem", inbox)});
    notifier->stop();
    pass({outcome_of("github", Result::done)});
    finish();
    EXPECT_THAT(waiting(), ElementsAre("siem pass"));
}

TEST_F(NotifierTest, after_a_day_what_nobody_took_is_dropped) {
    Inbox inbox(loop);
    inbox.answers.assign(100'000, 503);
    start({receiver("siem", inbox)});
    pass({outcome_of("github", Result::done)});
    until([&] { return clock.slept() > std::chrono::hours(24); });
    inbox.answers.clear();
    board.say(event_of(EventKind::command));
    until([&] { return !inbox.requests.empty() && inbox.kinds().back() == "command tools"; });
    finish();
    EXPECT_LT(inbox.requests.size(), 400U) << "five minutes between attempts, in the end";
    EXPECT_THAT(waiting(), ElementsAre());
}

TEST_F(NotifierTest, a_receiver_that_is_away_for_long_keeps_the_newest) {
    Inbox inbox(loop);
    Waker gate;
    inbox.gate = &gate;
    start({receiver("siem", inbox)});
    for (int i = 0; i < 600; ++i) {
        auto event = event_of(EventKind::command);
        event.text = "command " + std::to_string(i);
        board.say(event);
        if (i == 0) until([&] { return inbox.requests.size() == 1; });
    }
    until([&] { return waiting().size() == 501 && inbox.requests.size() == 1; });
    inbox.gate = nullptr;
    gate.wake();
    until([&] { return inbox.requests.size() == 501; });
    EXPECT_EQ(parse_json(inbox.requests[0].body)["text"], "command 0") << "on its way already";
    EXPECT_EQ(parse_json(inbox.requests[1].body)["text"], "command 100");
    EXPECT_EQ(parse_json(inbox.requests[500].body)["text"], "command 599");
    finish();
    EXPECT_THAT(waiting(), ElementsAre());
}

TEST_F(NotifierTest, severity_units_and_topics_choose) {
    Inbox all(loop);
    Inbox errors(loop);
    Inbox sales(loop);
    auto only_errors = receiver("errors", errors);
    only_errors.least = EventSeverity::error;
    auto only_sales = receiver("sales", sales);
    only_sales.units = {"sales-*"};
    start({receiver("all", all), only_errors, only_sales});
    pass({held("github")});
    board.say(event_of(EventKind::pass_failed, EventSeverity::error));
    board.say(event_of(EventKind::recovered));
    until([&] { return all.requests.size() == 3 && errors.requests.size() == 2; });
    finish();
    EXPECT_THAT(errors.kinds(), ElementsAre("failing tools", "recovered tools"));
    EXPECT_TRUE(sales.requests.empty());
}

TEST_F(NotifierTest, a_recovery_is_told_also_where_kedge_was_restarted_in_between) {
    Inbox inbox(loop);
    start({receiver("siem", inbox)});
    board.say(event_of(EventKind::pass_failed, EventSeverity::error));
    until([&] { return inbox.requests.size() == 1; });
    finish();
    start({receiver("siem", inbox)});
    pass({});
    pass({});
    until([&] { return inbox.requests.size() == 2; });
    finish();
    EXPECT_THAT(inbox.kinds(), ElementsAre("failing tools", "recovered tools"));
}

TEST_F(NotifierTest, an_address_that_cannot_be_had_is_looked_at_anew_until_somebody_mends_it) {
    Inbox inbox(loop);
    int asked = 0;
    auto one = receiver("siem", inbox);
    one.url = [&asked, url = inbox.url()] {
        ++asked;
        if (asked == 1) throw Failure(NextAction::wait_for_change, "secret file:/url: there is no such file");
        if (asked == 2) return Secret("not an address");
        return Secret(url);
    };
    start({std::move(one)});
    pass({held("github")});
    until([&] { return inbox.requests.size() == 1; });
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(clients, 1);
}

TEST_F(NotifierTest, an_outbox_that_fails_delays_nothing) {
    class Broken final : public Outbox {
    public:
        Task<OutboxState> load() override { throw Failure(NextAction::stop, "outbox: the disk is full"); }
        Task<std::vector<std::int64_t>> add(std::vector<OutboxMessage>, std::string, Told) override {
            throw Failure(NextAction::stop, "outbox: the disk is full");
        }
        Task<void> remove(std::vector<std::int64_t>) override {
            throw Failure(NextAction::stop, "outbox: the disk is full");
        }
    };
    Broken broken;
    Inbox inbox(loop);
    NotifierParts parts{clock, log, broken, board, client, "prod"};
    std::vector<Receiver> receivers{receiver("siem", inbox)};
    testing::internal::CaptureStderr();
    notifier = std::make_unique<Notifier>(std::move(parts), std::move(receivers));
    ended = false;
    auto done = [this](std::exception_ptr) { ended = true; };
    boost::asio::co_spawn(loop, notifier->run(), done);
    pass({held("github")});
    pass({held("github")});
    pass({held("jira")});
    until([&] { return inbox.requests.size() == 2; });
    finish();
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(said, HasSubstr("would not survive a restart"));
    EXPECT_EQ(said.find("disk is full"), said.rfind("disk is full")) << "said once: " << said;
}

TEST_F(NotifierTest, nothing_of_the_address_is_ever_logged) {
    Inbox inbox(loop);
    inbox.answers = {503, 404};
    testing::internal::CaptureStderr();
    {
        Log noisy{LogLevel::debug, LogFormat::json};
        NotifierParts parts{clock, noisy, outbox, board, client, "prod"};
        std::vector<Receiver> receivers{receiver("siem", inbox)};
        notifier = std::make_unique<Notifier>(std::move(parts), std::move(receivers));
        ended = false;
        auto done = [this](std::exception_ptr) { ended = true; };
        boost::asio::co_spawn(loop, notifier->run(), done);
        pass({held("github")});
        until([&] { return inbox.requests.size() == 2; });
        finish();
    }
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(said, HasSubstr("the receiver answered 503"));
    EXPECT_THAT(said, HasSubstr("the receiver answered 404"));
    EXPECT_EQ(said.find("S3CR3T"), std::string::npos) << said;
    EXPECT_EQ(said.find("key"), std::string::npos) << said;
}
