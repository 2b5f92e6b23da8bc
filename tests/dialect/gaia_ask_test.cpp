// Golden transcripts of the operations that only look, in both variants.
#include "tests/dialect/gaia_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::gaia;

namespace {

const std::string list_text = "GET /api/v1/mcp?projectId=p1";
const std::string get_text = "GET /api/v1/mcp/645badf8";
const std::string at_look = "\nGET: not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=gone "
                            "409=conflict 422=invalid 429=busy 500=broken html=broken cut=broken empty=broken\n";

Golden asking(OperationKind kind, std::vector<std::pair<std::string, Exchange>> steps) {
    return {world::operation(kind), std::move(steps)};
}

Step after(const Operation& operation, const Transcript& transcript, bool as_built = true) {
    return world::dialect(as_built)->next(operation, transcript);
}

} // namespace

TEST(gaia_ask, preflight_sees_whether_the_key_opens_the_list) {
    const auto golden = asking(OperationKind::preflight, {{list_text, world::servers({world::row()})}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), golden)).identity->key(), "gaia/p1");
    EXPECT_EQ(replay_failures(*world::dialect(), golden), at_look);
    const auto refused = as<Refused>(after(golden.operation, {answered(401, Json{{"message", "Missing apikey"}})}));
    EXPECT_EQ(refused.words(), "ask whose token this is: the control plane does not know this token (401): \"Missing "
                               "apikey\"; issue a new key; as built it goes into the header gaia-api-key");
}

TEST(gaia_ask, the_credential_follows_the_variant) {
    EXPECT_EQ(world::dialect()->describe().credentials, (std::vector<CredentialHeader>{{"token", "gaia-api-key", ""}}));
    EXPECT_EQ(world::dialect(false)->describe().credentials, std::vector<CredentialHeader>{CredentialHeader{}});
}

TEST(gaia_ask, a_path_of_the_other_variant_says_so) {
    for (const auto kind : {OperationKind::preflight, OperationKind::get}) {
        const auto built =
            as<Refused>(after(world::operation(kind), {answered(404, Json{{"error", "Route not found"}})}));
        EXPECT_EQ(built.hint, "is this the base url of GAIA AI? api: documented has other paths");
        const auto documented = as<Refused>(
            after(world::operation(kind), {answered(404, std::string("<html><title>404</title></html>"))}, false));
        EXPECT_EQ(documented.hint, "is this the base url of GAIA AI? api: as_built has other paths");
    }
}

TEST(gaia_ask, the_list_is_one_page) {
    auto page = world::servers({});
    page.rows = 3;
    const auto golden = asking(OperationKind::list, {{list_text, page}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), golden)).listed, 3u);
    EXPECT_EQ(replay_failures(*world::dialect(), golden), at_look);
    const auto documented = as<Send>(after(golden.operation, {}, false));
    EXPECT_EQ(text_of(documented), "GET /api/mcp/servers?projectId=p1");
    const auto refused = as<Refused>(after(golden.operation, {world::says(false, "database is locked")}));
    EXPECT_EQ(refused.words(), "list: the control plane refuses it (success: false): \"database is locked\"");
}

TEST(gaia_ask, one_row_by_its_id) {
    const auto golden = asking(OperationKind::get, {{get_text, world::server(world::row())}});
    const auto done = as<Done>(play(*world::dialect(), golden));
    EXPECT_EQ(done.document->remote_id, "645badf8");
    EXPECT_EQ(replay_failures(*world::dialect(), golden), at_look);
    EXPECT_FALSE(as<Done>(after(golden.operation, {world::not_found()})).document);
    EXPECT_EQ(as<Refused>(after(golden.operation, {world::says(false, "disk full")})).theirs, "disk full");
    auto dots = golden.operation;
    dots.remote_id = "..";
    EXPECT_EQ(as<Refused>(after(dots, {})).kind, RefusalKind::broken);
}

TEST(gaia_ask, the_documents_answer_404_for_an_unknown_id) {
    const auto get = world::operation(OperationKind::get);
    EXPECT_EQ(text_of(as<Send>(after(get, {}, false))), "GET /api/mcp/servers/645badf8");
    const Json body{{"success", false}, {"message", "MCP server not found"}};
    EXPECT_FALSE(as<Done>(after(get, {answered(404, body)}, false)).document);
    EXPECT_EQ(as<Refused>(after(get, {answered(404, body)})).kind, RefusalKind::gone) << "as built, no 404 says that";
}

