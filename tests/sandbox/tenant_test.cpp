// Roles, the tenant's routes, and the generic routes of the vendor's CLI.
#include "world.h"

namespace kedge::sandbox {

TEST(Roles, a_bad_or_missing_token_is_401_but_session_says_null) {
    Plane world;
    world.token = "wrong";
    EXPECT_EQ(world.ask("GET", "/mcp").status, 401);
    EXPECT_EQ(world.ask("GET", "/mcp").body, Json({{"statusCode", 401}, {"message", "Unauthorized"}}));
    EXPECT_EQ(world.ask("GET", "/session").body, Json({{"user", nullptr}}));
    world.token = "";
    EXPECT_EQ(world.put(remote("github")).status, 401);
    EXPECT_EQ(world.ask("GET", "/session").status, 200);
}

TEST(Roles, session_names_tenant_roles_and_subject) {
    Plane world;
    const Json user = world.ask("GET", "/session").body["user"];
    EXPECT_EQ(user["tenantName"], "acme");
    EXPECT_EQ(user["roles"], Json({"tenant-admin"}));
    EXPECT_EQ(user["subject"]["subjectSlug"], "admin@acme.example");
    world.token = "writer";
    EXPECT_EQ(world.ask("GET", "/session").body["user"]["roles"], Json({"tenant-member"}));
}

TEST(Roles, readers_see_and_may_not_write_not_even_a_dry_run) {
    Plane world;
    world.token = "writer";
    EXPECT_EQ(world.put(remote("github")).status, 200);
    world.token = "reader";
    EXPECT_EQ(world.ask("GET", "/mcp").body["pagination"]["total"], 1);
    EXPECT_EQ(world.get("github").status, 200);
    EXPECT_EQ(world.put(remote("github")).status, 403);
    EXPECT_EQ(world.dry(remote("github")).status, 403);
    EXPECT_EQ(world.ask("DELETE", "/mcp/" + world.id("github")).status, 403);
    EXPECT_EQ(world.ask("PUT", "/apply", {{"manifest", remote("github")}}).status, 403);
    EXPECT_EQ(world.ask("POST", "/delete", {{"manifest", remote("github")}}).status, 403);
}

TEST(Roles, readers_manage_only_their_own_credentials) {
    Plane world;
    world.put(remote("github", {{"auth_data", per_user_header()}}));
    world.token = "reader";
    const std::string path = "/mcp/" + world.id("github") + "/auth";
    Json given = {
        {"subjectId", "ann"}, {"subjectType", "user"}, {"authOverride", {{"type", "header"}, {"headerValue", "v"}}}};
    EXPECT_EQ(world.ask("PUT", path, given).status, 403);
    given["subjectId"] = person_of(Role::reader, "acme").subject_id;
    EXPECT_EQ(world.ask("PUT", path, given).status, 200);
    EXPECT_EQ(world.ask("GET", path + "/status?subjectId=ann&subjectType=user").status, 403);
}

TEST(Roles, guests_see_only_what_is_shared_with_them) {
    Plane world;
    world.put(remote("shared"));
    Json closed = remote("closed");
    closed["collaborators"] = Json::array({{{"subject", "team:core"}, {"role_id", "mcp-server-user"}}});
    world.put(closed);
    world.token = "guest";
    const Json list = world.ask("GET", "/mcp").body;
    EXPECT_EQ(list["pagination"]["total"], 1);
    EXPECT_EQ(list["data"][0]["name"], "shared");
    EXPECT_EQ(world.get("closed").status, 404);
}

TEST(Roles, a_revoked_token_stops_working) {
    Plane world;
    EXPECT_TRUE(world.plane.people().revoke("admin@acme.example"));
    EXPECT_FALSE(world.plane.people().revoke("admin@acme.example"));
    EXPECT_EQ(world.ask("GET", "/mcp").status, 401);
}

TEST(Tenant, what_the_cli_asks_first_is_answered_without_a_token) {
    Plane world;
    world.token = "";
    EXPECT_EQ(world.ask("GET", "/tenant-id?hostName=127.0.0.1").body["tenantName"], "acme");
    EXPECT_EQ(world.ask("GET", "/min-cli-version").body["truefoundryCliMinVersion"], "0.17.0");
}

TEST(Tenant, gateways_and_collaborators_are_listed) {
    Plane world;
    world.set("gateway_url", "https://gw.example");
    const Json row = world.ask("GET", "/llm-gateway/installations").body["data"][0];
    EXPECT_EQ(row, Json({{"isDefault", true}, {"manifest", {{"url", "https://gw.example"}}}}));
    world.put(remote("github"));
    const std::string query = "/collaborators?resourceType=mcp-server&resourceId=";
    EXPECT_EQ(world.ask("GET", query + world.id("github")).body["data"][0]["subject"], "team:everyone");
    EXPECT_EQ(world.ask("GET", query + "nothing").status, 404);
    EXPECT_EQ(world.ask("GET", "/collaborators?resourceType=model").status, 400);
}

TEST(Apply, tells_the_action_and_what_was_there) {
    Plane world;
    const Json body = {{"manifest", remote("github", {{"auth_data", oauth_data()}})}, {"dryRun", false}};
    const Reply made = world.ask("PUT", "/apply", body);
    EXPECT_EQ(made.body["action"], "CREATE");
    EXPECT_FALSE(made.body.contains("existingManifest"));
    const Reply again = world.ask("PUT", "/apply", body);
    EXPECT_EQ(again.body["action"], "UPDATE");
    EXPECT_EQ(again.body["existingManifest"]["auth_data"]["client_secret"], "********");
    world.set("mask_existing", "false");
    EXPECT_EQ(world.ask("PUT", "/apply", body).body["existingManifest"]["auth_data"]["client_secret"], "s3cret");
    EXPECT_EQ(world.ask("PUT", "/apply", {{"manifest", remote("BAD")}}).status, 400);
}

TEST(Apply, takes_documents_of_other_types_and_deletes_them) {
    Plane world;
    const Json team = {{"type", "team"}, {"name", "core"}, {"members", {"ann"}}};
    EXPECT_EQ(world.ask("PUT", "/apply", {{"manifest", team}, {"dryRun", true}}).body["action"], "CREATE");
    EXPECT_EQ(world.plane.registry().others(), 0U);
    EXPECT_EQ(world.ask("PUT", "/apply", {{"manifest", team}}).body["action"], "CREATE");
    EXPECT_EQ(world.ask("PUT", "/apply", {{"manifest", team}}).body["existingManifest"], team);
    EXPECT_EQ(world.ask("POST", "/delete", {{"manifest", team}}).text, "{}");
    EXPECT_EQ(world.ask("POST", "/delete", {{"manifest", team}}).status, 404);
    EXPECT_EQ(world.ask("PUT", "/apply", {{"manifest", {{"type", "team"}}}}).status, 400);
    const Json retired = {{"type", "provider-account/mcp-server-group"}, {"name", "old"}};
    EXPECT_EQ(world.ask("PUT", "/apply", {{"manifest", retired}}).status, 400);
}

TEST(Apply, deletes_a_server_by_type_and_name) {
    Plane world;
    world.put(remote("github"));
    world.set("delete_status", "204");
    const Json body = {{"manifest", {{"type", "mcp-server/remote"}, {"name", "github"}}}};
    EXPECT_EQ(world.ask("POST", "/delete", body).text, "{}");
    EXPECT_EQ(world.ask("POST", "/delete", body).status, 404);
    EXPECT_EQ(world.ask("POST", "/delete", {{"manifest", {{"name", "github"}}}}).status, 400);
}

TEST(Apply, the_dependency_tree_puts_sources_first_and_keeps_everybody) {
    Plane world;
    const Json manifests = {
        virtual_server("outer", "inner"),   virtual_server("inner", "github"),  remote("github"),
        virtual_server("ring-a", "ring-b"), virtual_server("ring-b", "ring-a"), {{"type", "team"}, {"name", "t"}}};
    const Json data = world.ask("POST", "/dependency-tree", {{"manifests", manifests}}).body["data"];
    std::vector<std::string> names;
    for (const auto& row : data) names.push_back(row["resourceName"]);
    ASSERT_EQ(names.size(), 6U);
    EXPECT_EQ(names[0], "github");
    EXPECT_EQ(names[1], "inner");
    EXPECT_EQ(names[2], "outer");
    EXPECT_EQ(data[1]["dependencies"], Json::array({{{"resourceType", "mcp-server"}, {"resourceName", "github"}}}));
    EXPECT_EQ(data[0]["resourceType"], "mcp-server/remote");
    EXPECT_EQ(world.ask("POST", "/dependency-tree", Json::object()).status, 400);
    EXPECT_EQ(world.ask("POST", "/dependency-tree", {{"manifests", {1}}}).status, 400);
}

TEST(Apply, an_openapi_document_is_uploaded_to_the_address_that_was_given) {
    Plane world;
    const Json asked = {{"documentExtension", "json"}, {"mcpServerName", "pets"}};
    const Json given = world.ask("POST", "/mcp-servers/openapi-spec-upload-url", asked).body;
    const std::string url = given["url"];
    const std::string path = url.substr(url.find("/sandbox-store/"));
    world.token = "";
    EXPECT_EQ(world.ask("PUT", path, {{"openapi", "3.1.0"}}).status, 200);
    EXPECT_EQ(world.ask("PUT", "/sandbox-store/nothing", {{"openapi", "3.1.0"}}).status, 403);
    world.token = "admin";
    EXPECT_EQ(world.ask("POST", "/mcp-servers/openapi-spec-upload-url", {{"documentExtension", "exe"}}).status, 400);
}

} // namespace kedge::sandbox
