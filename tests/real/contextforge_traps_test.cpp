// What ContextForge does to whoever trusts it, as docs/providers/contextforge.md lists it: mostly without kedge, so
// that a release that behaves otherwise is noticed.
#include "tests/real/forge.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

const std::string gateways = "/v1/gateways";

class contextforge_traps : public ::testing::Test {
protected:
    void SetUp() override { forge.clear(); }
    void TearDown() override {
        tell_open("/_up");
        forge.clear();
    }

    static Json body(const std::string& name, const Json& more = Json::object()) {
        Json it{{"name", name}, {"url", mcp("OPEN", name)}, {"transport", "STREAMABLEHTTP"}};
        it.update(more);
        return it;
    }
    HttpResponse post(const std::string& name, const Json& more = Json::object()) {
        return forge.raw("POST", gateways, body(name, more));
    }
    std::string made(const std::string& name, const Json& more = Json::object()) {
        const auto answer = post(name, more);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return parse_json(answer.body).value("id", "");
    }
    HttpResponse put(const std::string& id, const Json& what) { return forge.raw("PUT", gateways + "/" + id, what); }
    Json row(const std::string& id) { return parse_json(forge.raw("GET", gateways + "/" + id).body); }
    std::size_t count(const std::string& query) {
        const auto all = parse_json(forge.raw("GET", gateways + query).body);
        return all.is_array() ? all.size() : all["gateways"].size();
    }
    // To the MCP server itself.
    void tell_open(const std::string& path) {
        BeastClientOptions options;
        options.base_url = "http://127.0.0.1:" + setting("MCP_OPEN_PORT");
        BeastClient client(options);
        HttpRequest request;
        request.method = "GET";
        request.target = path;
        EXPECT_EQ(run_to_end(forge.loop(), client.send(std::move(request))).response.status, 200);
    }

    Forge forge{"SYNC"};
};

} // namespace

TEST_F(contextforge_traps, a_mask_cannot_bring_back_a_credential_that_was_wiped) {
    const Json bearer{{"auth_type", "bearer"}, {"auth_token", "hush"}};
    const Json mask{{"auth_type", "bearer"}, {"auth_token", "*****"}};
    const auto id = made("wiped", bearer);
    EXPECT_EQ(put(id, mask).status, 200);
    EXPECT_EQ(row(id)["authValue"], "*****") << "as long as there is one, the mask keeps it";
    EXPECT_EQ(put(id, {{"description", "x"}}).status, 200);
    EXPECT_EQ(put(id, mask).status, 200);
    EXPECT_EQ(row(id)["authType"], "bearer");
    EXPECT_TRUE(row(id)["authValue"].is_null());
}

TEST_F(contextforge_traps, a_failure_of_the_server_is_swallowed_unless_the_connection_changed) {
    const auto id = made("moody");
    tell_open("/_down");
    EXPECT_EQ(put(id, {{"description", "x"}}).status, 200);
    EXPECT_EQ(row(id)["description"], "x");
    // "none" for a gateway that has none counts as a change, and so does "".
    for (const char* none : {"none", ""})
        EXPECT_EQ(put(id, {{"description", "y"}, {"auth_type", none}}).status, 502) << none;
    EXPECT_EQ(put(id, {{"description", "y"}, {"url", mcp("OPEN", "other")}}).status, 502);
    EXPECT_EQ(row(id)["description"], "x") << "and then nothing is stored";
    // So kedge does not send it.
    auto document = manifest("moody", mcp("OPEN", "moody"));
    document["description"] = "z";
    EXPECT_EQ(as<Done>(forge.perform(operation(OperationKind::update, document, id))).document->document["description"],
              "z");
}

