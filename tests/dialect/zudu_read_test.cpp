// What a server looks like as a manifest, what of a manifest Zudu can hold, and what it says about the rest.
#include "model/secret_fields.h"
#include "tests/dialect/any_json.h"
#include "tests/dialect/zudu_world.h"

#include <rapidcheck.h>
#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::zudu;

namespace {

LiveDocument read(const Json& row) {
    return world::dialect()->read(row);
}

std::vector<std::string> texts(const std::vector<Finding>& findings) {
    std::vector<std::string> all;
    for (const auto& finding : findings)
        all.push_back((finding.severity == Severity::error ? "error: " : "warning: ") + finding.message);
    return all;
}

std::vector<std::string> check(Json document, bool wrapped = false) {
    document.erase("collaborators"); // always there, always the same warning
    return texts(world::dialect(wrapped)->check(world::resource(std::move(document))));
}

Json with_block(Json block) {
    auto document = world::manifest();
    document["x-kedge"]["zudu"] = std::move(block);
    return document;
}

using Texts = std::vector<std::string>;

} // namespace

TEST(zudu_description, says_what_the_control_plane_can) {
    const auto dialect = world::dialect(false, false);
    const auto& it = dialect->describe();
    EXPECT_TRUE(it.can.list && it.can.list_has_total && it.can.get && it.can.create && it.can.update);
    EXPECT_FALSE(it.can.list_rows_complete || it.can.names_unique || it.can.tags || it.can.rehearse || it.can.remove);
    EXPECT_TRUE(it.can.name_lookup_is_list);
    EXPECT_EQ(it.list, (ListShape{"data.servers", "/name", "/id"}));
    EXPECT_EQ(it.credentials,
              (std::vector<CredentialHeader>{{"token", "X-API-KEY", ""}, {"secret", "X-API-SECRET", ""}}));
    EXPECT_EQ(it.can.assumptions.size(), 3u);
    EXPECT_EQ(it.can.clears, "empty value");
    // Only the hand-written generation tells which secret a server has.
    EXPECT_EQ(it.can.write_only, std::vector<std::string>{"x-kedge.zudu.secret_id"});
    const auto wrapped = world::dialect(true);
    EXPECT_TRUE(wrapped->describe().can.write_only.empty());
    for (const auto* each : {dialect.get(), wrapped.get()})
        EXPECT_EQ(each->describe().can.replace_fields, (Texts{"type", "x-kedge.zudu.secret_id"}));
    EXPECT_TRUE(wrapped->describe().can.remove);
}

TEST(zudu_read, a_server_becomes_a_manifest) {
    const auto live = read(world::server());
    EXPECT_EQ(live.remote_id, world::id);
    EXPECT_EQ(live.name, "github");
    EXPECT_EQ(live.type, "mcp-server/remote");
    EXPECT_EQ(live.version, "1700000000000");
    auto expected = world::manifest();
    expected.erase("collaborators");
    expected["x-kedge"]["zudu"]["tool_approvals"] = Json::object();
    EXPECT_EQ(live.document, expected);
}

TEST(zudu_read, both_generations_say_the_same) {
    auto row = world::server();
    row.erase("name");
    row.erase("url");
    row["server_name"] = "github";
    row["server_url"] = "https://example.com/mcp";
    row.erase("config");
    EXPECT_EQ(read(row), read(world::server()));
    // What only the echo has is taken from there.
    const Json echo{{"id", world::id}, {"updated_at", 1700000000000}, {"config", world::server()}};
    EXPECT_EQ(read(echo), read(world::server()));
    row["secret_token_id"] = "sec1";
    EXPECT_EQ(read(row).document["x-kedge"]["zudu"]["secret_id"], "sec1");
}

TEST(zudu_read, headers_stand_where_a_person_would_write_them) {
    auto row = world::server();
    row["request_headers"] = {{"X-API-Key", "k"}, {"x-auth-token", "t"}, {"User-Agent", "a"}, {"Cookie", "c"}};
    const auto document = read(row).document;
    EXPECT_EQ(document["auth_data"]["headers"], (Json{{"X-API-Key", "k"}, {"x-auth-token", "t"}, {"Cookie", "c"}}));
    EXPECT_EQ(document["additional_headers"], (Json{{"User-Agent", "a"}}));
    row["request_headers"] = Json::object();
    EXPECT_FALSE(read(row).document.contains("auth_data"));
}

