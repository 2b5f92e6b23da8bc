// Golden transcripts of the operations that change something, as ContextForge 1.0.7 answered them, each with every
// failure at every turn.
#include "tests/dialect/contextforge_world.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

const std::string one = "/v1/gateways/" + forge::id;
const std::string everything =
    "GET /v1/gateways?include_inactive=true&include_pagination=true&visibility=public&limit=0";

Exchange row_answer(const Json& more = Json::object(), int status = 200) {
    return answered(status, forge::row(more));
}
Exchange pending(const Json& more = Json::object()) {
    Json body = forge::row({{"status", "pending"},
                            {"reachable", false},
                            {"statusMessage", "Gateway registration accepted and pending initialization"}});
    body.update(more);
    return forge::accepted(body);
}
Json dead_row() {
    return forge::row({{"status", "pending"},
                       {"reachable", false},
                       {"lastError", "Failed to initialize gateway at http://localhost:9001/mcp: token=abc123"}});
}

Json sent_body(const forge::Walk& walk, const std::string& method) {
    for (const auto& exchange : walk.transcript) {
        if (exchange.request.method == method) return parse_json(exchange.request.body);
    }
    return Json();
}

forge::Turns create_turns() {
    return {{"POST /v1/gateways", row_answer()}, {"GET " + one, row_answer()}};
}
forge::Turns update_turns() {
    return {{"GET " + one, row_answer({{"description", "old"}})},
            {"PUT " + one, row_answer({{"version", 2}})},
            {"GET " + one, row_answer({{"version", 2}})}};
}

} // namespace

TEST(contextforge_create, sends_the_whole_registration_and_reads_it_back) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::create);
    const auto walk = forge::walk(*dialect, operation, create_turns());
    const auto done = as<Done>(walk.end);
    EXPECT_EQ(done.document->remote_id, forge::id);
    EXPECT_EQ(done.document->version, "1");
    EXPECT_EQ(sent_body(walk, "POST"),
              (Json{{"name", "github"},
                    {"url", "http://127.0.0.1:9001/mcp"},
                    {"description", "d"},
                    {"transport", "STREAMABLEHTTP"},
                    {"visibility", "public"},
                    {"tags", {"kedge:" + forge::marker, "team:core"}},
                    {"auth_type", "authheaders"},
                    {"auth_headers", {{{"key", "Authorization"}, {"value", "Bearer kedge-secret-1"}}}}}));
    forge::fail_everywhere(*dialect, operation, create_turns());
}

TEST(contextforge_create, an_upstream_that_does_not_answer_blocks_it) {
    const auto walk = forge::walk(*forge::dialect(), forge::operation(OperationKind::create),
                                  {{"POST /v1/gateways", forge::upstream_dead()}});
    const auto blocked = as<Blocked>(walk.end);
    EXPECT_FALSE(blocked.condition.reachable);
    EXPECT_EQ(blocked.condition.text,
              "create \"github\": nothing was stored, the MCP server behind it does not answer as it should: \"Failed "
              "to initialize gateway at http://localhost:9001/mcp: All connection attempts failed\"");
}

// 502 of a proxy is another matter: the gateway may have been created behind it.
TEST(contextforge_create, a_502_of_something_in_between_is_read_back) {
    for (const auto& answer : {answered(502, std::string("<html><title>Bad Gateway</title></html>")),
                               answered(502, Json{{"message", "Bad gateway"}})}) {
        forge::walk(*forge::dialect(), forge::operation(OperationKind::create),
                    {{"POST /v1/gateways", answer},
                     {everything, answered(200, forge::page({forge::row()}))},
                     {"GET " + one, row_answer()}});
    }
}

TEST(contextforge_create, a_lost_answer_is_read_back_and_never_sent_again) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::create);
    const auto after = [&](const std::vector<Json>& rows) {
        return dialect->next(
            operation, forge::walk(*dialect, operation,
                                   {{"POST /v1/gateways", lost()}, {everything, answered(200, forge::page(rows))}})
                           .transcript);
    };
    EXPECT_EQ(as<Send>(after({forge::row()})).request.target, one);
    EXPECT_NE(as<Refused>(after({})).text.find("read back: it was not carried out"), std::string::npos);
    // In other words, but under the marker that only this create can have brought.
    as<Send>(after({forge::row({{"description", "as the server likes it"}})}));
    const auto stranger = as<Refused>(after({forge::row({{"tags", Json::array()}})}));
    EXPECT_EQ(stranger.kind, RefusalKind::conflict);
    EXPECT_NE(stranger.text.find("another one has this name by now"), std::string::npos);
    as<Unsure>(after({forge::row(), forge::row({{"id", "2"}})}));
    forge::fail_everywhere(*dialect, operation,
                           {{"POST /v1/gateways", lost()},
                            {everything, answered(200, forge::page({forge::row()}))},
                            {"GET " + one, row_answer()}});
}