TEST_F(contextforge_traps, a_state_is_switched_by_id_alone_and_does_not_move_the_version) {
    const auto id = made("switched");
    const auto before = row(id);
    EXPECT_EQ(forge.raw("POST", gateways + "/switched/state?activate=false").status, 400);
    EXPECT_EQ(forge.raw("GET", gateways + "/switched").status, 200);
    EXPECT_EQ(forge.raw("POST", gateways + "/" + id + "/state?activate=false").status, 200);
    const auto after = row(id);
    EXPECT_EQ(after["enabled"], false);
    EXPECT_EQ(after["version"], before["version"]);
    EXPECT_NE(after["updatedAt"], before["updatedAt"]);
}

TEST_F(contextforge_traps, a_slug_is_as_good_as_a_name_for_a_get) {
    const auto id = made("Two Words");
    EXPECT_EQ(row("two-words")["id"], id);
    EXPECT_EQ(row("Two%20Words")["id"], id);
}

TEST_F(contextforge_traps, what_a_put_ignores_it_ignores_with_200) {
    const auto id = made("ignored");
    EXPECT_EQ(put(id, {{"enabled", false}, {"version", 99}, {"owner_email", "other@example.com"}}).status, 200);
    EXPECT_EQ(row(id)["enabled"], true);
    EXPECT_EQ(row(id)["version"], 2);
    EXPECT_EQ(row(id)["ownerEmail"], "admin@example.com");
    HttpRequest request;
    request.method = "PUT";
    request.target = gateways + "/" + id;
    request.headers = {{"Content-Type", "application/json"}, {"If-Match", "\"1\""}};
    request.body = R"({"description": "x"})";
    EXPECT_EQ(run_to_end(forge.loop(), forge.http().send(std::move(request))).response.status, 200);
    EXPECT_EQ(row(id)["version"], 3);
    EXPECT_EQ(forge.raw("PATCH", gateways + "/" + id, {{"description", "y"}}).status, 405);
}

TEST_F(contextforge_traps, a_list_shows_less_than_there_is_unless_it_is_told_otherwise) {
    for (int i = 0; i < 51; ++i) made("n" + std::to_string(i));
    EXPECT_EQ(count("?include_inactive=true"), 50U) << "without a sign that there are more";
    EXPECT_EQ(count("?include_inactive=true&limit=0"), 51U);
    EXPECT_EQ(count("?include_inactive=true&limit=0&tags=nobody-has-it"), 51U);
    forge.raw("POST", gateways + "/" + row("n7")["id"].get<std::string>() + "/state?activate=false");
    EXPECT_EQ(count("?limit=0"), 50U);
}

TEST_F(contextforge_traps, what_it_does_not_take_it_does_not_always_say) {
    const auto id = made("taken", {{"bogus", 1}});
    EXPECT_EQ(put(id, {{"refresh_interval_seconds", 120}}).status, 200);
    EXPECT_TRUE(row(id)["refreshIntervalSeconds"].is_null());
    EXPECT_EQ(put(id, {{"gateway_mode", "direct_proxy"}}).status, 500);
    for (const char* transport : {"http", "streamable-http"})
        EXPECT_EQ(post("other", {{"transport", transport}}).status, 422) << transport;
    EXPECT_EQ(
        post("other", {{"auth_type", "query_param"}, {"auth_query_param_key", "k"}, {"auth_query_param_value", "v"}})
            .status,
        422);
    // Without a transport it is SSE.
    const Json sse{{"name", "sse"}, {"url", "http://127.0.0.1:" + setting("MCP_SSE_PORT") + "/sse"}};
    EXPECT_EQ(forge.raw("POST", gateways, sse).status, 200);
    EXPECT_EQ(row("sse")["transport"], "SSE");
}

TEST_F(contextforge_traps, a_put_trims_no_description_and_a_post_does) {
    const auto id = made("padded", {{"description", "  padded  "}});
    EXPECT_EQ(row(id)["description"], "padded");
    EXPECT_EQ(put(id, {{"description", "  padded  "}}).status, 200);
    EXPECT_EQ(row(id)["description"].get<std::string>().substr(0, 8), "  padded");
}

