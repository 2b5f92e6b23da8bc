// Rows of Aeontel as manifests, their normal form, and what check() finds in a manifest.
#include "model/secret_fields.h"
#include "tests/dialect/aeontel_world.h"
#include "tests/dialect/any_json.h"

#include <rapidcheck.h>

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::aeontel;

namespace {

LiveDocument read(const Json& row) {
    return world::dialect()->read(row);
}
Json canonical(const Json& document) {
    return world::dialect()->canonical(document);
}

std::string complaint(const Json& row) {
    try {
        read(row);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

Resource resource(Json document) {
    Resource it;
    it.type = document.value("type", "");
    it.name = document.value("name", "");
    it.document = std::move(document);
    it.place = {"mcp/github.yaml", 1, 1};
    return it;
}

// "error: MESSAGE", one a line.
std::string findings(const Json& document) {
    std::string text;
    for (const auto& finding : world::dialect()->check(resource(document)))
        text += (finding.severity == Severity::error ? "error: " : "warning: ") + finding.message + "\n";
    return text;
}

} // namespace

TEST(aeontel_read, a_row_is_a_manifest) {
    const auto live = read(world::oauth_row({{"headers", {{"X-Team", "core"}}}}));
    EXPECT_EQ(live.remote_id, "mcp_1");
    EXPECT_EQ(live.name, "github");
    EXPECT_EQ(live.type, "mcp-server/remote");
    EXPECT_EQ(live.version, "2026-01-02T00:00:00.000Z");
    auto expected = world::with_oauth();
    expected["auth_data"]["client_secret"] = unreadable_value();
    expected["additional_headers"] = {{"X-Team", "core"}};
    EXPECT_EQ(live.document, expected);
    EXPECT_EQ(live.condition, Condition{});
    EXPECT_EQ(read(world::row({{"authType", "api_key"}})).document["auth_data"],
              (Json{{"type", "header"}, {"headers", {{"Authorization", unreadable_value()}}}}));
    EXPECT_EQ(read(world::row({{"authType", "saml"}})).document["auth_data"], (Json{{"type", "saml"}}));
}

TEST(aeontel_read, headers_and_connector_config_may_be_missing_or_masked) {
    auto row = world::row();
    row.erase("headers");
    row.erase("connectorConfig");
    EXPECT_EQ(read(row).document, world::manifest());
    const auto live =
        read(world::row({{"headers", {{"X-Key", "****"}}}, {"connectorConfig", {{"token", "<redacted>"}}}}));
    EXPECT_TRUE(is_masked(live.document["additional_headers"]["X-Key"]));
    EXPECT_TRUE(is_masked(live.document["x-kedge"]["aeontel"]["connector_config"]["token"]));
}

TEST(aeontel_read, the_connector_status_is_a_condition_and_never_a_difference) {
    const auto condition = [](const Json& id, const Json& status) {
        return read(world::row({{"connectorId", id}, {"connectorStatus", status}})).condition;
    };
    EXPECT_EQ(condition("con_1", "connected"), Condition{});
    EXPECT_EQ(condition(nullptr, nullptr), Condition{});
    EXPECT_TRUE(condition("con_1", nullptr).needs_person);
    EXPECT_TRUE(condition("con_1", "disconnected").needs_person);
    EXPECT_FALSE(condition("con_1", "error").reachable);
    EXPECT_FALSE(condition(nullptr, "disconnected").reachable);
    EXPECT_EQ(condition("con_1", "pending").text, "connector status: \"pending\"");
    EXPECT_EQ(read(world::row({{"connectorStatus", "error"}})).document, world::manifest());
}

TEST(aeontel_read, what_is_no_row_of_the_workspace_is_refused) {
    EXPECT_EQ(complaint(Json::array()), "a row that is no object");
    EXPECT_EQ(complaint(world::row({{"name", ""}})), "a row without a name");
    EXPECT_EQ(complaint(world::row({{"workspaceId", "wsp_2"}})), "a row of another workspace");
    EXPECT_EQ(complaint(world::row({{"deletedAt", "2026-01-01T00:00:00.000Z"}})), "a row that is deleted");
}

TEST(aeontel_read, their_word_for_ours_never_passes_for_a_mask) {
    const auto live = read(world::row({{"headers", {{"X-Key", {{"$kedge", "masked"}}}}}}));
    EXPECT_FALSE(is_masked(live.document["additional_headers"]["X-Key"]));
}

TEST(aeontel_canonical, what_cannot_be_held_is_no_difference) {
    auto document = world::with_oauth();
    document.update({{"description", "d"},
                     {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}},
                     {"tags", {{"team", "core"}}},
                     {"additional_headers", Json::object()}});
    document["auth_data"].update(
        {{"jwt_source", "id_token"}, {"grant_type", "authorization_code"}, {"scopes", {"write", "read"}}});
    EXPECT_EQ(canonical(document), canonical(world::with_oauth()));
    document = world::with_key();
    document["auth_data"]["auth_level"] = "global";
    EXPECT_EQ(canonical(document), world::with_key());
    document = world::manifest();
    document["x-kedge"]["aeontel"] = {{"connector_config", Json::object()}};
    EXPECT_EQ(canonical(document), world::manifest());
}

TEST(aeontel_canonical, a_public_client_equals_what_cannot_be_read) {
    auto document = world::with_oauth();
    document["auth_data"].erase("client_secret");
    EXPECT_EQ(canonical(document), canonical(read(world::oauth_row()).document));
}

TEST(aeontel_canonical, is_stable_for_any_document) {
    rc::check([] {
        Choices choices(*rc::gen::arbitrary<std::vector<std::uint8_t>>(),
                        {"type", "name", "url", "auth_data", "headers", "scopes", "client_secret", "x-kedge", "aeontel",
                         "connector_id", "connector_config", "additional_headers", "$kedge", "tags"},
                        {"", "a", "header", "oauth2", "masked", "unreadable"});
        const auto once = canonical(choices.object(4));
        RC_ASSERT(canonical_json(canonical(once)) == canonical_json(once));
    });
}

TEST(aeontel_check, says_per_field_what_is_lost) {
    auto document = world::with_oauth();
    document.update({{"description", "d"},
                     {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}},
                     {"tags", {{"team", "core"}}},
                     {"tls_settings", {{"reject_unauthorized", false}}},
                     {"tool_policy", {{"disabled_tools", {"rm"}}}}});
    document["auth_data"].update({{"jwt_source", "id_token"}, {"include_resource", true}});
    EXPECT_EQ(findings(document), "warning: \"collaborators\" is not sent: Aeontel has no such field\n"
                                  "warning: \"description\" is not sent: Aeontel has no such field (so it is with "
                                  "every manifest)\n"
                                  "warning: \"tags\" is not sent: Aeontel has no such field\n"
                                  "error: Aeontel cannot check certificates otherwise than usual\n"
                                  "error: Aeontel cannot switch single tools off\n"
                                  "error: Aeontel has no \"auth_data.include_resource\"\n"
                                  "warning: \"auth_data.jwt_source\" is not sent: Aeontel has no such field\n");
    EXPECT_EQ(findings(world::with_oauth()) + findings(world::with_key()) + findings(world::with_connector()), "");
}

