#include "dialect/dialects.h"

#include "tests/dialect/truefoundry_world.h"

#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;

namespace {

std::string complaint(const std::string& name, const DialectOptions& options) {
    try {
        make_dialect(name, options);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST(dialects, are_made_by_name) {
    EXPECT_EQ(make_dialect("truefoundry")->describe().dialect, "truefoundry");
    const auto unknown = complaint("terrafoundry", {});
    EXPECT_TRUE(unknown.starts_with("unknown dialect \"terrafoundry\"; known: "));
    for (const auto& entry : dialects()) EXPECT_NE(unknown.find(entry.name), std::string::npos) << unknown;
}

TEST(dialects, options_are_strict) {
    EXPECT_EQ(make_dialect("truefoundry", {{"page_size", "50"}})->describe().pacing.page_size, 50);
    EXPECT_EQ(complaint("truefoundry", {{"pages", "5"}}),
              "unknown option \"pages\"; known: disabled_tools_key, force_flag, page_size");
    for (const char* wrong : {"0", "1001", "-1", "5x", "", "99999999999"}) {
        EXPECT_NE(complaint("truefoundry", {{"page_size", wrong}}), "") << wrong;
    }
    EXPECT_EQ(complaint("truefoundry", {{"force_flag", ""}}), "option \"force_flag\" is empty");
}

TEST(dialects, options_of_the_others_reach_them) {
    const auto zudu = make_dialect("zudu", {{"patch", "wrapped"}, {"deletes", "yes"}, {"page_size", "7"}});
    EXPECT_TRUE(zudu->describe().can.remove && zudu->describe().can.write_only.empty());
    EXPECT_EQ(zudu->describe().pacing.page_size, 7);
    EXPECT_EQ(complaint("zudu", {{"patch", "round"}}), "option \"patch\" must be one of flat, wrapped");
    const std::string workspace = "0f8fad5b-d9cb-469f-a165-70867728950e";
    EXPECT_FALSE(make_dialect("gravity_rail", {{"workspace", workspace}})->describe().can.create);
    EXPECT_TRUE(make_dialect("gravity_rail", {{"workspace", workspace}, {"writes", "yes"}})->describe().can.create);
    EXPECT_EQ(complaint("gravity_rail", {{"workspace", "main"}}), "workspace \"main\" is no UUID");
    EXPECT_TRUE(complaint("gravity_rail", {}).starts_with("option \"workspace\" is missing"));
}

// Where a person goes on is not known without the address of the control plane.
TEST(dialects, know_the_base_url_of_their_target) {
    const std::string workspace = "0f8fad5b-d9cb-469f-a165-70867728950e";
    const Json row{{"id", 7}, {"name", "github"}, {"url", "https://example.com/mcp"}, {"state", "AUTHORIZE"}};
    for (const char* base : {"https://api.gravityrail.com", "https://api.gravityrail.com/"}) {
        const auto rail = make_dialect("gravity_rail", {{"workspace", workspace}}, base);
        EXPECT_EQ(rail->read(row).condition.url,
                  "https://api.gravityrail.com/api/v2/w/" + workspace + "/mcp-servers/7/oauth/authorize");
    }
    EXPECT_EQ(complaint("gravity_rail", {{"url", "https://elsewhere.example.com"}}),
              "option \"workspace\" is missing: UUID of the workspace that the key belongs to");
    EXPECT_TRUE(complaint("truefoundry", {{"url", "x"}}).starts_with("unknown option \"url\""));
}

TEST(truefoundry_description, says_what_the_control_plane_can) {
    const auto dialect = truefoundry();
    const auto& it = dialect->describe();
    EXPECT_TRUE(it.can.list && it.can.list_has_total && it.can.list_rows_complete && it.can.get && it.can.find_by_name);
    EXPECT_TRUE(it.can.rehearse && it.can.names_unique && it.can.tags && it.can.subjects && it.can.remove);
    EXPECT_TRUE(it.can.acknowledges_sign_out);
    EXPECT_EQ(it.list.rows_key, "data");
    EXPECT_EQ(it.type_order, std::vector<std::string>{"mcp-server/virtual"});
    EXPECT_EQ(it.rules.ignore_unless_set, std::vector<std::string>{"ownedBy"});
    EXPECT_EQ(it.rules.exact, (std::vector<std::string>{"url", "name", "type", "auth_data.type"}));
    EXPECT_EQ(it.rules.auth, std::vector<std::string>{"auth_data"});
}

TEST(truefoundry_check, its_own_block_takes_no_keys) {
    Resource resource;
    resource.name = "github";
    resource.document = manifest_of("github");
    resource.place = {"mcp/github.yaml", 1, 1};
    EXPECT_TRUE(truefoundry()->check(resource).empty());
    resource.extension.providers["truefoundry"] = {{"colour", "red"}};
    resource.lines["/x-kedge/truefoundry"] = 12;
    auto findings = truefoundry()->check(resource);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].message, "unknown key \"colour\" in \"x-kedge.truefoundry\"");
    EXPECT_EQ(to_text(findings[0].place), "mcp/github.yaml:12");
    resource.extension.providers["truefoundry"] = 1;
    EXPECT_TRUE(has_errors(truefoundry()->check(resource)));
}

TEST(truefoundry_check, tags_must_be_able_to_carry_the_marker) {
    Resource resource;
    resource.document = manifest_of("github");
    for (const Json& tags : {Json("a"), Json(1), Json(true)}) {
        resource.document["tags"] = tags;
        EXPECT_TRUE(has_errors(truefoundry()->check(resource))) << tags;
    }
    resource.document = Json();
    EXPECT_TRUE(truefoundry()->check(resource).empty());
}

TEST(with_marker, touches_only_its_tag) {
    const auto marked = with_marker({{"name", "n"}, {"tags", {{"team", "x"}}}}, "p.t.1");
    EXPECT_EQ(marked, (Json{{"name", "n"}, {"tags", {{"team", "x"}, {"kedge", "p.t.1"}}}}));
    EXPECT_EQ(with_marker({{"name", "n"}}, "p.t.1"), (Json{{"name", "n"}, {"tags", {{"kedge", "p.t.1"}}}}));
    EXPECT_EQ(with_marker({{"tags", nullptr}}, "p.t.1")["tags"]["kedge"], "p.t.1");
    EXPECT_EQ(with_marker(marked, "p.t.2")["tags"]["kedge"], "p.t.2");
    EXPECT_EQ(with_marker({{"tags", "text"}}, "p.t.1"), (Json{{"tags", "text"}}));
}

TEST(with_marker, joins_a_list_of_tags) {
    const Json document{{"tags", {"team:x", "kedge:old.one.2", "kedge-pause"}}};
    EXPECT_EQ(with_marker(document, "p.t.1")["tags"], (Json{"team:x", "kedge-pause", "kedge:p.t.1"}));
}
