#include "io/beast_client.h"
#include "io/run.h"
#include "tests/io/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

HttpRequest get() {
    HttpRequest request;
    request.method = "GET";
    request.target = "/a?b=c";
    return request;
}

struct ProxyTest : testing::Test {
    HttpOutcome through_proxy(std::string base_url, std::string answer) {
        RawServer proxy(loop, [&](RawPeer& peer, int) -> Task<void> {
            seen = co_await peer.read_until("\r\n\r\n");
            co_await peer.write(answer);
            peer.close();
        });
        BeastClientOptions options;
        options.base_url = std::move(base_url);
        options.proxy = "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
        BeastClient client(options);
        return run_to_end(loop, client.send(get()));
    }

    EventLoop loop;
    std::string user;
    std::string seen;
};

} // namespace

TEST_F(ProxyTest, plain_requests_name_the_whole_url) {
    user = "me:pass%20word@";
    const HttpOutcome outcome =
        through_proxy("http://cp.example:8080/base", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(outcome.delivery, Delivery::answered) << outcome.error;
    EXPECT_THAT(seen, HasSubstr("GET http://cp.example:8080/base/a?b=c HTTP/1.1\r\nHost: cp.example:8080\r\n"
                                "Proxy-Authorization: Basic bWU6cGFzcyB3b3Jk\r\n"));
}

TEST_F(ProxyTest, https_asks_for_a_tunnel_and_a_refusal_was_not_sent) {
    const HttpOutcome outcome =
        through_proxy("https://cp.example", "HTTP/1.1 407 Who Are You\r\nContent-Length: 3\r\n\r\nwho");
    EXPECT_EQ(seen, "CONNECT cp.example:443 HTTP/1.1\r\nHost: cp.example:443\r\n\r\n");
    EXPECT_EQ(outcome.delivery, Delivery::not_sent);
    EXPECT_EQ(outcome.error, "\"cp.example:443\": the proxy did not open a tunnel: it answered 407");
}

TEST_F(ProxyTest, a_proxy_that_speaks_before_its_turn_is_refused) {
    const HttpOutcome early = through_proxy("https://cp.example", "HTTP/1.1 200 OK\r\n\r\nsurprise");
    EXPECT_EQ(early.error, "\"cp.example:443\": the proxy did not open a tunnel: it sent more than its answer");
    const HttpOutcome gone = through_proxy("https://cp.example", "");
    EXPECT_EQ(gone.delivery, Delivery::not_sent);
    EXPECT_EQ(gone.error, "\"cp.example:443\": the proxy did not open a tunnel: End of file");
}

TEST_F(ProxyTest, a_proxy_that_is_not_there_is_named) {
    BeastClientOptions options;
    options.base_url = "http://cp.example";
    const std::string port = std::to_string(closed_port(loop));
    options.proxy = "http://127.0.0.1:" + port;
    BeastClient client(options);
    const HttpOutcome outcome = run_to_end(loop, client.send(get()));
    EXPECT_EQ(outcome.delivery, Delivery::not_sent);
    EXPECT_EQ(outcome.error, "\"cp.example:80\": proxy \"127.0.0.1:" + port + "\": Connection refused");
}

TEST(proxy_for, takes_the_variable_of_the_scheme_in_either_case) {
    EXPECT_EQ(proxy_for("https://cp.example", {{"HTTPS_PROXY", "http://p:1"}}), "http://p:1");
    EXPECT_EQ(proxy_for("https://cp.example", {{"https_proxy", "http://q:1"}, {"HTTPS_PROXY", "http://p:1"}}),
              "http://q:1");
    EXPECT_EQ(proxy_for("https://cp.example", {{"https_proxy", ""}, {"HTTPS_PROXY", "p:3128"}}), "http://p:3128");
    EXPECT_EQ(proxy_for("http://cp.example", {{"HTTPS_PROXY", "http://p:1"}}), "");
    EXPECT_EQ(proxy_for("http://cp.example", {{"HTTP_PROXY", "http://p:1"}}), "http://p:1");
    EXPECT_EQ(proxy_for("https://cp.example", {}), "");
    EXPECT_EQ(proxy_for("nonsense", {{"HTTPS_PROXY", "http://p:1"}}), "");
}

TEST(proxy_for, no_proxy_knows_names_suffixes_addresses_networks_and_ports) {
    struct Case {
        const char* no_proxy;
        const char* url;
        bool direct;
    };
    const Case cases[] = {
        {"*", "https://cp.example", true},
        {"cp.example", "https://cp.example", true},
        {"CP.Example", "https://cp.exAMPLE.", true},
        {"example", "https://cp.example/x", true},
        {".example", "https://cp.example", true},
        {"*.example", "https://cp.example", true},
        {"ample", "https://cp.example", false},
        {"p.example", "https://cp.example", false},
        {"other, cp.example", "https://cp.example", true},
        {"other cp.example", "https://cp.example", true},
        {"cp.example:443", "https://cp.example", true},
        {"cp.example:8443", "https://cp.example", false},
        {"cp.example:8443", "https://cp.example:8443", true},
        {"10.0.0.0/8", "https://10.1.2.3", true},
        {"10.0.0.0/8", "https://11.1.2.3", false},
        {"10.1.2.3/32", "https://10.1.2.3", true},
        {"10.1.2.3", "https://10.1.2.3", true},
        {"10.1.2.3:443", "https://10.1.2.3", true},
        {"1.2.3", "https://0.1.2.3", false},
        {"fd00::/8", "https://[fd00::1]", true},
        {"fd00::1", "https://[fd00:0::1]", true},
        {"[fd00::1]:443", "https://[fd00::1]", true},
        {"[fd00::1]:444", "https://[fd00::1]", false},
        {"10.0.0.0/99", "https://10.1.2.3", false},
        {",,:,.,/", "https://cp.example", false},
    };
    for (const Case& c : cases) {
        const std::string proxy = proxy_for(c.url, {{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", c.no_proxy}});
        EXPECT_EQ(proxy.empty(), c.direct) << c.no_proxy << " and " << c.url;
    }
}

TEST(proxy_for, this_machine_is_never_behind_a_proxy) {
    for (const char* url : {"http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "http://127.9.9.9"}) {
        EXPECT_EQ(proxy_for(url, {{"HTTP_PROXY", "http://p:1"}}), "") << url;
    }
}