TEST(zudu_read, masked_headers_are_unknown) {
    auto row = world::server();
    row["request_headers"] = {{"Authorization", "Bearer ****"}, {"X-Team", nullptr}};
    const auto document = read(row).document;
    EXPECT_TRUE(is_masked(document["auth_data"]["headers"]["Authorization"]));
    EXPECT_TRUE(is_masked(document["additional_headers"]["X-Team"]));
    row["request_headers"] = {{"Authorization", masked_value()}}; // our own word is not theirs to use
    EXPECT_FALSE(is_masked(read(row).document["auth_data"]["headers"]["Authorization"]));
}

TEST(zudu_read, unknown_values_are_read_as_they_are) {
    auto row = world::server();
    row["approval_policy"] = "ask_the_moon";
    row["transport"] = 7;
    row["tool_approval_hashes"] = {
        "hash", 1, {{"tool_name", ""}}, {{"tool_name", ".."}}, {{"tool_name", "t"}, {"approval_policy", "other"}}};
    const auto block = read(row).document["x-kedge"]["zudu"];
    EXPECT_EQ(block["approval_policy"], "ask_the_moon");
    EXPECT_EQ(block["transport"], 7);
    EXPECT_EQ(block["tool_approvals"], (Json{{"t", Json::object()}}));
}

TEST(zudu_read, what_is_no_server_is_refused) {
    for (const Json& row : {Json(), Json(1), Json::array(), Json::object(), Json{{"id", "a"}}, Json{{"name", 1}}})
        EXPECT_THROW(read(row), std::invalid_argument) << row;
}

TEST(zudu_canonical, manifest_and_row_meet) {
    const auto dialect = world::dialect();
    auto live = dialect->canonical(read(world::server()).document);
    live["x-kedge"]["zudu"].erase("tool_approvals"); // compared only where git sets it
    EXPECT_EQ(dialect->canonical(world::manifest()), live);
}

TEST(zudu_canonical, what_zudu_has_no_place_for_is_gone) {
    auto document = world::manifest();
    document["tags"] = {{"team", "a"}};
    document["ownedBy"] = {{"account", "x"}};
    document["tool_metadata"] = Json::array({1});
    document["display_name"] = "GitHub";
    document["auth_data"]["auth_level"] = "global";
    EXPECT_EQ(world::dialect()->canonical(document), world::dialect()->canonical(world::manifest()));
}

TEST(zudu_canonical, the_place_of_a_header_makes_no_difference) {
    auto document = world::manifest();
    document["auth_data"]["headers"]["X-Team"] = "a";
    document.erase("additional_headers");
    EXPECT_EQ(world::dialect()->canonical(document), world::dialect()->canonical(world::manifest()));
}

TEST(zudu_canonical, a_secret_id_counts_in_git_whether_it_comes_back_or_not) {
    const auto document = with_block({{"secret_id", "s"}});
    for (const bool wrapped : {false, true}) {
        EXPECT_EQ(world::dialect(wrapped)->canonical(document)["x-kedge"]["zudu"]["secret_id"], "s");
        EXPECT_EQ(world::dialect(wrapped)->describe().rules.hidden, Texts{"x-kedge.zudu.secret_id"});
    }
}

TEST(zudu_canonical, approvals_are_compared_by_what_comes_back) {
    const auto document = with_block({{"tool_approvals",
                                       {{"t",
                                         {{"hash", "h"},
                                          {"auto_approve", true},
                                          {"description", "d"},
                                          {"input_schema", {{"a", 1}}},
                                          {"conditions", {{"file_extensions", {"b", "a", "b"}}}}}}}}});
    EXPECT_EQ(world::dialect()->canonical(document)["x-kedge"]["zudu"]["tool_approvals"]["t"],
              (Json{{"hash", "h"}, {"auto_approve", true}, {"conditions", {{"file_extensions", {"a", "b"}}}}}));
    // Declared and empty is not the same as left alone.
    EXPECT_EQ(world::dialect()->canonical(with_block({{"tool_approvals", Json::object()}}))["x-kedge"]["zudu"],
              (Json{{"tool_approvals", Json::object()}}));
}

