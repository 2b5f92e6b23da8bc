// Aeontel: what is published, what is assumed, and both sides of each thing that is not said.
#include "product_world.h"

#include "sandbox/aeontel.h"
#include "sandbox/documents.h"

namespace kedge::sandbox {

namespace {

class AeontelWorld : public Product<Aeontel> {
public:
    using Product::Product;

    Reply create(const std::string& name, const Json& more = Json::object()) {
        Json body = {{"workspaceId", "wsp_a"}, {"name", name}, {"url", "https://" + name + ".example/mcp"}};
        body.update(more);
        return ask("POST", "/api/mcp-servers", body);
    }
    std::string made(const std::string& name, const Json& more = Json::object()) {
        return create(name, more).body.value("id", "");
    }
    Reply patch(const std::string& id, const Json& body) { return ask("PATCH", "/api/mcp-servers/" + id, body); }
    Reply get(const std::string& id) { return ask("GET", "/api/mcp-servers/" + id); }
    Reply list(const std::string& query = "") { return ask("GET", "/api/mcp-servers" + query); }
    std::string names(const std::string& query = "") {
        std::string text;
        const Json body = list(query).body;
        for (const auto& row : body["data"]) text += row["name"].get<std::string>() + " ";
        return text;
    }
};

} // namespace

TEST(Aeontel, a_create_answers_the_whole_object_without_its_secrets) {
    AeontelWorld world;
    const Reply made = world.create("github", {{"authType", "oauth"},
                                               {"apiKey", "k3y"},
                                               {"oauthClientId", "cid"},
                                               {"oauthClientSecret", "s3cret"},
                                               {"headers", {{"X-Team", "core"}}}});
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_TRUE(made.body["id"].get<std::string>().starts_with("mcp_"));
    EXPECT_EQ(made.body["workspaceId"], "wsp_a");
    EXPECT_EQ(made.body["oauthClientId"], "cid");
    EXPECT_EQ(made.body["oauthScopes"], nullptr);
    EXPECT_EQ(made.body["headers"]["X-Team"], "core");
    EXPECT_EQ(made.body["connectorStatus"], nullptr);
    EXPECT_EQ(made.text.find("k3y"), std::string::npos);
    EXPECT_EQ(made.text.find("s3cret"), std::string::npos);
    EXPECT_NE(header(made.headers, "x-request-id"), "");
    EXPECT_EQ(world.get(made.body["id"]).body, made.body);
    world.set("create_status", 200);
    EXPECT_EQ(world.create("plain").status, 200);
    EXPECT_EQ(world.create("plain").body["authType"], "none");
}

TEST(Aeontel, the_key_decides_what_may_be_done) {
    AeontelWorld world;
    const std::string id = world.made("github");
    world.headers.clear();
    EXPECT_EQ(world.get(id).status, 401);
    world.as("nobody");
    EXPECT_EQ(world.create("gitlab").status, 401);
    world.as("reader");
    EXPECT_EQ(world.get(id).status, 200);
    EXPECT_EQ(world.patch(id, {{"name", "x"}}).status, 403);
    EXPECT_EQ(world.ask("DELETE", "/api/mcp-servers/" + id).status, 403);
    world.as("writer");
    world.set("workspaces", "wsp_b, wsp_c");
    EXPECT_EQ(world.create("gitlab").status, 403);
    EXPECT_EQ(world.get(id).status, 404);
    EXPECT_EQ(world.names(), "");
    EXPECT_EQ(world.create("gitlab", {{"workspaceId", "wsp_c"}}).status, 201);
}

TEST(Aeontel, bad_bodies_are_400) {
    AeontelWorld world;
    EXPECT_EQ(world.ask("POST", "/api/mcp-servers", "{").status, 400);
    EXPECT_EQ(world.ask("POST", "/api/mcp-servers", Json::array()).status, 400);
    EXPECT_EQ(world.create("").message(), "name: must not be empty");
    EXPECT_EQ(world.create("a", {{"url", 7}}).message(), "url: a text is wanted");
    EXPECT_EQ(world.create("a", {{"authType", "basic"}}).message(),
              "authType: unknown value (one of none, api_key, oauth)");
    EXPECT_EQ(world.create("a", {{"headers", "x"}}).status, 400);
    EXPECT_EQ(world.create("a", {{"connectorId", "con_none"}}).status, 400);
    EXPECT_EQ(world.create("a", {{"description", "lost"}}).status, 201);
    world.set("unknown_keys", "refuse");
    EXPECT_EQ(world.create("a", {{"description", "told"}}).message(), "description: unknown field");
}

TEST(Aeontel, a_patch_keeps_what_is_absent_and_moves_the_time) {
    AeontelWorld world;
    const Json before = world.create("github", {{"headers", {{"A", "1"}, {"B", "2"}}}}).body;
    const Json after = world.patch(before["id"], {{"url", "https://new.example"}, {"workspaceId", "wsp_z"}}).body;
    EXPECT_EQ(after["url"], "https://new.example");
    EXPECT_EQ(after["workspaceId"], "wsp_a"); // cannot be changed
    EXPECT_EQ(after["headers"], before["headers"]);
    EXPECT_EQ(after["createdAt"], before["createdAt"]);
    EXPECT_GT(after["updatedAt"], before["updatedAt"]);
    EXPECT_EQ(world.patch(before["id"], {{"headers", {{"B", "3"}}}}).body["headers"], Json({{"B", "3"}}));
    world.set("maps", "merge");
    EXPECT_EQ(world.patch(before["id"], {{"headers", {{"C", "4"}}}}).body["headers"], Json({{"B", "3"}, {"C", "4"}}));
    EXPECT_EQ(world.patch("mcp_unknown", {{"name", "x"}}).status, 404);
    EXPECT_EQ(world.patch(before["id"], {{"name", "renamed"}}).body["name"], "renamed");
    EXPECT_EQ(Console(world.plane).manifest("renamed")["name"], "renamed");
}

TEST(Aeontel, null_clears_or_is_ignored_or_is_refused) {
    AeontelWorld world;
    const std::string id = world.made("github", {{"oauthScopes", "a b"}});
    world.set("nulls", "refuse");
    EXPECT_EQ(world.patch(id, {{"oauthScopes", nullptr}}).status, 400);
    world.set("nulls", "keep");
    EXPECT_EQ(world.patch(id, {{"oauthScopes", nullptr}, {"name", nullptr}}).body["oauthScopes"], "a b");
    world.set("nulls", "clear");
    EXPECT_EQ(world.patch(id, {{"name", nullptr}}).status, 400);
    EXPECT_EQ(world.patch(id, {{"oauthScopes", nullptr}}).body["oauthScopes"], nullptr);
}

TEST(Aeontel, another_auth_type_leaves_the_old_fields_or_takes_them_along) {
    AeontelWorld world;
    const Json oauth = {{"authType", "oauth"}, {"oauthClientId", "cid"}, {"oauthClientSecret", "s3cret"}};
    std::string id = world.made("one", oauth);
    EXPECT_EQ(world.patch(id, {{"authType", "api_key"}, {"apiKey", "k"}}).body["oauthClientId"], "cid");
    world.set("auth_switch", "clear");
    id = world.made("two", oauth);
    EXPECT_EQ(world.patch(id, {{"authType", "api_key"}, {"apiKey", "k"}}).body["oauthClientId"], nullptr);
    EXPECT_EQ(Console(world.plane).manifest("two")["apiKey"], "k");
    world.patch(id, {{"authType", "none"}});
    EXPECT_FALSE(Console(world.plane).manifest("two").contains("apiKey"));
}

TEST(Aeontel, cursors_walk_both_ways_and_survive_deletes) {
    AeontelWorld world;
    std::vector<std::string> ids;
    for (const char* name : {"a", "b", "c", "d", "e"}) ids.push_back(world.made(name));
    Json page = world.list("?limit=2").body;
    EXPECT_EQ(page["data"][0]["name"], "e");
    EXPECT_EQ(page["pageInfo"]["total"], 5);
    EXPECT_EQ(page["pageInfo"]["hasNextPage"], true);
    EXPECT_EQ(page["pageInfo"]["hasPreviousPage"], false);
    world.ask("DELETE", "/api/mcp-servers/" + ids[3]); // the row the cursor stands at
    const std::string cursor = page["pageInfo"]["endCursor"];
    EXPECT_EQ(world.names("?limit=2&after=" + cursor), "c b ");
    page = world.list("?limit=2&after=" + cursor).body;
    const std::string last = page["pageInfo"]["endCursor"];
    EXPECT_EQ(world.list("?after=" + last).body["pageInfo"]["hasNextPage"], false);
    EXPECT_EQ(world.names("?after=" + last), "a ");
    EXPECT_EQ(world.names("?limit=2&before=" + last), "e c ");
    EXPECT_EQ(world.list("?after=cur_1").status, 400);
    EXPECT_EQ(world.list("?limit=0").status, 400);
    EXPECT_EQ(world.list("?limit=101").status, 400);
    world.set("list_order", "created_asc");
    EXPECT_EQ(world.names(), "a b c e ");
    EXPECT_EQ(world.names("?ids=" + ids[0] + "," + ids[4]), "a e ");
    EXPECT_EQ(world.names("?name=b"), "b ");
    EXPECT_EQ(world.list("?filter=%7B%7D").status, 400);
}

TEST(Aeontel, lists_are_of_a_workspace_and_names_may_repeat) {
    AeontelWorld world;
    world.made("twin");
    world.made("twin");
    world.made("other", {{"workspaceId", "wsp_b"}});
    EXPECT_EQ(world.names("?workspace_id=wsp_a"), "twin twin ");
    EXPECT_EQ(world.names("?workspace_id=wsp_none"), "");
    const auto problem = Console(world.plane).remove("twin");
    ASSERT_TRUE(problem);
    EXPECT_NE(problem->find("2 bear this name"), std::string::npos);
    const std::string id = world.list("?name=twin").body["data"][0]["id"];
    EXPECT_EQ(Console(world.plane).remove(id), std::nullopt);
    EXPECT_EQ(Console(world.plane).edit("twin", {{"url", "https://hand.example"}}), std::nullopt);
    EXPECT_EQ(world.list("?name=twin").body["data"][0]["url"], "https://hand.example");
}

TEST(Aeontel, deletes_are_soft) {
    AeontelWorld world;
    const std::string id = world.made("github");
    EXPECT_EQ(world.ask("DELETE", "/api/mcp-servers/" + id).status, 204);
    EXPECT_EQ(world.ask("DELETE", "/api/mcp-servers/" + id).status, 404);
    EXPECT_EQ(world.get(id).status, 404);
    EXPECT_EQ(world.patch(id, {{"name", "x"}}).status, 404);
    EXPECT_EQ(world.names(), "");
    EXPECT_EQ(world.names("?include_deleted=only"), "github ");
    world.made("github");
    EXPECT_EQ(world.list("?include_deleted=true").body["data"].size(), 2U);
    world.set("delete_status", 200);
    const std::string other = world.made("other");
    EXPECT_EQ(world.ask("DELETE", "/api/mcp-servers/" + other).body["deleted"], true);
}

TEST(Aeontel, what_is_not_published_can_be_missing) {
    AeontelWorld world;
    const std::string id = world.made("github");
    world.set("api", "published");
    for (const int status : {404, 405}) {
        world.set("unpublished_status", status);
        EXPECT_EQ(world.list().status, status);
        EXPECT_EQ(world.get(id).status, status);
        EXPECT_EQ(world.ask("DELETE", "/api/mcp-servers/" + id).status, status);
    }
    EXPECT_EQ(world.patch(id, {{"name", "still"}}).body["name"], "still");
}

TEST(Aeontel, answers_have_the_shapes_that_a_client_must_bear) {
    AeontelWorld world;
    const std::string id = world.made("github", {{"headers", {{"Authorization", "Bearer t"}}}});
    world.set("omit_empty", true);
    EXPECT_FALSE(world.get(id).body.contains("connectorConfig"));
    world.set("blank_status", "empty");
    EXPECT_EQ(world.get(id).body["connectorStatus"], "");
    world.set("mask_headers", "***");
    EXPECT_EQ(world.get(id).body["headers"]["Authorization"], "***");
    EXPECT_EQ(Console(world.plane).manifest(id)["headers"]["Authorization"], "Bearer t");
    world.set("error_body", "error");
    EXPECT_EQ(world.get("none").body["error"], "MCP server not found");
    world.set("error_body", "nested");
    EXPECT_EQ(world.get("none").body["error"]["message"], "MCP server not found");
    world.set("error_body", "text");
    EXPECT_EQ(world.get("none").text, "MCP server not found");
    EXPECT_EQ(world.ask("PUT", "/api/mcp-servers").status, 405);
    EXPECT_EQ(world.ask("GET", "/api/nothing").status, 404);
}

TEST(Aeontel, connectors_are_listed_and_connecting_is_a_get_that_writes) {
    AeontelWorld world;
    EXPECT_EQ(world.ask("GET", "/api/connectors").body["pageInfo"]["total"], 3);
    const Json page = world.ask("GET", "/api/connectors?limit=1&enabled=true").body;
    EXPECT_EQ(page["pageInfo"]["hasNextPage"], true);
    const std::string next = page["pageInfo"]["endCursor"];
    EXPECT_EQ(world.ask("GET", "/api/connectors?enabled=true&after=" + next).body["data"][0]["slug"], "notes");
    EXPECT_EQ(world.ask("GET", "/api/connectors/github").body["id"], "con_github");
    EXPECT_EQ(world.ask("GET", "/api/connectors/none").status, 404);
    EXPECT_EQ(world.ask("GET", "/api/connectors/github/connect").status, 400);
    const Json pending = world.ask("GET", "/api/connectors/github/connect?workspace_id=wsp_a").body;
    const std::string id = pending["mcpServerId"];
    EXPECT_EQ(world.get(id).body["connectorStatus"], "disconnected");
    EXPECT_EQ(Console(world.plane).edit(id, {{"connectorStatus", "connected"}}), std::nullopt);
    EXPECT_EQ(world.ask("GET", "/api/connectors?workspace_id=wsp_a").body["data"][0]["connectionStatus"], "connected");
    EXPECT_EQ(world.create("own", {{"connectorId", "con_notes"}}).body["connectorStatus"], "disconnected");
}

TEST(Aeontel, faults_strike_and_speak_like_the_product) {
    AeontelWorld world;
    world.fail("POST /api/mcp-servers 429 seconds=3");
    const Reply limited = world.create("github");
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.message(), "Too many requests");
    EXPECT_EQ(header(limited.headers, "Retry-After"), "3");
    world.fail("POST /api/mcp-servers reset-after name=github");
    EXPECT_EQ(world.create("gitlab").status, 201);
    EXPECT_EQ(world.create("github").status, 0);
    EXPECT_EQ(world.names("?name=github"), "github ");
    const std::string id = world.list("?name=github").body["data"][0]["id"];
    world.fail("PATCH /api/mcp-servers/* 500 after=true name=github");
    EXPECT_EQ(world.patch(id, {{"url", "https://moved.example"}}).status, 500);
    EXPECT_EQ(world.get(id).body["url"], "https://moved.example");
    world.fail("GET ** cut-json");
    EXPECT_TRUE(world.list().body.is_discarded());
    EXPECT_EQ(world.plane.ground().audit().counters().faults, 4U);
    EXPECT_EQ(world.plane.ground().audit().counters().by_route.at("PATCH /api/mcp-servers/{id}"), 1U);
}

