// Each operation as it goes over the wire, and what becomes of it where one of its answers fails.
#include "tests/dialect/golden.h"
#include "tests/dialect/gravity_rail_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace rail = kedge::testing::rail;

namespace {

const std::string all = "GET " + rail::servers;
const std::string one = "GET " + rail::servers + "/7";
const std::string enable = "! POST " + rail::servers + "/7/enable";
const std::string fields = R"( {"name":"github","url":"https://example.com/mcp"})";

const Exchange off = answered(200, rail::server("READY", false));
const Exchange on = answered(200, rail::server("READY", true));

Golden golden(OperationKind kind, std::vector<std::pair<std::string, Exchange>> steps) {
    return {rail::operation(kind), std::move(steps)};
}

Exchange old_server() {
    auto row = rail::server("READY", false);
    row["url"] = "https://old.example.com";
    return answered(200, row);
}

std::string failures_of(const Golden& it) {
    const auto dialect = rail::dialect();
    EXPECT_FALSE(std::holds_alternative<Send>(play(*dialect, it)));
    return replay_failures(*dialect, it);
}

} // namespace

TEST(gravity_rail_golden, a_preflight_tries_the_scopes) {
    const auto it =
        golden(OperationKind::preflight, {{all, answered(200, Json::array())},
                                          {one.substr(0, one.size() - 1) + "0", rail::gone()},
                                          {"POST " + rail::servers + "/0/enable", rail::gone()},
                                          {"DELETE " + rail::servers + "/0", answered(403, rail::detail("scope"))}});
    EXPECT_TRUE(as<Done>(play(*rail::dialect(), it)).identity);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\nGET:" + always("nothing") + "\nPOST:" + always("nothing") +
                                   "\nDELETE:" + always("nothing") + "\n");
}

TEST(gravity_rail_golden, a_list_is_one_request) {
    const auto it = golden(OperationKind::list, {{all, answered(200, Json::array(), 2)}});
    EXPECT_EQ(as<Done>(play(*rail::dialect(), it)).listed, 2u);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\n");
}

TEST(gravity_rail_golden, a_get_is_one_request) {
    const auto it = golden(OperationKind::get, {{one, on}});
    EXPECT_TRUE(as<Done>(play(*rail::dialect(), it)).document);
    EXPECT_EQ(failures_of(it), "\nGET:" + look_by_id + "\n");
}

TEST(gravity_rail_golden, a_name_is_looked_up_in_the_list) {
    const auto it = golden(OperationKind::find_by_name, {{all, answered(200, Json::array({rail::server()}))}});
    EXPECT_TRUE(as<Done>(play(*rail::dialect(), it)).document);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\n");
}

TEST(gravity_rail_golden, subjects_are_one_request) {
    const auto it =
        golden(OperationKind::subjects, {{one + "/members", answered(200, Json::array({{{"name", "A"}}}))}});
    EXPECT_EQ(as<Done>(play(*rail::dialect(), it)).subjects, 1);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\n");
}

TEST(gravity_rail_golden, a_create_is_switched_on) {
    const auto it =
        golden(OperationKind::create,
               {{"! POST " + rail::servers + fields, answered(201, rail::server("REGISTER", false))}, {enable, on}});
    EXPECT_EQ(as<Done>(play(*rail::dialect(), it)).document->remote_id, "7");
    EXPECT_EQ(failures_of(it), "\n! POST:" + unclear_write + "\n! POST:" + always("done") + "\n");
}

TEST(gravity_rail_golden, a_create_whose_answer_is_lost_is_looked_for) {
    const auto it = golden(OperationKind::create, {{"! POST " + rail::servers + fields, lost()},
                                                   {all, answered(200, Json::array({rail::server("READY", false)}))},
                                                   {enable, on}});
    EXPECT_EQ(as<Done>(play(*rail::dialect(), it)).document->remote_id, "7");
    EXPECT_EQ(failures_of(it),
              "\n! POST:" + unclear_write + "\nGET:" + always("unsure") + "\n! POST:" + always("done") + "\n");
}

TEST(gravity_rail_golden, an_update_looks_writes_looks_and_switches) {
    const auto it =
        golden(OperationKind::update, {{one, old_server()},
                                       {"! PATCH " + rail::servers + R"(/7 {"url":"https://example.com/mcp"})", off},
                                       {one, off},
                                       {enable, on}});
    EXPECT_TRUE(as<Done>(play(*rail::dialect(), it)).document);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\n! PATCH:" + unclear_write + "\nGET:" + always("unsure") +
                                   "\n! POST:" + unclear_write + "\n");
}

TEST(gravity_rail_golden, enabling_may_end_with_a_person) {
    const auto waits = answered(200, rail::server("AUTHORIZE", false));
    const auto it = golden(OperationKind::update, {{one, answered(200, rail::server("REGISTER", false))},
                                                   {enable, answered(400, rail::detail("complete OAuth first"))},
                                                   {one, waits}});
    EXPECT_TRUE(as<Blocked>(play(*rail::dialect(), it)).condition.needs_person);
    EXPECT_EQ(failures_of(it), "\nGET:" + look + "\n! POST:" + unclear_write + "\nGET:" + always("invalid") + "\n");
}

TEST(gravity_rail_golden, a_delete_looks_first) {
    const auto it =
        golden(OperationKind::remove, {{one, on}, {"! DELETE " + rail::servers + "/7", answered(200, Json::object())}});
    EXPECT_FALSE(as<Done>(play(*rail::dialect(), it)).document);
    EXPECT_EQ(failures_of(it),
              "\nGET:" + look_by_id +
                  "\n! DELETE: not sent=unreachable lost=unsure 401=credential 403=forbidden 404=nothing 409=conflict "
                  "422=invalid 429=busy 500=unsure html=unsure cut=unsure empty=unsure\n");
}
