// GAIA AI in both dialects: as measured, and as documented.
#include "product_world.h"

#include "sandbox/gaia.h"

#include <regex>

namespace kedge::sandbox {

namespace {

Json server_body(const std::string& name, const Json& more = Json::object()) {
    Json body = {{"projectId", "p1"},
                 {"name", name},
                 {"transportType", "streamable-http"},
                 {"url", "https://" + name + ".example/mcp"},
                 {"connectionType", "direct"}};
    body.update(more);
    return body;
}

class Built : public Product<Gaia> {
public:
    explicit Built(const GaiaKnobs& knobs = {}) : Product(knobs) { headers = {{"gaia-api-key", "writer"}}; }

    Reply create(const std::string& name, const Json& more = Json::object()) {
        return ask("POST", "/api/v1/mcp", server_body(name, more));
    }
    std::string made(const std::string& name, const Json& more = Json::object()) {
        return create(name, more).body.value("serverId", "");
    }
    Json row(const std::string& id) { return ask("GET", "/api/v1/mcp/" + id).body["server"]; }
    Reply patch(const std::string& id, const Json& body) { return ask("PATCH", "/api/v1/mcp/" + id, body); }
};

class Documented : public Product<Gaia> {
public:
    Documented() { set("dialect", "documented"); }

    Reply create(const std::string& name, const Json& more = Json::object()) {
        Json body = server_body(name, {{"transportType", "http"}});
        body.update(more);
        return ask("POST", "/api/mcp/servers", body);
    }
    Json row(const std::string& id) { return ask("GET", "/api/mcp/servers/" + id).body["server"]; }
};

} // namespace

TEST(GaiaAsBuilt, the_key_stands_in_a_header_of_its_own) {
    Built world;
    world.as("writer");
    Reply refused = world.ask("GET", "/api/v1/mcp?projectId=p1");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.body,
              Json({{"defined", false}, {"code", "UNAUTHORIZED"}, {"status", 401}, {"message", "Missing apikey"}}));
    world.headers = {{"gaia-api-key", "nobody"}};
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp?projectId=p1").message(), "Invalid apikey");
    world.headers = {{"gaia-api-key", "guest"}};
    EXPECT_EQ(world.create("any-key").body["success"], true);
}

