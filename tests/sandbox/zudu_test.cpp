// Zudu AI in both published generations, and both sides of each thing that is not said.
#include "product_world.h"

#include "sandbox/zudu.h"

namespace kedge::sandbox {

namespace {

const std::string base = "/api/mcp-servers";

class ZuduWorld : public Product<Zudu> {
public:
    explicit ZuduWorld(const ZuduKnobs& knobs = {}) : Product(knobs) {
        plane.ground().people().add("sk_a:s3cr3t_a", person_of(Role::admin, "acme", 2));
        plane.ground().people().add("sk_r:s3cr3t_r", person_of(Role::reader, "acme", 2));
        sign_in("sk_a", "s3cr3t_a");
    }
    void sign_in(const std::string& key, const std::string& secret) {
        headers = {{"X-API-KEY", key}, {"X-API-SECRET", secret}};
    }
    Reply create(const std::string& name, const Json& more = Json::object()) {
        Json config = {{"name", name}, {"url", "https://" + name + ".example/mcp"}};
        config.update(more);
        return ask("POST", base, {{"config", config}});
    }
    std::string made(const std::string& name, const Json& more = Json::object()) {
        return create(name, more).body["data"].value("id", "");
    }
    Json row(const std::string& id) { return ask("GET", base + "/" + id).body["data"]; }
    Reply patch(const std::string& id, const Json& body) { return ask("PATCH", base + "/" + id, body); }
    std::string names(const std::string& query) {
        std::string text;
        const Json body = ask("GET", base + query).body;
        for (const auto& item : body["data"]["servers"]) text += item["name"].get<std::string>() + " ";
        return text;
    }
};

} // namespace

TEST(Zudu, both_halves_of_the_key_are_needed) {
    ZuduWorld world;
    EXPECT_EQ(world.ask("GET", base).status, 200);
    world.headers = {{"X-API-KEY", "sk_a"}};
    EXPECT_EQ(world.ask("GET", base).status, 401);
    world.sign_in("sk_a", "s3cr3t_r");
    const Reply refused = world.ask("GET", base);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.body["status"], "error");
    EXPECT_EQ(refused.body["error"], refused.body["message"]);
    world.sign_in("sk_r", "s3cr3t_r");
    EXPECT_EQ(world.ask("GET", base).status, 200);
    EXPECT_EQ(world.create("a").status, 403);
}

TEST(Zudu, a_create_takes_a_config_and_answers_everything_in_an_envelope) {
    ZuduWorld world;
    const Reply made = world.create("github", {{"request_headers", {{"Authorization", "Bearer t"}}}});
    ASSERT_EQ(made.status, 200) << made.text;
    EXPECT_EQ(made.body["status"], "success");
    EXPECT_EQ(made.body["error"], nullptr);
    const Json data = made.body["data"];
    EXPECT_TRUE(data["id"].get<std::string>().starts_with("mcp_"));
    EXPECT_EQ(data["id"].get<std::string>().size(), 40U);
    EXPECT_EQ(data["organization_id"], world.plane.organization());
    EXPECT_EQ(data["approval_policy"], "require_approval_all");
    EXPECT_EQ(data["transport"], "SSE");
    EXPECT_EQ(data["description"], "");
    EXPECT_EQ(data["config"]["request_headers"]["Authorization"], "Bearer t");
    EXPECT_TRUE(data["created_at"].is_number_integer());
    EXPECT_GT(data["created_at"], 1'700'000'000'000);
    EXPECT_EQ(world.row(data["id"]), data);
    EXPECT_EQ(world.ask("POST", base, {{"name", "flat"}, {"url", "https://x.example"}}).status, 400);
    EXPECT_EQ(world.create("").status, 400);
    EXPECT_EQ(world.create("a", {{"transport", "carrier pigeon"}}).status, 400);
    EXPECT_EQ(world.create("a", {{"request_headers", {{"X", 1}}}}).status, 400);
    world.set("https_only", true);
    EXPECT_EQ(world.create("a", {{"url", "http://a.example"}}).message(), "url: must be https");
}

TEST(Zudu, the_older_generation_names_things_otherwise_and_shows_the_secrets_id) {
    ZuduWorld world;
    const std::string id = world.made("github", {{"secret_token", {{"secret_id", "sec_1"}}}});
    EXPECT_FALSE(world.row(id).contains("secret_token_id"));
    world.set("answers", "h");
    const Json row = world.row(id);
    EXPECT_EQ(row["server_name"], "github");
    EXPECT_EQ(row["server_url"], "https://github.example/mcp");
    EXPECT_EQ(row["secret_token_id"], "sec_1");
    EXPECT_FALSE(row.contains("name"));
    EXPECT_FALSE(row.contains("config"));
    world.set("known_secrets", "sec_1");
    EXPECT_EQ(world.create("b", {{"secret_token", {{"secret_id", "sec_2"}}}}).status, 400);
    EXPECT_EQ(world.create("b", {{"secret_token", Json::object()}}).status, 400);
}