TEST(aeontel_check, what_every_manifest_loses_belongs_to_none_of_them) {
    Resource resource;
    resource.name = "github";
    resource.type = "mcp-server/remote";
    resource.place = {"github.yaml", 1, 1};
    resource.document = world::with_oauth();
    resource.document["description"] = "Tools of github";
    resource.document["auth_data"]["jwt_source"] = "access_token";
    const auto all = world::dialect()->check(resource);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].severity, Severity::warning);
    EXPECT_EQ(all[0].place, Place{});
    EXPECT_EQ(all[0].name, "") << "so that the plan says it once";
}

TEST(aeontel_check, an_auth_that_cannot_be_sent_is_an_error) {
    const auto with = [](const Json& auth) {
        auto document = world::manifest();
        document["auth_data"] = auth;
        return findings(document);
    };
    EXPECT_EQ(with({{"type", "passthrough"}}), "error: Aeontel cannot hold authentication of type \"passthrough\"\n");
    EXPECT_EQ(with({{"type", "header"}, {"auth_level", "per_user"}, {"headers", {{"Authorization", "Bearer {{K}}"}}}}),
              "error: Aeontel has no credentials for each person\n");
    EXPECT_EQ(with({{"type", "header"}, {"headers", {{"A", "1"}, {"B", "2"}}}}),
              "error: Aeontel has room for one credential, auth_data has 2 headers\n");
    for (const auto& headers : {Json{{"X-Key", "1"}}, Json{{"Authorization", "Basic abc"}},
                                Json{{"Authorization", "Bearer "}}, Json{{"authorization", "Bearer a"}}})
        EXPECT_EQ(with({{"type", "header"}, {"headers", headers}}),
                  "error: Aeontel sends an API key as \"Authorization: Bearer KEY\" and in no other way\n");
    EXPECT_EQ(with({{"type", "header"}, {"headers", {{"Authorization", "Bearer tfy-secret://a:b:c"}}}}),
              "error: header \"Authorization\" refers to a secret of TrueFoundry, which Aeontel cannot look up\n");
    EXPECT_EQ(with({{"type", "oauth2"}, {"grant_type", "client_credentials"}, {"token_url", "https://a.example/t"}}),
              "error: Aeontel has no grant_type, and signs people in\n");
    EXPECT_EQ(with({{"type", "oauth2"}, {"registration_url", "https://a.example/r"}}),
              "error: Aeontel has no \"auth_data.registration_url\"\n");
    EXPECT_EQ(with({{"type", "oauth2"}, {"client_id", "c"}, {"scopes", {"a b"}}}),
              "error: a scope that is no single word: Aeontel has one text with blanks between\n");
}

