// Rows as manifests, and the normal form of both sides.
#include "model/marker.h"
#include "model/secret_fields.h"
#include "tests/dialect/any_json.h"
#include "tests/dialect/contextforge_world.h"

#include <rapidcheck.h>
#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;

namespace {

LiveDocument read(const Json& more) {
    return forge::dialect()->read(forge::row(more));
}
Json canonical(const Json& document) {
    return forge::dialect()->canonical(document);
}
Json both(const Json& more_row, const Json& more_manifest) {
    return Json{canonical(read(more_row).document), canonical(forge::manifest(more_manifest))};
}
std::string url(const std::string& text) {
    return canonical({{"url", text}})["url"];
}
std::string description(const std::string& text) {
    return canonical({{"description", text}}).value("description", "");
}

} // namespace

TEST(contextforge_read, a_row_is_a_manifest) {
    const auto live = read({});
    EXPECT_EQ(live.remote_id, forge::id);
    EXPECT_EQ(live.name, "github");
    EXPECT_EQ(live.type, "mcp-server/remote");
    EXPECT_EQ(live.version, "1");
    EXPECT_EQ(live.condition, Condition{});
    EXPECT_EQ(live.document,
              (Json{{"type", "mcp-server/remote"},
                    {"name", "github"},
                    {"url", "http://localhost:9001/mcp"},
                    {"description", "d"},
                    {"tags", {{"kedge", forge::marker}, {"team", "core"}}},
                    {"auth_data", {{"type", "header"}, {"headers", {{"Authorization", masked_value()}}}}},
                    {"x-kedge", {{"contextforge", {{"transport", "STREAMABLEHTTP"}, {"enabled", true}}}}}}));
}

TEST(contextforge_read, equals_the_manifest_that_it_came_from) {
    auto desired = forge::manifest();
    desired["auth_data"]["headers"]["Authorization"] = masked_value();
    EXPECT_EQ(canonical(read({}).document), canonical(desired));
}

TEST(contextforge_read, every_kind_of_authentication_has_a_place) {
    const auto auth = [](const Json& more) { return read(more).document.value("auth_data", Json()); };
    const Json one{{"type", "header"}, {"headers", {{"Authorization", masked_value()}}}};
    EXPECT_EQ(auth({{"authType", "bearer"}, {"authHeaders", nullptr}}), one);
    EXPECT_EQ(auth({{"authType", "basic"}, {"authHeaders", nullptr}, {"authUsername", "u"}}), one);
    EXPECT_EQ(auth({{"authHeaders", nullptr}, {"authHeaderKey", "X-Key"}, {"authHeaderValue", "*****"}}),
              (Json{{"type", "header"}, {"headers", {{"X-Key", masked_value()}}}}));
    // What it says is empty is empty: the header has no value.
    EXPECT_EQ(auth({{"authHeaders", {{{"key", "A"}, {"value", ""}}}}})["headers"]["A"], "");
    EXPECT_TRUE(auth({{"authType", nullptr}, {"authValue", nullptr}}).is_null());
    EXPECT_TRUE(auth({{"authType", ""}, {"authValue", ""}}).is_null());
    EXPECT_EQ(auth({{"authType", "query_param"}, {"authValue", nullptr}}), (Json{{"type", "query_param"}}));
}

TEST(contextforge_read, oauth_shows_its_fields_and_only_that_others_are_there) {
    const Json config{{"grant_type", "authorization_code"}, {"client_id", "c"},     {"client_secret", "*****"},
                      {"token_url", "https://i/t"},         {"scopes", {"b", "a"}}, {"password", "in clear"}};
    const auto live = read({{"authType", "oauth"}, {"authValue", nullptr}, {"oauthConfig", config}});
    EXPECT_EQ(live.document["auth_data"], (Json{{"type", "oauth2"},
                                                {"grant_type", "authorization_code"},
                                                {"client_id", "c"},
                                                {"client_secret", masked_value()},
                                                {"token_url", "https://i/t"},
                                                {"scopes", {"b", "a"}},
                                                {"password", "(set in the control plane)"}}));
    EXPECT_EQ(live.condition, Condition{});
    // Left over from before: the kind says what counts.
    EXPECT_EQ(read({{"oauthConfig", config}}).document["auth_data"]["type"], "header");
}

