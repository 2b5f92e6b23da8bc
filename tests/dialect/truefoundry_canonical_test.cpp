#include "model/secret_fields.h"
#include "tests/dialect/any_json.h"
#include "tests/dialect/truefoundry_world.h"

#include <algorithm>
#include <rapidcheck.h>

using namespace kedge;
using namespace kedge::testing;

namespace {

Json canonical(const Json& document) {
    return truefoundry()->canonical(document);
}

Json remote(const Json& more) {
    Json document{{"type", "mcp-server/remote"}, {"name", "n"}};
    document.update(more);
    return document;
}

// Manifests with what the normal form looks at, and with nonsense in the same places.
Json any_manifest(std::vector<std::uint8_t> bytes) {
    Choices choices(std::move(bytes),
                    {"type",
                     "name",
                     "command",
                     "collaborators",
                     "subject",
                     "role_id",
                     "tool_settings",
                     "tool_policy",
                     "tool_metadata",
                     "disabled",
                     "description",
                     "annotations",
                     "auth_data",
                     "enabled_tools",
                     "disabled_tools",
                     "auth_level",
                     "grant_type",
                     "provider",
                     "scopes",
                     "enable_tools_by_default",
                     "tls_settings",
                     "servers",
                     "$kedge",
                     "reject_unauthorized",
                     "openapi_spec_source",
                     "openapi_spec"},
                    {"", "a", "b", "header", "env", "oauth2", "global", "custom", "authorization_code", "npx",
                     "mcp-server/remote", "mcp-server/stdio", "mcp-server/openapi", "mcp-server/virtual"});
    Json document = choices.object(4);
    for (const char* key : {"tool_settings", "tool_policy", "tool_metadata", "auth_data", "collaborators", "type"}) {
        auto value = choices.value(3);
        if (!value.is_null()) document[key] = std::move(value);
    }
    return document;
}

} // namespace

TEST(truefoundry_canonical, nulls_and_empty_lists_and_maps_are_absent) {
    EXPECT_EQ(canonical(remote({{"auth_data", nullptr},
                                {"tags", Json::object()},
                                {"collaborators", Json::array()},
                                {"ownedBy", {{"account", nullptr}}},
                                {"future", {{"inner", {{"deep", Json::array()}}}}}})),
              remote(Json::object()));
}

TEST(truefoundry_canonical, documented_defaults_are_absent) {
    EXPECT_EQ(
        canonical(remote({{"tls_settings", {{"reject_unauthorized", true}}},
                          {"tool_policy", {{"enable_tools_by_default", true}}},
                          {"auth_data", {{"type", "header"}, {"auth_level", "global"}, {"headers", {{"A", "b"}}}}}})),
        remote({{"auth_data", {{"type", "header"}, {"headers", {{"A", "b"}}}}}}));
    EXPECT_EQ(canonical(remote({{"auth_data",
                                 {{"type", "oauth2"},
                                  {"grant_type", "authorization_code"},
                                  {"provider", "custom"},
                                  {"jwt_source", "access_token"}}}})),
              remote({{"auth_data", {{"type", "oauth2"}, {"jwt_source", "access_token"}}}}));
    EXPECT_EQ(canonical({{"type", "mcp-server/stdio"}, {"command", "npx"}}), (Json{{"type", "mcp-server/stdio"}}));
}

TEST(truefoundry_canonical, what_is_no_default_stays) {
    for (const Json& document :
         {remote({{"tls_settings", {{"reject_unauthorized", false}}}}),
          remote({{"tls_settings", {{"reject_unauthorized", 1}}}}),
          remote({{"auth_data", {{"type", "header"}, {"auth_level", "per_user"}}}}),
          remote({{"auth_data", {{"type", "oauth2"}, {"grant_type", "client_credentials"}, {"provider", "auth0"}}}}),
          remote({{"tool_policy", {{"enable_tools_by_default", false}}}}), remote({{"command", "npx"}}),
          remote({{"tags", {"a", "b"}}}),
          Json{{"type", "mcp-server/stdio"}, {"command", "uvx"}, {"args", {"b", "a", "b"}}}}) {
        EXPECT_EQ(canonical(document), document);
    }
}

TEST(truefoundry_canonical, tool_settings_become_policy_and_metadata) {
    const Json settings = {{{"name", "write"}, {"disabled", true}},
                           {{"name", "read"}, {"disabled", false}},
                           {{"name", "list"}, {"description", "short"}, {"annotations", {{"readOnlyHint", true}}}},
                           {{"name", "drop"}, {"disabled", true}, {"description", "gone"}}};
    EXPECT_EQ(canonical(remote({{"tool_settings", settings}})),
              remote({{"tool_policy", {{"disabled_tools", {"drop", "write"}}}},
                      {"tool_metadata",
                       {{{"name", "drop"}, {"description", "gone"}},
                        {{"name", "list"}, {"description", "short"}, {"annotations", {{"readOnlyHint", true}}}}}}}));
    // The control plane's own form of the same, in another order, with the default spelled out and the other shape of
    // metadata.
    EXPECT_EQ(
        canonical(remote({{"tool_settings", settings}})),
        canonical(remote({{"tool_policy", {{"disabled_tools", {"write", "drop"}}, {"enable_tools_by_default", true}}},
                          {"tool_metadata",
                           {{"list", {{"description", "short"}, {"annotations", {{"readOnlyHint", true}}}}},
                            {"drop", {{"description", "gone"}}}}}})));
}