TEST(contextforge_create, rows_that_were_known_before_are_not_the_new_one) {
    auto operation = forge::operation(OperationKind::create);
    operation.known_ids = {"old"};
    const Json old = forge::row({{"id", "old"}});
    const auto walk = forge::walk(*forge::dialect(), operation,
                                  {{"POST /v1/gateways", lost()},
                                   {everything, answered(200, forge::page({old, forge::row()}))},
                                   {"GET " + one, row_answer()}});
    EXPECT_EQ(as<Done>(walk.end).document->remote_id, forge::id);
}

TEST(contextforge_create, names_and_urls_that_are_taken_are_told_apart) {
    const auto refused = [](const char* message) {
        const auto walk = forge::walk(*forge::dialect(), forge::operation(OperationKind::create),
                                      {{"POST /v1/gateways", answered(409, Json{{"message", message}})}});
        EXPECT_EQ(as<Refused>(walk.end).kind, RefusalKind::conflict);
        return as<Refused>(walk.end).hint;
    };
    EXPECT_EQ(refused("Gateway name already exists"),
              "names that differ in capitals, blanks and points alone count as the same");
    EXPECT_EQ(refused("Gateway already exists"),
              "a registration of this url with the same credential is there; two of them need different urls");
}

TEST(contextforge_create, a_disabled_one_is_switched_off_after_it_was_made) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::create,
                                            forge::manifest({{"x-kedge", {{"contextforge", {{"enabled", false}}}}}}));
    const auto off = row_answer({{"enabled", false}});
    const forge::Turns turns{{"POST /v1/gateways", row_answer()},
                             {"POST " + one + "/state?activate=false", answered(200, Json{{"status", "success"}})},
                             {"GET " + one, off}};
    const auto walk = forge::walk(*dialect, operation, turns);
    EXPECT_EQ(as<Done>(walk.end).document->document["x-kedge"]["contextforge"]["enabled"], false);
    forge::fail_everywhere(*dialect, operation, turns);
    // Created, but still on: that is not what was wanted, and the next pass has to know.
    const auto still_on =
        forge::walk(*dialect, operation,
                    {turns[0], {turns[1].request, answered(500, std::string())}, {"GET " + one, row_answer()}});
    EXPECT_NE(as<Unsure>(still_on.end).text.find("written, but not disabled"), std::string::npos);
}

TEST(contextforge_create, an_asynchronous_one_is_asked_for_until_it_is_settled) {
    const auto dialect = forge::async_dialect();
    const auto operation = forge::operation(OperationKind::create);
    const auto none = answered(404, Json{{"detail", "Gateway not found: github"}});
    const forge::Turns turns{{"GET /v1/gateways/github", none},
                             {"POST /v1/gateways", pending()},
                             {"GET " + one, row_answer({{"status", "pending"}}), 5000},
                             {"GET " + one, row_answer(), 5000}};
    EXPECT_EQ(as<Done>(forge::walk(*dialect, operation, turns).end).document->condition, Condition{});
    forge::fail_everywhere(*dialect, operation, turns);
}

// A dead upstream is stored all the same, and tried for ever.
TEST(contextforge_create, an_asynchronous_one_that_fails_is_stored_and_says_so) {
    const auto walk = forge::walk(*forge::async_dialect(), forge::operation(OperationKind::create),
                                  {{"GET /v1/gateways/github", answered(404, std::string())},
                                   {"POST /v1/gateways", pending()},
                                   {"GET " + one, answered(200, dead_row()), 5000}});
    const auto blocked = as<Blocked>(walk.end);
    ASSERT_TRUE(blocked.document);
    EXPECT_EQ(blocked.document->remote_id, forge::id);
    EXPECT_FALSE(blocked.condition.reachable);
    EXPECT_NE(blocked.condition.text.find("pending: Failed to initialize gateway"), std::string::npos);
    EXPECT_EQ(blocked.condition.text.find("abc123"), std::string::npos);
}

