#include "plan/compare.h"

#include "model/secret_fields.h"
#include "world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;

namespace {

CompareRules rules() {
    return World().description.rules;
}

Comparison differ(const Json& desired, const Json& live, const CompareRules& with = rules()) {
    return compare(desired, live, with, {});
}

std::vector<std::string> paths(const Comparison& comparison) {
    std::vector<std::string> all;
    for (const auto& difference : comparison.differences) all.push_back(difference.path);
    return all;
}

Json masked_header() {
    Json document = remote("a", header("x"));
    document["auth_data"]["headers"]["Authorization"] = masked_value();
    return document;
}

} // namespace

TEST(compare, equal_documents_have_no_difference) {
    EXPECT_EQ(differ(remote("a"), remote("a")), Comparison{});
}

TEST(compare, fields_are_named_by_dotted_paths_in_order) {
    const auto found = differ(remote("a", {{"url", "https://new.example"}, {"tls_settings", {{"ca_cert", "c"}}}}),
                              remote("a", {{"tags", {{"owner", "me"}}}}));
    EXPECT_THAT(paths(found), ElementsAre("tags.owner", "tls_settings.ca_cert", "url"));
    EXPECT_EQ(found.differences[0], (FieldDifference{"tags.owner", DifferenceKind::removed, "\"me\"", ""}));
    EXPECT_EQ(found.differences[1], (FieldDifference{"tls_settings.ca_cert", DifferenceKind::added, "", "\"c\""}));
    EXPECT_EQ(found.differences[2], (FieldDifference{"url", DifferenceKind::changed, "\"https://tools.example/mcp\"",
                                                     "\"https://new.example\""}));
    EXPECT_TRUE(found.differs);
    EXPECT_TRUE(found.exact_differs);
    EXPECT_FALSE(found.auth_change);
    EXPECT_FALSE(found.only_secrets);
}

TEST(compare, collaborators_are_compared_person_by_person_in_any_order) {
    const Json everyone = {{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}};
    const Json boss = {{"subject", "user:b@x.example"}, {"role_id", "mcp-server-manager"}};
    EXPECT_FALSE(
        differ(remote("a", {{"collaborators", {boss, everyone}}}), remote("a", {{"collaborators", {everyone, boss}}}))
            .differs);
    const auto found = differ(remote("a", {{"collaborators", {boss}}}), remote("a", {{"collaborators", {everyone}}}));
    EXPECT_THAT(paths(found), ElementsAre("collaborators[team:everyone/mcp-server-user]",
                                          "collaborators[user:b@x.example/mcp-server-manager]"));
    EXPECT_EQ(found.differences[0].kind, DifferenceKind::removed);
    EXPECT_EQ(found.differences[1].kind, DifferenceKind::added);
}

TEST(compare, lists_without_keys_of_their_own_are_compared_as_a_whole) {
    const Json twice = {{{"subject", "s"}, {"role_id", "r"}}, {{"subject", "s"}, {"role_id", "r"}}};
    EXPECT_THAT(paths(differ(remote("a", {{"collaborators", twice}}), remote("a"))), ElementsAre("collaborators"));
    EXPECT_THAT(paths(differ(remote("a", {{"scopes", {"a", "b"}}}), remote("a", {{"scopes", {"b", "a"}}}))),
                ElementsAre("scopes"));
}

TEST(compare, sources_and_tool_metadata_are_compared_by_name) {
    Json desired = virtual_server("v", {"a", "b"});
    Json live = virtual_server("v", {"b", "a"});
    EXPECT_FALSE(differ(desired, live).differs);
    desired["servers"][0]["enabled_tools"] = {"x"};
    desired["tool_metadata"] = {{{"name", "t"}, {"description", "d"}}};
    EXPECT_THAT(paths(differ(desired, live)), ElementsAre("servers[a].enabled_tools", "tool_metadata[t]"));
}

TEST(compare, what_the_server_fills_in_counts_only_where_git_sets_it) {
    const Json filled = remote("a", {{"ownedBy", {{"account", "acme"}}}});
    EXPECT_FALSE(differ(remote("a"), filled).differs);
    EXPECT_THAT(paths(differ(remote("a", {{"ownedBy", {{"account", "me"}}}}), filled)), ElementsAre("ownedBy.account"));
    EXPECT_TRUE(differ(filled, remote("a")).differs);
}

