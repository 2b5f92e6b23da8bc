#include "base/failure.h"
#include "io/beast_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::HasSubstr;

TEST(BeastClientOptionsTest, nonsense_is_refused_when_the_client_is_made) {
    const auto refused = [](const char* base_url, const char* proxy = "", const char* bearer = "",
                            const char* ca = "") {
        BeastClientOptions options;
        options.base_url = base_url;
        options.proxy = proxy;
        options.credentials.push_back({"Authorization", "Bearer ", Secret(bearer)});
        options.ca_file = ca;
        try {
            const BeastClient client(options);
        } catch (const Failure& failure) {
            return std::string(failure.next() == NextAction::stop ? "" : "not a stop: ") + failure.what();
        }
        return std::string("accepted");
    };
    EXPECT_EQ(refused("https://a.example/b"), "accepted");
    EXPECT_EQ(refused("http://[::1]:80"), "accepted");
    EXPECT_EQ(refused(""), "http client: use base URL \"\": not a URL; write it like http://host:port");
    EXPECT_EQ(refused("ftp://a.example"),
              "http client: use base URL \"ftp://a.example\": the scheme must be http or https");
    EXPECT_EQ(refused("https:///x"), "http client: use base URL \"https:///x\": the host is missing");
    EXPECT_EQ(refused("https://me:hunter2@a.example"),
              "http client: use base URL \"https://***@a.example\": credentials do not belong into a URL");
    EXPECT_EQ(refused("https://a.example/?q=1"),
              "http client: use base URL \"https://a.example/?q=1\": a base URL ends with its path");
    EXPECT_EQ(refused("https://a.example:0/"),
              "http client: use base URL \"https://a.example:0/\": the port must lie between 1 and 65535");
    EXPECT_NE(refused("https://a.example:65536/"), "accepted");
    EXPECT_EQ(refused("http://a.example", "socks5://p:1"),
              "http client: use proxy \"socks5://p:1\": only http:// proxies are spoken");
    EXPECT_EQ(
        refused("http://a.example", "", "token\n"),
        "http client: use the token for \"a.example\": it holds a control character; is there a newline at its end?");
    EXPECT_THAT(refused("https://a.example", "", "", "/nonexistent.pem"),
                HasSubstr("read certificates \"/nonexistent.pem\": No such file or directory"));
}
