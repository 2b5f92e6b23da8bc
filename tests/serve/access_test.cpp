#include "tests/serve/scratch_folder.h"
#include "tests/serve/world.h"

#include <gmock/gmock.h>
#include <unistd.h>

using namespace kedge;
using testing::HasSubstr;

namespace {

class AccessTest : public World {
protected:
    void trust_loopback_proxy() {
        settings.trusted_proxies.addresses = {*Network::parse("127.0.0.0/8")};
        settings.trusted_proxies.user_header = "X-Forwarded-User";
        settings.trusted_proxies.role_header = "X-Forwarded-Groups";
        settings.trusted_proxies.roles = {{"sre", Role::operate}, {"leads", Role::approver}};
    }

    Answer sync_as(HttpHeaders headers) {
        headers.emplace_back("Content-Type", "application/json");
        return send("POST", "/api/v1/sync", headers, "{}");
    }
};

} // namespace

TEST_F(AccessTest, without_tokens_loopback_may_look_and_nothing_else) {
    serve();
    EXPECT_EQ(get("/api/v1/units").status, 200);
    EXPECT_EQ(post("/api/v1/sync", Json::object()).status, 403);
    EXPECT_TRUE(daemon.performed.empty());
}

TEST_F(AccessTest, with_tokens_loopback_needs_one_as_well) {
    add_token("ci", Role::viewer);
    serve();
    EXPECT_EQ(get("/api/v1/units").status, 401);
    EXPECT_EQ(get("/api/v1/units", "ci").status, 200);
    EXPECT_EQ(send("GET", "/api/v1/units", {{"Authorization", "bearer token-of-ci"}}, "").status, 200);
    EXPECT_EQ(send("GET", "/api/v1/units", {{"Authorization", "Basic token-of-ci"}}, "").status, 401);
    EXPECT_EQ(send("GET", "/api/v1/units", {{"Authorization", ""}}, "").status, 401);
}

TEST_F(AccessTest, two_credentials_are_none) {
    add_token("ci", Role::viewer);
    serve();
    const HttpHeaders two{{"Authorization", "Bearer token-of-ci"}, {"Authorization", "Bearer other"}};
    EXPECT_EQ(send("GET", "/api/v1/units", two, "").status, 400);
}

TEST_F(AccessTest, who_asks_is_known_to_the_history) {
    add_token("ci", Role::admin);
    serve();
    EXPECT_EQ(post("/api/v1/sync", Json::object(), "ci").status, 200);
    ASSERT_EQ(daemon.performed.size(), 1u);
    EXPECT_EQ(daemon.performed[0].second, "token:ci");
}

TEST_F(AccessTest, wrong_tokens_wait_longer_each_time) {
    add_token("ci", Role::viewer);
    serve();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(get("/api/v1/units", "guess").status, 401) << i;
    const auto limited = get("/api/v1/units", "guess");
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.header("Retry-After"), "2");
    EXPECT_EQ(get("/api/v1/units", "ci").status, 429) << "else guesses would still be answered";
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(get("/api/v1/units", "guess").status, 401);
    clock.advance(std::chrono::milliseconds(1500));
    EXPECT_EQ(get("/api/v1/units", "guess").status, 429) << "two seconds by now";
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(get("/api/v1/units", "ci").status, 200);
    EXPECT_EQ(get("/api/v1/units", "guess").status, 401) << "a right one ends it";
    EXPECT_GE(counters.refusals.of({"throttled"}), 3);
}

TEST_F(AccessTest, a_trusted_proxy_says_who_asks) {
    trust_loopback_proxy();
    serve();
    const HttpHeaders ann{{"X-Forwarded-User", "ann"}, {"X-Forwarded-Groups", "staff, sre"}};
    EXPECT_EQ(sync_as(ann).status, 200);
    ASSERT_EQ(daemon.performed.size(), 1u);
    EXPECT_EQ(daemon.performed[0].second, "user:ann");
    auto with_password = ann;
    with_password.emplace_back("Authorization", "Basic YW5uOnB3");
    EXPECT_EQ(sync_as(with_password).status, 200) << "the proxy's own password, passed on";
    EXPECT_EQ(sync_as({{"X-Forwarded-User", "bob"}, {"X-Forwarded-Groups", "staff"}}).status, 403);
    EXPECT_EQ(sync_as({{"X-Forwarded-Groups", "sre"}}).status, 401) << "nobody is named";
    EXPECT_EQ(sync_as({{"X-Forwarded-User", "ann"}, {"X-Forwarded-User", "eve"}, {"X-Forwarded-Groups", "sre"}}).status,
              400);
}

