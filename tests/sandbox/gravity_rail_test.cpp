// Gravity Rail: the fourteen published operations, states, scopes and visibility, and both sides of what is not said.
#include "product_world.h"

#include "sandbox/gravity_rail.h"

namespace kedge::sandbox {

namespace {

const std::string workspace = "11111111-2222-4333-8444-555555555555";
const std::string base = "/api/v2/w/" + workspace + "/mcp-servers";

class RailWorld : public Product<GravityRail> {
public:
    explicit RailWorld(const GravityRailKnobs& knobs = {}) : Product(knobs) { as("admin"); }

    std::string made(const std::string& name, const Json& more = Json::object()) {
        Json document = {{"workspace", workspace}, {"name", name}, {"url", "https://" + name + ".example/mcp"}};
        document.update(more);
        EXPECT_EQ(Console(plane).add(document), std::nullopt);
        return plane.ground().registry().in_order().back()->id;
    }
    Json row(const std::string& id) { return ask("GET", base + "/" + id).body; }
    Reply act(const std::string& id, const std::string& verb) { return ask("POST", base + "/" + id + "/" + verb); }
    std::string names(const std::string& query = "") {
        std::string text;
        const Json body = ask("GET", base + query).body;
        for (const auto& item : body) text += item["name"].get<std::string>() + " ";
        return text;
    }
    std::string state(const std::string& id) {
        const Json now = row(id);
        return now["state"].get<std::string>() + (now["enabled"] == true ? " on" : " off");
    }
};

} // namespace

TEST(GravityRail, a_key_has_scopes) {
    RailWorld world;
    const std::string id = world.made("github");
    world.headers.clear();
    EXPECT_EQ(world.ask("GET", base).status, 401);
    EXPECT_TRUE(world.ask("GET", base).body["detail"].is_string());
    world.as("reader");
    EXPECT_EQ(world.ask("GET", base).status, 200);
    EXPECT_EQ(world.act(id, "enable").body["detail"], "Missing scope: apps:write");
    EXPECT_EQ(world.act(id, "test").status, 200); // reading is enough, though it changes
    world.as("writer");
    EXPECT_EQ(world.act(id, "disable").status, 200);
    const Reply refused = world.ask("DELETE", base + "/" + id);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.body["detail"], "Missing scope: apps:admin");
    world.as("admin");
    EXPECT_TRUE(world.ask("DELETE", base + "/" + id).body.is_object());
    EXPECT_EQ(world.ask("DELETE", base + "/" + id).status, 404);
    world.set("delete_twice", "done");
    EXPECT_EQ(world.ask("DELETE", base + "/" + id).status, 200);
}

TEST(GravityRail, enable_follows_the_table_of_states) {
    RailWorld world;
    const std::string plain = world.made("plain");
    EXPECT_EQ(world.state(plain), "REGISTER off");
    EXPECT_EQ(world.act(plain, "enable").body["state"], "READY");
    EXPECT_EQ(world.state(plain), "READY on");
    const Json before = world.row(plain);
    EXPECT_EQ(world.act(plain, "enable").body, before); // nothing to do, nothing moves
    EXPECT_EQ(world.act(plain, "disable").body["enabled"], false);
    EXPECT_EQ(world.state(plain), "READY off");
    world.act(plain, "enable");
    EXPECT_EQ(world.state(plain), "READY on");
    const std::string oauth = world.made("oauth", {{"authType", "oauth"}});
    EXPECT_EQ(world.act(oauth, "enable").status, 200);
    EXPECT_EQ(world.state(oauth), "AUTHORIZE off");
    EXPECT_EQ(world.act(oauth, "enable").status, 400);
    EXPECT_TRUE(world.act(oauth, "enable").body["detail"].is_string());
    world.set("authorize_detail", "object");
    world.set("authorize_status", 403);
    const Reply person = world.act(oauth, "enable");
    EXPECT_EQ(person.status, 403);
    EXPECT_NE(person.body["detail"]["authorizeUrl"].get<std::string>().find("/oauth/authorize"), std::string::npos);
    EXPECT_EQ(Console(world.plane).edit(oauth, {{"state", "READY"}, {"enabled", true}}), std::nullopt);
    EXPECT_EQ(world.state(oauth), "READY on");
    world.set("unreachable", "https://dead.*");
    world.set("wanting_oauth", "https://surprise.*");
    const std::string dead = world.made("dead");
    EXPECT_EQ(world.act(dead, "enable").status, 400);
    EXPECT_EQ(world.state(dead), "REGISTER off");
    const std::string surprise = world.made("surprise");
    EXPECT_EQ(world.act(surprise, "enable").body["authType"], "oauth");
    EXPECT_EQ(world.state(surprise), "AUTHORIZE off");
    world.set("authorize_word", "AUTH");
    world.set("state_case", "lower");
    EXPECT_EQ(world.state(surprise), "auth off");
}

