// Golden transcripts of the operations that change something.
#include "tests/dialect/faults.h"
#include "tests/dialect/zudu_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::zudu;

namespace {

Step after(const Operation& operation, const Transcript& transcript, bool wrapped = false) {
    return world::dialect(wrapped)->next(operation, transcript);
}

Json with(Json row, const std::string& key, Json value) {
    row[key] = std::move(value);
    return row;
}

// As stored before the update of these tests: another description and another header.
Json old_server() {
    auto row = with(world::server(), "description", "old");
    row["request_headers"] = {{"Authorization", "Bearer abc"}};
    return row;
}
Json new_server() {
    return with(world::server(), "updated_at", 1700000001000);
}

Operation with_approvals(OperationKind kind, Json approvals) {
    auto operation = world::operation(kind);
    operation.document["x-kedge"]["zudu"]["tool_approvals"] = std::move(approvals);
    return operation;
}

const std::string created = R"({"config":{"approval_policy":"require_approval_all","description":"d","name":"github",)"
                            R"("request_headers":{"Authorization":"Bearer abc","X-Team":"a"},"transport":"SSE",)"
                            R"("url":"https://example.com/mcp"}})";
const std::string patched = R"({"description":"d","request_headers":{"Authorization":"Bearer abc","X-Team":"a"}})";

} // namespace

TEST(zudu_create, the_request_is_the_published_one) {
    for (const bool wrapped : {false, true}) {
        const auto send = as<Send>(after(world::operation(OperationKind::create), {}, wrapped));
        EXPECT_TRUE(send.is_write);
        EXPECT_EQ(send.request.method, "POST");
        EXPECT_EQ(send.request.target, "/api/mcp-servers");
        EXPECT_EQ(header(send.request.headers, "content-type"), "application/json");
        EXPECT_EQ(send.request.body, created);
    }
}

