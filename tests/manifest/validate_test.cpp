#include "manifest/validate.h"

#include "tests/manifest/read.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(validate, collects_everything_at_once) {
    EXPECT_THAT(
        load_problems(
            "type: mcp-server/remote\nname: Git_Hub\ndescription: [d]\ncolaborators: []\nauth_data: {type: heder}\n"),
        ElementsAre(
            "1:1 no field \"url\" in mcp-server/remote | the MCP endpoint",
            "1:1 no field \"collaborators\" in mcp-server/remote | is \"colaborators\" meant?",
            "warning 2:1 name is unusual: the control plane may refuse it | use 3 to 36 lower-case letters, digits and "
            "hyphens, a letter first",
            "3:1 description must be text, not a list",
            "warning 4:1 unknown field \"colaborators\" is passed on as it stands | is \"collaborators\" meant?",
            "5:13 unknown value \"heder\" of auth_data.type | is \"header\" meant?"));
}

TEST(validate, wrong_types_come_with_the_right_spelling) {
    EXPECT_THAT(load_problems("type: mcp-server/remote\nname: 123\ndescription: 5\nurl: true\ncollaborators: "
                              "team:x\ntags: [a]\ntls_settings: {reject_unauthorized: \"yes\"}\n"),
                ElementsAre("2:1 name must be text, not a number | write \"123\" in quotes",
                            "3:1 description must be text, not a number | write \"5\" in quotes",
                            "4:1 url must be text, not true or false | write \"true\" in quotes",
                            "5:1 collaborators must be a list, not text | begin each item with \"- \"",
                            "6:1 tags must be a map, not a list | write \"key: value\" lines without \"- \"",
                            "7:16 tls_settings.reject_unauthorized must be true or false, not text | write true or "
                            "false without quotes"));
}

TEST(validate, required_fields_may_not_be_empty_and_optional_ones_may_be_null) {
    EXPECT_THAT(load_problems("type: mcp-server/remote\nname: \"\"\ndescription:\nurl: \"\"\ncollaborators:\n"),
                ElementsAre("2:1 name is empty", "3:1 description must be text, not empty", "4:1 url is empty",
                            "5:1 collaborators must be a list, not empty | begin each item with \"- \""));
    EXPECT_THAT(load_problems(minimal + "tags:\nauth_data: ~\ntool_policy: null\n"), IsEmpty());
}

TEST(validate, urls_are_http_and_name_a_host) {
    const auto problem = [](const std::string& url) {
        return load_problems("type: mcp-server/remote\nname: abc\ndescription: d\ncollaborators: []\nurl: \"" + url +
                             "\"\n");
    };
    EXPECT_THAT(problem("https://h/mcp?x=1"), IsEmpty());
    EXPECT_THAT(problem("http://[::1]:8080/mcp"), IsEmpty());
    EXPECT_THAT(problem("htps://h"), ElementsAre("5:1 url is no http or https URL: \"htps://h\" | is https:// meant?"));
    EXPECT_THAT(problem("h.example/mcp"),
                ElementsAre("5:1 url is no http or https URL: \"h.example/mcp\" | write https://HOST/PATH"));
    EXPECT_THAT(problem("https:///mcp"),
                ElementsAre("5:1 url names no host: \"https:///mcp\" | write https://HOST/PATH"));
    EXPECT_THAT(problem("https://h/a b"),
                ElementsAre("5:1 url holds a character that no URL may: \"https://h/a b\" | percent-encode it"));
    EXPECT_THAT(problem("https://u:p@h/"),
                ElementsAre("warning 5:1 url holds a user name or password | write the credential in auth_data"));
}

TEST(validate, old_fields_and_roles_are_warnings_with_a_way_out) {
    EXPECT_THAT(load_problems(minimal + "transport: sse\ntls_settings: {insecure_skip_verify: true}\n"),
                ElementsAre("warning 6:1 field \"transport\" is not part of the schema any more | remove it: the "
                            "gateway finds out by itself",
                            "warning 7:16 field \"insecure_skip_verify\" is not part of the schema any more | write "
                            "reject_unauthorized: false"));
    EXPECT_THAT(
        load_problems(
            "type: mcp-server/remote\nname: abc\ndescription: d\nurl: https://h\ncollaborators:\n- {subject: 'team:x', "
            "role_id: admin}\n- {subject: bob, role_id: viewer}\n- {subject: 'tem:x', role_id: r}\n"),
        ElementsAre(
            "warning 6:23 collaborators.0.role_id has the old role \"admin\" | write mcp-server-manager",
            "warning 7:4 collaborators.1.subject has no kind | write user:EMAIL, team:NAME or serviceaccount:NAME",
            "warning 7:18 collaborators.1.role_id has the old role \"viewer\" | write mcp-server-user",
            "warning 8:4 collaborators.2.subject has the unknown kind \"tem\" | is \"team:\" meant?"));
    EXPECT_THAT(
        load_problems("type: mcp-server/openapi\nname: abc\ndescription: d\nurl: https://h\ncollaborators: []\nspec: "
                      "{type: remote}\n"),
        ElementsAre(
            HasSubstr("1:1 no field \"openapi_spec_source\""),
            HasSubstr("warning 6:1 field \"spec\" is not part of the schema any more | write openapi_spec_source")));
}