TEST(GaiaAsBuilt, a_create_answers_the_id_and_the_row_has_defaults_and_secrets_in_clear) {
    Built world;
    const Reply made = world.create("ev", {{"env", {{"K", "V"}}},
                                           {"oauthClientSecret", "csecret"},
                                           {"customHeaders", {{{"name", "X-A"}, {"value", "v"}, {"enabled", true}}}}});
    ASSERT_EQ(made.status, 200) << made.text;
    EXPECT_EQ(made.body["message"], "MCP server created successfully");
    EXPECT_EQ(made.body.size(), 3U);
    const std::string id = made.body["serverId"];
    EXPECT_TRUE(
        std::regex_match(id, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
    const Json row = world.row(id);
    EXPECT_EQ(row["transportType"], "streamable-http");
    EXPECT_EQ(row["status"], "connecting");
    EXPECT_EQ(row["requestTimeout"], 30000);
    EXPECT_EQ(row["maxTotalTimeout"], 60000);
    EXPECT_EQ(row["proxyAuthHeader"], "Authorization");
    EXPECT_EQ(row["description"], nullptr);
    EXPECT_EQ(row["env"]["K"], "V");
    EXPECT_EQ(row["oauthClientSecret"], "csecret");
    EXPECT_EQ(row["customHeaders"], Json({{{"name", "X-A"}, {"value", "v"}, {"enabled", true}}}));
    EXPECT_TRUE(row["createdAt"].get<std::string>().ends_with(".000Z"));
    const Json list = world.ask("GET", "/api/v1/mcp?projectId=p1&limit=1&page=7").body;
    EXPECT_EQ(list["servers"], Json::array({row}));
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp?projectId=none").body["servers"], Json::array());
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp").status, 400);
}

TEST(GaiaAsBuilt, bad_shapes_are_400_with_issues) {
    Built world;
    const Reply http = world.create("a", {{"transportType", "http"}});
    EXPECT_EQ(http.status, 400);
    EXPECT_EQ(http.body["data"]["issues"][0]["values"], Json({"stdio", "sse", "streamable-http"}));
    EXPECT_EQ(world.create("a", {{"description", nullptr}}).status, 400);
    EXPECT_EQ(world.create("a", {{"customHeaders", {{{"name", "X"}, {"value", "v"}}}}}).status, 400);
    EXPECT_EQ(world.create("a", {{"customHeaders", {{{"key", "X"}, {"value", "v"}}}}}).status, 400);
    EXPECT_EQ(world.create("").status, 400);
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp", "{nonsense").message().substr(0, 17), "Malformed request");
    HttpRequest untyped{"POST", "/api/v1/mcp", world.headers, server_body("a").dump()};
    EXPECT_EQ(world.plane.serve(untyped).response.status, 400);
    EXPECT_EQ(world.create("a", {{"description", ""}}).body["success"], true);
}

TEST(GaiaAsBuilt, broken_rules_are_200_without_success) {
    Built world;
    const auto told = [&](const Json& more) {
        const Reply reply = world.create("a", more);
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(reply.body["success"], false);
        return reply.message();
    };
    EXPECT_NE(told({{"connectionType", "proxy"}}).find("Proxy URL"), std::string::npos);
    EXPECT_NE(told({{"url", ""}, {"connectionType", "proxy"}}).find(", "), std::string::npos); // joined by a comma
    EXPECT_NE(told({{"transportType", "stdio"}}).find("Command"), std::string::npos);
    EXPECT_NE(told({{"transportType", "stdio"}, {"command", "npx"}}).find("Direct"), std::string::npos);
    EXPECT_NE(told({{"customHeaders", {{{"name", " "}, {"value", "v"}, {"enabled", true}}}}}), "");
    const Json bearer = {{{"name", "Authorization"}, {"value", "Bearer "}, {"enabled", true}}};
    EXPECT_NE(told({{"customHeaders", bearer}}), "");
    world.set("projects", "p2,p3");
    EXPECT_EQ(told(Json::object()), "FOREIGN KEY constraint failed");
    world.set("projects", "p1");
    EXPECT_EQ(world.create("a", {{"url", "not a url"}}).body["success"], true);
    EXPECT_EQ(world.create("a", {{"connectionType", "proxy"}, {"proxyUrl", "https://p.example"}}).body["success"],
              true);
}

TEST(GaiaAsBuilt, an_update_drops_what_it_cannot_change_and_needs_one_key_that_it_can) {
    Built world;
    const std::string id = world.made("ev");
    const Json before = world.row(id);
    EXPECT_EQ(world.patch(id, {{"name", "mix"}, {"transportType", "sse"}, {"requestTimeout", 5}}).body["success"],
              true);
    EXPECT_EQ(world.row(id)["name"], "mix");
    EXPECT_EQ(world.row(id)["transportType"], before["transportType"]);
    EXPECT_EQ(world.row(id)["requestTimeout"], 30000);
    const Json nothing = {{"success", false}, {"message", "No values to set"}};
    EXPECT_EQ(world.patch(id, Json::object()).body, nothing);
    EXPECT_EQ(world.patch(id, {{"transportType", "sse"}}).body, nothing);
    EXPECT_EQ(world.patch(id, {{"transportType", "sse"}}).status, 200);
    HttpRequest untyped{"PATCH", "/api/v1/mcp/" + id, world.headers, R"({"name":"x"})"};
    EXPECT_EQ(Json::parse(world.plane.serve(untyped).response.body), nothing);
    EXPECT_EQ(world.patch(id, {{"description", nullptr}}).status, 400);
    EXPECT_EQ(world.patch(id, {{"description", ""}}).body["success"], true);
    EXPECT_EQ(world.patch(id, {{"id", "other"}, {"status", "connected"}}).body["success"], true);
    EXPECT_EQ(world.row(id)["status"], "connected");
    EXPECT_EQ(world.patch(id, {{"url", ""}}).body["success"], true); // rules of a create are not looked at again
}

TEST(GaiaAsBuilt, unknown_ids_are_told_with_status_200_and_writes_to_them_succeed) {
    Built world;
    const Reply got = world.ask("GET", "/api/v1/mcp/none");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, Json({{"success", false}, {"message", "MCP server not found"}}));
    EXPECT_EQ(world.patch("none", {{"name", "x"}}).body, Json({{"success", true}}));
    EXPECT_EQ(world.ask("DELETE", "/api/v1/mcp/none").body, Json({{"success", true}}));
    world.set("unknown_id", "missing");
    EXPECT_EQ(world.ask("DELETE", "/api/v1/mcp/none").body["success"], false);
    const std::string id = world.made("ev");
    EXPECT_EQ(world.ask("DELETE", "/api/v1/mcp/" + id).body["success"], true);
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp/" + id).body["success"], false);
}

TEST(GaiaAsBuilt, other_paths_are_404_in_two_shapes) {
    Built world;
    EXPECT_EQ(world.ask("GET", "/api/v1/nosuch").body,
              Json({{"error", "Route not found"}, {"path", "/api/v1/nosuch"}}));
    EXPECT_EQ(world.ask("PUT", "/api/v1/mcp/x").status, 404);
    const Reply page = world.ask("GET", "/api/mcp/servers?projectId=p1");
    EXPECT_EQ(page.status, 404);
    EXPECT_TRUE(page.body.is_discarded());
}

TEST(GaiaAsBuilt, times_are_whole_seconds) {
    std::int64_t now = 1'772'366'400'000;
    PlaneOptions options;
    options.now_ms = [&now] { return now; };
    Gaia plane({}, options);
    Console(plane).add(server_body("ev"));
    const Server& server = *plane.ground().registry().in_order().front();
    const Json first = plane.shown(server)["updatedAt"];
    now += 900;
    Console(plane).edit("ev", {{"description", "d"}});
    EXPECT_EQ(plane.shown(server)["updatedAt"], first);
    now += 100;
    Console(plane).edit("ev", {{"description", "e"}});
    EXPECT_GT(plane.shown(server)["updatedAt"], first);
}

TEST(GaiaAsBuilt, calls_that_reach_out_follow_the_knobs_and_validate_stores_nothing) {
    Built world;
    world.set("unreachable", "https://dead.*");
    world.set("timing_out", "https://late.*");
    world.set("asking_auth", "https://shy.*");
    const auto validate = [&](const std::string& name) {
        return world.ask("POST", "/api/v1/mcp/validate", server_body(name)).body;
    };
    EXPECT_EQ(validate("ev")["valid"], true);
    EXPECT_EQ(validate("dead"), Json({{"valid", false}, {"message", "fetch failed"}, {"status", "error"}}));
    EXPECT_EQ(validate("late")["status"], "error");
    EXPECT_EQ(world.plane.ground().registry().in_order().size(), 0U);
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp/detect-transport", {{"url", "https://ev.example"}}).body["recommended"],
              "streamable-http");
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp/detect-auth", {{"url", "https://shy.example"}}).body["authType"],
              "bearer");
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp/detect-auth", Json::object()).status, 400);
    const std::string id = world.made("ev");
    const std::string dead = world.made("dead");
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp/" + id + "/connect").body["success"], true);
    EXPECT_EQ(world.row(id)["status"], "connected");
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp/" + id + "/connect").message(), "Already connected");
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp/" + dead + "/connect").body["success"], false);
    EXPECT_EQ(world.row(dead)["lastError"], "fetch failed");
    EXPECT_EQ(world.ask("POST", "/api/v1/mcp/" + id + "/disconnect").body["success"], true);
    EXPECT_EQ(world.row(id)["status"], "disconnected");
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp/" + id + "/tools").body["tools"].size(), 2U);
    EXPECT_EQ(world.row(id)["status"], "connected"); // a read that connects
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp/" + id + "/prompts").body["success"], true);
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp/" + dead + "/resources").body["success"], false);
    const std::string read = "/api/v1/mcp/" + id + "/resources/read";
    EXPECT_EQ(world.ask("POST", read, {{"uri", "file:///readme"}}).body["success"], true);
    EXPECT_EQ(world.ask("POST", read, {{"uri", "file:///none"}}).body["success"], false);
}

