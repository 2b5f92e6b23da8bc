// Golden transcripts of the operations that only look.
#include "tests/dialect/any_json.h"
#include "tests/dialect/faults.h"
#include "tests/dialect/zudu_world.h"

#include <rapidcheck.h>
#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::zudu;

namespace {

Step after(const Operation& operation, const Transcript& transcript) {
    return world::dialect()->next(operation, transcript);
}

const std::string first_page = "/api/mcp-servers?page=0&limit=100&sort=created_at&order=desc";

} // namespace

TEST(zudu_preflight, proves_the_key_and_names_the_organization_for_people) {
    const auto operation = world::operation(OperationKind::preflight);
    const auto send = as<Send>(after(operation, {}));
    EXPECT_EQ(send.request.method, "GET");
    EXPECT_EQ(send.request.target, "/api/mcp-servers?page=0&limit=1");
    EXPECT_FALSE(send.is_write);
    const auto done = as<Done>(after(operation, {world::ok(world::page_of(Json::array({world::list_item()}), 1))}));
    ASSERT_TRUE(done.identity);
    EXPECT_EQ(done.identity->dialect, "zudu");
    // The same before the first server is there and after.
    EXPECT_EQ(done.identity->tenant, "");
    EXPECT_EQ(done.identity->subject, "org_1");
    EXPECT_EQ(as<Done>(after(operation, {world::ok(world::page_of(Json::array(), 0))})).identity->subject, "");
}

TEST(zudu_preflight, a_key_that_is_nobodys_says_which_two_belong_together) {
    const auto refused = as<Refused>(
        after(world::operation(OperationKind::preflight), {answered(401, world::failure("bad X-API-SECRET: abcdef"))}));
    EXPECT_EQ(refused.kind, RefusalKind::credential);
    EXPECT_NE(refused.hint.find("X-API-KEY and X-API-SECRET"), std::string::npos);
    EXPECT_EQ(refused.theirs.find("abcdef"), std::string::npos);
}

TEST(zudu_looks, every_fault_ends_in_a_refusal) {
    for (const auto kind :
         {OperationKind::preflight, OperationKind::list, OperationKind::get, OperationKind::find_by_name}) {
        for (const auto& fault : faults()) {
            const auto ended = run_spoilt(*world::dialect(), world::operation(kind), {}, 0, fault.answer,
                                          [](const HttpRequest&) { return lost(); });
            if (kind == OperationKind::get && fault.name == "404") {
                EXPECT_FALSE(as<Done>(ended.step).document);
                continue;
            }
            EXPECT_FALSE(as<Refused>(ended.step).text.empty()) << fault.name;
            EXPECT_EQ(ended.sent.size(), 1u) << fault.name;
        }
    }
}

TEST(zudu_looks, http_success_is_none_where_the_envelope_speaks_of_an_error) {
    const auto refused =
        as<Refused>(after(world::operation(OperationKind::get), {answered(200, world::failure("no such thing"))}));
    EXPECT_EQ(refused.kind, RefusalKind::invalid);
    EXPECT_EQ(refused.text, "get \"github\": the control plane answers with an error (200)");
    EXPECT_EQ(refused.theirs, "no such thing");
    Json bare = world::envelope(world::server());
    bare.erase("status");
    EXPECT_EQ(as<Refused>(after(world::operation(OperationKind::get), {answered(200, bare)})).kind,
              RefusalKind::broken);
}

TEST(zudu_list, pages_are_numbered_from_zero_until_there_is_no_next) {
    auto operation = world::operation(OperationKind::list);
    Transcript transcript;
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target, first_page);
    transcript.push_back(world::ok(world::page_of(Json::array(), 3, 0, true), 2));
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target,
              "/api/mcp-servers?page=1&limit=100&sort=created_at&order=desc");
    transcript.push_back(world::ok(world::page_of(Json::array(), 3, 1, false), 1));
    EXPECT_EQ(as<Done>(after(operation, transcript)).listed, 3u);
    operation.page_size = 7;
    EXPECT_EQ(query_parameter(as<Send>(after(operation, {})).request.target, "limit"), "7");
    EXPECT_EQ(as<Done>(after(operation, {world::ok(world::page_of(Json::array(), 0), 0)})).listed, 0u);
}

TEST(zudu_list, a_list_that_contradicts_itself_is_asked_for_again) {
    const auto operation = world::operation(OperationKind::list);
    const auto kind_of = [&](const Transcript& transcript) { return as<Refused>(after(operation, transcript)).kind; };
    const auto page = [](std::size_t total, std::size_t number, bool more, std::size_t rows) {
        return world::ok(world::page_of(Json::array(), total, number, more), rows);
    };
    EXPECT_EQ(kind_of({page(3, 0, true, 2), page(4, 1, false, 2)}), RefusalKind::inconsistent);
    EXPECT_EQ(kind_of({page(3, 0, true, 2), page(3, 0, true, 2)}), RefusalKind::inconsistent); // a page that repeats
    EXPECT_EQ(kind_of({page(3, 0, false, 2)}), RefusalKind::inconsistent);
    EXPECT_EQ(kind_of({page(3, 0, true, 2), page(3, 1, true, 0)}), RefusalKind::inconsistent); // no end of empty pages
}

