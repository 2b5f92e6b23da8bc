#include "plan/compare.h"
#include "plan/field_paths.h"

#include "model/secret_fields.h"
#include "world.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {
Digest digest_of(const Json& document, const CompareRules& rules = {}) {
    return digest_in_world(document, rules);
}
} // namespace

TEST(comparable, our_tags_are_no_difference_whatever_form_tags_have) {
    EXPECT_EQ(digest_of(remote("a", {{"tags", {{"kedge", "prod.tools.12345678"}, {"kedge-pause", "yes"}}}})),
              digest_of(remote("a")));
    EXPECT_EQ(digest_of({{"tags", {"kedge:prod.tools.12345678", "x"}}}), digest_of({{"tags", {"x"}}}));
    EXPECT_EQ(digest_of({{"tags", {"kedge:prod.tools.12345678"}}}), digest_of(Json::object()));
    EXPECT_NE(digest_of({{"tags", {{"owner", "kedge"}}}}), digest_of(Json::object()));
    EXPECT_NE(digest_of({{"tags", "kedge"}}), digest_of(Json::object())); // neither a map nor a list: not ours to touch
}

TEST(comparable, secrets_enter_only_sealed) {
    const auto sealed = comparable(remote("a", header("Bearer top-secret-value")), {}, seal_key);
    EXPECT_EQ(canonical_json(sealed).find("top-secret-value"), std::string::npos);
    const auto& value = sealed["auth_data"]["headers"]["Authorization"];
    EXPECT_EQ(value, (Json{{"$hmac", hmac_sha256(seal_key, "\"Bearer top-secret-value\"").hex()}}));
    EXPECT_NE(digest_of(remote("a", header("one"))), digest_of(remote("a", header("two"))));
    EXPECT_NE(document_digest(comparable(remote("a", header("one")), {}, "k1")),
              document_digest(comparable(remote("a", header("one")), {}, "k2")));
}

TEST(comparable, what_cannot_be_read_is_one_constant) {
    Json masked = remote("a", header("x"));
    masked["auth_data"]["headers"]["Authorization"] = masked_value();
    Json unreadable = masked;
    unreadable["auth_data"]["headers"]["Authorization"] = unreadable_value();
    EXPECT_EQ(digest_of(masked), digest_of(unreadable));
    EXPECT_EQ(comparable(unreadable, {}, seal_key)["auth_data"]["headers"]["Authorization"], masked_value());
}

TEST(comparable, ignored_paths_go_and_the_objects_they_empty) {
    CompareRules rules;
    rules.ignore = {"tags.owner", "tls_settings.*.ca", "display_name"};
    EXPECT_EQ(digest_of(remote("a", {{"tags", {{"owner", "x"}}}, {"display_name", "A"}}), rules),
              digest_of(remote("a"), rules));
    EXPECT_EQ(digest_of(remote("a", {{"tls_settings", {{"x", {{"ca", 1}}}}}}), rules), digest_of(remote("a"), rules));
    EXPECT_NE(digest_of(remote("a", {{"tags", {{"owner", "x"}, {"more", "y"}}}}), rules),
              digest_of(remote("a"), rules));
}

TEST(comparable, one_and_one_point_nought_differ) {
    EXPECT_NE(digest_of({{"limit", 1}}), digest_of({{"limit", 1.0}}));
    EXPECT_EQ(digest_of({{"limit", 1}}), digest_of({{"limit", 1U}}));
}

TEST(comparable, a_name_does_not_count_in_a_nameless_digest) {
    const CompareRules rules;
    EXPECT_EQ(nameless_digest(rules, remote("a")), nameless_digest(rules, remote("b")));
    EXPECT_NE(nameless_digest(rules, remote("a")),
              nameless_digest(rules, remote("b", {{"url", "https://other.example"}})));
}

