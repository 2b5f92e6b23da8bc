// What ContextForge cannot hold, each with its text and its line.
#include "dialect/dialects.h"
#include "tests/dialect/contextforge_world.h"

#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;

namespace {

Resource resource_of(const Json& more = Json::object()) {
    Resource resource;
    resource.document = forge::manifest(more);
    resource.type = resource.document["type"];
    resource.name = resource.document["name"];
    resource.place = {"mcp/github.yaml", 1, 1};
    return resource;
}

std::string said_of(const Resource& resource, const ContextForgeOptions& options = {}) {
    std::string text;
    for (const auto& finding : make_contextforge(options)->check(resource)) {
        text += (text.empty() ? "" : "\n") + std::string(finding.severity == Severity::error ? "error " : "warning ") +
                finding.message + (finding.hint.empty() ? "" : "; " + finding.hint);
    }
    return text;
}
std::string said(const Json& more) {
    return said_of(resource_of(more));
}
Json headers(const Json& map) {
    return {{"auth_data", {{"type", "header"}, {"headers", map}}}};
}
Json own(const Json& block) {
    return {{"x-kedge", {{"contextforge", block}}}};
}

} // namespace

TEST(contextforge_check, an_ordinary_manifest_is_fine) {
    EXPECT_EQ(said(Json::object()), "");
    EXPECT_EQ(said({{"auth_data",
                     {{"type", "oauth2"},
                      {"grant_type", "client_credentials"},
                      {"token_url", "https://i/t"},
                      {"jwt_source", "access_token"},
                      {"client_secret", "${env:S}"}}},
                    {"tls_settings", {{"reject_unauthorized", true}}},
                    {"tool_policy", {{"enable_tools_by_default", true}}}}),
              "");
    EXPECT_EQ(said(own({{"transport", "SSE"}, {"enabled", false}, {"passthrough_headers", {"X-Trace"}}})), "");
}

TEST(contextforge_check, other_types_have_no_place) {
    auto resource = resource_of();
    resource.type = "mcp-server/virtual";
    EXPECT_TRUE(said_of(resource).starts_with("error ContextForge has no \"mcp-server/virtual\""));
}

TEST(contextforge_check, names_and_lengths_are_looked_at_because_the_answer_would_not_say) {
    auto resource = resource_of();
    resource.name = "a/b";
    EXPECT_EQ(said_of(resource),
              "error ContextForge takes no name like \"a/b\"; up to 255 letters, digits, blanks and _ . - "
              "are legal");
    EXPECT_EQ(said({{"url", "https://x/" + std::string(2048, 'a')}}),
              "error ContextForge takes URLs of at most 2048 characters");
    EXPECT_EQ(said({{"description", std::string(8193, 'a')}}),
              "error ContextForge cuts descriptions at 8192 characters; write less");
    for (const char* text : {"<b>bold</b>", "a &amp; b"})
        EXPECT_EQ(said({{"description", text}}),
                  "warning ContextForge cuts HTML tags out of descriptions and resolves character references; write "
                  "plain text");
}

TEST(contextforge_check, headers_are_sent_as_they_stand_to_everybody) {
    EXPECT_EQ(said(headers({{"X Key", "v"}})),
              "error ContextForge takes no header called \"X Key\"; letters, digits, - and _ are legal");
    EXPECT_EQ(
        said(headers({{"A", "tfy-secret://x:y:z"}})),
        "error header \"A\" refers to a secret of TrueFoundry, which ContextForge does not know; write ${env:NAME} "
        "or ${file:PATH}");
    EXPECT_EQ(
        said(headers({{"A", "Bearer {{TOKEN}}"}})),
        "error header \"A\" has a placeholder: ContextForge has one credential for everybody; write ${env:NAME} or "
        "${file:PATH}");
    auto twice = headers({{"X-Key", "v"}});
    twice["additional_headers"] = {{"x-key", "w"}};
    EXPECT_EQ(said(twice), "error header \"x-key\" stands twice: ContextForge has one list of headers; remove one");
    Json many = Json::object();
    for (int i = 0; i < 101; ++i) many["X-" + std::to_string(i)] = "v";
    EXPECT_EQ(said(headers(many)), "error ContextForge takes at most 100 headers");
}