TEST(zudu_create, what_is_not_declared_is_left_to_the_control_plane) {
    auto operation = world::operation(OperationKind::create);
    for (const char* key : {"x-kedge", "auth_data", "additional_headers", "description"}) operation.document.erase(key);
    EXPECT_EQ(as<Send>(after(operation, {})).request.body,
              R"({"config":{"name":"github","url":"https://example.com/mcp"}})");
    operation.document["x-kedge"]["zudu"]["secret_id"] = "sec1";
    EXPECT_EQ(as<Send>(after(operation, {})).request.body,
              R"({"config":{"name":"github","secret_token":{"secret_id":"sec1"},"url":"https://example.com/mcp"}})");
}

TEST(zudu_create, is_read_back_whole) {
    const auto operation = world::operation(OperationKind::create);
    const auto answer = world::ok({{"id", world::id}, {"server_name", "github"}}); // as little as that
    EXPECT_EQ(as<Send>(after(operation, {answer})).request.target, world::path);
    const auto done = as<Done>(after(operation, {answer, world::ok(world::server())}));
    EXPECT_EQ(done.document->remote_id, world::id);
}

TEST(zudu_create, an_id_that_was_answered_is_never_lost) {
    const auto operation = with_approvals(OperationKind::create, {{"search", {{"hash", "h"}, {"auto_approve", true}}}});
    const std::vector<Exchange> script{world::ok(world::server()), world::ok(world::server()),
                                       world::ok(world::server())};
    for (std::size_t step = 1; step < 4; ++step) {
        for (const auto& fault : faults()) {
            const auto ended = run_spoilt(*world::dialect(), operation, script, step, fault.answer,
                                          [](const HttpRequest&) { return lost(); });
            EXPECT_EQ(as<Done>(ended.step).document->remote_id, world::id) << step << " " << fault.name;
        }
    }
}

TEST(zudu_create, a_lost_answer_is_resolved_by_list_and_compare) {
    auto operation = world::operation(OperationKind::create);
    operation.known_ids = {"mcp_old"};
    const auto rows = Json::array({world::list_item("mcp_old"), world::list_item()});
    Transcript transcript{lost()};
    const auto list = as<Send>(after(operation, transcript));
    EXPECT_EQ(list.request.target, "/api/mcp-servers?page=0&limit=100&sort=created_at&order=desc");
    EXPECT_FALSE(list.is_write);
    transcript.push_back(world::ok(world::page_of(rows, 2)));
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target, world::path);
    transcript.push_back(world::ok(world::server()));
    EXPECT_EQ(as<Done>(after(operation, transcript)).document->remote_id, world::id);
    // Of our name and url, but otherwise not what was sent: somebody else's.
    transcript.back() = world::ok(with(world::server(), "transport", "WebSocket"));
    EXPECT_NE(as<Unsure>(after(operation, transcript)).text.find("differs from what was sent"), std::string::npos);
    transcript.back() = lost();
    as<Unsure>(after(operation, transcript));
}

TEST(zudu_create, none_or_two_leave_it_open) {
    const auto operation = world::operation(OperationKind::create);
    const auto twins = Json::array({world::list_item(), world::list_item("mcp_twin")});
    const auto look = [&](Json rows) { return world::ok(world::page_of(rows, rows.size())); };
    EXPECT_EQ(as<Unsure>(after(operation, {lost(), look(Json::array())})).text,
              "create \"github\": no answer: connection reset; it may have been carried out: there is none yet");
    EXPECT_NE(as<Unsure>(after(operation, {lost(), look(twins)})).text.find("2 new ones"), std::string::npos);
    const auto elsewhere = Json::array({with(world::list_item(), "url", "https://elsewhere.example.com")});
    as<Unsure>(after(operation, {lost(), look(elsewhere)}));
    // That it failed does not say that it will not come: a refusal would send it again in the next pass.
    for (const int status : {500, 503}) {
        const auto failed = answered(status, world::failure("oops"));
        EXPECT_NE(as<Unsure>(after(operation, {failed, look(Json::array())})).text.find("there is none yet"),
                  std::string::npos);
    }
}

TEST(zudu_create, that_failed_there_may_have_happened) {
    auto operation = world::operation(OperationKind::create);
    operation.known_ids = {"mcp_old"};
    const auto page = [](const Json& row) {
        return world::ok(world::page_of(Json::array({world::list_item("mcp_old"), row}), 2));
    };
    const auto elsewhere = with(world::list_item(), "url", "https://elsewhere.example.com");
    auto with_secret = operation;
    with_secret.document["x-kedge"]["zudu"]["secret_id"] = "sec1";
    for (const int status : {500, 503}) {
        const auto failed = answered(status, world::failure("oops"));
        EXPECT_NE(as<Unsure>(after(operation, {failed, page(elsewhere)})).text.find("has another url than was sent"),
                  std::string::npos);
        EXPECT_EQ(as<Done>(after(operation, {failed, page(world::list_item()), world::ok(world::server())}))
                      .document->remote_id,
                  world::id);
        // With `patch: flat` a secret_id is sent once and never seen again.
        const auto unsure =
            as<Unsure>(after(with_secret, {failed, page(world::list_item()), world::ok(world::server())}));
        EXPECT_NE(unsure.text.find("does not show whether it got its \"x-kedge.zudu.secret_id\""), std::string::npos);
    }
    // A lost answer is no failure: what was made was made as it was sent.
    as<Done>(after(with_secret, {lost(), page(world::list_item()), world::ok(world::server())}));
}

TEST(zudu_create, is_sent_once_whatever_happens) {
    const auto operation = world::operation(OperationKind::create);
    const auto page = world::ok(world::page_of(Json::array({world::list_item()}), 1));
    for (const auto& fault : faults()) {
        for (const auto& then : {lost(), page, world::ok(world::server()), answered(500, std::string())}) {
            const auto ended =
                run_spoilt(*world::dialect(), operation, {}, 0, fault.answer, [&](const HttpRequest&) { return then; });
            EXPECT_EQ(ended.count("POST"), 1) << fault.name;
            EXPECT_FALSE(std::holds_alternative<Send>(ended.step)) << fault.name;
        }
    }
}

TEST(zudu_create, what_the_control_plane_says_it_did_not_do_is_not_looked_for) {
    const std::vector<std::pair<Exchange, RefusalKind>> meanings{
        {not_sent(), RefusalKind::unreachable},
        {answered(400, world::failure("bad url")), RefusalKind::invalid},
        {answered(401, world::failure("who?")), RefusalKind::credential},
        {answered(403, world::failure("no")), RefusalKind::forbidden},
        {answered(409, world::failure("no")), RefusalKind::conflict},
        {answered(422, world::failure("no")), RefusalKind::invalid},
        {answered(429, world::failure("no")), RefusalKind::busy},
        {answered(200, world::failure("no")), RefusalKind::invalid}};
    for (const auto& [answer, meaning] : meanings)
        EXPECT_EQ(as<Refused>(after(world::operation(OperationKind::create), {answer})).kind, meaning)
            << answer.response.status;
}

TEST(zudu_update, sends_the_fields_that_differ_flat_or_wrapped) {
    const auto operation = world::operation(OperationKind::update);
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, world::path);
    for (const bool wrapped : {false, true}) {
        const auto send = as<Send>(after(operation, {world::ok(old_server())}, wrapped));
        EXPECT_TRUE(send.is_write);
        EXPECT_EQ(send.request.method, "PATCH");
        EXPECT_EQ(send.request.target, world::path);
        EXPECT_EQ(send.request.body, wrapped ? R"({"config":)" + patched + "}" : patched);
    }
    Transcript transcript{world::ok(old_server()), world::ok(new_server())};
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.method, "GET");
    transcript.push_back(world::ok(new_server()));
    EXPECT_EQ(as<Done>(after(operation, transcript)).document->version, "1700000001000");
}

