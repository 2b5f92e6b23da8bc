// Golden transcripts of the operations that change something.
#include "tests/dialect/faults.h"
#include "tests/dialect/gravity_rail_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace rail = kedge::testing::rail;

namespace {

Step after(const Operation& operation, const Transcript& transcript, bool writes = true) {
    return rail::dialect(writes)->next(operation, transcript);
}

Exchange ok(Json row) {
    return answered(200, row);
}
Json with(Json row, const std::string& key, Json value) {
    row[key] = std::move(value);
    return row;
}
Json old_server() {
    return with(rail::server(), "url", "https://old.example.com");
}

std::string line(const Send& send) {
    return send.request.method + " " + send.request.target;
}

const Exchange off = ok(rail::server("READY", false));
const Exchange on = ok(rail::server("READY", true));

} // namespace

TEST(gravity_rail_switch, brings_the_flag_to_where_it_is_declared) {
    const auto enable = rail::operation(OperationKind::update);
    EXPECT_EQ(line(as<Send>(after(enable, {}))), "GET " + rail::servers + "/7");
    const auto send = as<Send>(after(enable, {off}));
    EXPECT_TRUE(send.is_write);
    EXPECT_EQ(line(send), "POST " + rail::servers + "/7/enable");
    EXPECT_EQ(send.request.body, "");
    EXPECT_EQ(as<Done>(after(enable, {off, on})).document->remote_id, "7");
    const auto disable = rail::operation(OperationKind::update, false);
    EXPECT_EQ(line(as<Send>(after(disable, {on}))), "POST " + rail::servers + "/7/disable?clear_registration=false");
    as<Done>(after(disable, {on, off}));
}

TEST(gravity_rail_switch, what_is_not_declared_or_as_declared_is_left_alone) {
    as<Done>(after(rail::operation(OperationKind::update, nullptr), {off}));
    as<Done>(after(rail::operation(OperationKind::update), {on}));
    as<Done>(after(rail::operation(OperationKind::update, false), {off}));
}

TEST(gravity_rail_switch, works_without_the_writes_that_are_not_published) {
    EXPECT_TRUE(as<Send>(after(rail::operation(OperationKind::update), {off}, false)).is_write);
    // Also where something differs that only those could change.
    auto elsewhere = rail::server("READY", false);
    elsewhere["url"] = "https://elsewhere.example.com/mcp";
    const auto send = as<Send>(after(rail::operation(OperationKind::update), {ok(elsewhere)}, false));
    EXPECT_EQ(line(send), "POST " + rail::servers + "/7/enable");
    elsewhere["enabled"] = true;
    as<Refused>(after(rail::operation(OperationKind::update), {ok(elsewhere)}, false));
}

TEST(gravity_rail_switch, who_waits_for_a_person_is_not_asked_again) {
    const auto enable = rail::operation(OperationKind::update);
    const auto blocked = as<Blocked>(after(enable, {ok(rail::server("AUTHORIZE", false))}));
    EXPECT_TRUE(blocked.condition.needs_person);
    EXPECT_EQ(blocked.condition.url, rail::servers + "/7/oauth/authorize");
    EXPECT_FALSE(blocked.document);
    // Switching off needs nobody.
    EXPECT_TRUE(
        as<Send>(after(rail::operation(OperationKind::update, false), {ok(rail::server("AUTHORIZE", true))})).is_write);
}

TEST(gravity_rail_switch, a_registration_may_end_with_a_person) {
    const auto enable = rail::operation(OperationKind::update);
    const auto start = ok(rail::server("REGISTER", false));
    EXPECT_EQ(line(as<Send>(after(enable, {start}))), "POST " + rail::servers + "/7/enable");
    as<Done>(after(enable, {start, on}));
    // By the answer, by a read back, by an object in a 403.
    const auto waits = ok(rail::server("AUTHORIZE", false));
    EXPECT_EQ(line(as<Send>(after(enable, {start, waits}))), "GET " + rail::servers + "/7");
    EXPECT_TRUE(as<Blocked>(after(enable, {start, waits, waits})).condition.needs_person);
    const auto refused = answered(400, rail::detail("user needs to complete OAuth flow"));
    EXPECT_TRUE(as<Blocked>(after(enable, {start, refused, waits})).condition.needs_person);
    const auto asked = as<Blocked>(after(enable, {start, answered(403, rail::detail(rail::sign_in()))}));
    EXPECT_EQ(asked.condition.url, "https://login.example.com/o?state=1");
    const auto stuck = as<Blocked>(after(enable, {start, start, start}));
    EXPECT_EQ(stuck.condition.text, "is not set up yet (REGISTER); it has to be set up in Gravity Rail");
}