TEST(contextforge_read, a_lost_credential_is_a_difference_and_a_condition) {
    for (const Json& none : {Json(), Json("")}) {
        for (const char* type : {"bearer", "basic", "authheaders"}) {
            const auto live = read({{"authType", type}, {"authValue", none}, {"authHeaders", nullptr}});
            EXPECT_EQ(canonical(live.document)["auth_data"], (Json{{"type", "header"}}));
            EXPECT_EQ(live.condition.text, "its credential is lost: requests go out without it until it is sent again");
        }
    }
}

TEST(contextforge_read, conditions_are_said_and_scrubbed) {
    EXPECT_EQ(read({{"reachable", false}}).condition, (Condition{false, false, "not reachable"}));
    EXPECT_EQ(read({{"reachable", false}, {"lastError", "Bearer abcdef1234567890 refused"}}).condition.text,
              "not reachable: Bearer *** refused");
    EXPECT_EQ(read({{"status", "deleting"}, {"statusMessage", "soon"}}).condition.text, "deleting: soon");
}

TEST(contextforge_read, what_only_it_has_stands_in_its_own_block) {
    const auto block = [](const Json& more) { return read(more).document["x-kedge"]["contextforge"]; };
    EXPECT_EQ(block({{"transport", "SSE"}, {"enabled", false}, {"passthroughHeaders", {"X-B", "X-A"}}}),
              (Json{{"transport", "SSE"}, {"enabled", false}, {"passthrough_headers", {"X-B", "X-A"}}}));
    // Somebody took it out of the target's scope.
    EXPECT_EQ(block({{"visibility", "private"}})["visibility"], "private");
    ContextForgeOptions options;
    options.visibility = "private";
    const auto own = make_contextforge(options)->read(forge::row({{"visibility", "private"}}));
    EXPECT_FALSE(own.document["x-kedge"]["contextforge"].contains("visibility"));
}

TEST(contextforge_read, what_is_no_registration_is_refused) {
    for (const Json& row : {Json(), Json(1), Json::array(), Json::object(), Json{{"id", "x"}}, Json{{"name", 7}}})
        EXPECT_THROW(forge::dialect()->read(row), std::invalid_argument) << row;
}

TEST(contextforge_canonical, urls_are_as_the_control_plane_stores_them) {
    EXPECT_EQ(url("HTTP://127.0.0.1:9001/Mcp/?b=1&a=2#x"), "http://localhost:9001/Mcp/?b=1&a=2#x");
    EXPECT_EQ(url("http://127.0.0.1"), "http://localhost");
    EXPECT_EQ(url("http://u:p@127.0.0.1:080/a"), "http://localhost:80/a");
    EXPECT_EQ(url(" https://Example.com/mcp "), "https://Example.com/mcp");
    EXPECT_EQ(url("https://127.0.0.10/mcp"), "https://127.0.0.10/mcp");
    EXPECT_EQ(url("https://u:p@example.com:444/"), "https://u:p@example.com:444/");
    EXPECT_EQ(url("no url"), "no url");
}

TEST(contextforge_canonical, descriptions_are_as_the_control_plane_stores_them) {
    EXPECT_EQ(description("  <b>bold</b> text <br/> \n"), "bold text");
    EXPECT_EQ(description("a & b &amp; c"), "a & b & c");
    EXPECT_EQ(description("5 < 6 > 4"), "5 < 6 > 4");
    EXPECT_EQ(description("x <y"), "x <y");
    EXPECT_EQ(description("line\nnext"), "line\nnext");
    EXPECT_EQ(description("&#65;&#x42;&#x20AC;&#x1F600;&nbsp;&nosuch;&#0;&#xD800;"),
              "AB\xE2\x82\xAC\xF0\x9F\x98\x80\xC2\xA0&nosuch;&#0;&#xD800;");
    EXPECT_EQ(description("&lt;b&gt;x"), "x");
    EXPECT_EQ(canonical({{"description", " "}}), Json::object());
}