TEST(contextforge_create, a_pending_one_is_not_waited_for_for_ever) {
    forge::Turns turns{{"POST /v1/gateways", pending()}};
    for (int i = 0; i < 8; ++i) turns.push_back({"GET " + one, row_answer({{"status", "pending"}}), 5000});
    const auto walk = forge::walk(*forge::dialect(), forge::operation(OperationKind::create), turns);
    EXPECT_EQ(as<Blocked>(walk.end).condition.text, "pending");
}

// The name of a pending one is answered with that one, as if it had just been made.
TEST(contextforge_create, a_pending_stranger_is_not_taken_for_ours) {
    const auto stranger = pending({{"tags", Json::array()}, {"url", "http://localhost:1/mcp"}});
    const auto seen = forge::walk(*forge::async_dialect(), forge::operation(OperationKind::create),
                                  {{"GET /v1/gateways/github", answered(200, forge::row({{"tags", Json::array()}}))}});
    EXPECT_EQ(as<Refused>(seen.end).text, "create \"github\": somebody registered this name since the plan");
    const auto unseen =
        forge::walk(*forge::dialect(), forge::operation(OperationKind::create), {{"POST /v1/gateways", stranger}});
    EXPECT_EQ(as<Refused>(unseen.end).text, "create \"github\": another one of this name is pending");
}

TEST(contextforge_update, always_carries_the_credential_and_empties_what_git_does_not_have) {
    const auto dialect = forge::dialect();
    Json bare = forge::manifest();
    bare.erase("description");
    bare["tags"] = Json::object();
    const auto operation = forge::operation(OperationKind::update, bare);
    const auto changed = row_answer({{"version", 2}, {"description", ""}, {"tags", Json::array()}});
    const auto walk = forge::walk(*dialect, operation,
                                  {{"GET " + one, row_answer()}, {"PUT " + one, changed}, {"GET " + one, changed}});
    EXPECT_EQ(as<Done>(walk.end).document->version, "2");
    const auto body = sent_body(walk, "PUT");
    EXPECT_EQ(body["description"], "");
    EXPECT_EQ(body["tags"], Json::array());
    EXPECT_EQ(body["passthrough_headers"], Json::array());
    EXPECT_EQ(body["auth_type"], "authheaders");
    EXPECT_EQ(body["auth_headers"], (Json{{{"key", "Authorization"}, {"value", "Bearer kedge-secret-1"}}}));
    EXPECT_FALSE(body.contains("enabled"));
    forge::fail_everywhere(*dialect, forge::operation(OperationKind::update), update_turns());
}

TEST(contextforge_update, authentication_is_taken_away_only_where_there_is_one) {
    Json open = forge::manifest();
    open.erase("auth_data");
    auto operation = forge::operation(OperationKind::update, open);
    operation.sealed.clear();
    const auto body_for = [&](const Json& before) {
        const auto send = forge::dialect()->next(operation, {answered(200, before)});
        return parse_json(as<Send>(send).request.body);
    };
    EXPECT_EQ(body_for(forge::row())["auth_type"], "none");
    EXPECT_FALSE(body_for(forge::row({{"authType", nullptr}, {"authValue", nullptr}})).contains("auth_type"));
    EXPECT_FALSE(body_for(forge::row({{"authType", ""}, {"authValue", ""}})).contains("auth_type"));
    EXPECT_EQ(body_for(forge::row({{"authType", "oauth"}, {"authValue", nullptr}}))["auth_type"], "none");
}

TEST(contextforge_update, oauth_goes_out_as_one_map) {
    const Json auth{{"type", "oauth2"},
                    {"grant_type", "client_credentials"},
                    {"client_id", "c"},
                    {"client_secret", "kedge-secret-1"},
                    {"token_url", "https://idp.example.com/token"},
                    {"jwt_source", "access_token"},
                    {"scopes", {"b", "a"}}};
    const auto operation = forge::operation(OperationKind::update, forge::manifest({{"auth_data", auth}}));
    const auto body = parse_json(as<Send>(forge::dialect()->next(operation, {row_answer()})).request.body);
    EXPECT_EQ(body["auth_type"], "oauth");
    EXPECT_EQ(body["oauth_config"], (Json{{"grant_type", "client_credentials"},
                                          {"client_id", "c"},
                                          {"client_secret", "kedge-secret-1"},
                                          {"token_url", "https://idp.example.com/token"},
                                          {"scopes", {"b", "a"}}}));
}