TEST(gravity_rail_switch, a_missing_scope_is_named) {
    const auto refused = as<Refused>(
        after(rail::operation(OperationKind::update), {off, answered(403, rail::detail("Insufficient scope"))}));
    EXPECT_EQ(refused.kind, RefusalKind::forbidden);
    EXPECT_EQ(refused.theirs, "Insufficient scope");
    EXPECT_EQ(refused.hint, "the key needs the scope apps:write");
}

TEST(gravity_rail_switch, an_unclear_end_is_read_back) {
    const auto enable = rail::operation(OperationKind::update);
    for (const auto& answer : {lost(), answered(500, rail::detail("Internal error")), answered(200, std::string()),
                               answered(400, rail::detail("upstream does not answer"))}) {
        as<Done>(after(enable, {off, answer, on}));
        const auto blind = after(enable, {off, answer, lost()});
        const bool said_no = answer.response.status == 400; // then nothing was done, whoever can look or not
        EXPECT_EQ(std::holds_alternative<Refused>(blind), said_no);
        EXPECT_EQ(std::holds_alternative<Unsure>(blind), !said_no);
        if (answer.answered && answer.response.status == 200)
            as<Blocked>(after(enable, {off, answer, off}));
        else
            EXPECT_NE(as<Refused>(after(enable, {off, answer, off})).text.find("was not carried out"),
                      std::string::npos);
    }
    EXPECT_EQ(as<Refused>(after(enable, {off, not_sent()})).kind, RefusalKind::unreachable);
    const auto disable = rail::operation(OperationKind::update, false);
    EXPECT_NE(as<Refused>(after(disable, {on, on, on})).text.find("was not carried out"), std::string::npos);
}

TEST(gravity_rail_update, looks_before_it_writes) {
    auto operation = rail::operation(OperationKind::update);
    EXPECT_EQ(as<Refused>(after(operation, {rail::gone()})).kind, RefusalKind::gone);
    operation.live_version = "2026-01-01T00:00:00Z";
    EXPECT_EQ(as<Refused>(after(operation, {off})).kind, RefusalKind::conflict);
    as<Refused>(after(operation, {ok(rail::server("READY", false, 8))}));
}

TEST(gravity_rail_update, of_fields_is_not_published) {
    const auto refused = as<Refused>(after(rail::operation(OperationKind::update), {ok(old_server())}, false));
    EXPECT_EQ(refused.kind, RefusalKind::invalid);
    EXPECT_EQ(refused.text, "update \"github\": \"url\" differs, and an update is not in the published API");
}