TEST(GravityRail, disable_may_take_the_registration_along) {
    RailWorld world;
    const std::string id =
        world.made("oauth", {{"authType", "oauth"}, {"state", "READY"}, {"enabled", true}, {"clientId", "c"}});
    AuthRecord ann;
    ann.subject_id = "ann";
    ann.source = "oauth";
    ASSERT_EQ(Console(world.plane).connect(id, ann), std::nullopt);
    EXPECT_EQ(world.ask("GET", base + "/" + id + "/members").body[0]["memberId"], "ann");
    world.act(id, "disable");
    EXPECT_EQ(world.state(id), "READY off");
    EXPECT_EQ(world.ask("POST", base + "/" + id + "/disable?clear_registration=maybe").status, 422);
    EXPECT_EQ(world.ask("POST", base + "/" + id + "/disable?clear_registration=true").body["state"], "REGISTER");
    EXPECT_EQ(world.ask("GET", base + "/" + id + "/members").body, Json::array());
    EXPECT_FALSE(Console(world.plane).manifest(id).contains("clientId"));
    world.set("clear_registration_in", "body");
    ASSERT_EQ(Console(world.plane).edit(id, {{"state", "READY"}}), std::nullopt);
    world.ask("POST", base + "/" + id + "/disable?clear_registration=true");
    EXPECT_EQ(world.state(id), "READY off");
    world.ask("POST", base + "/" + id + "/disable", {{"clear_registration", true}});
    EXPECT_EQ(world.state(id), "REGISTER off");
}

TEST(GravityRail, a_successful_test_enables) {
    RailWorld world;
    const std::string id = world.made("plain");
    EXPECT_EQ(world.act(id, "test").body["success"], true);
    EXPECT_EQ(world.state(id), "READY on");
    const std::string oauth = world.made("oauth", {{"authType", "oauth"}});
    EXPECT_EQ(world.act(oauth, "test").body["success"], false);
    EXPECT_EQ(world.state(oauth), "REGISTER off");
}

TEST(GravityRail, a_list_shows_what_the_member_sees) {
    RailWorld world;
    world.made("b");
    const std::string hidden = world.made("a", {{"visibleTo", {"writer@acme.example", "guest@acme.example"}}});
    EXPECT_EQ(world.names(), "b ");
    EXPECT_EQ(world.ask("GET", base + "/" + hidden).status, 404);
    world.set("get_visibility", "all");
    EXPECT_EQ(world.ask("GET", base + "/" + hidden).status, 200);
    EXPECT_EQ(world.ask("DELETE", base + "/" + hidden).status, 404);
    world.as("writer");
    EXPECT_EQ(world.names("?sortBy=name"), "a b ");
    EXPECT_EQ(world.names("?sortBy=name&sortOrder=desc"), "b a ");
    world.as("guest");
    EXPECT_EQ(world.names(), "a ");
    world.set("list_shape", "items");
    EXPECT_EQ(world.ask("GET", base).body["items"].size(), 1U);
    const std::string other = "/api/v2/w/99999999-2222-4333-8444-555555555555/mcp-servers";
    EXPECT_EQ(world.ask("GET", other).body["items"].size(), 0U);
}

TEST(GravityRail, bad_input_is_422_and_foreign_workspaces_403) {
    RailWorld world;
    const std::string id = world.made("a");
    EXPECT_EQ(world.ask("GET", "/api/v2/w/none/mcp-servers").status, 422);
    EXPECT_EQ(world.ask("GET", base + "/abc").status, 422);
    EXPECT_EQ(world.ask("GET", base + "?sortBy=size").status, 422);
    EXPECT_EQ(world.ask("GET", base + "?sortOrder=up").status, 422);
    EXPECT_EQ(world.ask("GET", base + "/424242").status, 404);
    EXPECT_TRUE(world.row(id)["id"].is_number_integer());
    world.set("workspaces", "99999999-2222-4333-8444-555555555555");
    EXPECT_EQ(world.ask("GET", base).status, 403);
    EXPECT_EQ(world.ask("GET", base + "/" + id).status, 403);
}

