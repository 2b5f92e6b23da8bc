// Golden transcripts of the operations that only look.
#include "tests/dialect/aeontel_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::aeontel;

namespace {

const std::string list_first = "GET /api/mcp-servers?workspace_id=wsp_1&limit=100";

Golden asking(OperationKind kind, std::vector<std::pair<std::string, Exchange>> steps) {
    return {world::operation(kind), std::move(steps)};
}

} // namespace

TEST(aeontel_ask, preflight_asks_whether_the_key_opens_the_workspace) {
    const auto golden =
        asking(OperationKind::preflight, {{"GET /api/mcp-servers?workspace_id=wsp_1&limit=1",
                                           answered(200, world::listing(Json::array({world::row()}), 1))}});
    const auto done = as<Done>(play(*world::dialect(), golden));
    ASSERT_TRUE(done.identity);
    EXPECT_EQ(done.identity->key(), "aeontel/wsp_1");
    EXPECT_EQ(replay_failures(*world::dialect(), golden),
              "\nGET: not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=gone 409=conflict "
              "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken\n");
}

TEST(aeontel_ask, preflight_of_the_published_api_asks_the_catalogue) {
    const auto golden =
        asking(OperationKind::preflight,
               {{"GET /api/connectors?workspace_id=wsp_1&limit=1", answered(200, Json{{"data", Json::array()}})}});
    EXPECT_TRUE(as<Done>(play(*world::dialect(true), golden)).identity);
    const auto refused = as<Refused>(
        world::dialect(true)->next(golden.operation, {answered(401, Json{{"error", {{"message", "bad key"}}}})}));
    EXPECT_EQ(refused.words(),
              "ask whose token this is: the control plane does not know this token (401): \"bad key\"; "
              "a secret key (sec_...) of the workspace is needed");
}

TEST(aeontel_ask, the_list_is_read_page_by_page) {
    const auto golden = asking(OperationKind::list,
                               {{list_first, answered(200, world::listing(Json::array(), 3, "c+1"), 2)},
                                {list_first + "&after=c%2B1", answered(200, world::listing(Json::array(), 3), 1)}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), golden)).listed, 3u);
    EXPECT_EQ(replay_failures(*world::dialect(), golden),
              "\nGET: not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=gone 409=conflict "
              "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken"
              "\nGET: not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=gone 409=conflict "
              "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken\n");
}

TEST(aeontel_ask, a_page_has_a_hundred_rows_at_most) {
    auto operation = world::operation(OperationKind::list);
    for (const auto& [size, limit] : {std::pair{1, "1"}, {2, "2"}, {1000, "100"}}) {
        operation.page_size = size;
        const auto send = as<Send>(world::dialect()->next(operation, {}));
        EXPECT_EQ(query_parameter(send.request.target, "limit"), limit);
    }
}

TEST(aeontel_ask, a_list_that_does_not_add_up_is_inconsistent) {
    const auto after = [](std::vector<Exchange> pages) {
        return as<Refused>(world::dialect()->next(world::operation(OperationKind::list), pages));
    };
    EXPECT_EQ(after({answered(200, world::listing(Json::array(), 3), 2)}).text,
              "list: 2 registrations came, 3 were announced");
    EXPECT_EQ(after({answered(200, world::listing(Json::array(), 3, "a"), 1),
                     answered(200, world::listing(Json::array(), 2), 1)})
                  .text,
              "list: 3 registrations announced on one page, 2 on another");
    auto again = answered(200, world::listing(Json::array(), 3, "a"), 1);
    again.request.target = "/api/mcp-servers?workspace_id=wsp_1&limit=1&after=a";
    const auto refused = after({answered(200, world::listing(Json::array(), 3, "a"), 1), again});
    EXPECT_EQ(refused.kind, RefusalKind::inconsistent);
    EXPECT_EQ(refused.text, "list: more pages are announced, and no way to them");
    EXPECT_EQ(after({answered(200, world::listing(Json::array(), 3, "a"))}).kind, RefusalKind::inconsistent)
        << "an empty page";
    auto no_cursor = world::listing(Json::array(), 3, "a");
    no_cursor["pageInfo"]["endCursor"] = nullptr;
    EXPECT_EQ(after({answered(200, no_cursor, 1)}).kind, RefusalKind::inconsistent);
    auto no_total = world::listing(Json::array(), 1);
    no_total["pageInfo"].erase("total");
    EXPECT_EQ(after({answered(200, no_total, 1)}).text, "list: a page without a total");
}