TEST_F(AccessTest, identity_headers_from_elsewhere_count_for_nothing) {
    trust_loopback_proxy();
    settings.trusted_proxies.addresses = {*Network::parse("10.0.0.1")};
    serve();
    EXPECT_EQ(sync_as({{"X-Forwarded-User", "eve"}, {"X-Forwarded-Groups", "leads"}}).status, 401);
    EXPECT_TRUE(daemon.performed.empty());
}

TEST_F(AccessTest, a_name_that_is_not_ours_is_refused_on_loopback) {
    serve();
    for (const char* right : {"localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "LocalHost"})
        EXPECT_EQ(send("GET", "/api/v1/units", {{"Host", right}}, "").status, 200) << right;
    for (const char* wrong : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""})
        EXPECT_EQ(send("GET", "/api/v1/units", {{"Host", wrong}}, "").status, 421) << wrong;
    settings.hosts = {"kedge.example.com"};
    serve();
    EXPECT_EQ(send("GET", "/api/v1/units", {{"Host", "kedge.example.com"}}, "").status, 200);
    EXPECT_EQ(send("GET", "/api/v1/units", {{"Host", "evil.example"}}, "").status, 421);
}

TEST_F(AccessTest, the_unix_socket_is_admin_for_our_own_user) {
    ScratchFolder folder;
    settings.unix_socket = folder.path() / "kedge.sock";
    add_token("ci", Role::viewer);
    serve();
    auto client = Client::on_socket(loop, settings.unix_socket);
    const std::string text = "POST /api/v1/sync HTTP/1.1\r\nHost: kedge\r\nContent-Type: application/json\r\n"
                             "Content-Length: 2\r\nConnection: close\r\n\r\n{}";
    EXPECT_EQ(parsed(run_to_end(loop, talk(client, text))).status, 200);
    ASSERT_EQ(daemon.performed.size(), 1u);
    EXPECT_EQ(daemon.performed[0].second, "local:" + std::to_string(::getuid()));
}

TEST_F(AccessTest, the_unix_socket_is_closed_to_other_users) {
    Access access(settings, clock);
    HttpRequest request;
    EXPECT_TRUE(std::holds_alternative<Problem>(access.judge(request, {"", false, ::getuid() + 1})));
    EXPECT_TRUE(std::holds_alternative<Problem>(access.judge(request, {"", false, static_cast<unsigned>(-1)})));
    EXPECT_EQ(std::get<Caller>(access.judge(request, {"", false, 0})).role, Role::admin);
}

TEST_F(AccessTest, whoever_is_limited_sees_lists_of_their_units_only) {
    add_token("team", Role::admin, {"to*"});
    daemon.board().say({0, 1, EventKind::command, EventSeverity::info, "", "", "", "", "settings of other"});
    daemon.board().say({0, 1, EventKind::pass_ended, EventSeverity::info, "other", "", "", "", "done"});
    daemon.board().say({0, 1, EventKind::pass_ended, EventSeverity::info, "tools", "", "", "", "done"});
    daemon.stop_unit("tools", {StoppageKind::freeze, "week", {"other", "tools"}, "", "quiet", "ann", 1, 0});
    serve();
    EXPECT_EQ(get("/api/v1/units", "team").json()["units"].size(), 1u);
    EXPECT_EQ(get("/api/v1/holds", "team").json()["units"].size(), 1u);
    EXPECT_EQ(get("/api/v1/events", "team").json()["events"].size(), 1u);
    EXPECT_EQ(get("/api/v1/stoppages", "team").json()["stoppages"][0]["units"], Json::array({"tools"}));
    EXPECT_EQ(get("/api/v1/passes", "team").status, 200);
    ASSERT_EQ(daemon.asked.size(), 1u);
    EXPECT_EQ(daemon.asked[0].unit, "tools");
    EXPECT_EQ(get("/api/v1/passes?unit=other", "team").status, 404);
    EXPECT_EQ(get("/api/v1/units/other", "team").status, 404);
    EXPECT_EQ(get("/api/v1/plans/" + daemon.board().report("other")->plan.digest.hex(), "team").status, 404);
}

TEST_F(AccessTest, whoever_is_limited_acts_on_their_units_only) {
    add_token("team", Role::admin, {"tools"});
    daemon.stop_unit("tools", {StoppageKind::freeze, "all", {}, "", "quiet", "ann", 1, 0});
    serve();
    EXPECT_EQ(post("/api/v1/sync", Json::object(), "team").status, 200);
    ASSERT_EQ(daemon.performed.size(), 1u);
    EXPECT_EQ(std::get<SyncNow>(daemon.performed[0].first).unit, "tools");
    EXPECT_EQ(post("/api/v1/freezes", {{"name", "a"}, {"because", "b"}}, "team").status, 403) << "of all units";
    EXPECT_EQ(post("/api/v1/freezes", {{"name", "a"}, {"because", "b"}, {"units", {"tools", "other"}}}, "team").status,
              404);
    EXPECT_EQ(post("/api/v1/releases", {{"digest", "0123456789ab"}, {"because", "b"}}, "team").status, 403);
    EXPECT_EQ(send("DELETE", "/api/v1/freezes/all", with_token("team"), "").status, 404) << "it is of all units";
    EXPECT_EQ(daemon.performed.size(), 1u);
}

TEST(networks, are_read_strictly_and_contain_what_they_say) {
    for (const char* wrong : {"", "10", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::1/129", "a/8", "10.0.0.1/8x"})
        EXPECT_FALSE(Network::parse(wrong)) << wrong;
    EXPECT_TRUE(Network::parse("10.0.0.0/9")->contains("10.127.255.255"));
    EXPECT_FALSE(Network::parse("10.0.0.0/9")->contains("10.128.0.0"));
    EXPECT_TRUE(Network::parse("10.0.0.5")->contains("::ffff:10.0.0.5"));
    EXPECT_FALSE(Network::parse("10.0.0.5")->contains("10.0.0.6"));
    EXPECT_TRUE(Network::parse("fd00::/8")->contains("fdff::1"));
    EXPECT_FALSE(Network::parse("::/0")->contains("no address"));
    EXPECT_EQ(source_of("2001:db8:1:2:3:4:5:6"), source_of("2001:db8:1:2::9")) << "one subscriber";
    EXPECT_NE(source_of("2001:db8:1:2::9"), source_of("2001:db8:1:3::9"));
}

TEST(throttles, remember_a_bounded_number_of_sources) {
    ManualClock clock;
    FailureThrottle failures(clock);
    RateLimit limit(clock, 60);
    for (int i = 0; i < 10'000; ++i) {
        failures.failed(std::to_string(i));
        limit.take(std::to_string(i));
    }
    EXPECT_LE(failures.remembered(), 4096u);
    EXPECT_LE(limit.remembered(), 4096u);
}

TEST_F(AccessTest, the_address_behind_proxies_is_the_last_that_a_trusted_one_saw) {
    trust_loopback_proxy();
    Access access(settings, clock);
    HttpRequest request;
    request.headers = {{"X-Forwarded-For", "6.6.6.6, 198.51.100.7, 127.0.0.9"}};
    EXPECT_EQ(access.client_address(request, {"127.0.0.1", false, 0}), "198.51.100.7");
    EXPECT_EQ(access.client_address(request, {"203.0.113.1", false, 0}), "203.0.113.1") << "anybody can write that";
    request.headers = {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "198.51.100.7"}};
    EXPECT_EQ(access.client_address(request, {"127.0.0.1", false, 0}), "198.51.100.7") << "a line of the proxy's own";
    request.headers = {{"X-Forwarded-For", "nonsense"}};
    EXPECT_EQ(access.client_address(request, {"127.0.0.1", false, 0}), "127.0.0.1");
}
