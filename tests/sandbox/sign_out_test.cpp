// When an update would end people's credentials: the table behind HTTP 417, and the routes of credentials.
#include "world.h"

#include "sandbox/auth_change.h"

namespace kedge::sandbox {

namespace {

struct TableRow {
    const char* what;
    Json before;
    Json after;
    AuthLoss loss;
};

AuthLoss both() {
    AuthLoss loss;
    loss.oauth = loss.overrides = true;
    return loss;
}

AuthLoss tokens() {
    AuthLoss loss;
    loss.oauth = true;
    return loss;
}

AuthLoss overrides() {
    AuthLoss loss;
    loss.overrides = true;
    return loss;
}

Json with(Json manifest, const char* key, const Json& value) {
    manifest["auth_data"][key] = value;
    return manifest;
}

Json header(const char* level, const Json& headers) {
    return remote("x", {{"auth_data", {{"type", "header"}, {"auth_level", level}, {"headers", headers}}}});
}

std::vector<TableRow> table() {
    const Json none = remote("x");
    const Json oauth = remote("x", {{"auth_data", oauth_data()}});
    const Json global = header("global", {{"A", "1"}});
    const Json personal = header("per_user", {{"A", "{{KEY}}"}});
    std::vector<TableRow> rows{
        {"auth removed", oauth, none, both()},
        {"auth type changed", oauth, personal, both()},
        {"nothing changed", oauth, oauth, {}},
        {"default written out", oauth, with(oauth, "grant_type", "authorization_code"), {}},
        {"auth level flipped", global, header("per_user", {{"A", "1"}}), overrides()},
        {"header names changed", personal, header("per_user", {{"B", "{{KEY}}"}}), overrides()},
        {"placeholder changed", personal, header("per_user", {{"A", "{{TOKEN}}"}}), overrides()},
        {"text around the placeholder changed", personal, header("per_user", {{"A", "Bearer {{KEY}}"}}), {}},
        {"global value changed", global, header("global", {{"A", "2"}}), {}},
        {"url changed", none, remote("x", {{"url", "https://other.example"}}), {}},
        {"description changed", oauth, remote("x", {{"auth_data", oauth_data()}, {"description", "new"}}), {}},
    };
    for (const char* key :
         {"authorization_url", "token_url", "client_id", "registration_url", "jwt_source", "provider"}) {
        rows.push_back({key, oauth, with(oauth, key, "https://new.example"), tokens()});
    }
    rows.push_back({"grant type", oauth, with(oauth, "grant_type", "client_credentials"), tokens()});
    for (const char* key : {"client_secret", "scopes", "additional_token_params"}) {
        rows.push_back({key, oauth, with(oauth, key, "new"), {}});
    }
    return rows;
}

Json edited() {
    return remote("github", {{"auth_data", per_user_header()}});
}

} // namespace

TEST(SignOut, the_table_says_which_credentials_a_change_ends) {
    for (const auto& row : table()) EXPECT_EQ(auth_loss(row.before, row.after, Knobs()), row.loss) << row.what;
}

TEST(SignOut, knobs_widen_the_table) {
    Knobs knobs;
    knobs.url_change_drops = knobs.oauth_secret_change_drops = knobs.collaborator_removal_drops = true;
    const Json oauth = remote("x", {{"auth_data", oauth_data()}});
    EXPECT_EQ(auth_loss(oauth, with(oauth, "client_secret", "new"), knobs), tokens());
    EXPECT_EQ(auth_loss(oauth, with(oauth, "scopes", {"new"}), knobs), tokens());
    EXPECT_EQ(auth_loss(oauth, with(oauth, "scopes", Json::array()), knobs), AuthLoss());
    Json moved = oauth;
    moved["url"] = "https://other.example";
    EXPECT_EQ(auth_loss(oauth, moved, knobs), both());
    Json fewer = oauth;
    fewer["collaborators"] = Json::array();
    EXPECT_EQ(auth_loss(oauth, fewer, knobs).subjects, std::set<std::string>{"everyone"});
}

TEST(SignOut, a_change_without_records_needs_no_flag) {
    Plane world;
    world.put(edited());
    EXPECT_EQ(world.put(remote("github")).status, 200);
}

TEST(SignOut, with_records_it_is_417_until_the_flag_is_given) {
    Plane world;
    world.put(edited());
    world.connect("github", "ann", "auth-override");
    world.connect("github", "bob", "oauth");
    const Reply refused = world.put(remote("github"));
    EXPECT_EQ(refused.status, 417);
    EXPECT_EQ(refused.body["statusCode"], 417);
    EXPECT_NE(refused.message().find("2 existing auth records"), std::string::npos);
    EXPECT_TRUE(world.saved("github").contains("auth_data"));
    EXPECT_EQ(world.plane.registry().by_name("github")->auth.size(), 2U);
    EXPECT_EQ(world.put(remote("github"), {{"forceDelete", true}}).status, 200);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth.size(), 0U);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth_revision, 1U);
}