TEST(compare, ignored_paths_and_our_tags_are_never_compared) {
    auto with = rules();
    with.ignore = {"tags.owner"};
    EXPECT_FALSE(
        differ(remote("a"), remote("a", {{"tags", {{"owner", "x"}, {"kedge", "p.u.12345678"}}}}), with).differs);
}

TEST(compare, kept_extras_stay_and_what_git_wants_must_be_there) {
    auto with = rules();
    with.keep = {"collaborators", "tags"};
    const Json creator = {{"subject", "user:c@x.example"}, {"role_id", "mcp-server-manager"}};
    Json live = remote("a", {{"tags", {{"seen", "x"}}}});
    live["collaborators"].push_back(creator);
    EXPECT_FALSE(differ(remote("a"), live, with).differs);
    EXPECT_THAT(paths(differ(remote("a"), live)),
                ElementsAre("collaborators[user:c@x.example/mcp-server-manager]", "tags.seen"));
    live["collaborators"] = {creator};
    EXPECT_THAT(paths(differ(remote("a"), live, with)), ElementsAre("collaborators[team:everyone/mcp-server-user]"));
}

TEST(compare, a_kept_list_without_keys_keeps_by_value) {
    auto with = rules();
    with.keep = {"scopes"};
    EXPECT_FALSE(differ(remote("a", {{"scopes", {"a"}}}), remote("a", {{"scopes", {"z", "a"}}}), with).differs);
    EXPECT_FALSE(differ(remote("a"), remote("a", {{"scopes", {"z"}}}), with).differs);
    EXPECT_TRUE(differ(remote("a", {{"scopes", {"a"}}}), remote("a", {{"scopes", {"z"}}}), with).differs);
}

TEST(compare, readable_secrets_that_differ_are_told_without_their_values) {
    const auto found = differ(remote("a", header("Bearer new-secret")), remote("a", header("Bearer old-secret")));
    EXPECT_THAT(found.differences,
                ElementsAre(FieldDifference{"auth_data.headers.Authorization", DifferenceKind::secret_changed,
                                            "(secret)", "(secret)"}));
    EXPECT_TRUE(found.differs);
    EXPECT_TRUE(found.only_secrets);
    EXPECT_FALSE(found.auth_change); // a shared header's value signs nobody out
}

TEST(compare, hidden_secrets_are_unknown_and_no_difference) {
    const auto found = differ(remote("a", header("Bearer x")), masked_header());
    EXPECT_FALSE(found.differs);
    EXPECT_TRUE(found.secret_unknown);
    EXPECT_EQ(found.differences.front().kind, DifferenceKind::secret_unknown);
}

TEST(compare, references_are_unknown_by_pointer_and_by_their_text) {
    const Json live = remote("a", header("Bearer x"));
    EXPECT_TRUE(differ(remote("a", header("Bearer ${env:TOKEN}")), live).secret_unknown);
    EXPECT_FALSE(differ(remote("a", header("Bearer ${env:TOKEN}")), live).differs);
    const auto found = compare(remote("a", header("whatever")), live, rules(), {"/auth_data/headers/Authorization"});
    EXPECT_TRUE(found.secret_unknown);
    EXPECT_FALSE(found.differs);
    // The same text on the other side is not the same secret.
    EXPECT_TRUE(differ(remote("a", header("${file:/t}")), remote("a", header("${file:/t}"))).secret_unknown);
}

TEST(compare, header_names_and_levels_are_auth_changes) {
    Json two = remote("a", header("x"));
    two["auth_data"]["headers"]["X-Key"] = "y";
    const auto added = differ(two, remote("a", header("x")));
    EXPECT_TRUE(added.auth_change);
    EXPECT_FALSE(added.only_secrets);
    EXPECT_EQ(added.differences.front(),
              (FieldDifference{"auth_data.headers.X-Key", DifferenceKind::added, "", "(secret)"}));
    EXPECT_TRUE(differ(remote("a", header("x", "per_user")), remote("a", header("x"))).auth_change);
    EXPECT_TRUE(differ(remote("a", header("{{B}}", "per_user")), remote("a", header("{{A}}", "per_user"))).auth_change);
    EXPECT_TRUE(differ(remote("a", oauth("https://n.example")), remote("a", oauth("https://o.example"))).auth_change);
    EXPECT_TRUE(differ(remote("a"), remote("a", oauth("https://o.example"))).exact_differs);
}