TEST(contextforge_canonical, tags_are_as_the_control_plane_stores_them) {
    const auto tags = [](const Json& of) { return canonical({{"tags", of}}).value("tags", Json()); };
    EXPECT_EQ(tags({{"Team", "Core  Tools"}, {"under_score", ""}, {"a", ""}, {"x/y", "z"}, {"env", "prod="}}),
              (Json{{"team", "core-tools"}, {"under-score", ""}}));
    EXPECT_EQ(tags({"Team:Core", "team:core", " beta "}), (Json{{"team", "core"}, {"beta", ""}}));
    // Two values under one key: nothing is lost.
    EXPECT_EQ(tags({"team:a", "team:b", "team"}), (Json{{"team", ""}, {"team:a", ""}, {"team:b", ""}}));
    EXPECT_EQ(tags(tags({"team:a", "team:b"})), tags({"team:b", "team:a"}));
    EXPECT_TRUE(tags(Json::object()).is_null());
    EXPECT_TRUE(tags({{"k", std::string(120, 'x')}}).is_null());
}

TEST(contextforge_canonical, the_longest_marker_survives) {
    const std::string name(32, 'x');
    const auto marker = make_marker(name, name, "github");
    const auto marked = with_marker({{"name", "github"}, {"tags", {{"team", "core"}}}}, marker);
    EXPECT_EQ(canonical(marked)["tags"]["kedge"], marker);
    EXPECT_TRUE(read_marker(canonical(marked)["tags"]["kedge"].get<std::string>(), "github")->fits);
    const auto paused = read({{"tags", {{{"id", "kedge-pause"}, {"label", "Kedge Pause"}}}}});
    EXPECT_TRUE(paused.document["tags"].contains("kedge-pause"));
}

TEST(contextforge_canonical, headers_are_one_list) {
    const Json together{{"auth_data", {{"type", "header"}, {"headers", {{"A", "1"}, {"B", "2"}}}}}};
    EXPECT_EQ(canonical({{"auth_data", {{"type", "header"}, {"auth_level", "global"}, {"headers", {{"A", "1"}}}}},
                         {"additional_headers", {{"B", "2"}}}}),
              canonical(together));
    EXPECT_EQ(canonical({{"additional_headers", {{"B", "2"}}}})["auth_data"],
              (Json{{"type", "header"}, {"headers", {{"B", "2"}}}}));
}

TEST(contextforge_canonical, defaults_and_what_cannot_be_held_are_no_differences) {
    const auto pair = both({{"passthroughHeaders", Json::array()}},
                           {{"ownedBy", {{"account", "x"}}},
                            {"display_name", "y"},
                            {"tool_metadata", Json::array()},
                            {"auth_data", {{"type", "header"}, {"headers", {{"Authorization", masked_value()}}}}},
                            {"x-kedge", {{"contextforge", {{"enabled", true}, {"transport", "STREAMABLEHTTP"}}}}}});
    EXPECT_EQ(pair[0], pair[1]);
    const Json oauth{{"type", "oauth2"}, {"token_url", "t"}, {"scopes", {"b", "a"}}};
    auto full = oauth;
    full["grant_type"] = "authorization_code";
    full["jwt_source"] = "access_token";
    full["scopes"] = {"a", "b"};
    full["provider"] = "custom";
    EXPECT_EQ(canonical({{"auth_data", oauth}}), canonical({{"auth_data", full}}));
}

TEST(contextforge_canonical, twice_is_the_same_as_once) {
    const auto dialect = forge::dialect();
    EXPECT_TRUE(rc::check([&] {
        Choices choices(*rc::gen::arbitrary<std::vector<std::uint8_t>>(),
                        {"type", "name", "url", "description", "tags", "auth_data", "headers", "additional_headers",
                         "grant_type", "scopes", "x-kedge", "contextforge", "transport", "enabled", "Team", "team:a"},
                        {"", "a", "header", "oauth2", "STREAMABLEHTTP", "authorization_code", "&amp;lt;b&gt;", "<b",
                         ">", "HTTP://127.0.0.1:01/", "team:a", "Team:B c", "kedge:p.t.1"});
        Json document = choices.object(4);
        for (const char* key : {"tags", "auth_data", "description", "url", "x-kedge", "additional_headers"}) {
            auto value = choices.value(3);
            if (!value.is_null()) document[key] = std::move(value);
        }
        const Json once = dialect->canonical(document);
        RC_ASSERT(dialect->canonical(once).dump() == once.dump());
    }));
}

TEST(contextforge_canonical, what_is_no_object_stays) {
    for (const Json& document : {Json(), Json(1), Json("x"), Json{1, nullptr}})
        EXPECT_EQ(canonical(document), document);
}