TEST(SignOut, only_records_of_the_affected_kind_count) {
    Plane world;
    world.put(remote("github", {{"auth_data", oauth_data()}}));
    world.connect("github", "ann", "auth-override");
    const Json moved = with(remote("github", {{"auth_data", oauth_data()}}), "token_url", "https://new.example");
    EXPECT_EQ(world.put(moved).status, 200);
    world.connect("github", "bob", "oauth");
    EXPECT_EQ(world.put(remote("github", {{"auth_data", oauth_data()}})).status, 417);
    EXPECT_EQ(world.put(remote("github", {{"auth_data", oauth_data()}}), {{"forceDelete", true}}).status, 200);
    ASSERT_EQ(world.plane.registry().by_name("github")->auth.size(), 1U);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth[0].subject_id, "ann");
}

TEST(SignOut, the_name_of_the_flag_is_a_knob) {
    for (const std::string accepted : {"both", "forceDelete", "force"}) {
        for (const std::string sent : {"forceDelete", "force"}) {
            Plane world;
            world.set("force_flag", accepted);
            world.put(edited());
            world.connect("github", "ann", "auth-override");
            const int wanted = accepted == "both" || accepted == sent ? 200 : 417;
            EXPECT_EQ(world.put(remote("github"), {{sent, true}}).status, wanted) << accepted << " " << sent;
        }
    }
}

TEST(SignOut, the_flag_alone_ends_nothing) {
    Plane world;
    world.put(edited());
    world.connect("github", "ann", "auth-override");
    EXPECT_EQ(world.put(edited(), {{"forceDelete", true}}).status, 200);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth.size(), 1U);
}

TEST(SignOut, a_dry_run_reports_it_by_knob_and_drops_nothing) {
    Plane world;
    world.put(edited());
    world.connect("github", "ann", "auth-override");
    EXPECT_EQ(world.dry(remote("github")).status, 417);
    world.set("dry_run_reports_417", "false");
    EXPECT_EQ(world.dry(remote("github")).status, 200);
    EXPECT_EQ(world.put(remote("github"), {{"dryRun", true}, {"forceDelete", true}}).status, 200);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth.size(), 1U);
}

TEST(SignOut, a_removed_collaborator_loses_the_credentials_by_knob) {
    Plane world;
    world.set("collaborator_removal_drops", "true");
    Json shared = edited();
    shared["collaborators"].push_back({{"subject", "user:ann"}, {"role_id", "mcp-server-user"}});
    world.put(shared);
    world.connect("github", "ann", "auth-override");
    world.connect("github", "bob", "auth-override");
    EXPECT_EQ(world.put(edited()).status, 417);
    EXPECT_EQ(world.put(edited(), {{"forceDelete", true}}).status, 200);
    ASSERT_EQ(world.plane.registry().by_name("github")->auth.size(), 1U);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth[0].subject_id, "bob");
}

TEST(SignOut, apply_cannot_acknowledge) {
    Plane world;
    world.put(edited());
    world.connect("github", "ann", "auth-override");
    const Json body = {{"manifest", remote("github")}, {"dryRun", false}};
    EXPECT_EQ(world.ask("PUT", "/apply", body).status, 417);
    Json forced = body;
    forced["forceDelete"] = true;
    EXPECT_EQ(world.ask("PUT", "/apply", forced).status, 417);
}