TEST(zudu_update, what_is_absent_is_emptied) {
    auto operation = world::operation(OperationKind::update);
    for (const char* key : {"x-kedge", "auth_data", "additional_headers", "description"}) operation.document.erase(key);
    EXPECT_EQ(as<Send>(after(operation, {world::ok(world::server())})).request.body,
              R"({"description":"","request_headers":{}})");
}

TEST(zudu_update, a_secret_of_ours_is_sent_even_where_all_else_is_equal) {
    auto operation = world::operation(OperationKind::update);
    operation.document["auth_data"]["headers"]["Authorization"] = "kedge-secret-1";
    operation.sealed = {"/auth_data/headers/Authorization"};
    EXPECT_EQ(as<Send>(after(operation, {world::ok(world::server())})).request.body,
              R"({"request_headers":{"Authorization":"kedge-secret-1","X-Team":"a"}})");
    // Its answer lost: only a row that moved shows that it arrived.
    const Transcript transcript{world::ok(world::server()), lost(), world::ok(new_server())};
    as<Done>(after(operation, transcript));
    const Transcript still{world::ok(world::server()), lost(), world::ok(world::server())};
    EXPECT_NE(as<Refused>(after(operation, still)).text.find("was not carried out"), std::string::npos);
}

TEST(zudu_update, nothing_that_differs_is_nothing_to_send) {
    const auto done = as<Done>(after(world::operation(OperationKind::update), {world::ok(world::server())}));
    EXPECT_EQ(done.document->remote_id, world::id);
}

TEST(zudu_update, looks_before_it_writes) {
    auto operation = world::operation(OperationKind::update);
    EXPECT_EQ(as<Refused>(after(operation, {world::gone()})).kind, RefusalKind::gone);
    operation.live_version = "1699999999999";
    EXPECT_EQ(as<Refused>(after(operation, {world::ok(old_server())})).kind, RefusalKind::conflict);
    operation.live_version = "1700000000000";
    EXPECT_TRUE(as<Send>(after(operation, {world::ok(old_server())})).is_write);
    as<Refused>(after(operation, {world::ok(world::server("mcp_other"))}));
}

TEST(zudu_update, a_success_that_changed_nothing_is_none) {
    const auto operation = world::operation(OperationKind::update);
    const auto before = with(world::server(), "url", "https://old.example.com");
    const auto refused = as<Refused>(after(operation, {world::ok(before), world::ok(before), world::ok(before)}));
    EXPECT_EQ(refused.text,
              "update \"github\": the control plane answered with success, but \"url\" does not read back "
              "as sent");
    for (const auto& [key, value, name] :
         {std::tuple{"transport", Json("STREAMABLE_HTTP"), "x-kedge.zudu.transport"},
          {"request_headers", Json{{"Authorization", "Bearer old"}, {"X-Team", "a"}},
           "auth_data.headers.Authorization"},
          {"request_headers", Json{{"Authorization", "Bearer abc"}}, "additional_headers"}}) {
        const auto left = with(world::server(), key, value);
        const auto why = as<Refused>(after(operation, {world::ok(left), world::ok(left), world::ok(left)}));
        EXPECT_NE(why.text.find(std::string("\"") + name + "\" does not read back as sent"), std::string::npos)
            << why.text;
    }
    // Masked ones do not tell.
    const auto masked = with(world::server(), "request_headers", {{"Authorization", "****"}, {"X-Team", "****"}});
    as<Done>(after(operation, {world::ok(old_server()), world::ok(masked), world::ok(masked)}));
    // What it may put in other words is its own affair.
    const auto trimmed = with(world::server(), "description", "D");
    as<Done>(after(operation, {world::ok(old_server()), world::ok(trimmed), world::ok(trimmed)}));
}