TEST(Zudu, an_update_is_flat_or_wrapped_and_the_other_shape_is_refused_or_lost) {
    ZuduWorld world;
    const std::string id = world.made("github");
    const Json flat = {{"description", "flat"}};
    const Json wrapped = {{"config", {{"description", "wrapped"}}}};
    const Json before = world.row(id);
    const Json after = world.patch(id, flat).body["data"];
    EXPECT_EQ(after["description"], "flat");
    EXPECT_GT(after["updated_at"], before["updated_at"]);
    EXPECT_FALSE(after.contains("created_at"));
    EXPECT_FALSE(after.contains("config"));
    EXPECT_EQ(world.patch(id, wrapped).status, 400);
    world.set("wrong_patch", "ignore");
    EXPECT_EQ(world.patch(id, wrapped).body["data"]["description"], "flat");
    world.set("patch", "wrapped");
    EXPECT_EQ(world.patch(id, wrapped).body["data"]["description"], "wrapped");
    EXPECT_EQ(world.patch(id, flat).body["data"]["description"], "wrapped");
    world.set("patch", "both");
    EXPECT_EQ(world.patch(id, flat).body["data"]["description"], "flat");
    world.set("patch_answer", "full");
    EXPECT_TRUE(world.patch(id, flat).body["data"].contains("created_at"));
    EXPECT_EQ(world.patch("mcp_none", flat).status, 404);
}

TEST(Zudu, nulls_headers_and_fixed_fields_follow_their_knobs) {
    ZuduWorld world;
    const std::string id = world.made("github", {{"description", "d"}, {"request_headers", {{"A", "1"}}}});
    EXPECT_EQ(world.patch(id, {{"description", nullptr}}).status, 400);
    world.set("nulls", "ignore");
    EXPECT_EQ(world.patch(id, {{"description", nullptr}}).body["data"]["description"], "d");
    world.set("nulls", "clear");
    EXPECT_EQ(world.patch(id, {{"description", nullptr}}).body["data"]["description"], "");
    EXPECT_EQ(world.patch(id, {{"request_headers", {{"B", "2"}}}}).body["data"]["request_headers"], Json({{"B", "2"}}));
    world.set("headers_rule", "merge");
    EXPECT_EQ(world.patch(id, {{"request_headers", {{"C", "3"}}}}).body["data"]["request_headers"].size(), 2U);
    world.set("fixed_fields", "url, name");
    const Json left = world.patch(id, {{"url", "https://new.example"}, {"description", "e"}}).body["data"];
    EXPECT_EQ(left["url"], "https://github.example/mcp");
    EXPECT_EQ(left["description"], "e");
    world.set("mask_headers", "***");
    EXPECT_EQ(world.row(id)["request_headers"]["B"], "***");
}

TEST(Zudu, strict_enums_are_those_of_the_product_behind) {
    ZuduWorld world;
    const Json page = {{"transport", "WebSocket"}, {"approval_policy", "auto_approve_read_only"}};
    EXPECT_EQ(world.create("open", page).status, 200);
    world.set("strict_enums", true);
    EXPECT_EQ(world.create("strict", {{"transport", "WebSocket"}}).status, 400);
    EXPECT_EQ(world.create("strict", {{"approval_policy", "auto_approve_read_only"}}).status, 400);
    EXPECT_EQ(world.create("strict", {{"approval_policy", "require_approval_per_tool"}}).status, 200);
}

TEST(Zudu, lists_are_paged_from_zero_and_leave_headers_out) {
    ZuduWorld world;
    for (const char* name : {"a", "b", "c"}) world.made(name, {{"request_headers", {{"X", "1"}}}});
    const Json first = world.ask("GET", base + "?page=0&limit=2").body["data"];
    EXPECT_EQ(first["servers"][0]["name"], "c");
    EXPECT_EQ(first["total_count"], 3);
    EXPECT_EQ(first["total_pages"], 2);
    EXPECT_EQ(first["has_next"], true);
    EXPECT_EQ(first["has_previous"], false);
    EXPECT_FALSE(first["servers"][0].contains("request_headers"));
    EXPECT_FALSE(first["servers"][0].contains("config"));
    const Json second = world.ask("GET", base + "?page=1&limit=2").body["data"];
    EXPECT_EQ(second["servers"][0]["name"], "a");
    EXPECT_EQ(second["has_next"], false);
    EXPECT_EQ(world.names("?page=2&limit=2"), "");
    EXPECT_EQ(world.ask("GET", base).body["data"]["limit"], 20);
    EXPECT_EQ(world.names("?sort=name&order=asc"), "a b c ");
    EXPECT_EQ(world.names("?search=B.EXAMPLE"), "");
    EXPECT_EQ(world.names("?search=B"), "b ");
    for (const char* query : {"?page=-1", "?limit=0", "?limit=101", "?sort=size", "?order=up", "?page=x"}) {
        EXPECT_EQ(world.ask("GET", base + query).status, 400) << query;
    }
    world.set("list_headers", true);
    EXPECT_EQ(world.ask("GET", base).body["data"]["servers"][0]["request_headers"]["X"], "1");
    world.set("repeat_last_page", true);
    EXPECT_EQ(world.names("?page=7&limit=2"), "a ");
    EXPECT_EQ(world.ask("GET", base + "?page=7&limit=2").body["data"]["has_next"], true);
    world.set("most_limit", 1);
    EXPECT_EQ(world.ask("GET", base).body["data"]["limit"], 1);
}

