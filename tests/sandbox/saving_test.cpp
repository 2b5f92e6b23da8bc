// What is refused when a manifest is saved, and what the control plane makes of one that is not.
#include "world.h"

namespace kedge::sandbox {

namespace {

Json openapi(const Json& source) {
    Json manifest = remote("petstore");
    manifest["type"] = "mcp-server/openapi";
    manifest["openapi_spec_source"] = source;
    return manifest;
}

Json stdio() {
    Json manifest = remote("files");
    manifest.erase("url");
    manifest["type"] = "mcp-server/stdio";
    manifest["args"] = {"-y", "server-files"};
    return manifest;
}

} // namespace

TEST(Saving, all_five_types_are_taken) {
    Plane world;
    Json managed = remote("slack");
    managed.erase("url");
    managed["type"] = "mcp-server/tfy-managed";
    managed["server_identifier"] = "slack";
    managed["auth_data"] = {{"type", "oauth2"}, {"grant_type", "authorization_code"}};
    EXPECT_EQ(world.put(remote("github")).status, 200);
    EXPECT_EQ(world.put(virtual_server("bundle", "github")).status, 200);
    EXPECT_EQ(world.put(openapi({{"type", "remote"}, {"url", "https://pets.example/spec"}})).status, 200);
    EXPECT_EQ(world.put(stdio()).manifest()["command"], "npx");
    EXPECT_EQ(world.put(managed).status, 200) << world.put(managed).text;
}

TEST(Saving, unknown_and_retired_types_are_refused) {
    Plane world;
    EXPECT_EQ(world.put(remote("a-server", {{"type", "mcp-server/hosted-stdio"}})).status, 400);
    EXPECT_NE(
        world.put(remote("a-server", {{"type", "provider-account/mcp-server-group"}})).message().find("no longer"),
        std::string::npos);
    EXPECT_EQ(world.put(remote("a-server", {{"type", 7}})).status, 400);
}

TEST(Saving, every_missing_required_field_is_named) {
    Plane world;
    const Reply reply = world.put({{"type", "mcp-server/remote"}, {"name", "github"}});
    EXPECT_EQ(reply.status, 400);
    ASSERT_TRUE(reply.body["message"].is_array());
    EXPECT_EQ(reply.body["message"],
              Json({"manifest.description should not be empty", "manifest.collaborators should not be empty",
                    "manifest.url should not be empty"}));
}

TEST(Saving, wrong_values_are_refused) {
    Plane world;
    const std::vector<Json> wrong{
        {{"url", "ftp://x"}},
        {{"url", 3}},
        {{"description", ""}},
        {{"collaborators", "everyone"}},
        {{"collaborators", Json::array({{{"subject", "team:x"}}})}},
        {{"tags", Json::array()}},
        {{"tls_settings", {{"reject_unauthorized", "no"}}}},
        {{"ownedBy", Json::object()}},
        {{"tool_settings", Json::array({{{"disabled", true}}})}},
        {{"tool_policy", {{"enabled_tools", "all"}}}},
        {{"tool_metadata", 5}},
        {{"auth_data", {{"type", "none"}}}},
        {{"auth_data", {{"type", "header"}}}},
        {{"auth_data", {{"type", "header"}, {"headers", {{"A", 1}}}}}},
        {{"auth_data", {{"type", "header"}, {"headers", Json::object()}, {"auth_level", "individual"}}}},
        {{"auth_data", {{"type", "header"}, {"headers", {{"A", "{{X}} {{Y}}"}}}, {"auth_level", "per_user"}}}},
        {{"auth_data", {{"type", "oauth2"}}}},
        {{"auth_data", {{"type", "oauth2"}, {"token_url", "https://t"}, {"grant_type", "password"}}}},
        {{"auth_data", {{"type", "env"}, {"env", Json::object()}}}},
    };
    for (const auto& more : wrong) EXPECT_EQ(world.put(remote("github", more)).status, 400) << more;
    Json spec = openapi({{"type", "inline"}});
    EXPECT_EQ(world.put(spec).status, 400);
    EXPECT_EQ(world.put(openapi({{"type", "file"}, {"url", "x"}})).status, 400);
    Json bundle = virtual_server("bundle", "github");
    bundle["servers"][0]["auth_data"] = {{"type", "oauth2"}};
    EXPECT_EQ(world.put(bundle).status, 400);
    EXPECT_EQ(world.ask("GET", "/mcp").body["pagination"]["total"], 0);
}

TEST(Saving, names_and_descriptions_have_limits_that_are_knobs) {
    Plane world;
    EXPECT_EQ(world.put(remote("Git_Hub")).status, 400);
    EXPECT_EQ(world.put(remote("")).status, 400);
    EXPECT_EQ(world.put(remote("github", {{"description", std::string(1001, 'x')}})).status, 400);
    EXPECT_EQ(world.put(remote("github", {{"description", std::string(1000, 'x')}})).status, 200);
    world.set("name_pattern", "");
    world.set("description_most", "0");
    EXPECT_EQ(world.put(remote("Git_Hub", {{"description", std::string(5000, 'x')}})).status, 200);
    EXPECT_EQ(world.put(remote(std::string(256, 'x'))).status, 400);
}

TEST(Saving, unknown_keys_pass_unless_strict_and_then_an_array_names_them) {
    Plane world;
    const Json odd = remote("github", {{"x-kedge", 1}, {"tls_settings", {{"insecure", true}}}});
    EXPECT_EQ(world.put(odd).manifest()["x-kedge"], 1);
    world.set("strict_keys", "true");
    EXPECT_EQ(world.put(odd).body["message"], Json({"manifest.tls_settings.property insecure should not exist",
                                                    "manifest.property x-kedge should not exist"}));
    EXPECT_TRUE(world.put(remote("github", {{"x", 1}})).body["message"].is_array());
}

TEST(Saving, subjects_secrets_and_sources_are_looked_up_where_knobs_say) {
    Plane world;
    EXPECT_EQ(world.put(virtual_server("bundle", "nobody")).status, 400);
    world.set("missing_source_status", "404");
    EXPECT_EQ(world.put(virtual_server("bundle", "nobody")).status, 404);
    world.set("check_sources", "false");
    EXPECT_EQ(world.put(virtual_server("bundle", "nobody")).status, 200);
    world.set("known_subjects", "team:a, team:b");
    EXPECT_EQ(world.put(remote("github")).status, 400);
    world.set("unknown_subject_status", "422");
    EXPECT_EQ(world.put(remote("github")).status, 422);
    world.set("known_subjects", "team:a, team:everyone");
    const Json secret = {{"auth_data", {{"type", "header"}, {"headers", {{"A", "Bearer tfy-secret://acme:g:k"}}}}}};
    EXPECT_EQ(world.put(remote("github", secret)).status, 200);
    world.set("check_secrets", "true");
    EXPECT_EQ(world.put(remote("github", secret)).status, 422);
    world.set("known_secrets", "acme:g:k");
    EXPECT_EQ(world.put(remote("github", secret)).status, 200);
}

TEST(Saving, defaults_and_the_owner_are_filled_in_unless_knobs_say_otherwise) {
    Plane world;
    const Json given = remote("github", {{"auth_data", oauth_data()}, {"tls_settings", Json::object()}});
    const Json filled = world.put(given).manifest();
    EXPECT_EQ(filled["ownedBy"]["account"], "acme");
    EXPECT_EQ(filled["auth_data"]["grant_type"], "authorization_code");
    EXPECT_EQ(filled["auth_data"]["jwt_source"], "access_token");
    EXPECT_EQ(filled["auth_data"]["provider"], "custom");
    EXPECT_EQ(filled["tls_settings"]["reject_unauthorized"], true);
    for (const char* knob : {"fill_owned_by", "fill_defaults", "fill_provider"}) world.set(knob, "false");
    Json exact = given;
    exact["auth_data"]["jwt_source"] = "id_token";
    world.put(exact);
    EXPECT_EQ(world.saved("github"), exact);
}

TEST(Saving, nulls_go_and_come_back_only_by_knob) {
    Plane world;
    EXPECT_FALSE(world.put(remote("github", {{"auth_data", nullptr}})).manifest().contains("auth_data"));
    world.set("fill_nulls", "true");
    const Json nulls = world.put(remote("github")).manifest();
    EXPECT_TRUE(nulls.at("auth_data").is_null());
    EXPECT_TRUE(nulls.at("tags").is_null());
    world.set("fill_nulls", "false");
    world.set("fill_empties", "true");
    const Json empties = world.put(remote("gitlab", {{"auth_data", oauth_data()}})).manifest();
    EXPECT_EQ(empties["tags"], Json::object());
    EXPECT_EQ(empties["auth_data"]["scopes"], Json::array());
}

TEST(Saving, tool_settings_become_a_policy_and_metadata) {
    Plane world;
    const Json tools =
        Json::array({{{"name", "drop"}, {"disabled", true}},
                     {{"name", "read"}, {"description", "reads"}, {"annotations", {{"readOnlyHint", true}}}}});
    const Json given = remote("github", {{"tool_settings", tools}});
    const Json list = world.put(given).manifest();
    EXPECT_FALSE(list.contains("tool_settings"));
    EXPECT_EQ(list["tool_policy"], Json({{"enable_tools_by_default", true}, {"disabled_tools", {"drop"}}}));
    EXPECT_EQ(list["tool_metadata"],
              Json::array({{{"name", "read"}, {"description", "reads"}, {"annotations", {{"readOnlyHint", true}}}}}));
    world.set("tool_metadata_shape", "map");
    world.set("disabled_key", "blocked_tools");
    const Json map = world.put(given).manifest();
    EXPECT_EQ(map["tool_policy"]["blocked_tools"], Json({"drop"}));
    EXPECT_EQ(map["tool_metadata"]["read"]["description"], "reads");
    world.set("convert_tool_settings", "false");
    EXPECT_EQ(world.put(given).manifest()["tool_settings"], tools);
}

TEST(Saving, openapi_keeps_its_tool_settings_and_their_number_is_bounded) {
    Plane world;
    Json manifest = openapi({{"type", "remote"}, {"url", "https://pets.example/spec"}});
    const Json tool = {{"method", "get"}, {"path", "/pets"}, {"name", "pets"}, {"description", "lists"}};
    manifest["tool_settings"] = Json::array({tool});
    EXPECT_EQ(world.put(manifest).manifest()["tool_settings"], Json::array({tool}));
    manifest["tool_settings"] = Json(std::vector<Json>(31, tool));
    EXPECT_EQ(world.put(manifest).status, 400);
}

TEST(Saving, lists_are_ordered_and_collaborators_added_by_knob) {
    Plane world;
    const auto person = [](const char* subject) { return Json{{"subject", subject}, {"role_id", "mcp-server-user"}}; };
    Json given = remote("github", {{"tool_policy", {{"enabled_tools", {"b", "c", "a"}}}}});
    given["collaborators"] = {person("user:Zoe@x.example"), person("team:all")};
    EXPECT_EQ(world.put(given).manifest()["collaborators"], given["collaborators"]);
    world.set("collaborators_order", "reversed");
    world.set("sets_order", "sorted");
    const Json ordered = world.put(given).manifest();
    EXPECT_EQ(ordered["collaborators"][0]["subject"], "team:all");
    EXPECT_EQ(ordered["tool_policy"]["enabled_tools"], Json({"a", "b", "c"}));
    world.set("collaborators_order", "sorted");
    world.set("lowercase_emails", "true");
    world.set("creator_as_manager", "true");
    const Json people = world.put(given).manifest()["collaborators"];
    ASSERT_EQ(people.size(), 3U);
    EXPECT_EQ(people[0], Json({{"subject", "user:admin@acme.example"}, {"role_id", "mcp-server-manager"}}));
    EXPECT_EQ(people[2]["subject"], "user:zoe@x.example");
}

TEST(Saving, addresses_and_documents_are_rewritten_by_knob) {
    Plane world;
    world.set("strip_trailing_slash", "true");
    EXPECT_EQ(world.put(remote("github", {{"url", "https://x.example/mcp/"}})).manifest()["url"],
              "https://x.example/mcp");
    const Json source = {{"type", "inline"}, {"openapi_spec", {{"openapi", "3.1.0"}}}};
    EXPECT_EQ(world.put(openapi(source)).manifest()["openapi_spec_source"], source);
    world.set("inline_spec", "store");
    const Json stored = world.put(openapi(source)).manifest()["openapi_spec_source"];
    EXPECT_EQ(stored["type"], "upload");
    world.set("sign_upload_urls", "true");
    const Json once = world.put(openapi(source)).manifest()["openapi_spec_source"]["url"];
    const Json again = world.put(openapi(source)).manifest()["openapi_spec_source"]["url"];
    EXPECT_NE(once, again);
    EXPECT_TRUE(once.get<std::string>().starts_with(stored["url"].get<std::string>()));
}

TEST(Saving, what_was_saved_is_saved_again_without_change) {
    Plane world;
    const Json tools = Json::array({{{"name", "drop"}, {"disabled", true}}});
    world.put(remote("github", {{"auth_data", oauth_data()}, {"tool_settings", tools}}));
    const Json once = world.saved("github");
    world.put(once);
    EXPECT_EQ(world.saved("github"), once);
}

} // namespace kedge::sandbox