TEST(GravityRail, create_and_update_are_absent_until_switched_on) {
    RailWorld world;
    const std::string id = world.made("a");
    const Json body = {{"name", "new"}, {"url", "https://new.example"}, {"clientSecret", "s3cret"}};
    EXPECT_EQ(world.ask("POST", base, body).status, 405);
    EXPECT_EQ(world.ask("PATCH", base + "/" + id, body).status, 405);
    world.set("missing_status", 404);
    EXPECT_EQ(world.ask("POST", base, body).status, 404);
    world.set("writes", true);
    const Reply made = world.ask("POST", base, body);
    ASSERT_EQ(made.status, 200) << made.text;
    EXPECT_EQ(made.text.find("s3cret"), std::string::npos);
    EXPECT_EQ(made.body["state"], "REGISTER");
    EXPECT_EQ(world.ask("POST", base, {{"name", "x"}}).status, 422);
    EXPECT_EQ(world.ask("PATCH", base + "/" + id, {{"url", "https://moved.example"}}).body["url"],
              "https://moved.example");
    EXPECT_EQ(world.ask("PATCH", base + "/" + id, {{"url", 7}}).status, 422);
    world.as("reader");
    EXPECT_EQ(world.ask("POST", base, body).status, 403);
}

TEST(GravityRail, what_is_fetched_live_asks_the_member_to_sign_in_with_an_object) {
    RailWorld world;
    const std::string oauth = world.made("oauth", {{"authType", "oauth"}});
    for (const char* what : {"/tools", "/prompts", "/resources"}) {
        const Reply refused = world.ask("GET", base + "/" + oauth + what);
        EXPECT_EQ(refused.status, 403);
        EXPECT_EQ(refused.body["detail"]["authType"], "oauth");
        EXPECT_TRUE(refused.body["detail"].contains("authorizeUrl"));
    }
    world.set("app_detail", "app_uuid");
    EXPECT_TRUE(world.ask("GET", base + "/" + oauth + "/tools").body["detail"].contains("appUuid"));
    const std::string direct = world.made("direct", {{"authType", "direct"}});
    EXPECT_EQ(world.ask("GET", base + "/" + direct + "/tools").status, 403);
    EXPECT_EQ(world.act(oauth, "credentials").status, 400);
    EXPECT_EQ(world.act(direct, "credentials").status, 200);
    EXPECT_EQ(world.act(direct, "credentials").status, 200);
    EXPECT_EQ(world.ask("GET", base + "/" + direct + "/members").body.size(), 1U);
    EXPECT_EQ(world.ask("GET", base + "/" + direct + "/tools").body.size(), 2U);
    EXPECT_EQ(world.ask("GET", base + "/" + world.made("plain") + "/resources").status, 200);
}

TEST(GravityRail, authorize_redirects_discovery_looks_and_the_icon_has_a_token) {
    RailWorld world;
    const std::string id = world.made("oauth", {{"authType", "oauth"}});
    EXPECT_EQ(world.ask("GET", base + "/" + id + "/oauth/authorize").status, 400);
    world.act(id, "enable");
    const Reply away = world.ask("GET", base + "/" + id + "/oauth/authorize");
    EXPECT_EQ(away.status, 302);
    EXPECT_NE(header(away.headers, "Location").find("client_id=client_"), std::string::npos);
    EXPECT_TRUE(Console(world.plane).manifest(id).contains("clientId")); // a GET that registered
    world.set("wanting_oauth", "https://w.*");
    world.set("unreachable", "https://dead.*");
    const auto discover = [&](const Json& body) { return world.ask("POST", base + "/oauth-discovery", body); };
    EXPECT_EQ(discover({{"url", "https://w.example"}}).body["requiresOauth"], true);
    EXPECT_EQ(discover({{"url", "https://x.example"}}).body["requiresOauth"], false);
    EXPECT_EQ(discover({{"url", "https://dead.example"}}).status, 400);
    EXPECT_EQ(discover(Json::object()).status, 422);
    const std::string icon = world.row(id)["iconUrl"];
    world.headers.clear();
    EXPECT_EQ(world.ask("GET", icon).status, 200);
    EXPECT_EQ(world.ask("GET", base + "/" + id + "/icon?token=guess").status, 403);
}

TEST(GravityRail, people_and_faults_work_as_everywhere) {
    RailWorld world;
    world.made("twin");
    const std::string id = world.made("twin");
    EXPECT_EQ(world.names(), "twin twin ");
    EXPECT_NE(Console(world.plane).edit("twin", {{"enabled", true}}), std::nullopt);
    EXPECT_EQ(Console(world.plane).add({{"name", "x"}, {"url", "https://x"}, {"workspace", "w"}}),
              "server: workspace: a UUID is wanted");
    EXPECT_EQ(Console(world.plane).edit(id, {{"state", "LOST"}}),
              "server: state: unknown value (one of REGISTER, AUTHORIZE, READY)");
    world.fail("POST **/enable 500 after=true");
    const Reply failed = world.act(id, "enable");
    EXPECT_EQ(failed.body, Json({{"detail", "An internal error occurred"}}));
    EXPECT_EQ(world.state(id), "READY on");
    world.fail("GET ** 429 seconds=2");
    EXPECT_EQ(header(world.ask("GET", base).headers, "Retry-After"), "2");
}

} // namespace kedge::sandbox