TEST(Credentials, overrides_are_set_listed_masked_and_removed) {
    Plane world;
    world.put(edited());
    const std::string path = "/mcp/" + world.id("github") + "/auth";
    const Json given = {{"subjectId", "ann"},
                        {"subjectType", "user"},
                        {"authOverride", {{"type", "header"}, {"headerValue", "pa55word"}}}};
    EXPECT_EQ(world.ask("PUT", path, given).status, 200);
    EXPECT_EQ(world.ask("PUT", path, given).status, 200);
    world.connect("github", "bob", "oauth");
    const Reply listed = world.ask("GET", path);
    EXPECT_EQ(listed.body["pagination"]["total"], 1);
    EXPECT_EQ(listed.body["data"][0]["subjectId"], "ann");
    EXPECT_EQ(listed.text.find("pa55word"), std::string::npos);
    world.set("auth_list_shows_oauth", "true");
    EXPECT_EQ(world.ask("GET", path + "?limit=1&offset=1").body["data"][0]["subjectId"], "bob");
    const Json gone = {{"subjectId", "ann"}, {"subjectType", "user"}, {"authSource", "auth-override"}};
    EXPECT_EQ(world.ask("DELETE", path, gone).status, 200);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth.size(), 1U);
    EXPECT_EQ(world.ask("GET", path + "?limit=0").status, 400);
}

TEST(Credentials, wrong_bodies_and_servers_without_overrides_are_400) {
    Plane world;
    world.put(edited());
    world.put(remote("open"));
    const std::string path = "/mcp/" + world.id("github") + "/auth";
    EXPECT_EQ(world.ask("PUT", path, {{"subjectId", ""}}).body["message"].size(), 4U);
    EXPECT_EQ(world.ask("PUT", path, "x").status, 400);
    EXPECT_EQ(world.ask("DELETE", path, {{"subjectId", "a"}, {"subjectType", "user"}}).status, 400);
    const Json given = {
        {"subjectId", "ann"}, {"subjectType", "user"}, {"authOverride", {{"type", "header"}, {"headerValue", "v"}}}};
    EXPECT_EQ(world.ask("PUT", "/mcp/" + world.id("open") + "/auth", given).status, 400);
}

TEST(Credentials, dropping_all_tokens_counts_them_and_may_be_repeated) {
    Plane world;
    world.put(edited());
    world.connect("github", "ann", "oauth");
    world.connect("github", "bob", "auth-override");
    const std::string path = "/mcp/" + world.id("github") + "/auth/tokens";
    EXPECT_EQ(world.ask("DELETE", path).body["deletedCount"], 2);
    EXPECT_EQ(world.ask("DELETE", path).body["deletedCount"], 0);
    EXPECT_EQ(world.plane.registry().by_name("github")->auth_revision, 2U);
    world.token = "writer";
    EXPECT_EQ(world.ask("DELETE", path).status, 403);
}

TEST(Credentials, status_state_and_consent_follow_the_records) {
    Plane world;
    world.put(edited());
    world.put(remote("open"));
    const std::string path = "/mcp/" + world.id("github");
    const std::string query = "?subjectId=ann&subjectType=user";
    EXPECT_EQ(world.ask("GET", path + "/auth/status" + query).body,
              Json({{"status", "authentication_required"}, {"method", nullptr}}));
    EXPECT_TRUE(world.ask("GET", path + "/auth/state" + query).body.contains("reason"));
    world.connect("github", "ann", "auth-override");
    EXPECT_EQ(world.ask("GET", path + "/auth/state" + query).body,
              Json({{"status", "authenticated"}, {"method", "auth-override"}}));
    EXPECT_EQ(world.ask("GET", "/mcp/" + world.id("open") + "/auth/status" + query).body["status"],
              "authentication_not_required");
    EXPECT_EQ(world.ask("GET", path + "/auth/status?subjectId=ann&subjectType=robot").status, 400);
    const Json consent =
        world.ask("GET", path + "/authorize?gatewayBaseURL=https://gw.example&redirectURL=https://x").body;
    EXPECT_EQ(consent["authorization_endpoint"],
              "https://gw.example/mcp-server/github/authorize?redirectURL=https%3A%2F%2Fx");
}

TEST(Credentials, a_machine_grant_asks_nobody) {
    Plane world;
    Json auth = oauth_data();
    auth["grant_type"] = "client_credentials";
    world.put(remote("github", {{"auth_data", auth}}));
    const std::string path = "/mcp/" + world.id("github") + "/auth/status?subjectId=a&subjectType=external-identity";
    EXPECT_EQ(world.ask("GET", path).body["status"], "authentication_not_required");
}

} // namespace kedge::sandbox