TEST(comparable, what_a_control_plane_fills_in_or_hides_does_not_count_in_a_nameless_digest) {
    CompareRules rules;
    rules.ignore_unless_set = {"ownedBy"};
    auto git = remote("a", {{"auth_data", {{"type", "header"}, {"headers", {{"X-Key", "tfy-secret://a:b:c"}}}}}});
    auto live = git;
    live["name"] = "b";
    live["ownedBy"] = {{"account", "acme"}};
    live["tags"] = {{"kedge", "prod.tools.1a2b3c4d"}};
    live["auth_data"]["headers"]["X-Key"] = masked_value();
    EXPECT_EQ(nameless_digest(rules, git), nameless_digest(rules, live));
    live["auth_data"]["headers"]["Other"] = masked_value();
    EXPECT_NE(nameless_digest(rules, git), nameless_digest(rules, live));
}

TEST(comparable, text_that_is_not_utf8_is_refused) {
    EXPECT_THROW(document_digest(comparable({{"name", "\xff"}}, {}, seal_key)), std::invalid_argument);
}

TEST(field_paths, keys_with_dots_are_found_as_written) {
    Json document = {{"tags", {{"app.kubernetes.io/name", "x"}, {"app", {{"kubernetes", 1}}}}}};
    EXPECT_TRUE(has_path(document, "tags.app.kubernetes.io/name"));
    EXPECT_TRUE(has_path(document, "tags.app.kubernetes"));
    EXPECT_FALSE(has_path(document, "tags.app.kubernetes.io"));
    erase_path(document, "tags.app.kubernetes.io/name");
    EXPECT_EQ(document, (Json{{"tags", {{"app", {{"kubernetes", 1}}}}}}));
}

TEST(field_paths, a_star_is_one_segment_also_of_a_list) {
    Json document = {{"servers", {{{"name", "a"}, {"note", 1}}, {{"name", "b"}, {"note", 2}}}}};
    erase_path(document, "servers.*.note");
    EXPECT_EQ(document, (Json{{"servers", {{{"name", "a"}}, {{"name", "b"}}}}}));
    EXPECT_FALSE(has_path(document, "servers.note"));
    erase_path(document, "servers.*");
    EXPECT_EQ(document, Json::object());
}

TEST(change_digest, every_part_counts) {
    const auto a = sha256("a");
    const auto b = sha256("b");
    const auto base = change_digest("tfy/acme", Action::update, "n", a, b);
    EXPECT_EQ(base, change_digest("tfy/acme", Action::update, "n", a, b));
    EXPECT_NE(base, change_digest("tfy/other", Action::update, "n", a, b));
    EXPECT_NE(base, change_digest("tfy/acme", Action::replace, "n", a, b));
    EXPECT_NE(base, change_digest("tfy/acme", Action::update, "m", a, b));
    EXPECT_NE(base, change_digest("tfy/acme", Action::update, "n", b, b));
    EXPECT_NE(base, change_digest("tfy/acme", Action::update, "n", a, a));
    EXPECT_NE(change_digest("t", Action::create, "n", a, {}), change_digest("t", Action::create, "n", a, b));
}

TEST(change_digest, only_a_rotate_holds_the_fingerprint) {
    const auto a = sha256("a");
    EXPECT_NE(change_digest("t", Action::rotate, "n", a, a, "f1"), change_digest("t", Action::rotate, "n", a, a, "f2"));
    EXPECT_EQ(change_digest("t", Action::update, "n", a, a, "f1"), change_digest("t", Action::update, "n", a, a, "f2"));
}

TEST(change_digest, names_cannot_run_into_each_other) {
    EXPECT_NE(change_digest("t", Action::update, "a\n6:update", {}, {}),
              change_digest("t\n6:update", Action::update, "a", {}, {}));
}

TEST(verdict_key, depends_on_all_it_was_given) {
    const auto a = sha256("a");
    const auto b = sha256("b");
    const auto key = verdict_key(a, b, {}, "d", 1);
    EXPECT_NE(key, verdict_key(b, a, {}, "d", 1));
    EXPECT_NE(key, verdict_key(a, b, a, "d", 1));
    EXPECT_NE(key, verdict_key(a, b, {}, "e", 1));
    EXPECT_NE(key, verdict_key(a, b, {}, "d", 2));
}
