#include "main/settings.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

const std::string sha(64, 'a');

LoadedSettings read(const std::string& server) {
    return load_settings("/etc/kedge/kedge.yaml", R"(version: 1
installation: prod
store: ./store
sources:
  platform: {git: "https://git.example.com/platform.git"}
  here: {folder: manifests}
targets:
  acme: {provider: truefoundry, url: "https://acme.example.com", token: "${env:TOKEN}"}
units:
  - {name: tools, source: here, target: acme, changes: apply, drift: heal}
server:
)" + server);
}

std::vector<std::string> findings(const std::string& server) {
    std::vector<std::string> lines;
    for (const auto& finding : read(server).findings) {
        EXPECT_GT(finding.place.line, 10) << finding.message;
        lines.push_back(finding.message + "; " + finding.hint);
    }
    return lines;
}

} // namespace

TEST(server_settings, are_read_whole) {
    const auto loaded = read("  listen: 0.0.0.0:8443\n"
                             "  unix_socket: run/kedge.sock\n"
                             "  tls: {certificate: tls.crt, key: /keys/tls.key}\n"
                             "  hosts: [kedge.example.com]\n"
                             "  tokens:\n"
                             "    - {name: ci, sha256: " +
                             sha +
                             ", role: operator, units: [tools, \"team-*\"]}\n"
                             "  trusted_proxies:\n"
                             "    addresses: [10.0.0.0/8, \"::1\"]\n"
                             "    user_header: X-Forwarded-User\n"
                             "    role_header: X-Forwarded-Groups\n"
                             "    roles: {sre: operator, leads: approver}\n"
                             "  webhooks:\n"
                             "    - {kind: gitlab, secret: \"${file:hook}\", sources: [platform]}\n"
                             "    - {kind: github, secret: \"${env:HOOK}\"}\n"
                             "  health: {listen: \"[::]:9109\"}\n"
                             "  limits: {connections: 20, timeout: 3s, webhooks_per_minute: 30, event_streams: 4}\n");
    ASSERT_THAT(loaded.findings, IsEmpty()) << loaded.findings[0].message;
    EXPECT_TRUE(loaded.settings.serves);
    const auto& server = loaded.settings.server;
    EXPECT_EQ(server.listen->address, "0.0.0.0");
    EXPECT_EQ(server.listen->port, 8443);
    EXPECT_EQ(server.unix_socket, "/etc/kedge/run/kedge.sock");
    EXPECT_EQ(server.certificate_file, "/etc/kedge/tls.crt");
    EXPECT_EQ(server.key_file, "/keys/tls.key");
    ASSERT_EQ(server.tokens.size(), 1u);
    EXPECT_EQ(server.tokens[0].role, Role::operate);
    EXPECT_EQ(server.tokens[0].sha256.hex(), sha);
    EXPECT_EQ(server.tokens[0].units.size(), 2u);
    EXPECT_TRUE(any_contains(server.trusted_proxies.addresses, "10.9.9.9"));
    EXPECT_EQ(server.trusted_proxies.roles.at("leads"), Role::approver);
    ASSERT_EQ(server.webhooks.size(), 2u);
    EXPECT_EQ(server.webhooks[0].secret_name, "/etc/kedge/hook");
    EXPECT_EQ(server.webhooks[0].repositories, std::vector<std::string>{"https://git.example.com/platform.git"});
    EXPECT_EQ(server.webhooks[1].secret_scheme + server.webhooks[1].secret_name, "envHOOK");
    EXPECT_EQ(server.health->address, "::");
    EXPECT_EQ(server.limits.timeout, Milliseconds(3000));
    EXPECT_EQ(server.limits.connections + server.limits.webhooks_per_minute + server.limits.event_streams, 54);
}

TEST(server_settings, elsewhere_than_on_loopback_ask_for_access_control_and_tls) {
    const auto open = findings("  listen: 0.0.0.0:8080\n");
    EXPECT_THAT(open, Contains(HasSubstr("anybody who reaches this address")));
    EXPECT_THAT(open, Contains(HasSubstr("in the clear")));
    const auto token = "  tokens: [{name: ci, sha256: " + sha + ", role: viewer}]\n";
    EXPECT_EQ(findings("  listen: 10.0.0.5:8080\n" + token).size(), 1u);
    EXPECT_THAT(findings("  listen: 10.0.0.5:8080\n  allow_insecure: true\n" + token), IsEmpty());
    EXPECT_THAT(findings("  listen: 10.0.0.5:8080\n  tls: {certificate: a, key: b}\n" + token), IsEmpty());
    EXPECT_THAT(findings("  listen: \"[::1]:8080\"\n"), IsEmpty());
}

TEST(server_settings, that_are_wrong_say_where_and_what_to_do) {
    const std::pair<const char*, const char*> all[] = {
        {"  listen: 8080\n", "\"listen\" must be a text"},
        {"  listen: localhost:8080\n", "as in 127.0.0.1:8080"},
        {"  listen: 127.0.0.1:99999\n", "an IP address and a port"},
        {"  listen: \"::1:8080\"\n", "an IP address and a port"},
        {"  tokens: [{name: ci, sha256: x, role: viewer}]\n", "\"tokens\" goes with \"listen\""},
        {"  listen: 127.0.0.1:1\n  tokens: [{name: ci, sha256: x, role: viewer}]\n", "sha256sum"},
        {"  listen: 127.0.0.1:1\n  tokens: [{name: CI x, sha256: x, role: viewer}]\n", "lower-case letters"},
        {"  listen: 127.0.0.1:1\n  tokens: [{name: ci, token: x, role: viewer}]\n", "unknown key \"token\""},
        {"  listen: 127.0.0.1:1\n  webhooks: [{kind: github}]\n", "\"secret\" is missing"},
        {"  listen: 127.0.0.1:1\n  webhooks: [{kind: github, secret: hush}]\n", "${env:NAME} or ${file:PATH}"},
        {"  listen: 127.0.0.1:1\n  webhooks: [{kind: github, secret: \"${env:A}\", sources: [none]}]\n",
         "there is no source \"none\""},
        {"  listen: 127.0.0.1:1\n  webhooks: [{kind: github, secret: \"${env:A}\", sources: [here]}]\n", "is a folder"},
        {"  listen: 127.0.0.1:1\n  trusted_proxies: {addresses: [0.0.0.0/0], user_header: A, role_header: B, roles: "
         "{x: "
         "admin}}\n",
         "this names everybody"},
        {"  listen: 127.0.0.1:1\n  trusted_proxies: {addresses: [proxy], user_header: \"A B\", role_header: B, roles: "
         "{x: "
         "boss}}\n",
         "no name of a header"},
        {"  health: {listen: nowhere}\n", "an IP address and a port"},
        {"  limits: {timeout: 0s}\n", "must be more than 0s"},
        {"  limits: {connections: 0}\n", "a whole number from 1 to 10000"},
    };
    for (const auto& [text, said] : all) EXPECT_THAT(findings(text), Contains(HasSubstr(said))) << text;
}

TEST(server_settings, know_a_token_that_stands_twice) {
    const auto twice = findings("  listen: 127.0.0.1:1\n  tokens:\n    - {name: a, sha256: " + sha +
                                ", role: viewer}\n    - {name: a, sha256: " + sha + ", role: admin}\n");
    EXPECT_THAT(twice, Contains(HasSubstr("two tokens are named \"a\"")));
    EXPECT_THAT(twice, Contains(HasSubstr("this token has two names")));
}
