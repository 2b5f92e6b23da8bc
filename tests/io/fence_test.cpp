// A write that nobody allows at the last moment: not one byte of it leaves, and nothing is repeated.
#include "io/beast_client.h"
#include "io/patient_client.h"
#include "io/run.h"
#include "tests/io/raw_peer.h"

#include <gtest/gtest.h>
#include <vector>

using namespace kedge;

namespace {

HttpRequest fenced_request(const std::string& method, bool only_looks = false) {
    HttpRequest request;
    request.method = method;
    request.target = "/";
    request.body = method == "GET" ? "" : "{}";
    request.only_looks = only_looks;
    return request;
}

struct Fenced {
    EventLoop loop;
    std::vector<std::string> heard;
    RawServer server{loop, [this](RawPeer& peer, int) -> Task<void> {
                         for (;;) {
                             const std::string head = co_await peer.read_until("\r\n\r\n");
                             if (head.empty()) co_return;
                             heard.push_back(head.substr(0, head.find(' ')));
                             const bool comes_apart = heard.back() != "GET" && !head.ends_with("{}");
                             if (comes_apart) co_await peer.read_until("{}");
                             co_await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                         }
                     }};
    std::string why;
    int asked = 0;
    std::unique_ptr<BeastClient> client;

    Fenced() {
        BeastClientOptions options;
        options.base_url = "http://127.0.0.1:" + std::to_string(server.port());
        options.forbids_write = [this] {
            ++asked;
            return why;
        };
        client = std::make_unique<BeastClient>(std::move(options));
    }
    HttpOutcome send(HttpRequest request) { return run_to_end(loop, client->send(std::move(request))); }
};

} // namespace

TEST(fence, a_write_is_asked_for_once_the_connection_stands_and_not_sent_where_it_is_forbidden) {
    Fenced world;
    EXPECT_EQ(world.send(fenced_request("PUT")).delivery, Delivery::answered);
    EXPECT_EQ(world.asked, 1);
    world.why = "the lease is over";
    for (const char* method : {"PUT", "POST", "DELETE"}) {
        const auto outcome = world.send(fenced_request(method));
        EXPECT_EQ(outcome.delivery, Delivery::not_sent);
        EXPECT_NE(outcome.error.find("the lease is over"), std::string::npos) << outcome.error;
    }
    EXPECT_EQ(world.client->counters().connections, 1U) << "the connection is as good as before";
    world.why.clear();
    EXPECT_EQ(world.send(fenced_request("PUT")).delivery, Delivery::answered);
    EXPECT_EQ(world.heard, (std::vector<std::string>{"PUT", "PUT"}));
}

TEST(fence, what_only_looks_is_never_asked_for) {
    Fenced world;
    world.why = "the lease is over";
    EXPECT_EQ(world.send(fenced_request("GET")).delivery, Delivery::answered);
    EXPECT_EQ(world.send(fenced_request("PUT", true)).delivery, Delivery::answered) << "a dry run";
    EXPECT_EQ(world.asked, 0);
}

TEST(fence, a_write_that_is_given_up_without_an_answer_is_told_of_and_a_look_is_not) {
    class Mute final : public HttpClient {
    public:
        Task<HttpOutcome> send(HttpRequest) override {
            HttpOutcome outcome;
            outcome.delivery = delivery;
            outcome.error = "nothing came";
            co_return outcome;
        }
        Delivery delivery = Delivery::unknown;
    } mute;
    EventLoop loop;
    SystemClock clock;
    int told = 0;
    PatientOptions patience;
    patience.most_attempts = 1;
    patience.most_connects = 1;
    patience.unanswered_write = [&told] { ++told; };
    PatientClient patient(mute, clock, patience);
    run_to_end(loop, patient.send(fenced_request("PUT")));
    EXPECT_EQ(told, 1);
    run_to_end(loop, patient.send(fenced_request("PUT", true)));
    run_to_end(loop, patient.send(fenced_request("GET")));
    mute.delivery = Delivery::not_sent;
    run_to_end(loop, patient.send(fenced_request("DELETE")));
    EXPECT_EQ(told, 1);
}

TEST(fence, what_it_keeps_back_is_not_tried_again) {
    Fenced world;
    SystemClock clock;
    PatientOptions patience;
    patience.forbids_write = [&world] { return world.why; };
    PatientClient patient(*world.client, clock, patience);
    world.why = "the lease is over";
    const auto outcome = run_to_end(world.loop, patient.send(fenced_request("PUT")));
    EXPECT_EQ(outcome.delivery, Delivery::not_sent);
    EXPECT_EQ(patient.counters().repeats, 0U);
    EXPECT_TRUE(world.heard.empty());
}