TEST(aeontel_check, other_types_are_errors) {
    EXPECT_EQ(findings({{"type", "mcp-server/virtual"}, {"name", "v"}}),
              "error: Aeontel has no \"mcp-server/virtual\"\n");
}

TEST(aeontel_check, its_own_block_is_strict) {
    const auto with = [](const Json& block) {
        auto document = world::manifest();
        document["x-kedge"]["aeontel"] = block;
        return world::dialect()->check(resource(document));
    };
    EXPECT_EQ(with(1)[0].message, "\"x-kedge.aeontel\" is no map");
    const auto misspelled = with({{"connector_idd", "con_1"}});
    ASSERT_EQ(misspelled.size(), 1u);
    EXPECT_EQ(misspelled[0].message, "unknown key \"connector_idd\" in \"x-kedge.aeontel\"");
    EXPECT_EQ(misspelled[0].hint, "is \"connector_id\" meant?");
    EXPECT_EQ(with({{"connector_id", 7}})[0].message, "\"x-kedge.aeontel.connector_id\" must be text");
    EXPECT_EQ(with({{"connector_id", "con_1"}, {"connector_config", 7}})[0].message,
              "\"x-kedge.aeontel.connector_config\" must be a map");
    EXPECT_EQ(with({{"connector_config", {{"a", 1}}}})[0].hint, "name the connector: connector_id");
}

TEST(aeontel_description, says_what_the_control_plane_can) {
    const auto dialect = world::dialect();
    const auto& it = dialect->describe();
    EXPECT_TRUE(it.can.list && it.can.list_has_total && it.can.list_rows_complete && it.can.get && it.can.remove);
    EXPECT_TRUE(it.can.find_by_name && it.can.name_lookup_is_list);
    EXPECT_FALSE(it.can.names_unique || it.can.tags || it.can.subjects || it.can.rehearse);
    EXPECT_EQ(it.can.clears, "null");
    EXPECT_EQ(it.can.assumptions.size(), 3u);
    EXPECT_EQ(it.credentials, std::vector<CredentialHeader>{CredentialHeader{}});
    EXPECT_EQ(it.list, (ListShape{"data", "/name", "/id"}));
}