TEST(zudu_update, an_unclear_end_is_read_back_once) {
    const auto operation = world::operation(OperationKind::update);
    for (const auto& answer : {lost(), answered(500, std::string()), answered(200, std::string()),
                               answered(502, std::string("<html>")), answered(408, std::string())}) {
        const Transcript unclear{world::ok(old_server()), answer};
        EXPECT_EQ(as<Send>(after(operation, unclear)).request.method, "GET");
        const auto end = [&](Exchange look) { return after(operation, {unclear[0], unclear[1], std::move(look)}); };
        as<Done>(end(world::ok(new_server())));
        EXPECT_NE(as<Refused>(end(world::ok(old_server()))).text.find("was not carried out"), std::string::npos);
        as<Unsure>(end(world::ok(with(old_server(), "updated_at", 1700000002000))));
        as<Unsure>(end(lost()));
    }
}

TEST(zudu_update, the_answer_stands_in_for_a_read_back_that_fails) {
    auto partial = new_server();
    for (const char* key : {"created_at", "config", "access_info", "metadata"}) partial.erase(key);
    const auto operation = world::operation(OperationKind::update);
    for (const auto& fault : faults())
        as<Done>(after(operation, {world::ok(old_server()), world::ok(partial), fault.answer}));
    as<Unsure>(after(operation, {world::ok(old_server()), world::ok("no row"), lost()}));
}

TEST(zudu_update, every_fault_at_every_step_has_an_end) {
    const auto operation = with_approvals(OperationKind::update, {{"search", {{"hash", "h"}, {"auto_approve", true}}}});
    const std::vector<Exchange> script{world::ok(old_server()), world::ok(new_server()), world::ok(new_server()),
                                       world::ok(new_server())};
    for (std::size_t step = 0; step < script.size(); ++step) {
        for (const auto& fault : faults()) {
            for (const auto& then : {lost(), world::ok(new_server()), world::ok(old_server())}) {
                const auto ended = run_spoilt(*world::dialect(), operation, script, step, fault.answer,
                                              [&](const HttpRequest&) { return then; });
                EXPECT_LE(ended.count("PATCH"), 1) << step << fault.name;
                EXPECT_LE(ended.count("POST"), 1) << step << fault.name;
                EXPECT_FALSE(std::holds_alternative<Send>(ended.step)) << step << fault.name;
                // Nothing but what was read counts as done.
                EXPECT_TRUE(step > 0 || std::holds_alternative<Refused>(ended.step)) << fault.name;
            }
        }
    }
}

TEST(zudu_approvals, are_one_request_each_in_the_body_of_the_generation) {
    const Json declared{{"a b", {{"hash", "h1"}, {"auto_approve", true}, {"conditions", {{"max_file_size", 9}}}}}};
    const auto flat = with_approvals(OperationKind::update, declared);
    auto row = world::server();
    row["tool_approval_hashes"] =
        Json::array({{{"tool_name", "x/y"}, {"approval_hash", "h2"}, {"auto_approve", false}}});
    Transcript transcript{world::ok(row)};
    const auto first = as<Send>(after(flat, transcript)).request;
    EXPECT_EQ(first.method + " " + first.target, "DELETE " + world::path + "/tool-approvals/x%2Fy");
    transcript.push_back(world::ok({{"server_id", world::id}, {"tool_name", "x/y"}, {"deleted", true}}));
    const auto second = as<Send>(after(flat, transcript)).request;
    EXPECT_EQ(second.method + " " + second.target, "POST " + world::path + "/tool-approvals");
    EXPECT_EQ(second.body, R"({"approval_conditions":{"max_file_size":9},"approval_hash":"h1","auto_approve":true,)"
                           R"("tool_name":"a b"})");
    const auto wrapped = with_approvals(OperationKind::update,
                                        {{"t", {{"hash", "h"}, {"auto_approve", false}, {"description", "says"}}}});
    EXPECT_EQ(as<Send>(after(wrapped, {world::ok(world::server())}, true)).request.body,
              R"({"approval_policy":"requires_approval","input_schema":{},"tool_description":"says","tool_hash":"h",)"
              R"("tool_name":"t"})");
}