TEST(zudu_list, a_page_says_how_many_there_are_and_whether_more_come) {
    for (const char* key : {"total_count", "has_next"}) {
        auto page = world::page_of(Json::array(), 0);
        page.erase(key);
        EXPECT_EQ(as<Refused>(after(world::operation(OperationKind::list), {world::ok(page)})).kind,
                  RefusalKind::broken);
        page[key] = -1;
        as<Refused>(after(world::operation(OperationKind::list), {world::ok(page)}));
    }
}

TEST(zudu_get, takes_one_server_by_id) {
    const auto operation = world::operation(OperationKind::get);
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, world::path);
    const auto done = as<Done>(after(operation, {world::ok(world::server())}));
    EXPECT_EQ(done.document->name, "github");
    EXPECT_EQ(done.row, world::server());
    EXPECT_FALSE(as<Done>(after(operation, {world::gone()})).document);
    as<Refused>(after(operation, {world::ok(world::server("mcp_other"))}));
}

TEST(zudu_get, a_page_of_a_proxy_does_not_prove_that_it_is_gone) {
    const auto refused =
        as<Refused>(after(world::operation(OperationKind::get), {answered(404, std::string("<html>no</html>"))}));
    EXPECT_EQ(refused.kind, RefusalKind::broken);
}

TEST(zudu_get, an_id_cannot_break_out_of_its_place) {
    auto operation = world::operation(OperationKind::get);
    operation.remote_id = "a/../b?x=1";
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, "/api/mcp-servers/a%2F..%2Fb%3Fx%3D1");
    for (const char* id : {"", ".", ".."}) {
        operation.remote_id = id;
        EXPECT_EQ(as<Refused>(after(operation, {})).kind, RefusalKind::broken);
    }
}

TEST(zudu_find, reads_the_list_to_its_end_and_then_the_one_of_that_name) {
    const auto operation = world::operation(OperationKind::find_by_name);
    auto other = world::list_item("mcp_other");
    other["name"] = "GitHub";
    Transcript transcript{world::ok(world::page_of(Json::array({other}), 2, 0, true))};
    EXPECT_EQ(query_parameter(as<Send>(after(operation, transcript)).request.target, "page"), "1");
    transcript.push_back(world::ok(world::page_of(Json::array({world::list_item()}), 2, 1)));
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target, world::path);
    transcript.push_back(world::ok(world::server()));
    const auto done = as<Done>(after(operation, transcript));
    EXPECT_EQ(done.document->document["additional_headers"], (Json{{"X-Team", "a"}}));
    EXPECT_FALSE(as<Done>(after(operation, {world::ok(world::page_of(Json::array({other}), 1))})).document);
}

TEST(zudu_find, two_of_one_name_are_no_answer) {
    const auto rows = Json::array({world::list_item(), world::list_item("mcp_other")});
    const auto refused =
        as<Refused>(after(world::operation(OperationKind::find_by_name), {world::ok(world::page_of(rows, 2))}));
    EXPECT_EQ(refused.kind, RefusalKind::inconsistent);
    EXPECT_EQ(refused.text, "look up \"github\": 2 have this name");
}

TEST(zudu_find, rows_without_an_id_of_their_own_are_no_list) {
    const auto operation = world::operation(OperationKind::find_by_name);
    auto nameless = world::list_item();
    nameless["id"] = "..";
    for (const Json& rows :
         {Json::array({1}), Json::array({nameless}), Json::array({world::list_item(), world::list_item()})}) {
        EXPECT_EQ(as<Refused>(after(operation, {world::ok(world::page_of(rows, rows.size()))})).kind,
                  RefusalKind::inconsistent);
    }
}

TEST(zudu_next, what_it_has_not_is_refused) {
    for (const auto kind : {OperationKind::rehearse, OperationKind::subjects})
        EXPECT_EQ(as<Refused>(after(world::operation(kind), {})).kind, RefusalKind::broken);
}

TEST(zudu_next, survives_any_transcript) {
    const auto dialect = world::dialect();
    EXPECT_TRUE(rc::check([&] {
        Choices choices(*rc::gen::arbitrary<std::vector<std::uint8_t>>(),
                        {"data", "status", "servers", "total_count", "has_next", "page", "name", "id", "config",
                         "tool_approval_hashes", "request_headers"},
                        {"github", "success", "error", world::id, ""});
        auto operation = world::operation(static_cast<OperationKind>(*rc::gen::inRange(0, 9)));
        Transcript transcript;
        for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
            const int status = *rc::gen::element(0, 200, 204, 302, 400, 404, 409, 500);
            auto body = choices.value(4);
            if (body.is_object() && *rc::gen::arbitrary<bool>()) body["status"] = "success";
            transcript.push_back(status == 0 ? lost() : answered(status, body, *rc::gen::inRange(0, 3)));
        }
        dialect->next(operation, transcript);
    }));
}
