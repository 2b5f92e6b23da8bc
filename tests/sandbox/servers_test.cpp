// The routes of servers: save, look, list, delete, and what each knob changes there.
#include "world.h"

#include <regex>

namespace kedge::sandbox {

TEST(Servers, a_new_server_gets_an_id_an_fqn_and_times) {
    Plane world;
    const Reply made = world.put(remote("github"));
    ASSERT_EQ(made.status, 200) << made.text;
    const Json& data = made.body["data"];
    EXPECT_TRUE(std::regex_match(data["id"].get<std::string>(), std::regex("[a-z0-9]{25}")));
    EXPECT_EQ(data["fqn"], "acme:mcp-server:github");
    EXPECT_EQ(data["tenantName"], "acme");
    EXPECT_EQ(data["name"], "github");
    EXPECT_EQ(data["proxyUrl"], "{{mcpProxyBaseURL}}/mcp-server/github");
    EXPECT_TRUE(
        std::regex_match(data["createdAt"].get<std::string>(), std::regex(R"(2026-03-01T\d\d:\d\d:\d\d\.\d{3}Z)")));
    EXPECT_EQ(data["createdBySubject"]["subjectSlug"], "admin@acme.example");
    EXPECT_EQ(data["createdBySubject"]["subjectType"], "user");
    EXPECT_EQ(data["isAuthOverrideSupported"], false);
}

TEST(Servers, a_put_replaces_the_whole_manifest_and_keeps_id_and_creation) {
    Plane world;
    const Json first = world.put(remote("github", {{"tags", {{"team", "a"}}}})).body["data"];
    const Json second = world.put(remote("github", {{"url", "https://other.example/mcp"}})).body["data"];
    EXPECT_EQ(second["id"], first["id"]);
    EXPECT_EQ(second["createdAt"], first["createdAt"]);
    EXPECT_GT(second["updatedAt"], first["updatedAt"]);
    EXPECT_FALSE(second["manifest"].contains("tags"));
    EXPECT_EQ(second["manifest"]["url"], "https://other.example/mcp");
}

TEST(Servers, an_identical_put_moves_updated_at_unless_the_knob_says_otherwise) {
    Plane world;
    const Json first = world.put(remote("github")).body["data"];
    const Json second = world.put(remote("github")).body["data"];
    EXPECT_NE(first["updatedAt"], second["updatedAt"]);
    world.set("identical_put_bumps", "false");
    EXPECT_EQ(world.put(remote("github")).body["data"]["updatedAt"], second["updatedAt"]);
}

TEST(Servers, a_dry_run_answers_the_resolved_manifest_and_stores_nothing) {
    Plane world;
    const Reply rehearsed = world.dry(remote("github"));
    ASSERT_EQ(rehearsed.status, 200);
    EXPECT_EQ(rehearsed.manifest()["ownedBy"]["account"], "acme");
    EXPECT_FALSE(rehearsed.body["data"].contains("id"));
    EXPECT_EQ(world.ask("GET", "/mcp").body["pagination"]["total"], 0);
    world.set("dry_run_id", "synthetic");
    EXPECT_TRUE(world.dry(remote("github")).body["data"].contains("id"));
    world.put(remote("github"));
    const Json before = world.get("github").body;
    EXPECT_EQ(world.dry(remote("github", {{"description", "new"}})).manifest()["description"], "new");
    EXPECT_EQ(world.get("github").body, before);
}

TEST(Servers, status_knobs_change_the_answers_to_create_and_delete) {
    Plane world;
    world.set("create_status", "201");
    world.set("delete_status", "204");
    EXPECT_EQ(world.put(remote("github")).status, 201);
    EXPECT_EQ(world.put(remote("github")).status, 200);
    EXPECT_EQ(world.dry(remote("gitlab")).status, 200);
    const Reply gone = world.ask("DELETE", "/mcp/" + world.id("github"));
    EXPECT_EQ(gone.status, 204);
    EXPECT_EQ(gone.text, "");
}

TEST(Servers, a_delete_takes_credentials_along_and_is_404_when_repeated) {
    Plane world;
    world.put(remote("github", {{"auth_data", per_user_header()}}));
    world.connect("github", "ann", "auth-override");
    const std::string path = "/mcp/" + world.id("github");
    EXPECT_EQ(world.ask("DELETE", path).status, 200);
    EXPECT_EQ(world.ask("DELETE", path).status, 404);
    EXPECT_EQ(world.ask("GET", path).status, 404);
    EXPECT_EQ(world.ask("GET", path + "/auth").status, 404);
}

TEST(Servers, a_named_source_can_be_deleted_unless_references_are_checked) {
    Plane world;
    world.put(remote("github"));
    world.put(virtual_server("bundle", "github"));
    world.set("delete_checks_references", "true");
    EXPECT_EQ(world.ask("DELETE", "/mcp/" + world.id("github")).status, 409);
    world.set("delete_checks_references", "false");
    EXPECT_EQ(world.ask("DELETE", "/mcp/" + world.id("github")).status, 200);
}

TEST(Servers, a_type_does_not_change_unless_the_knob_allows_it) {
    Plane world;
    world.put(remote("other"));
    world.put(remote("github"));
    EXPECT_EQ(world.put(virtual_server("github", "other")).status, 400);
    world.set("type_change", "true");
    EXPECT_EQ(world.put(virtual_server("github", "other")).status, 200);
}

TEST(Servers, bodies_that_are_no_requests_are_refused) {
    Plane world;
    EXPECT_EQ(world.ask("PUT", "/mcp", "{not json").status, 400);
    EXPECT_EQ(world.ask("PUT", "/mcp", Json::array()).status, 400);
    EXPECT_EQ(world.ask("PUT", "/mcp", {{"manifest", 1}}).status, 400);
    EXPECT_EQ(world.ask("PUT", "/mcp", std::string(200000, '[')).status, 400);
    EXPECT_EQ(world.put(remote("github"), {{"dryRun", "yes"}}).message(), "dryRun must be a boolean value");
    EXPECT_EQ(world.put(remote("github"), {{"dryRun", nullptr}, {"forceDelete", nullptr}}).status, 200);
    EXPECT_EQ(world.put(remote("github"), {{"surprise", 1}}).status, 200);
    world.set("unknown_body_keys", "reject");
    EXPECT_EQ(world.put(remote("github"), {{"surprise", 1}}).status, 400);
}

TEST(Servers, the_list_pages_through_everything_newest_first) {
    Plane world;
    for (int i = 0; i < 250; ++i) world.put(remote("server-" + std::to_string(1000 + i)));
    std::vector<std::string> names;
    for (int offset = 0; offset < 300; offset += 100) {
        const Json page = world.ask("GET", "/mcp?limit=100&offset=" + std::to_string(offset)).body;
        EXPECT_EQ(page["pagination"], Json({{"total", 250}, {"offset", offset}, {"limit", 100}}));
        for (const auto& row : page["data"]) names.push_back(row["name"]);
    }
    ASSERT_EQ(names.size(), 250U);
    EXPECT_EQ(names.front(), "server-1249");
    EXPECT_EQ(names.back(), "server-1000");
    EXPECT_EQ(world.ask("GET", "/mcp").body["data"].size(), 100U);
    EXPECT_EQ(world.ask("GET", "/mcp?offset=250").body["data"].size(), 0U);
}

TEST(Servers, the_order_of_the_list_is_a_knob) {
    Plane world;
    for (int i = 0; i < 20; ++i) world.put(remote("server-" + std::to_string(10 + i)));
    world.set("list_order", "created_asc");
    EXPECT_EQ(world.ask("GET", "/mcp").body["data"][0]["name"], "server-10");
    world.set("list_order", "shuffled");
    const auto once = world.ask("GET", "/mcp").text;
    EXPECT_NE(once, world.ask("GET", "/mcp").text);
    world.set("pagination_bounds", "false");
    EXPECT_EQ(world.ask("GET", "/mcp").body["pagination"], Json({{"total", 20}}));
    world.set("name_on_rows", "false");
    EXPECT_FALSE(world.ask("GET", "/mcp").body["data"][0].contains("name"));
}

TEST(Servers, bounds_of_limit_and_offset_are_checked) {
    Plane world;
    for (const char* query :
         {"limit=0", "limit=1001", "limit=x", "limit=-1", "offset=-1", "offset=1e3", "limit=1&offset="}) {
        const int wanted = std::string(query).ends_with("offset=") ? 200 : 400;
        EXPECT_EQ(world.ask("GET", std::string("/mcp?") + query).status, wanted) << query;
    }
    EXPECT_TRUE(world.ask("GET", "/mcp?limit=0&offset=-1").body["message"].is_array());
    EXPECT_EQ(world.ask("GET", "/mcp?limit=1000&offset=0").status, 200);
}

TEST(Servers, filters_find_by_name) {
    Plane world;
    for (const char* name : {"alpha", "beta", "gamma"}) world.put(remote(name));
    const auto find = [&](const Json& filter) {
        return world.ask("GET", "/mcp?filter=" + percent_encode(filter.dump()));
    };
    const auto clause = [](const Json& item) { return Json{{"op", "and"}, {"values", Json::array({item})}}; };
    const Json one = find(clause({{"field", "name"}, {"op", "EQUAL"}, {"value", "beta"}})).body;
    EXPECT_EQ(one["pagination"]["total"], 1);
    EXPECT_EQ(one["data"][0]["name"], "beta");
    const Json two = find(clause({{"field", "name"}, {"op", "IN"}, {"values", {"gamma", "alpha", "nobody"}}})).body;
    EXPECT_EQ(two["pagination"]["total"], 2);
    EXPECT_EQ(two["data"][0]["name"], "gamma");
    EXPECT_EQ(find({{"op", "and"}, {"values", Json::array()}}).body["pagination"]["total"], 3);
}

TEST(Servers, a_malformed_filter_is_400) {
    Plane world;
    for (const char* filter :
         {"{", "[]", R"({"op":"or","values":[]})", R"({"op":"and"})", R"({"op":"and","values":[1]})",
          R"({"op":"and","values":[{"field":"tags","op":"EQUAL","value":"x"}]})",
          R"({"op":"and","values":[{"field":"name","op":"LIKE","value":"x"}]})",
          R"({"op":"and","values":[{"field":"name","op":"EQUAL","value":1}]})",
          R"({"op":"and","values":[{"field":"name","op":"IN","values":"x"}]})"}) {
        EXPECT_EQ(world.ask("GET", "/mcp?filter=" + percent_encode(filter)).status, 400) << filter;
    }
}

TEST(Servers, secrets_are_masked_where_the_knobs_say_and_references_stay) {
    Plane world;
    Json auth = oauth_data();
    world.put(remote("github", {{"auth_data", auth}, {"additional_headers", {{"X-Key", "clear"}}}}));
    EXPECT_EQ(world.get("github").manifest()["auth_data"]["client_secret"], "********");
    EXPECT_EQ(world.get("github").manifest()["additional_headers"]["X-Key"], "clear");
    EXPECT_EQ(world.ask("GET", "/mcp").body["data"][0]["manifest"]["auth_data"]["client_secret"], "********");
    world.set("mask_list", "false");
    EXPECT_EQ(world.ask("GET", "/mcp").body["data"][0]["manifest"]["auth_data"]["client_secret"], "s3cret");
    EXPECT_EQ(world.get("github").manifest()["auth_data"]["client_secret"], "********");
    world.set("mask_get", "false");
    EXPECT_EQ(world.get("github").manifest()["auth_data"]["client_secret"], "s3cret");
    EXPECT_EQ(world.dry(remote("github", {{"auth_data", auth}})).manifest()["auth_data"]["client_secret"], "********");
    world.set("mask_put", "false");
    EXPECT_EQ(world.dry(remote("github", {{"auth_data", auth}})).manifest()["auth_data"]["client_secret"], "s3cret");
}

TEST(Servers, mask_knobs_decide_about_references_placeholders_and_other_headers) {
    Plane world;
    const Json headers = {{"A", "Bearer tfy-secret://acme:group:key"}, {"B", "{{KEY}}"}, {"C", "clear"}, {"D", ""}};
    world.put(remote("github", {{"auth_data", {{"type", "header"}, {"headers", headers}}},
                                {"additional_headers", {{"X-Key", "clear"}}}}));
    const Json shown = world.get("github").manifest()["auth_data"]["headers"];
    EXPECT_EQ(shown, Json({{"A", headers["A"]}, {"B", "{{KEY}}"}, {"C", "********"}, {"D", ""}}));
    world.set("mask_references", "true");
    world.set("mask_placeholders", "true");
    world.set("mask_additional_headers", "true");
    world.set("mask", "<hidden>");
    const Json all = world.get("github").manifest();
    EXPECT_EQ(all["auth_data"]["headers"], Json({{"A", "<hidden>"}, {"B", "<hidden>"}, {"C", "<hidden>"}, {"D", ""}}));
    EXPECT_EQ(all["additional_headers"]["X-Key"], "<hidden>");
    EXPECT_EQ(world.saved("github")["auth_data"]["headers"], headers);
}

TEST(Servers, the_proxy_address_and_creator_are_shaped_by_knobs) {
    Plane world;
    world.set("proxy_url", "https://gw.example/{id}/{name}");
    world.set("subject_type_on_creator", "false");
    const Json data = world.put(remote("github")).body["data"];
    EXPECT_EQ(data["proxyUrl"], "https://gw.example/" + world.id("github") + "/github");
    EXPECT_FALSE(data["createdBySubject"].contains("subjectType"));
}

TEST(Servers, an_unknown_path_or_method_is_404) {
    Plane world;
    EXPECT_EQ(world.ask("PATCH", "/mcp").message(), "Cannot PATCH /api/svc/v1/mcp");
    EXPECT_EQ(world.ask("GET", "/nothing").status, 404);
    EXPECT_EQ(world.ask("GET", "/mcp/a/b/c").status, 404);
    HttpRequest outside;
    outside.method = "GET";
    outside.target = "/";
    EXPECT_EQ(world.plane.handle(outside).status, 404);
}

} // namespace kedge::sandbox