TEST(GaiaDocumented, paths_auth_and_errors_are_those_of_the_documentation) {
    Documented world;
    const Reply made = world.create("ev", {{"connectionType", "proxy"}}); // the page's own example
    ASSERT_EQ(made.status, 200) << made.text;
    const std::string id = made.body["serverId"];
    EXPECT_TRUE(id.starts_with("mcp_"));
    EXPECT_EQ(world.row(id)["transportType"], "http");
    EXPECT_EQ(world.create("ev", {{"transportType", "streamable-http"}}).status, 400);
    EXPECT_EQ(world.create("ev", {{"url", ""}}).status, 400);
    EXPECT_EQ(world.ask("GET", "/api/mcp/servers/none").status, 404);
    EXPECT_EQ(world.ask("PATCH", "/api/mcp/servers/none", {{"name", "x"}}).status, 404);
    EXPECT_EQ(world.ask("DELETE", "/api/mcp/servers/none").body["success"], false);
    EXPECT_EQ(world.ask("PATCH", "/api/mcp/servers/" + id, {{"transportType", "sse"}}).body["success"], true);
    EXPECT_EQ(world.row(id)["transportType"], "http");
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp?projectId=p1").status, 404);
    world.set("documented_base", "/api/v1");
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp/servers/" + id).status, 200);
    EXPECT_EQ(world.ask("GET", "/api/mcp/servers/" + id).status, 404);
    world.headers = {{"gaia-api-key", "writer"}};
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp/servers/" + id).status, 401);
}