TEST(aeontel_ask, one_row_by_its_id) {
    const auto golden = asking(OperationKind::get, {{"GET /api/mcp-servers/mcp_1", answered(200, world::row())}});
    const auto done = as<Done>(play(*world::dialect(), golden));
    EXPECT_EQ(done.document->remote_id, "mcp_1");
    EXPECT_EQ(done.document->version, "2026-01-02T00:00:00.000Z");
    EXPECT_EQ(done.document->document, world::manifest());
    EXPECT_EQ(replay_failures(*world::dialect(), golden),
              "\nGET: not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=nothing 409=conflict "
              "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken\n");
}

TEST(aeontel_ask, a_deleted_row_is_gone_and_a_foreign_one_is_refused) {
    const auto get = world::operation(OperationKind::get);
    const auto deleted = world::row({{"deletedAt", "2026-01-03T00:00:00.000Z"}});
    EXPECT_FALSE(as<Done>(world::dialect()->next(get, {answered(200, deleted)})).document);
    const auto other =
        as<Refused>(world::dialect()->next(get, {answered(200, world::row({{"workspaceId", "wsp_2"}}))}));
    EXPECT_EQ(other.text, "get \"github\": it belongs to another workspace");
    const auto twisted = as<Refused>(world::dialect()->next(get, {answered(200, world::row({{"id", "mcp_2"}}))}));
    EXPECT_EQ(twisted.text, "get \"github\": the answer is about another registration");
    auto dots = get;
    dots.remote_id = "..";
    EXPECT_EQ(as<Refused>(world::dialect()->next(dots, {})).kind, RefusalKind::broken);
}

TEST(aeontel_ask, where_get_is_not_there_an_empty_patch_answers_the_row) {
    for (const int status : {404, 405}) {
        const auto golden =
            asking(OperationKind::get, {{"GET /api/mcp-servers/mcp_1", answered(status, Json::object())},
                                        {"PATCH /api/mcp-servers/mcp_1 {}", answered(200, world::row())}});
        const auto done = as<Done>(play(*world::dialect(true), golden));
        EXPECT_EQ(done.document->remote_id, "mcp_1");
        EXPECT_EQ(done.document->version, "") << "the look itself may have moved it";
        EXPECT_EQ(replay_failures(*world::dialect(true), golden).find("unsure"), std::string::npos)
            << "nothing is written";
    }
    const auto get = world::operation(OperationKind::get);
    const auto none = answered(404, Json::object());
    EXPECT_FALSE(as<Done>(world::dialect(true)->next(get, {none, none})).document);
}

TEST(aeontel_ask, the_published_api_has_no_list_and_no_delete) {
    for (const auto kind : {OperationKind::list, OperationKind::find_by_name, OperationKind::remove}) {
        const auto refused = as<Refused>(world::dialect(true)->next(world::operation(kind), {}));
        EXPECT_NE(refused.text.find("not published, and api: published does without it"), std::string::npos);
        EXPECT_EQ(refused.hint, "set api: full");
    }
    const auto can = world::dialect(true)->describe().can;
    EXPECT_FALSE(can.list || can.list_has_total || can.find_by_name || can.remove || can.rehearse);
    EXPECT_TRUE(can.get && can.create && can.update);
}

TEST(aeontel_ask, a_name_is_looked_up_in_the_list) {
    const auto other = world::row({{"id", "mcp_2"}, {"name", "jira"}});
    const auto golden =
        asking(OperationKind::find_by_name,
               {{list_first, answered(200, world::listing(Json::array({other}), 2, "c1"))},
                {list_first + "&after=c1", answered(200, world::listing(Json::array({world::row()}), 2))}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), golden)).document->remote_id, "mcp_1");
    const auto none = answered(200, world::listing(Json::array({other}), 1));
    EXPECT_FALSE(as<Done>(world::dialect()->next(golden.operation, {none})).document);
    const auto twins = answered(200, world::listing(Json::array({world::row(), world::row({{"id", "mcp_3"}})}), 2));
    EXPECT_EQ(as<Refused>(world::dialect()->next(golden.operation, {twins})).words(),
              "look up \"github\": 2 registrations have this name; name one by its id");
}

TEST(aeontel_ask, a_list_that_is_not_there_says_how_to_do_without) {
    for (const int status : {404, 405}) {
        const auto refused = as<Refused>(
            world::dialect()->next(world::operation(OperationKind::list), {answered(status, std::string())}));
        EXPECT_EQ(refused.hint, "the list is not published; set api: published to do without it");
    }
}