TEST(gaia_ask, a_row_of_another_project_is_no_row_of_ours) {
    const auto other = world::row({{"projectId", "p2"}});
    EXPECT_EQ(as<Refused>(after(world::operation(OperationKind::get), {world::server(other)})).text,
              "get \"github\": it belongs to another project");
    EXPECT_EQ(as<Refused>(after(world::operation(OperationKind::find_by_name), {world::servers({other})})).text,
              "look up \"github\": the list holds a row of another project");
    const auto twisted = world::row({{"id", "other"}});
    EXPECT_EQ(as<Refused>(after(world::operation(OperationKind::get), {world::server(twisted)})).text,
              "get \"github\": the answer is about another registration");
}

TEST(gaia_ask, a_name_is_looked_up_in_the_list) {
    const auto other = world::row({{"id", "2"}, {"name", "jira"}});
    const auto golden = asking(OperationKind::find_by_name, {{list_text, world::servers({other, world::row()})}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), golden)).document->remote_id, "645badf8");
    EXPECT_FALSE(as<Done>(after(golden.operation, {world::servers({other})})).document);
    const auto twins = world::servers({world::row(), world::row({{"id", "3"}})});
    EXPECT_EQ(as<Refused>(after(golden.operation, {twins})).words(),
              "look up \"github\": 2 registrations have this name; name one by its id");
}

TEST(gaia_ask, as_documented_a_name_that_was_found_is_read_whole) {
    const Golden golden{world::operation(OperationKind::find_by_name),
                        {{"GET /api/mcp/servers?projectId=p1", world::servers({world::shown_row()})},
                         {"GET /api/mcp/servers/645badf8", world::server(world::shown_row())}}};
    EXPECT_EQ(as<Done>(play(*world::dialect(false), golden)).document->remote_id, "645badf8");
    EXPECT_FALSE(world::dialect(false)->describe().can.list_rows_complete);
}

TEST(gaia_rehearse, asks_whether_the_server_answers_where_that_is_wanted) {
    auto options = world::options();
    options.validate = true;
    const auto dialect = make_gaia(options);
    EXPECT_TRUE(dialect->describe().can.rehearse);
    auto document = world::with_headers();
    const Golden golden{
        world::operation(OperationKind::rehearse, document),
        {{R"(POST /api/v1/mcp/validate {"connectionType":"direct","customHeaders":[{"enabled":true,"name":"Authorization",)"
          R"("value":"Bearer k1"},{"enabled":true,"name":"X-Team","value":"core"}],"transportType":"streamable-http",)"
          R"("url":"https://example.com/mcp"})",
          answered(200, Json{{"valid", true}, {"status", "ok"}})}}};
    EXPECT_EQ(as<Done>(play(*dialect, golden)).document->document, document);
    EXPECT_EQ(replay_failures(*dialect, golden),
              "\nPOST: not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=gone 409=conflict "
              "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken\n");
    const auto answer = [](const char* status) {
        return answered(200, Json{{"valid", false}, {"message", "fetch failed"}, {"status", status}});
    };
    const auto refused = as<Refused>(dialect->next(golden.operation, {answer("error")}));
    EXPECT_EQ(refused.words(),
              "dry run \"github\": the MCP server does not answer as it is declared: \"fetch failed\"");
    EXPECT_EQ(refused.kind, RefusalKind::invalid);
    EXPECT_EQ(as<Refused>(dialect->next(golden.operation, {answer("timeout")})).kind, RefusalKind::busy);
    auto sealed = golden.operation;
    sealed.sealed = {"/auth_data/headers/Authorization"};
    EXPECT_EQ(as<Refused>(dialect->next(sealed, {})).text,
              "dry run \"github\": it needs a secret, which no dry run gets");
    EXPECT_EQ(as<Refused>(after(golden.operation, {})).hint, "validate: yes asks whether it answers");
    EXPECT_FALSE(world::dialect()->describe().can.rehearse);
}