TEST(GaiaDocumented, secrets_are_withheld_and_lists_are_short_unless_a_knob_says_otherwise) {
    Documented world;
    const Json headers = {{{"key", "X-A"}, {"value", "h3ader"}}};
    const std::string id =
        world.create("ev", {{"customHeaders", headers}, {"proxyAuthToken", "t0ken"}}).body["serverId"];
    EXPECT_FALSE(world.row(id).contains("customHeaders"));
    EXPECT_FALSE(world.row(id).contains("proxyAuthToken"));
    EXPECT_EQ(world.row(id)["requestTimeout"], 30000);
    const auto listed = [&] { return world.ask("GET", "/api/mcp/servers?projectId=p1").body["servers"][0]; };
    EXPECT_FALSE(listed().contains("requestTimeout"));
    world.set("documented_list", "full");
    EXPECT_TRUE(listed().contains("requestTimeout"));
    world.set("secrets", "echoed");
    EXPECT_EQ(world.row(id)["customHeaders"], headers);
    EXPECT_EQ(world.row(id)["proxyAuthToken"], "t0ken");
    world.set("dialect", "as_built"); // the same row in the other dialect
    world.headers = {{"gaia-api-key", "writer"}};
    const Json row = world.ask("GET", "/api/v1/mcp/" + id).body["server"];
    EXPECT_EQ(row["transportType"], "streamable-http");
    EXPECT_EQ(row["customHeaders"][0]["name"], "X-A");
}

TEST(GaiaDocumented, actions_take_the_id_in_body_or_query) {
    Documented world;
    world.set("timing_out", "https://late.*");
    const std::string id = world.create("ev").body["serverId"];
    EXPECT_EQ(world.ask("POST", "/api/mcp/connect", {{"id", id}}).body["success"], true);
    EXPECT_EQ(world.row(id)["status"], "connected");
    EXPECT_EQ(world.ask("POST", "/api/mcp/connect", {{"id", "none"}}).status, 404);
    EXPECT_EQ(world.ask("GET", "/api/mcp/tools?id=" + id).body["tools"].size(), 2U);
    EXPECT_EQ(world.ask("GET", "/api/mcp/resource?id=" + id + "&uri=file:///readme").status, 200);
    EXPECT_EQ(world.ask("POST", "/api/mcp/disconnect", {{"id", id}}).body["success"], true);
    const Json late = server_body("late", {{"transportType", "http"}});
    EXPECT_EQ(world.ask("POST", "/api/mcp/validate", late).body["status"], "timeout");
}

TEST(Gaia, people_and_faults_work_as_everywhere) {
    Built world;
    Console console(world.plane);
    EXPECT_EQ(console.add(server_body("twin")), std::nullopt);
    EXPECT_EQ(console.add(server_body("twin")), std::nullopt);
    EXPECT_NE(console.edit("twin", {{"url", "x"}}), std::nullopt);
    EXPECT_NE(console.add({{"name", "incomplete"}}), std::nullopt);
    const std::string id = world.ask("GET", "/api/v1/mcp?projectId=p1").body["servers"][0]["id"];
    EXPECT_EQ(console.edit(id, {{"description", nullptr}, {"url", "https://hand.example"}}), std::nullopt);
    EXPECT_EQ(world.row(id)["url"], "https://hand.example");
    world.fail("POST /api/v1/mcp reset-after");
    EXPECT_EQ(world.create("lost").status, 0);
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp?projectId=p1").body["servers"].size(), 3U);
    world.fail("GET ** 500");
    EXPECT_EQ(world.ask("GET", "/api/v1/mcp?projectId=p1").body["code"], "INTERNAL_SERVER_ERROR");
}

} // namespace kedge::sandbox