TEST(zudu_approvals, are_left_alone_unless_declared) {
    auto row = world::server();
    row["tool_approval_hashes"] =
        Json::array({{{"tool_name", "x"}, {"tool_hash", "h"}, {"approval_policy", "auto_approved"}}});
    as<Done>(after(world::operation(OperationKind::update), {world::ok(row)}));
    const auto none = with_approvals(OperationKind::update, Json::object());
    EXPECT_EQ(as<Send>(after(none, {world::ok(row)})).request.method, "DELETE");
    // Of either generation, they are equal.
    const auto same = with_approvals(OperationKind::update, {{"x", {{"hash", "h"}, {"auto_approve", true}}}});
    as<Done>(after(same, {world::ok(row)}));
}

TEST(zudu_approvals, one_that_was_refused_says_what_came_before_it) {
    const auto operation = with_approvals(OperationKind::update, {{"search", {{"hash", "h"}, {"auto_approve", true}}}});
    const auto refused = as<Refused>(after(
        operation, {world::ok(old_server()), world::ok(new_server()), answered(422, world::failure("bad hash"))}));
    EXPECT_NE(refused.text.find("; what came before it was carried out"), std::string::npos);
    EXPECT_EQ(refused.theirs, "bad hash");
}

TEST(zudu_update, a_secret_id_cannot_be_changed_in_place) {
    auto operation = world::operation(OperationKind::update);
    operation.document["x-kedge"]["zudu"]["secret_id"] = "new";
    const auto row = with(world::server(), "secret_token_id", "old");
    EXPECT_EQ(as<Refused>(after(operation, {world::ok(row)}, true)).kind, RefusalKind::invalid);
}

TEST(zudu_remove, is_off_unless_it_is_switched_on) {
    const auto dialect = world::dialect(false, false);
    EXPECT_FALSE(dialect->describe().can.remove);
    const auto refused = as<Refused>(dialect->next(world::operation(OperationKind::remove), {}));
    EXPECT_EQ(refused.text, "delete \"github\": no page of Zudu AI has a delete");
    EXPECT_NE(refused.hint.find("deletes: yes"), std::string::npos);
}

TEST(zudu_remove, looks_first_and_believes_only_a_404) {
    const auto operation = world::operation(OperationKind::remove);
    EXPECT_EQ(as<Send>(after(operation, {})).request.method, "GET");
    const auto send = as<Send>(after(operation, {world::ok(world::server())}));
    EXPECT_TRUE(send.is_write);
    EXPECT_EQ(send.request.method + " " + send.request.target, "DELETE " + world::path);
    Transcript transcript{world::ok(world::server()), world::ok(nullptr)};
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.method, "GET");
    transcript.push_back(world::gone());
    as<Done>(after(operation, transcript));
    transcript.back() = world::ok(world::server());
    EXPECT_NE(as<Refused>(after(operation, transcript)).hint.find("deletes: no"), std::string::npos);
    as<Done>(after(operation, {world::gone()}));
    as<Done>(after(operation, {world::ok(world::server()), world::gone(), world::gone()}));
}

TEST(zudu_remove, is_refused_while_agents_depend_on_it) {
    const auto operation = world::operation(OperationKind::remove);
    const auto row = with(world::server(), "dependent_agents", {"agent_1", {{"name", "Support"}}});
    const auto refused = as<Refused>(after(operation, {world::ok(row)}));
    EXPECT_EQ(refused.kind, RefusalKind::conflict);
    EXPECT_EQ(refused.text, "delete \"github\": 2 agents depend on it: agent_1, Support");
    as<Refused>(after(operation, {world::ok(with(world::server(), "dependent_agents", 7))}));
}

TEST(zudu_remove, every_fault_at_every_step_has_an_end) {
    const std::vector<Exchange> script{world::ok(world::server()), world::ok(nullptr), world::gone()};
    for (std::size_t step = 0; step < script.size(); ++step) {
        for (const auto& fault : faults()) {
            for (const auto& then : {lost(), world::gone(), world::ok(world::server())}) {
                const auto ended = run_spoilt(*world::dialect(), world::operation(OperationKind::remove), script, step,
                                              fault.answer, [&](const HttpRequest&) { return then; });
                EXPECT_EQ(ended.count("DELETE"), step == 0 ? 0 : 1) << step << fault.name;
                EXPECT_FALSE(std::holds_alternative<Send>(ended.step)) << step << fault.name;
            }
        }
    }
}

TEST(zudu_remove, a_route_that_is_not_there_says_how_to_switch_it_off) {
    const auto refused = as<Refused>(after(world::operation(OperationKind::remove),
                                           {world::ok(world::server()), answered(405, world::failure("no"))}));
    EXPECT_EQ(refused.hint, "no page of Zudu AI has a delete: set deletes: no");
}
