#include "reconcile/networks.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(networks, the_host_is_taken_from_where_a_client_would_connect_to) {
    EXPECT_EQ(host_of("https://api.example.com:8443/mcp?x=1"), "api.example.com");
    EXPECT_EQ(host_of("https://user:pw@Evil.example.com/"), "evil.example.com");
    EXPECT_EQ(host_of("https://good.example.com\\@127.0.0.1/"), "good.example.com");
    EXPECT_EQ(host_of("https://[::1]:80/"), "::1");
    EXPECT_EQ(host_of("https://localhost./"), "localhost");
    EXPECT_EQ(host_of("no url"), "");
}

TEST(networks, private_hosts_are_known_by_their_spelling_alone) {
    for (const char* host : {"localhost", "a.localhost", "db", "x.local", "x.internal", "127.0.0.1", "10.1.2.3", "::1",
                             "0x7f.1", "127.1", "1.2.0x3", ""}) {
        EXPECT_TRUE(is_private_host(host)) << host;
    }
    for (const char* host : {"api.example.com", "mcp.acme.io", "1.example.com", "internal.example.com"})
        EXPECT_FALSE(is_private_host(host)) << host;
}

TEST(networks, every_url_of_a_manifest_is_judged_at_its_own_line) {
    Resource resource;
    resource.name = "github";
    resource.place = {"github.yaml", 1, 1};
    resource.document = {{"url", "http://10.0.0.1/mcp"}, {"auth_data", {{"token_url", "https://idp.internal/token"}}}};
    resource.lines = {{"/url", 4}, {"/auth_data/token_url", 9}};
    const auto findings = judge_urls(resource, false);
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].place.line, 4);
    EXPECT_EQ(findings[0].message, "url is not https");
    EXPECT_EQ(findings[1].place.line, 9);
    EXPECT_EQ(findings[1].message, "auth_data/token_url points at the private host \"idp.internal\"");
    EXPECT_TRUE(judge_urls(resource, true).empty());
}
