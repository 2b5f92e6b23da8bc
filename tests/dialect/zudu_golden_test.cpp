// Each operation as it goes over the wire, and what becomes of it where one of its answers fails.
#include "tests/dialect/golden.h"
#include "tests/dialect/zudu_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::zudu;

namespace {

const std::string page_0 = "GET /api/mcp-servers?page=0&limit=100&sort=created_at&order=desc";
const std::string page_1 = "GET /api/mcp-servers?page=1&limit=100&sort=created_at&order=desc";
const std::string one = "GET " + world::path;
const std::string config = R"({"approval_policy":"require_approval_all","description":"d","name":"github",)"
                           R"("request_headers":{"Authorization":"Bearer abc","X-Team":"a"},"transport":"SSE",)"
                           R"("url":"https://example.com/mcp"})";

Json changed(const std::string& key, Json value) {
    auto row = world::server();
    row[key] = std::move(value);
    return row;
}

Golden golden(OperationKind kind, std::vector<std::pair<std::string, Exchange>> steps) {
    return {world::operation(kind), std::move(steps)};
}

Golden update() {
    const auto before = changed("url", "https://old.example.com");
    const auto after = changed("updated_at", 1700000001000);
    return golden(OperationKind::update,
                  {{one, world::ok(before)},
                   {"! PATCH " + world::path + R"( {"url":"https://example.com/mcp"})", world::ok(after)},
                   {one, world::ok(after)}});
}

Golden approvals() {
    auto it = update();
    it.operation.document["x-kedge"]["zudu"]["tool_approvals"] = {{"t", {{"hash", "h"}, {"auto_approve", true}}}};
    auto after = changed("updated_at", 1700000001000);
    after["tool_approval_hashes"] = Json::array({{{"tool_name", "t"}, {"approval_hash", "h"}, {"auto_approve", true}}});
    const std::string body = R"({"approval_conditions":{},"approval_hash":"h","auto_approve":true,"tool_name":"t"})";
    it.steps[2] = {"! POST " + world::path + "/tool-approvals " + body, world::ok(Json::object())};
    it.steps.emplace_back(one, world::ok(after));
    return it;
}

std::string failures_of(const Golden& it) {
    const auto dialect = world::dialect();
    EXPECT_FALSE(std::holds_alternative<Send>(play(*dialect, it)));
    return replay_failures(*dialect, it);
}

} // namespace

TEST(zudu_golden, a_preflight_reads_one_server) {
    const auto it = golden(OperationKind::preflight,
                           {{"GET /api/mcp-servers?page=0&limit=1", world::ok(world::page_of(Json::array(), 0))}});
    EXPECT_TRUE(as<Done>(play(*world::dialect(), it)).identity);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\n");
}

TEST(zudu_golden, a_list_goes_page_by_page) {
    const auto it = golden(OperationKind::list, {{page_0, world::ok(world::page_of(Json::array(), 2, 0, true), 1)},
                                                 {page_1, world::ok(world::page_of(Json::array(), 2, 1), 1)}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), it)).listed, 2u);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\nGET:" + look + "\n");
}

TEST(zudu_golden, a_get_is_one_request) {
    const auto it = golden(OperationKind::get, {{one, world::ok(world::server())}});
    EXPECT_TRUE(as<Done>(play(*world::dialect(), it)).document);
    EXPECT_EQ(failures_of(it), "\nGET:" + look_by_id + "\n");
}

TEST(zudu_golden, a_name_is_looked_up_in_the_list) {
    const auto it =
        golden(OperationKind::find_by_name, {{page_0, world::ok(world::page_of(Json::array({world::list_item()}), 1))},
                                             {one, world::ok(world::server())}});
    EXPECT_TRUE(as<Done>(play(*world::dialect(), it)).document);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\nGET:" + look_by_id + "\n");
}

TEST(zudu_golden, a_create_is_read_back) {
    const auto it = golden(OperationKind::create, {{"! POST /api/mcp-servers {\"config\":" + config + "}",
                                                    answered(201, world::envelope(world::server()))},
                                                   {one, world::ok(world::server())}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), it)).document->remote_id, world::id);
    EXPECT_EQ(failures_of(it), "\n! POST:" + unclear_write + "\nGET:" + always("done") + "\n");
}

TEST(zudu_golden, a_create_whose_answer_is_lost_is_looked_for) {
    const auto it =
        golden(OperationKind::create, {{"! POST /api/mcp-servers {\"config\":" + config + "}", lost()},
                                       {page_0, world::ok(world::page_of(Json::array({world::list_item()}), 1))},
                                       {one, world::ok(world::server())}});
    EXPECT_EQ(as<Done>(play(*world::dialect(), it)).document->remote_id, world::id);
    EXPECT_EQ(failures_of(it),
              "\n! POST:" + unclear_write + "\nGET:" + always("unsure") + "\nGET:" + always("unsure") + "\n");
}

TEST(zudu_golden, an_update_looks_writes_and_looks) {
    EXPECT_EQ(as<Done>(play(*world::dialect(), update())).document->version, "1700000001000");
    EXPECT_EQ(failures_of(update()), "\nGET:" + look + "\n! PATCH:" + unclear_write + "\nGET:" + always("done") + "\n");
}

TEST(zudu_golden, approvals_follow_the_update) {
    EXPECT_TRUE(as<Done>(play(*world::dialect(), approvals())).document);
    EXPECT_EQ(failures_of(approvals()), "\nGET:" + look + "\n! PATCH:" + unclear_write + "\n! POST:" + unclear_write +
                                            "\nGET:" + always("done") + "\n");
}

TEST(zudu_golden, a_delete_looks_before_and_after) {
    const auto it = golden(
        OperationKind::remove,
        {{one, world::ok(world::server())}, {"! DELETE " + world::path, world::ok(nullptr)}, {one, world::gone()}});
    EXPECT_FALSE(as<Done>(play(*world::dialect(), it)).document);
    EXPECT_EQ(failures_of(it),
              "\nGET:" + look_by_id +
                  "\n! DELETE: not sent=unreachable lost=unsure 401=credential 403=forbidden 404=unsure 409=conflict "
                  "422=invalid 429=busy 500=unsure html=unsure cut=unsure empty=unsure"
                  "\nGET: not sent=unsure lost=unsure 401=unsure 403=unsure 404=nothing 409=unsure 422=unsure "
                  "429=unsure 500=unsure html=unsure cut=unsure empty=unsure\n");
}