TEST(contextforge_check, authentication_that_it_does_not_have) {
    EXPECT_EQ(said({{"auth_data", {{"type", "passthrough"}}}}),
              "error ContextForge does not pass on the caller's platform token; name headers of the caller in "
              "x-kedge.contextforge.passthrough_headers");
    EXPECT_EQ(said({{"auth_data", {{"type", "env"}}}}), "error ContextForge has no authentication \"env\"");
    EXPECT_TRUE(said({{"auth_data", {{"type", "header"}, {"auth_level", "per_user"}}}})
                    .starts_with("error ContextForge has one credential for everybody, none for each person"));
    const Json oauth{{"type", "oauth2"}, {"registration_url", "https://r"}, {"include_resource", true}};
    EXPECT_EQ(said({{"auth_data", oauth}, {"additional_headers", {{"A", "1"}}}}),
              "error ContextForge sends either fixed headers or an OAuth token, not both; remove additional_headers\n"
              "error ContextForge has nothing like \"auth_data.registration_url\"\n"
              "warning \"auth_data.include_resource\" is not sent: ContextForge has no such field");
}

TEST(contextforge_check, what_would_change_its_meaning_is_an_error_and_the_rest_a_warning) {
    EXPECT_TRUE(said({{"tls_settings", {{"reject_unauthorized", false}}}}).starts_with("error "));
    EXPECT_TRUE(said({{"tool_policy", {{"enabled_tools", {"a"}}}}}).starts_with("error "));
    EXPECT_TRUE(said({{"tool_metadata", {{"a", {{"description", "x"}}}}}}).starts_with("warning "));
    EXPECT_TRUE(said({{"display_name", "x"}}).starts_with("warning "));
}

TEST(contextforge_check, tags_that_it_would_drop_without_a_word) {
    EXPECT_EQ(said({{"tags", {{"cost", "a/b"}}}}),
              "warning ContextForge drops the tag \"cost:a/b\"; it keeps 2 to 100 letters, digits and - _ . : with a "
              "letter or digit at both ends");
    EXPECT_EQ(said({{"tags", "x"}}),
              "error \"tags\" is no map, so ownership cannot be marked; write `tags: {key: value}`");
}

TEST(contextforge_check, who_may_use_it_follows_from_the_visibility) {
    ContextForgeOptions options;
    options.visibility = "private";
    EXPECT_EQ(
        said_of(resource_of(), options),
        "warning \"collaborators\" is not sent: on ContextForge the visibility, here private, says who may use it; "
        "the target's `visibility` may be public, team or private");
    EXPECT_TRUE(said({{"collaborators", {{{"subject", "team:a"}, {"role_id", "mcp-server-user"}}}}})
                    .starts_with("warning \"collaborators\" is not sent"));
}

TEST(contextforge_check, its_own_block_is_strict_and_at_its_line) {
    auto resource = resource_of(own({{"transprot", "SSE"}}));
    resource.lines["/x-kedge/contextforge"] = 12;
    const auto findings = forge::dialect()->check(resource);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].message, "unknown key \"transprot\" in \"x-kedge.contextforge\"");
    EXPECT_EQ(findings[0].hint, "is \"transport\" meant?");
    EXPECT_EQ(to_text(findings[0].place), "mcp/github.yaml:12");
    EXPECT_EQ(said(own({{"transport", "http"}})),
              "error \"x-kedge.contextforge.transport\" must be STREAMABLEHTTP or SSE; STREAMABLEHTTP is the default");
    EXPECT_EQ(said(own({{"enabled", "yes"}})), "error \"x-kedge.contextforge.enabled\" must be true or false");
    for (const Json& wrong : {Json("X"), Json{1}, Json{"a b"}, Json{""}})
        EXPECT_EQ(said(own({{"passthrough_headers", wrong}})),
                  "error \"x-kedge.contextforge.passthrough_headers\" must be a list of header names");
    EXPECT_EQ(said(own(7)), "error \"x-kedge.contextforge\" is no map");
}

TEST(contextforge_options, are_those_of_the_settings) {
    const auto complaint = [](const DialectOptions& options) {
        try {
            make_dialect("contextforge", options);
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(make_dialect("contextforge", {{"page_size", "7"}})->describe().pacing.page_size, 7);
    EXPECT_FALSE(make_dialect("contextforge", {{"visibility", "team"}})->describe().can.names_unique);
    EXPECT_EQ(complaint({{"visibility", "secret"}}), "option \"visibility\" must be one of public, private, team");
    EXPECT_EQ(complaint({{"lifecycle", "soon"}}), "option \"lifecycle\" must be one of sync, async");
    EXPECT_EQ(complaint({{"workspace", "w"}}), "unknown option \"workspace\"; known: lifecycle, page_size, visibility");
}