TEST_F(contextforge_traps, a_dead_token_url_is_a_502_of_another_kind) {
    const Json config{{"grant_type", "client_credentials"},
                      {"client_id", "c"},
                      {"client_secret", "s"},
                      {"token_url", "http://127.0.0.1:9/token"}};
    const auto answer = post("oauth", {{"auth_type", "oauth"}, {"oauth_config", config}});
    EXPECT_EQ(answer.status, 502);
    EXPECT_NE(answer.body.find("OAuth authentication failed"), std::string::npos) << answer.body;
    const auto document = manifest("oauth", mcp("OPEN"),
                                   {{"auth_data",
                                     {{"type", "oauth2"},
                                      {"grant_type", "client_credentials"},
                                      {"client_id", "c"},
                                      {"client_secret", "s"},
                                      {"token_url", "http://127.0.0.1:9/token"}}}});
    EXPECT_FALSE(as<Blocked>(forge.perform(operation(OperationKind::create, document))).condition.reachable);
    EXPECT_TRUE(forge.list().empty());
}

TEST_F(contextforge_traps, an_import_that_is_tried_says_the_same_of_everything) {
    made("one");
    const Json dead{{"name", "dead"}, {"url", "http://127.0.0.1:9/mcp"}, {"transport", "STREAMABLEHTTP"}};
    const Json data{{"version", "2025-03-26"},
                    {"exported_at", "2026-01-01T00:00:00Z"},
                    {"exported_by", "x"},
                    {"entities", {{"gateways", {body("one"), dead}}}},
                    {"metadata", {{"entity_counts", {{"gateways", 2}}}}}};
    const auto answer = forge.raw("POST", "/v1/import", {{"import_data", data}, {"dry_run", true}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(parse_json(answer.body)["warnings"], (Json{"Would import gateway: one", "Would import gateway: dead"}));
}

// A token of no team registers for a team that is none: taken, not unique, and not to be changed by whoever says
// "team".
TEST_F(contextforge_traps, team_without_a_team_is_taken_by_a_post_and_a_500_for_a_put) {
    const auto id = made("lonely", {{"visibility", "team"}});
    EXPECT_TRUE(row(id)["teamId"].is_null());
    EXPECT_EQ(put(id, {{"description", "x"}, {"visibility", "team"}}).status, 500);
    EXPECT_EQ(post("lonely", {{"visibility", "team"}, {"url", mcp("OPEN", "2")}}).status, 200);
}

TEST_F(contextforge_traps, a_token_of_a_team_looks_after_what_is_the_teams) {
    const auto team = parse_json(forge.raw("POST", "/v1/teams/", {{"name", "core"}, {"visibility", "private"}}).body);
    const auto id = team.at("id").get<std::string>();
    const auto token = parse_json(
        forge.raw("POST", "/v1/tokens", {{"name", "of " + id}, {"team_id", id}, {"expires_in_days", 1}}).body);
    ContextForgeOptions options;
    options.visibility = "team";
    Forge ours("SYNC", options, token.at("access_token").get<std::string>());
    made("public one");
    auto desired = manifest("ours", mcp("OPEN", "team"));
    const auto done = as<Done>(ours.perform(operation(OperationKind::create, desired)));
    const auto made_id = done.document->remote_id;
    EXPECT_EQ(row(made_id)["teamId"], id);
    EXPECT_EQ(ours.list(), std::vector<std::string>{"ours"});
    EXPECT_EQ(ours.canonical(hidden(desired)), ours.canonical(done.document->document));
    desired["description"] = "changed";
    const auto updated = as<Done>(ours.perform(operation(OperationKind::update, desired, made_id)));
    EXPECT_EQ(ours.canonical(hidden(desired)), ours.canonical(updated.document->document));
    EXPECT_EQ(as<Refused>(ours.perform(operation(OperationKind::create, manifest("Ours", mcp("OPEN", "2"))))).theirs,
              "Gateway name already exists");
    as<Done>(ours.perform(looking(OperationKind::remove, "ours", made_id)));
    EXPECT_TRUE(ours.list().empty());
    forge.raw("DELETE", "/v1/teams/" + id);
}