TEST(Aeontel, the_audit_and_the_admin_port_mask_secrets) {
    AeontelWorld world;
    const std::string id = world.made("github", {{"apiKey", "k3y-value"}, {"headers", {{"X", "h3ader"}}}});
    EXPECT_EQ(world.plane.ground().audit().json(0, 10)[0]["body"]["apiKey"], "(masked)");
    EXPECT_EQ(world.plane.ground().audit().json(0, 10)[0]["body"]["headers"]["X"], "(masked)");
    EXPECT_EQ(world.plane.ground().audit().json(0, 10)[0]["body"]["name"], "github");
    const std::string shown = world.plane.shown(*world.plane.ground().registry().by_id(id)).dump();
    EXPECT_EQ(shown.find("k3y-value"), std::string::npos);
    EXPECT_EQ(shown.find("h3ader"), std::string::npos);
}

TEST(Aeontel, a_person_may_register_what_the_api_would_and_raw_what_it_would_not) {
    AeontelWorld world;
    Console console(world.plane);
    const Json server = {{"workspaceId", "wsp_a"}, {"name", "hand"}, {"url", "https://hand.example"}};
    EXPECT_EQ(console.add(server), std::nullopt);
    EXPECT_EQ(console.add(server), std::nullopt); // names need not be unique
    EXPECT_EQ(world.names(), "hand hand ");
    EXPECT_EQ(console.add({{"name", "no url"}}), "server: workspaceId: required; url: required");
    EXPECT_EQ(console.add({{"name", "no url"}}, true), std::nullopt);
    EXPECT_EQ(world.list("?name=no%20url").body["data"][0]["url"], nullptr);
}

} // namespace kedge::sandbox