TEST(contextforge_update, a_credential_that_was_not_stored_is_no_success) {
    const auto lost_one = row_answer({{"version", 2}, {"authValue", nullptr}, {"authHeaders", nullptr}});
    const auto walk = forge::walk(
        *forge::dialect(), forge::operation(OperationKind::update),
        {{"GET " + one, row_answer()}, {"PUT " + one, row_answer({{"version", 2}})}, {"GET " + one, lost_one}});
    EXPECT_EQ(as<Refused>(walk.end).text, "update \"github\": stored, but without its credential");
}

TEST(contextforge_update, what_moved_since_the_plan_is_not_overwritten) {
    auto operation = forge::operation(OperationKind::update);
    operation.live_version = "1";
    const auto after = [&](const Json& before) { return forge::dialect()->next(operation, {answered(200, before)}); };
    as<Send>(after(forge::row()));
    EXPECT_EQ(as<Refused>(after(forge::row({{"version", 2}, {"modifiedBy", "ann@example.com"}}))).text,
              "update \"github\": it was changed in the control plane since the plan (by \"ann@example.com\")");
    EXPECT_EQ(as<Refused>(after(forge::row({{"name", "renamed"}}))).text,
              "update \"github\": it is called \"renamed\" by now");
    EXPECT_EQ(as<Refused>(after(forge::row({{"status", "deleting"}}))).kind, RefusalKind::gone);
    // Private ones are known by their ids: one that was renamed by hand gets its name back.
    ContextForgeOptions options;
    options.visibility = "private";
    const auto renamed = forge::row({{"name", "renamed"}, {"visibility", "private"}});
    as<Send>(make_contextforge(options)->next(operation, {answered(200, renamed)}));
    const auto gone = answered(404, Json{{"detail", "Gateway not found"}});
    EXPECT_EQ(as<Refused>(forge::dialect()->next(operation, {gone})).kind, RefusalKind::gone);
}

TEST(contextforge_update, a_pending_one_takes_no_updates_so_none_is_sent) {
    const auto step = forge::dialect()->next(forge::operation(OperationKind::update), {answered(200, dead_row())});
    const auto blocked = as<Blocked>(step);
    EXPECT_FALSE(blocked.condition.reachable);
    EXPECT_NE(blocked.condition.text.find("drops updates of a registration that is pending: Failed"),
              std::string::npos);
    EXPECT_NE(blocked.condition.text.find("delete it and it is created anew"), std::string::npos);
}

TEST(contextforge_update, a_202_that_changed_nothing_was_dropped) {
    const auto walk = forge::walk(*forge::dialect(), forge::operation(OperationKind::update),
                                  {{"GET " + one, row_answer()}, {"PUT " + one, pending()}});
    EXPECT_NE(as<Blocked>(walk.end).condition.text.find("dropped the update"), std::string::npos);
    const forge::Turns turns{{"GET " + one, row_answer()},
                             {"PUT " + one, pending({{"version", 2}})},
                             {"GET " + one, row_answer({{"version", 2}}), 5000}};
    EXPECT_EQ(
        as<Done>(forge::walk(*forge::dialect(), forge::operation(OperationKind::update), turns).end).document->version,
        "2");
    forge::fail_everywhere(*forge::dialect(), forge::operation(OperationKind::update), turns);
}

TEST(contextforge_update, an_upstream_that_does_not_answer_blocks_it) {
    const auto walk = forge::walk(*forge::dialect(), forge::operation(OperationKind::update),
                                  {{"GET " + one, row_answer()}, {"PUT " + one, forge::upstream_dead()}});
    EXPECT_NE(as<Blocked>(walk.end).condition.text.find("nothing was stored"), std::string::npos);
}

