// Rows of GAIA AI as manifests, their normal form, and what check() finds in a manifest.
#include "model/secret_fields.h"
#include "tests/dialect/any_json.h"
#include "tests/dialect/gaia_world.h"

#include <rapidcheck.h>

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::gaia;

namespace {

LiveDocument read(const Json& row) {
    return world::dialect()->read(row);
}
Json canonical(const Json& document, bool as_built = true) {
    return world::dialect(as_built)->canonical(document);
}

std::string complaint(const Json& row) {
    try {
        read(row);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

std::vector<Finding> check(const Json& document, bool as_built = true) {
    Resource it;
    it.type = document.value("type", "");
    it.name = document.value("name", "");
    it.document = document;
    it.place = {"mcp/github.yaml", 1, 1};
    return world::dialect(as_built)->check(it);
}

// "error: MESSAGE", one a line.
std::string findings(const Json& document, bool as_built = true) {
    std::string text;
    for (const auto& finding : check(document, as_built))
        text += (finding.severity == Severity::error ? "error: " : "warning: ") + finding.message + "\n";
    return text;
}

Json with_block(const Json& block, Json document = world::manifest()) {
    document["x-kedge"]["gaia"] = block;
    return document;
}
Json with_auth(const Json& auth) {
    auto document = world::manifest();
    document["auth_data"] = auth;
    return document;
}

} // namespace

TEST(gaia_read, a_row_is_a_manifest) {
    const auto live = read(world::headers_row());
    EXPECT_EQ(live.remote_id, "645badf8");
    EXPECT_EQ(live.type, "mcp-server/remote");
    EXPECT_EQ(live.version, "2026-11-21T04:07:32.000Z");
    EXPECT_EQ(canonical(live.document), canonical(world::with_headers()));
    const auto oauth = world::row({{"oauthClientId", "c1"}, {"oauthClientSecret", "s1"}, {"oauthScope", "w r"}});
    EXPECT_EQ(canonical(read(oauth).document), canonical(world::with_oauth()));
    const auto proxy = world::row({{"transportType", "sse"},
                                   {"connectionType", "proxy"},
                                   {"proxyUrl", "https://proxy.example.com"},
                                   {"proxyAuthToken", "t1"},
                                   {"proxyAuthHeader", "X-Proxy"},
                                   {"requestTimeout", 5000},
                                   {"maxTotalTimeout", 9000}});
    EXPECT_EQ(canonical(read(proxy).document), canonical(world::with_proxy()));
}

TEST(gaia_read, a_stdio_row_is_a_manifest_of_its_own_type) {
    const auto live = read(world::row({{"transportType", "stdio"},
                                       {"url", nullptr},
                                       {"command", "npx"},
                                       {"args", " -y  server "},
                                       {"env", {{"TOKEN", "t1"}}},
                                       {"connectionType", "proxy"},
                                       {"proxyUrl", "https://proxy.example.com"}}));
    EXPECT_EQ(live.type, "mcp-server/stdio");
    EXPECT_EQ(canonical(live.document), canonical(world::stdio()));
}

TEST(gaia_read, the_status_is_a_condition_and_never_a_difference) {
    for (const char* status : {"connecting", "connected", "disconnected"})
        EXPECT_EQ(read(world::row({{"status", status}})).condition, Condition{}) << status;
    const auto live = read(world::row({{"status", "error"}, {"lastError", "token=abcdefgh12345678 refused"}}));
    EXPECT_FALSE(live.condition.reachable);
    EXPECT_EQ(live.condition.text.find("abcdefgh"), std::string::npos);
    EXPECT_EQ(canonical(live.document), canonical(world::manifest()));
}

TEST(gaia_read, a_header_that_is_off_is_not_there_and_a_second_one_is_seen) {
    const auto off = world::row({{"customHeaders", {{{"name", "X-Team"}, {"value", "core"}, {"enabled", false}}}}});
    EXPECT_EQ(canonical(read(off).document), canonical(world::manifest()));
    const Json one{{"name", "X-Team"}, {"value", "core"}, {"enabled", true}};
    const auto twice = read(world::row({{"customHeaders", {one, one}}}));
    EXPECT_EQ(twice.document["additional_headers"], (Json{{"X-Team", "core"}, {"X-Team (again)", "core"}}));
    const auto masked = read(world::row({{"customHeaders", {{{"key", "X-Key"}, {"value", "****"}}}}}));
    EXPECT_TRUE(is_masked(masked.document["auth_data"]["headers"]["X-Key"]));
}

TEST(gaia_read, what_is_no_row_of_the_project_is_refused) {
    EXPECT_EQ(complaint(Json(1)), "a row that is no object");
    EXPECT_EQ(complaint(world::row({{"name", nullptr}})), "a row without a name");
    EXPECT_EQ(complaint(world::row({{"projectId", "p2"}})), "a row of another project");
}

TEST(gaia_canonical, null_absent_and_empty_are_the_same) {
    const auto empty = read(world::row({{"description", ""},
                                        {"customHeaders", Json::array()},
                                        {"oauthClientId", ""},
                                        {"oauthScope", ""},
                                        {"proxyUrl", ""},
                                        {"env", Json::object()}}));
    auto document = world::manifest();
    document.erase("description");
    EXPECT_EQ(canonical(empty.document), canonical(document));
}

TEST(gaia_canonical, defaults_transports_and_what_cannot_be_held_are_no_difference) {
    auto document = with_block({{"transport", "http"},
                                {"connection", "direct"},
                                {"request_timeout_ms", 30000},
                                {"max_total_timeout_ms", 60000}});
    document.update({{"tags", {{"team", "core"}}}, {"collaborators", {{{"subject", "team:a"}, {"role_id", "b"}}}}});
    EXPECT_EQ(canonical(document), world::manifest());
    EXPECT_EQ(canonical(with_block({{"transport", "streamable-http"}})), world::manifest());
    EXPECT_EQ(canonical(with_block({{"connection", "proxy"}, {"proxy_url", "https://p"}})),
              with_block({{"proxy_url", "https://p"}}));
}

TEST(gaia_canonical, headers_that_carry_a_credential_are_authentication_wherever_they_stand) {
    auto document = world::manifest();
    document["additional_headers"] = {{"X-Api-Key", "1"}, {"X-Team", "core"}};
    const auto it = canonical(document);
    EXPECT_EQ(it["auth_data"], (Json{{"type", "header"}, {"headers", {{"X-Api-Key", "1"}}}}));
    EXPECT_EQ(it["additional_headers"], (Json{{"X-Team", "core"}}));
}

TEST(gaia_canonical, as_documented_compares_what_is_shown) {
    const auto dialect = world::dialect(false);
    const auto shown = [&](Json document) {
        document = canonical(std::move(document), false);
        for (auto path : dialect->describe().rules.hidden) {
            std::replace(path.begin(), path.end(), '.', '/');
            const Json::json_pointer at("/" + path);
            if (document.contains(at)) document[at.parent_pointer()].erase(at.back());
        }
        return document;
    };
    EXPECT_EQ(
        shown(world::with_proxy()),
        canonical(dialect->read(world::row({{"transportType", "sse"}, {"connectionType", "proxy"}})).document, false));
    EXPECT_EQ(shown(world::with_headers()), canonical(dialect->read(world::shown_row()).document, false));
    // In git it counts all the same: that it moved is known by its digest.
    EXPECT_TRUE(canonical(world::with_headers(), false).contains("auth_data"));
    EXPECT_FALSE(dialect->read(world::headers_row()).document.contains("auth_data"));
}

TEST(gaia_canonical, is_stable_for_any_document) {
    rc::check([] {
        Choices choices(*rc::gen::arbitrary<std::vector<std::uint8_t>>(),
                        {"type", "name", "url", "auth_data", "headers", "scopes", "env", "args", "x-kedge", "gaia",
                         "transport", "connection", "proxy_url", "additional_headers", "X-Key", "$kedge", "tags"},
                        {"", "a", "header", "oauth2", "env", "proxy", "direct", "http", "streamable-http", "masked",
                         "mcp-server/stdio", "mcp-server/remote"});
        const auto document = choices.object(4);
        for (const bool as_built : {true, false}) {
            const auto once = canonical(document, as_built);
            RC_ASSERT(canonical_json(canonical(once, as_built)) == canonical_json(once));
        }
    });
}

TEST(gaia_check, takes_what_it_can_hold) {
    for (const auto& document :
         {world::manifest(), world::with_headers(), world::with_oauth(), world::with_proxy(), world::stdio()})
        EXPECT_EQ(findings(document), "");
}

TEST(gaia_check, says_per_field_what_is_lost) {
    auto document = world::with_oauth();
    document.update({{"collaborators", {{{"subject", "team:a"}, {"role_id", "b"}}}},
                     {"tags", {{"team", "core"}}},
                     {"tls_settings", {{"reject_unauthorized", false}}}});
    document["auth_data"].update({{"token_url", "https://a.example/t"}, {"additional_token_params", {{"a", "b"}}}});
    EXPECT_EQ(findings(document), "warning: \"collaborators\" is not sent: GAIA AI has no such field\n"
                                  "warning: \"tags\" is not sent: GAIA AI has no such field\n"
                                  "error: GAIA AI cannot check certificates otherwise than usual\n"
                                  "error: GAIA AI has no \"auth_data.additional_token_params\"\n"
                                  "warning: \"auth_data.token_url\" is not sent: GAIA AI has no such field\n");
    EXPECT_EQ(findings({{"type", "mcp-server/virtual"}, {"name", "v"}}),
              "error: GAIA AI has no \"mcp-server/virtual\"\n");
}

TEST(gaia_check, what_every_manifest_has_to_say_is_no_warning) {
    auto document = world::with_oauth();
    document["auth_data"]["jwt_source"] = "access_token";
    EXPECT_EQ(findings(document), "");
    document["auth_data"]["jwt_source"] = "id_token";
    EXPECT_EQ(findings(document), "warning: \"auth_data.jwt_source\" is not sent: GAIA AI has no such field\n");
}

TEST(gaia_check, an_auth_that_cannot_be_sent_is_an_error) {
    EXPECT_EQ(findings(with_auth({{"type", "passthrough"}})),
              "error: GAIA AI cannot hold authentication of type \"passthrough\"\n");
    EXPECT_EQ(findings(with_auth({{"type", "header"}, {"auth_level", "per_user"}, {"headers", {{"A", "k"}}}})),
              "error: GAIA AI has no credentials for each person\n");
    EXPECT_EQ(findings(with_auth({{"type", "oauth2"}, {"grant_type", "client_credentials"}})),
              "error: GAIA AI has no grant_type, and signs people in\n");
    EXPECT_EQ(findings(with_auth({{"type", "header"}, {"headers", {{"Authorization", "Bearer "}}}})),
              "error: GAIA AI refuses the header \"Authorization\" without a value\n");
    auto twice = world::with_headers();
    twice["additional_headers"] = {{"authorization", "x"}};
    EXPECT_EQ(findings(twice), "error: header \"authorization\" stands twice: GAIA AI has one list of headers\n");
    auto args = world::stdio();
    args["args"] = {"two words"};
    EXPECT_EQ(findings(args), "error: an argument that is no single word: GAIA AI has one text, split at blanks\n");
}

TEST(gaia_check, proxy_rules_are_checked_at_load) {
    auto stdio = world::stdio();
    stdio.erase("x-kedge");
    EXPECT_EQ(findings(stdio), "error: a connection by proxy needs \"x-kedge.gaia.proxy_url\"\n");
    EXPECT_EQ(findings(stdio, false), "warning: a connection by proxy needs \"x-kedge.gaia.proxy_url\"\n"
                                      "warning: \"auth_data\" is sent and not shown again with api: documented\n");
    EXPECT_EQ(findings(with_block({{"connection", "direct"}}, stdio)),
              "error: GAIA AI runs a stdio server through a proxy alone\n");
    EXPECT_EQ(findings(with_block({{"transport", "sse"}, {"proxy_url", "https://p"}}, stdio)),
              "error: a stdio server has no other transport\n");
    EXPECT_EQ(findings(with_block({{"connection", "proxy"}})),
              "error: a connection by proxy needs \"x-kedge.gaia.proxy_url\"\n");
    EXPECT_EQ(findings(with_block({{"connection", "direct"}, {"proxy_url", "https://p"}})),
              "error: \"proxy_url\" is for a connection by proxy\n");
    EXPECT_EQ(findings(with_block({{"proxy_auth_token", "t"}})),
              "error: \"proxy_auth_token\" is for a connection by proxy\n");
}

TEST(gaia_check, its_own_block_is_strict) {
    EXPECT_EQ(findings(with_block(1)), "error: \"x-kedge.gaia\" is no map\n");
    const auto misspelled = check(with_block({{"transprot", "sse"}}));
    ASSERT_EQ(misspelled.size(), 1u);
    EXPECT_EQ(misspelled[0].message, "unknown key \"transprot\" in \"x-kedge.gaia\"");
    EXPECT_EQ(misspelled[0].hint, "is \"transport\" meant?");
    EXPECT_EQ(findings(with_block({{"transport", "stdio"}})),
              "error: \"x-kedge.gaia.transport\" must be http or sse\n");
    EXPECT_EQ(findings(with_block({{"connection", "tunnel"}})),
              "error: \"x-kedge.gaia.connection\" must be direct or proxy\n");
    for (const Json& value : {Json("5"), Json(0), Json(-1), Json(1.5)})
        EXPECT_EQ(findings(with_block({{"request_timeout_ms", value}})),
                  "error: \"x-kedge.gaia.request_timeout_ms\" must be a number of milliseconds\n");
    EXPECT_EQ(findings(with_block({{"proxy_url", ""}})),
              "error: \"x-kedge.gaia.proxy_url\" must be text\nerror: \"proxy_url\" is for a connection by proxy\n");
    EXPECT_EQ(findings(with_block({{"proxy_url", "https://p"}, {"proxy_auth_token", "${env:T}"}})),
              "error: a secret reference in an override would be sent as it is\n");
}

TEST(gaia_check, as_documented_says_what_is_not_shown_again) {
    EXPECT_EQ(findings(world::with_headers(), false),
              "warning: \"auth_data\" is sent and not shown again with api: documented\n"
              "warning: \"additional_headers\" is sent and not shown again with api: documented\n");
    EXPECT_EQ(findings(world::manifest(), false), "");
}

TEST(gaia_description, says_what_the_control_plane_can) {
    const auto dialect = world::dialect();
    const auto& it = dialect->describe();
    EXPECT_TRUE(it.can.list && it.can.list_has_total && it.can.list_rows_complete && it.can.get && it.can.remove);
    EXPECT_FALSE(it.can.names_unique || it.can.tags || it.can.subjects || it.can.rehearse);
    EXPECT_EQ(it.can.clears, "empty value");
    EXPECT_EQ(it.can.replace_fields.size(), 9u);
    EXPECT_TRUE(it.can.write_only.empty());
    EXPECT_EQ(world::dialect(false)->describe().can.write_only.size(), 7u);
    EXPECT_EQ(it.list, (ListShape{"servers", "/name", "/id"}));
}