TEST(zudu_canonical, is_a_normal_form_for_anything) {
    const auto dialect = world::dialect();
    EXPECT_TRUE(rc::check([&] {
        Choices choices(*rc::gen::arbitrary<std::vector<std::uint8_t>>(),
                        {"type", "name", "url", "auth_data", "headers", "additional_headers", "x-kedge", "zudu",
                         "tool_approvals", "conditions", "secret_id"},
                        {"header", "github", "", "h"});
        const Json once = dialect->canonical(choices.value(5));
        RC_ASSERT(dialect->canonical(once) == once);
    }));
}

TEST(zudu_check, a_plain_manifest_loses_its_collaborators_only) {
    const auto findings = world::dialect()->check(world::resource());
    EXPECT_EQ(texts(findings), Texts{"warning: \"collaborators\" is not sent: Zudu AI has no such field"});
    EXPECT_EQ(check(world::manifest()), Texts{});
}

TEST(zudu_check, fields_whose_loss_is_harmless_are_warnings) {
    for (const char* key : {"tags", "ownedBy", "display_name", "tool_metadata", "something_new"}) {
        auto document = world::manifest();
        document[key] = {{"a", "b"}};
        EXPECT_EQ(check(document),
                  Texts{"warning: \"" + std::string(key) + "\" is not sent: Zudu AI has no such field"});
    }
}

TEST(zudu_check, fields_whose_loss_changes_the_meaning_are_errors) {
    auto document = world::manifest();
    document["tls_settings"] = {{"reject_unauthorized", true}};
    document["tool_policy"] = {{"enable_tools_by_default", true}};
    EXPECT_EQ(check(document), Texts{});
    document["tls_settings"]["ca_cert"] = "pem";
    document["tool_policy"]["disabled_tools"] = {"rm"};
    document["tool_settings"] = {{{"name", "rm"}, {"disabled", true}}};
    EXPECT_EQ(check(document), (Texts{"error: Zudu AI cannot check certificates otherwise than usual",
                                      "error: Zudu AI cannot switch single tools off",
                                      "error: Zudu AI cannot switch single tools off"}));
}

TEST(zudu_check, only_remote_servers_can_be_registered) {
    auto document = world::manifest();
    document["type"] = "mcp-server/virtual";
    EXPECT_EQ(check(document), Texts{"error: Zudu AI has no \"mcp-server/virtual\""});
}

TEST(zudu_check, authentication_that_it_cannot_hold_is_an_error) {
    auto document = world::manifest();
    document["auth_data"] = {{"type", "oauth2"}};
    EXPECT_EQ(check(document), Texts{"error: Zudu AI cannot hold authentication of type \"oauth2\""});
    document["auth_data"] = {{"type", "header"}, {"auth_level", "per_user"}, {"headers", {{"Authorization", "{{T}}"}}}};
    EXPECT_EQ(check(document),
              (Texts{"error: Zudu AI has no credentials for each person",
                     "error: header \"Authorization\" holds a placeholder, which Zudu AI would send as "
                     "it is"}));
    document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "tfy-secret://acme:a:b"}}}};
    EXPECT_EQ(check(document), Texts{"error: header \"Authorization\" refers to a secret of TrueFoundry, which Zudu AI "
                                     "cannot look up"});
    document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "a"}}}};
    document["additional_headers"] = {{"authorization", "b"}, {"X-Number", 1}};
    EXPECT_EQ(check(document), (Texts{"error: the value of header \"X-Number\" must be text",
                                      "error: header \"authorization\" stands twice: Zudu AI has one map of headers"}));
}