TEST(compare, an_unknown_secret_alone_is_no_auth_change) {
    EXPECT_FALSE(differ(remote("a", header("x", "per_user")),
                        [] {
                            Json live = remote("a", header("x", "per_user"));
                            live["auth_data"]["headers"]["Authorization"] = masked_value();
                            return live;
                        }())
                     .auth_change);
}

TEST(compare, values_are_shown_short_and_with_the_difference_in_sight) {
    const std::string start(200, 'a');
    const auto found =
        differ(remote("a", {{"description", start + " new"}}), remote("a", {{"description", start + " old"}}));
    const auto& shown = found.differences.front();
    EXPECT_LE(shown.desired.size(), 80U);
    EXPECT_EQ(shown.desired, "...aaaaaaaaaaaaaaaaaaa new\"");
    EXPECT_EQ(shown.live, "...aaaaaaaaaaaaaaaaaaa old\"");
    const auto grown = differ(remote("a", {{"description", start}}), remote("a"));
    EXPECT_EQ(grown.differences.front().desired, "\"" + std::string(76, 'a') + "...");
    EXPECT_EQ(grown.differences.front().live, "\"tools\"");
}

TEST(compare, values_are_never_cut_inside_a_character) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += "\xc3\xa4"; // 120 bytes
    const auto shown = differ(remote("a", {{"description", text}}), remote("a")).differences.front().desired;
    EXPECT_LE(shown.size(), 80U);
    EXPECT_NO_THROW(canonical_json(Json(shown)));
}

TEST(compare, no_secret_is_shown_wherever_it_stands) {
    const std::string secret = "p4ssw0rd-of-somebody";
    Json desired = virtual_server("v", {"a"});
    desired["servers"][0]["auth_data"] = {{"type", "header"}, {"headers", {{"K", secret}}}};
    Json twice = desired;
    twice["servers"].push_back(twice["servers"][0]); // no list of unique names: shown as a whole
    Json auth = remote("v", header(secret));
    auth["auth_data"]["client_secret"] = {{"nested", secret}};
    auth["url"] = "https://user:" + secret + "@host.example";
    const Json empty = {{"name", "v"}};
    for (const auto& side : {desired, twice, auth}) {
        for (const auto& found :
             {differ(side, empty), differ(empty, side), differ(side, remote("v", {{"auth_data", "text"}}))}) {
            for (const auto& difference : found.differences) {
                EXPECT_EQ(difference.live.find(secret), std::string::npos) << difference.path;
                EXPECT_EQ(difference.desired.find(secret), std::string::npos) << difference.path;
            }
        }
    }
}

TEST(compare, members_of_another_kind_are_one_difference) {
    EXPECT_THAT(paths(differ({{"spec", {{"a", 1}}}}, {{"spec", "text"}})), ElementsAre("spec"));
    EXPECT_THAT(paths(differ({{"spec", 1}}, {{"spec", 1.0}})), ElementsAre("spec"));
}

TEST(compare, what_live_never_shows_is_no_difference_and_named) {
    CompareRules rules;
    rules.hidden = {"x-kedge.zudu.secret_id"};
    auto desired = remote("a");
    desired["x-kedge"] = {{"zudu", {{"secret_id", "one"}}}};
    auto comparison = compare(desired, remote("a"), rules, {});
    EXPECT_FALSE(comparison.differs || comparison.secret_unknown);
    EXPECT_EQ(comparison.hidden, rules.hidden);
    // Where it shows all the same it is compared.
    auto live = desired;
    live["x-kedge"]["zudu"]["secret_id"] = "two";
    comparison = compare(desired, live, rules, {});
    EXPECT_TRUE(comparison.differs);
    EXPECT_TRUE(comparison.hidden.empty());
    // Its digest is of it alone.
    const auto digest = hidden_digest(desired, rules, "key");
    EXPECT_NE(digest, hidden_digest(live, rules, "key"));
    live["url"] = "https://elsewhere.example.com";
    live["x-kedge"] = desired["x-kedge"];
    EXPECT_EQ(digest, hidden_digest(live, rules, "key"));
    EXPECT_NE(digest, hidden_digest(remote("a"), rules, "key"));
    EXPECT_TRUE(hidden_digest(desired, CompareRules{}, "key").empty());
}