TEST(Zudu, deletes_can_be_missing_and_may_look_at_agents) {
    ZuduWorld world;
    const std::string id = world.made("github");
    world.set("deletes", false);
    EXPECT_EQ(world.ask("DELETE", base + "/" + id).status, 405);
    world.set("deletes", true);
    ASSERT_EQ(Console(world.plane).edit(id, {{"dependent_agents", {"agent_1"}}}), std::nullopt);
    EXPECT_EQ(world.row(id)["dependent_agents"], Json::array({"agent_1"}));
    world.set("delete_checks_agents", true);
    EXPECT_EQ(world.ask("DELETE", base + "/" + id).status, 409);
    world.set("delete_checks_agents", false);
    EXPECT_EQ(world.ask("DELETE", base + "/" + id).status, 200);
    EXPECT_EQ(world.ask("DELETE", base + "/" + id).status, 404);
    EXPECT_EQ(world.ask("PUT", base).status, 405);
}

TEST(Zudu, policies_and_tool_approvals_are_kept_in_both_generations) {
    ZuduWorld world;
    const std::string id = world.made("github");
    const std::string policy = base + "/" + id + "/approval-policy";
    const Json set = world.ask("PATCH", policy, {{"approval_policy", "auto_approve_all"}}).body["data"];
    EXPECT_EQ(set["approval_policy"], "auto_approve_all");
    EXPECT_EQ(set.size(), 5U);
    EXPECT_EQ(world.ask("PATCH", policy, {{"approval_policy", "never"}}).status, 400);
    const std::string tools = base + "/" + id + "/tool-approvals";
    const Json given = {{"tool_name", "a tool"}, {"approval_hash", "h1"}, {"auto_approve", true}};
    EXPECT_EQ(world.ask("POST", tools, given).body["data"]["server_id"], id);
    EXPECT_EQ(world.ask("POST", tools, {{"tool_name", "x"}}).status, 400);
    EXPECT_EQ(world.row(id)["tool_approval_hashes"][0]["approval_policy"], "auto_approved");
    EXPECT_EQ(world.ask("DELETE", tools + "/a%20tool").body["data"]["deleted"], true);
    EXPECT_EQ(world.ask("DELETE", tools + "/a%20tool").status, 404);
    world.set("answers", "h");
    const Json older = {
        {"tool_name", "b"}, {"tool_description", "d"}, {"tool_hash", "h2"}, {"approval_policy", "requires_approval"}};
    EXPECT_EQ(world.ask("POST", tools, older).body["data"]["tool_approval_hashes"].size(), 1U);
    EXPECT_EQ(world.ask("DELETE", tools + "/b").body["data"]["tool_approval_hashes"], Json::array());
    EXPECT_EQ(world.ask("GET", base + "/" + id + "/tools").body["data"].size(), 2U);
}

TEST(Zudu, people_faults_and_the_audit_work_as_everywhere) {
    ZuduWorld world;
    Console console(world.plane);
    const Json twin = {{"name", "twin"}, {"url", "https://twin.example"}};
    EXPECT_EQ(console.add(twin), std::nullopt);
    EXPECT_EQ(console.add(twin), std::nullopt);
    EXPECT_EQ(world.names(""), "twin twin ");
    EXPECT_NE(console.remove("twin"), std::nullopt);
    EXPECT_EQ(console.add({{"name", "incomplete"}}), "server: url: required");
    world.fail("POST /api/mcp-servers reset-after name=lost");
    EXPECT_EQ(world.create("lost", {{"request_headers", {{"X", "h3ader"}}}}).status, 0);
    EXPECT_EQ(world.names("?search=lost"), "lost ");
    const Json entry = world.plane.ground().audit().json(0, 10).back();
    EXPECT_EQ(world.plane.ground().audit().json(0, 10).dump().find("h3ader"), std::string::npos);
    EXPECT_EQ(entry["status"], 200);
    world.fail("GET ** 503");
    EXPECT_EQ(world.ask("GET", base).body["status"], "error");
}

} // namespace kedge::sandbox