TEST(gravity_rail_update, sends_the_fields_that_differ_then_switches) {
    const auto operation = rail::operation(OperationKind::update);
    auto before = old_server();
    before["enabled"] = false;
    Transcript transcript{ok(before)};
    const auto send = as<Send>(after(operation, transcript));
    EXPECT_TRUE(send.is_write);
    EXPECT_EQ(line(send), "PATCH " + rail::servers + "/7");
    EXPECT_EQ(send.request.body, R"({"url":"https://example.com/mcp"})");
    transcript.push_back(off);
    EXPECT_EQ(line(as<Send>(after(operation, transcript))), "GET " + rail::servers + "/7");
    transcript.push_back(off);
    EXPECT_EQ(line(as<Send>(after(operation, transcript))), "POST " + rail::servers + "/7/enable");
    const auto blocked =
        as<Blocked>(after(operation, {ok(before), off, off, answered(403, rail::detail(rail::sign_in()))}));
    ASSERT_TRUE(blocked.document); // the address was written all the same
    EXPECT_EQ(blocked.document->document["url"], "https://example.com/mcp");
    transcript.push_back(on);
    as<Done>(after(operation, transcript));
}

TEST(gravity_rail_update, a_success_that_changed_nothing_is_none) {
    const auto operation = rail::operation(OperationKind::update);
    const auto before = ok(old_server());
    EXPECT_EQ(as<Refused>(after(operation, {before, before, before})).text,
              "update \"github\": answered with success, but \"url\" does not read back as sent");
    EXPECT_NE(as<Refused>(after(operation, {before, lost(), before})).text.find("was not carried out"),
              std::string::npos);
    as<Unsure>(after(operation, {before, lost(), ok(with(old_server(), "updatedAt", "2027"))}));
    as<Unsure>(after(operation, {before, lost(), lost()}));
    as<Done>(after(operation, {before, lost(), on}));
}

TEST(gravity_rail_update, every_fault_at_every_step_has_an_end) {
    const auto operation = rail::operation(OperationKind::update);
    auto before = old_server();
    before["enabled"] = false;
    const std::vector<Exchange> script{ok(before), off, off, on};
    for (std::size_t step = 0; step < script.size(); ++step) {
        for (const auto& fault : faults()) {
            for (const auto& then : {lost(), on, off, ok(before)}) {
                const auto ended = run_spoilt(*rail::dialect(), operation, script, step, fault.answer,
                                              [&](const HttpRequest&) { return then; });
                EXPECT_LE(ended.count("PATCH"), 1) << step << fault.name;
                EXPECT_LE(ended.count("POST"), 1) << step << fault.name;
                EXPECT_FALSE(std::holds_alternative<Send>(ended.step)) << step << fault.name;
                EXPECT_TRUE(step > 0 || std::holds_alternative<Refused>(ended.step)) << fault.name;
            }
        }
    }
}

TEST(gravity_rail_create, is_off_unless_it_is_switched_on) {
    const auto refused = as<Refused>(after(rail::operation(OperationKind::create), {}, false));
    EXPECT_EQ(refused.text, "create \"github\": create is not in the published API");
    EXPECT_NE(refused.hint.find("adopt it by its id"), std::string::npos);
}

TEST(gravity_rail_create, sends_name_and_url_then_switches) {
    const auto operation = rail::operation(OperationKind::create);
    const auto send = as<Send>(after(operation, {}));
    EXPECT_TRUE(send.is_write);
    EXPECT_EQ(line(send), "POST " + rail::servers);
    EXPECT_EQ(send.request.body, R"({"name":"github","url":"https://example.com/mcp"})");
    EXPECT_EQ(line(as<Send>(after(operation, {answered(201, rail::server("REGISTER", false))}))),
              "POST " + rail::servers + "/7/enable");
    EXPECT_EQ(as<Done>(after(operation, {answered(201, rail::server("REGISTER", false)), on})).document->remote_id,
              "7");
}

TEST(gravity_rail_create, an_id_that_was_answered_is_never_lost) {
    const auto operation = rail::operation(OperationKind::create);
    const std::vector<Exchange> script{answered(201, rail::server("REGISTER", false))};
    for (std::size_t step = 1; step < 3; ++step) {
        for (const auto& fault : faults()) {
            const auto ended = run_spoilt(*rail::dialect(), operation, script, step, fault.answer,
                                          [](const HttpRequest&) { return lost(); });
            EXPECT_EQ(as<Done>(ended.step).document->remote_id, "7") << step << fault.name;
        }
    }
    const auto asked = answered(403, rail::detail(rail::sign_in()));
    const auto blocked = as<Blocked>(after(operation, {script[0], asked}));
    ASSERT_TRUE(blocked.document);
    EXPECT_EQ(blocked.document->remote_id, "7");
}

TEST(gravity_rail_create, a_lost_answer_is_resolved_by_list_and_compare) {
    auto operation = rail::operation(OperationKind::create);
    operation.known_ids = {"6"};
    const auto before = rail::server("READY", true, 6);
    EXPECT_EQ(line(as<Send>(after(operation, {lost()}))), "GET " + rail::servers);
    EXPECT_EQ(as<Done>(after(operation, {lost(), ok(Json::array({before, rail::server()}))})).document->remote_id, "7");
    EXPECT_NE(as<Unsure>(after(operation, {lost(), ok(Json::array({before}))})).text.find("there is none yet"),
              std::string::npos);
    as<Unsure>(after(operation, {lost(), ok(Json::array({before, old_server()}))}));
    as<Unsure>(after(operation, {lost(), ok(Json::array({rail::server(), rail::server("READY", true, 8)}))}));
    as<Unsure>(after(operation, {lost(), lost()}));
    // Nothing in a list that shows a part proves nothing: a refusal would send it again in the next pass.
    for (const int status : {500, 503}) {
        const auto busy = answered(status, rail::detail("x"));
        EXPECT_NE(as<Unsure>(after(operation, {busy, ok(Json::array({before}))})).text.find("there is none yet"),
                  std::string::npos);
    }
    const auto failed = answered(500, rail::detail("x"));
    EXPECT_NE(as<Unsure>(after(operation, {failed, ok(Json::array({before, old_server()}))})).text.find("another url"),
              std::string::npos);
}

TEST(gravity_rail_create, is_sent_once_whatever_happens) {
    for (const auto& fault : faults()) {
        for (const auto& then : {lost(), ok(Json::array({rail::server()})), on, answered(500, std::string())}) {
            const auto ended = run_spoilt(*rail::dialect(), rail::operation(OperationKind::create), {}, 0, fault.answer,
                                          [&](const HttpRequest&) { return then; });
            int creates = 0;
            for (const auto& send : ended.sent) creates += line(send) == "POST " + rail::servers ? 1 : 0;
            EXPECT_EQ(creates, 1) << fault.name;
            EXPECT_FALSE(std::holds_alternative<Send>(ended.step)) << fault.name;
        }
    }
}

TEST(gravity_rail_remove, needs_apps_admin_and_takes_a_404_for_done) {
    const auto operation = rail::operation(OperationKind::remove);
    EXPECT_EQ(line(as<Send>(after(operation, {}))), "GET " + rail::servers + "/7");
    as<Done>(after(operation, {rail::gone()}));
    const auto send = as<Send>(after(operation, {on}));
    EXPECT_TRUE(send.is_write);
    EXPECT_EQ(line(send), "DELETE " + rail::servers + "/7");
    for (const auto& answer : {ok({{"message", "deleted"}}), answered(204, std::string()), rail::gone()})
        as<Done>(after(operation, {on, answer}));
    const auto refused = as<Refused>(after(operation, {on, answered(403, rail::detail("Insufficient scope"))}));
    EXPECT_EQ(refused.hint, "the key needs the scope apps:admin");
    auto stale = operation;
    stale.live_version = "2026-01-01T00:00:00Z";
    EXPECT_EQ(as<Refused>(after(stale, {on})).kind, RefusalKind::conflict);
}

TEST(gravity_rail_remove, an_unclear_end_is_read_back) {
    const auto operation = rail::operation(OperationKind::remove);
    for (const auto& answer :
         {lost(), answered(500, std::string()), answered(202, std::string()), answered(200, std::string("<html>"))}) {
        EXPECT_EQ(line(as<Send>(after(operation, {on, answer}))), "GET " + rail::servers + "/7");
        as<Done>(after(operation, {on, answer, rail::gone()}));
        EXPECT_NE(as<Refused>(after(operation, {on, answer, on})).text.find("was not carried out"), std::string::npos);
        as<Unsure>(after(operation, {on, answer, lost()}));
    }
}

TEST(gravity_rail_remove, every_fault_at_every_step_has_an_end) {
    const std::vector<Exchange> script{on, ok(Json::object())};
    for (std::size_t step = 0; step < script.size(); ++step) {
        for (const auto& fault : faults()) {
            for (const auto& then : {lost(), rail::gone(), on}) {
                const auto ended = run_spoilt(*rail::dialect(), rail::operation(OperationKind::remove), script, step,
                                              fault.answer, [&](const HttpRequest&) { return then; });
                EXPECT_EQ(ended.count("DELETE"), static_cast<int>(step)) << fault.name;
                EXPECT_FALSE(std::holds_alternative<Send>(ended.step)) << fault.name;
            }
        }
    }
}