TEST(validate, oauth2_is_checked_field_by_field) {
    EXPECT_THAT(
        load_problems(minimal + "auth_data:\n  type: oauth2\n  grant_type: implicit\n  token_url: ftp://x\n  provider: "
                                "keycloak\n  registration_endpoint: https://r\n  scopes: [1]\n"),
        ElementsAre("warning 6:1 no field \"jwt_source\" in auth_data | write one of access_token, id_token",
                    "8:3 unknown value \"implicit\" of auth_data.grant_type | write one of authorization_code, "
                    "client_credentials",
                    HasSubstr("9:3 auth_data.token_url is no http or https URL"),
                    "warning 10:3 unusual value \"keycloak\" of auth_data.provider | known are custom, auth0, okta",
                    "warning 11:3 field \"registration_endpoint\" is not part of the schema any more | it is called "
                    "registration_url",
                    "12:12 auth_data.scopes.0 must be text, not a number | write \"1\" in quotes"));
}

TEST(validate, each_type_has_its_own_fields) {
    EXPECT_THAT(load_problems("type: mcp-server/virtual\nname: abc\ndescription: d\ncollaborators: []\nservers: "
                              "[{name: a, enabled_tools: [x]}, {enabled_tools: 5}]\n"),
                UnorderedElementsAre(HasSubstr("5:42 no field \"name\" in servers.1"),
                                     HasSubstr("5:43 servers.1.enabled_tools must be a list, not a number")));
    EXPECT_THAT(load_problems("type: mcp-server/stdio\nname: abc\ndescription: d\ncollaborators: []\ncommand: "
                              "npx\nauth_data: {type: env, env: {A: \"{{X}}\"}, auth_level: per_user}\n"),
                IsEmpty());
    EXPECT_THAT(load_problems("type: mcp-server/stdio\nname: abc\ndescription: d\ncollaborators: []\ncommand: "
                              "npx\nauth_data: {type: header, headers: {}}\n"),
                Contains(HasSubstr("unknown value \"header\" of auth_data.type")));
    EXPECT_THAT(load_problems("type: mcp-server/tfy-managed\nname: abc\ndescription: d\ncollaborators: []\n"),
                ElementsAre(HasSubstr("no field \"server_identifier\"")));
    EXPECT_THAT(
        load_problems("type: mcp-server/openapi\nname: abc\ndescription: d\ncollaborators: []\nurl: "
                      "https://h\nopenapi_spec_source: {type: inline, openapi_spec: {paths: {}}}\n"
                      "tool_settings: [{method: GET, path: /a, name: a, description: d}]\n"),
        ElementsAre(
            "7:18 unknown value \"GET\" of tool_settings.0.method | write one of get, post, put, patch, delete, head"));
}

TEST(validate, tool_settings_are_deprecated_except_for_openapi) {
    EXPECT_THAT(load_problems(minimal + "tool_settings: [{name: a, disabled: true}, {name: b}]\n"),
                ElementsAre("warning 6:1 tool_settings is deprecated: the control plane turns it into tool_policy and "
                            "tool_metadata | write tool_policy and tool_metadata"));
}

TEST(validate, descriptions_are_one_line) {
    EXPECT_THAT(
        load_problems("type: mcp-server/stdio\nname: abc\ncommand: x\ncollaborators: []\ndescription: |\n  a\n  b\n"),
        ElementsAre(HasSubstr("warning 5:1 description has more than one line")));
    EXPECT_THAT(load_problems("type: mcp-server/stdio\nname: abc\ncommand: x\ncollaborators: []\ndescription: " +
                              std::string(1001, 'x') + "\n"),
                ElementsAre(HasSubstr("warning 5:1 description has 1001 characters")));
    EXPECT_THAT(load_problems("type: mcp-server/stdio\nname: abc\ncommand: x\ncollaborators: []\ndescription: ''\n"),
                ElementsAre(HasSubstr("warning 5:1 description is empty")));
}

TEST(validate, names_hold_no_control_characters) {
    EXPECT_THAT(
        load_problems("type: mcp-server/stdio\nname: \"a\\u0007b\"\ncommand: x\ncollaborators: []\ndescription: d\n"),
        ElementsAre(HasSubstr("2:1 name holds a control character")));
}

TEST(validate, kedge_keys_and_tags_are_reserved) {
    EXPECT_THAT(
        load_problems(minimal + "tags: {$kedge: masked}\nfuture: [{a: {$kedge: 1}}]\nx-kedge: {gaia: {$kedge: 1}}\n"),
        ElementsAre("6:8 the key \"$kedge\" is reserved | give the key another name",
                    "7:15 the key \"$kedge\" is reserved | give the key another name",
                    "8:18 the key \"$kedge\" is reserved | give the key another name"));
    EXPECT_THAT(load_problems(minimal + "tags: {kedge: x, kedge-pause: y}\n"),
                ElementsAre(HasSubstr("warning 6:8 tag \"kedge\" is kedge's own"),
                            HasSubstr("warning 6:18 tag \"kedge-pause\"")));
}