TEST(truefoundry_canonical, tool_settings_that_say_nothing_are_absent) {
    EXPECT_EQ(canonical(remote({{"tool_settings", {{{"name", "read"}, {"disabled", false}}}}})),
              remote(Json::object()));
}

TEST(truefoundry_canonical, tool_settings_that_nobody_described_stay) {
    const Json document = remote({{"tool_settings", {{{"name", 1}}, "x"}}});
    EXPECT_TRUE(canonical(document).contains("tool_settings"));
    EXPECT_TRUE(
        canonical(remote({{"tool_settings", {{{"name", "a"}, {"disabled", "yes"}}}}})).contains("tool_settings"));
}

TEST(truefoundry_canonical, the_key_of_disabled_tools_is_an_option) {
    TrueFoundryOptions options;
    options.disabled_tools_key = "denied";
    const auto document =
        make_truefoundry(options)->canonical(remote({{"tool_settings", {{{"name", "w"}, {"disabled", true}}}}}));
    EXPECT_EQ(document["tool_policy"], (Json{{"denied", {"w"}}}));
}

TEST(truefoundry_canonical, openapi_keeps_its_tool_settings_sorted) {
    const Json document{{"type", "mcp-server/openapi"},
                        {"tool_settings", {{{"method", "post"}, {"path", "/a"}}, {{"method", "get"}, {"path", "/b"}}}}};
    const auto normal = canonical(document);
    EXPECT_EQ(normal["tool_settings"][0]["method"], "get");
    EXPECT_FALSE(normal.contains("tool_policy"));
}

TEST(truefoundry_canonical, an_inline_openapi_document_is_left_alone) {
    const Json document{
        {"type", "mcp-server/openapi"},
        {"openapi_spec_source", {{"type", "inline"}, {"openapi_spec", {{"security", Json::array()}, {"x", nullptr}}}}}};
    EXPECT_EQ(canonical(document), document);
}

TEST(truefoundry_canonical, sets_are_sorted_and_lists_are_not) {
    const auto normal =
        canonical({{"type", "mcp-server/virtual"},
                   {"collaborators",
                    {{{"subject", "user:b"}, {"role_id", "m"}},
                     {{"subject", "user:a"}, {"role_id", "u"}},
                     {{"subject", "user:b"}, {"role_id", "m"}}}},
                   {"servers", {{{"name", "z"}, {"enabled_tools", {"y", "x", "y"}}}, {{"name", "a"}}}},
                   {"auth_data", {{"scopes", {"w", "r"}}, {"code_challenge_methods_supported", {"S256", "S256"}}}},
                   {"args", {"b", "a"}}});
    EXPECT_EQ(normal["collaborators"].size(), 2u);
    EXPECT_EQ(normal["collaborators"][0]["subject"], "user:a");
    EXPECT_EQ(normal["servers"][0]["name"], "a");
    EXPECT_EQ(normal["servers"][1]["enabled_tools"], (Json{"x", "y"}));
    EXPECT_EQ(normal["auth_data"]["scopes"], (Json{"r", "w"}));
    EXPECT_EQ(normal["auth_data"]["code_challenge_methods_supported"], (Json{"S256"}));
    EXPECT_EQ(normal["args"], (Json{"b", "a"}));
}

// Omitted means every tool, so an empty list cannot mean the same.
TEST(truefoundry_canonical, a_source_without_tools_is_not_one_with_all) {
    const Json none{{"servers", {{{"name", "a"}, {"enabled_tools", Json::array()}}}}};
    const Json all{{"servers", {{{"name", "a"}}}}};
    EXPECT_NE(canonical(none), canonical(all));
}

TEST(truefoundry_canonical, masked_secrets_stay) {
    const auto document = remote({{"auth_data", {{"type", "header"}, {"headers", {{"A", masked_value()}}}}}});
    EXPECT_EQ(canonical(document), document);
}

TEST(truefoundry_canonical, what_is_no_object_stays) {
    for (const Json& document : {Json(), Json(1), Json("x"), Json{1, nullptr}})
        EXPECT_EQ(canonical(document), document);
}

TEST(truefoundry_canonical, twice_is_the_same_as_once) {
    const auto dialect = truefoundry();
    EXPECT_TRUE(rc::check([&] {
        const Json document = any_manifest(*rc::gen::arbitrary<std::vector<std::uint8_t>>());
        const Json once = dialect->canonical(document);
        RC_ASSERT(dialect->canonical(once).dump() == once.dump());
    }));
}

TEST(truefoundry_canonical, the_order_of_sets_never_matters) {
    const auto dialect = truefoundry();
    EXPECT_TRUE(rc::check([&] {
        auto tools = *rc::gen::container<std::vector<std::string>>(
            rc::gen::elementOf(std::vector<std::string>{"a", "b", "c", "d"}));
        const Json before = remote({{"tool_policy", {{"enabled_tools", tools}}}});
        std::reverse(tools.begin(), tools.end());
        RC_ASSERT(dialect->canonical(before) ==
                  dialect->canonical(remote({{"tool_policy", {{"enabled_tools", tools}}}})));
    }));
}