TEST(zudu_check, its_own_block_is_read_strictly) {
    const std::vector<std::pair<Json, std::string>> mistakes{
        {7, "error: \"x-kedge.zudu\" is no map"},
        {{{"transprot", "SSE"}}, "error: unknown key \"transprot\" in \"x-kedge.zudu\""},
        {{{"transport", 1}}, "error: \"x-kedge.zudu.transport\" must be text"},
        {{{"secret_id", ""}}, "error: \"x-kedge.zudu.secret_id\" must be the id of a secret, as text"},
        {{{"tool_approvals", Json::array()}}, "error: \"x-kedge.zudu.tool_approvals\" must be a map of tools"},
        {{{"tool_approvals", {{"t", 1}}}}, "error: a tool's approval must be a map"},
        {{{"tool_approvals", {{"..", {{"hash", "h"}, {"auto_approve", true}}}}}},
         "error: no tool can be called \"..\""},
        {{{"tool_approvals", {{"t", {{"hash", "h"}}}}}}, "error: a tool's approval lacks \"auto_approve\""},
        {{{"tool_approvals", {{"t", {{"hash", "h"}, {"auto_approve", "yes"}}}}}},
         "error: \"auto_approve\" must be true or false"},
        {{{"tool_approvals", {{"t", {{"hash", ""}, {"auto_approve", true}}}}}}, "error: \"hash\" must be text"},
        {{{"tool_approvals", {{"t", {{"hash", "h"}, {"auto_approve", true}, {"when", 1}}}}}},
         "error: unknown key \"when\" in \"x-kedge.zudu.tool_approvals.t\""},
        {{{"tool_approvals",
           {{"t", {{"hash", "h"}, {"auto_approve", true}, {"conditions", {{"max_file_size", -1}}}}}}}},
         "error: \"max_file_size\" must be a number of bytes"},
        {{{"tool_approvals", {{"t", {{"hash", "h"}, {"auto_approve", true}, {"conditions", {{"x", 1}}}}}}}},
         "error: unknown key \"x\" in \"x-kedge.zudu.tool_approvals.t.conditions\""},
        {{{"tool_approvals", {{"t", {{"hash", "h"}, {"auto_approve", true}, {"description", "d"}}}}}},
         "error: \"description\" cannot be sent with patch: flat"}};
    for (const auto& [block, message] : mistakes) EXPECT_EQ(check(with_block(block)), Texts{message}) << block;
    const auto conditions = with_block(
        {{"tool_approvals", {{"t", {{"hash", "h"}, {"auto_approve", true}, {"conditions", Json::object()}}}}}});
    EXPECT_EQ(check(conditions, true), Texts{"error: \"conditions\" cannot be sent with patch: wrapped"});
}

TEST(zudu_check, open_enums_warn) {
    for (const char* value : {"SSE", "STREAMABLE_HTTP", "WebSocket"})
        EXPECT_EQ(check(with_block({{"transport", value}})), Texts{});
    EXPECT_EQ(check(with_block({{"approval_policy", "other"}})),
              Texts{"warning: \"x-kedge.zudu.approval_policy\" has a value that no page of Zudu AI shows: \"other\""});
    const auto pointless = with_block({{"approval_policy", "auto_approve_all"}, {"tool_approvals", Json::object()}});
    EXPECT_EQ(check(pointless), Texts{"warning: approvals of tools have no effect under this approval_policy"});
}

TEST(zudu_check, a_near_miss_is_named_at_its_line) {
    auto resource = world::resource(with_block({{"transprot", "SSE"}}));
    resource.document.erase("collaborators");
    resource.lines["/x-kedge/zudu"] = 12;
    const auto findings = world::dialect()->check(resource);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].hint, "is \"transport\" meant?");
    EXPECT_EQ(to_text(findings[0].place), "mcp/github.yaml:12");
    EXPECT_EQ(findings[0].name, "github");
}

TEST(zudu_check, the_block_may_come_from_the_overrides) {
    auto resource = world::resource();
    resource.document.erase("x-kedge");
    resource.document.erase("collaborators");
    resource.extension.providers["zudu"] = {{"colour", "red"}};
    EXPECT_EQ(texts(world::dialect()->check(resource)), Texts{"error: unknown key \"colour\" in \"x-kedge.zudu\""});
}