// The version before the PUT is known, so the row alone tells, secret or not.
TEST(contextforge_update, an_unclear_end_is_judged_by_the_version) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::update);
    for (const auto& unclear : {lost(), answered(500, Json{{"message", "Unexpected error"}}),
                                answered(503, std::string()), answered(200, std::string("{"))}) {
        const auto after = [&](const Json& found) {
            return dialect->next(operation, forge::walk(*dialect, operation,
                                                        {{"GET " + one, row_answer()},
                                                         {"PUT " + one, unclear},
                                                         {"GET " + one, answered(200, found)}})
                                                .transcript);
        };
        EXPECT_NE(as<Refused>(after(forge::row())).text.find("it was not carried out"), std::string::npos);
        EXPECT_EQ(as<Send>(after(forge::row({{"version", 2}}))).request.target, one);
        as<Unsure>(after(forge::row({{"version", 2}, {"description", "of somebody else"}})));
    }
    EXPECT_EQ(as<Refused>(dialect->next(operation, {row_answer(), answered(500, Json{{"message", "Unexpected error"}}),
                                                    row_answer()}))
                  .hint,
              "it answers so as well where another registration has this url and credential");
}

TEST(contextforge_update, enabled_is_a_request_of_its_own) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::update);
    const forge::Turns turns{{"GET " + one, row_answer({{"enabled", false}})},
                             {"PUT " + one, row_answer({{"enabled", false}, {"version", 2}})},
                             {"POST " + one + "/state?activate=true", answered(200, Json{{"status", "success"}})},
                             {"GET " + one, row_answer({{"version", 2}})}};
    const auto done = as<Done>(forge::walk(*dialect, operation, turns).end);
    EXPECT_EQ(done.document->document["x-kedge"]["contextforge"]["enabled"], true);
    forge::fail_everywhere(*dialect, operation, turns);
}

TEST(contextforge_update, a_second_look_that_fails_does_not_undo_a_proof) {
    const auto busy = answered(429, Json{{"message", "slow down"}});
    const auto walk =
        forge::walk(*forge::dialect(), forge::operation(OperationKind::update),
                    {{"GET " + one, row_answer()}, {"PUT " + one, row_answer({{"version", 2}})}, {"GET " + one, busy}});
    EXPECT_EQ(as<Done>(walk.end).document->version, "2");
    const auto other = forge::walk(*forge::dialect(), forge::operation(OperationKind::update),
                                   {{"GET " + one, row_answer()},
                                    {"PUT " + one, row_answer({{"version", 2}, {"description", "shorter"}})},
                                    {"GET " + one, busy}});
    as<Unsure>(other.end);
}

TEST(contextforge_write, an_id_that_would_name_another_path_is_not_asked_for) {
    for (const char* id : {"", ".", ".."}) {
        for (const auto kind : {OperationKind::update, OperationKind::remove}) {
            auto operation = forge::operation(kind);
            operation.remote_id = id;
            EXPECT_EQ(as<Refused>(forge::dialect()->next(operation, {})).kind, RefusalKind::broken) << id;
        }
    }
}

TEST(contextforge_write, private_ones_are_written_as_private) {
    ContextForgeOptions options;
    options.visibility = "private";
    const auto step = make_contextforge(options)->next(forge::operation(OperationKind::create), {});
    EXPECT_EQ(parse_json(as<Send>(step).request.body)["visibility"], "private");
}

// Names do not tell them apart there, and a registration is stored only once its MCP server has answered.
TEST(contextforge_write, a_private_create_whose_answer_is_lost_may_still_come) {
    ContextForgeOptions options;
    options.visibility = "private";
    const auto dialect = make_contextforge(options);
    const Json mine{{"visibility", "private"}};
    const Json theirs{{"id", "other"}, {"url", "https://other.example.com"}, {"tags", Json::array()}};
    auto other = forge::row(mine);
    other.update(theirs);
    const auto end = [&](const Exchange& write, const std::vector<Json>& rows) {
        return dialect->next(forge::operation(OperationKind::create), {write, answered(200, forge::page(rows))});
    };
    EXPECT_NE(as<Unsure>(end(lost(), {other})).text.find("there is none yet"), std::string::npos);
    EXPECT_EQ(as<Refused>(end(answered(500, std::string()), {other})).kind, RefusalKind::broken);
    EXPECT_EQ(as<Send>(end(lost(), {other, forge::row(mine)})).request.target, "/v1/gateways/" + forge::id);
}
