// Golden transcripts of the operations that only look, and what a server looks like as a manifest.
#include "tests/dialect/any_json.h"
#include "tests/dialect/faults.h"
#include "tests/dialect/gravity_rail_world.h"

#include <rapidcheck.h>
#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;
namespace rail = kedge::testing::rail;

namespace {

Step after(const Operation& operation, const Transcript& transcript) {
    return rail::dialect()->next(operation, transcript);
}

std::vector<std::string> check(Json document, bool writes) {
    Resource resource;
    resource.type = document.value("type", "");
    resource.name = "github";
    document.erase("collaborators");
    document.erase("description");
    resource.document = std::move(document);
    std::vector<std::string> all;
    for (const auto& finding : rail::dialect(writes)->check(resource))
        all.push_back((finding.severity == Severity::error ? "error: " : "warning: ") + finding.message);
    return all;
}

std::string subject_after(const Exchange& write, const Exchange& admin) {
    const Transcript transcript{answered(200, Json::array({rail::server()})), rail::gone(), write, admin};
    return as<Done>(after(rail::operation(OperationKind::preflight), transcript)).identity->subject;
}

using Texts = std::vector<std::string>;

} // namespace

TEST(gravity_rail_description, says_what_the_control_plane_can) {
    const auto dialect = rail::dialect(false);
    const auto& it = dialect->describe();
    EXPECT_TRUE(it.can.list && it.can.list_rows_complete && it.can.get && it.can.subjects && it.can.remove);
    EXPECT_TRUE(it.can.update && it.can.name_lookup_is_list);
    EXPECT_FALSE(it.can.create || it.can.names_unique || it.can.tags || it.can.rehearse);
    EXPECT_EQ(it.list, (ListShape{"", "/name", "/id", "items"}));
    EXPECT_EQ(it.credentials, std::vector<CredentialHeader>{CredentialHeader{}});
    EXPECT_TRUE(rail::dialect(true)->describe().can.create);
    EXPECT_THROW(make_gravity_rail({}), std::invalid_argument);
}

TEST(gravity_rail_preflight, finds_out_the_scopes_on_a_server_that_is_not_there) {
    const auto operation = rail::operation(OperationKind::preflight);
    Transcript transcript;
    const auto send = [&](Exchange answer) {
        const auto step = as<Send>(after(operation, transcript));
        EXPECT_FALSE(step.is_write);
        EXPECT_EQ(step.request.body, "");
        transcript.push_back(std::move(answer));
        return step.request.method + " " + step.request.target;
    };
    EXPECT_EQ(send(answered(200, Json::array())), "GET " + rail::servers);
    EXPECT_EQ(send(rail::gone()), "GET " + rail::servers + "/0");
    EXPECT_EQ(send(rail::gone()), "POST " + rail::servers + "/0/enable");
    EXPECT_EQ(send(rail::gone()), "DELETE " + rail::servers + "/0");
    const auto done = as<Done>(after(operation, transcript));
    EXPECT_EQ(done.identity->dialect, "gravity_rail");
    EXPECT_EQ(done.identity->tenant, rail::workspace);
    EXPECT_EQ(done.identity->subject, "a key with apps:read, apps:write and apps:admin");
}

TEST(gravity_rail_preflight, says_what_will_be_refused) {
    const auto no = answered(403, rail::detail("Missing scope"));
    EXPECT_EQ(subject_after(rail::gone(), no), "a key without apps:admin: deletes will be refused");
    EXPECT_EQ(subject_after(no, no), "a key with apps:read alone: changes and deletes will be refused");
    EXPECT_EQ(subject_after(no, rail::gone()), "a key without apps:write: changes will be refused");
    for (const auto& unclear : {lost(), answered(422, rail::detail("id")), answered(500, std::string())}) {
        EXPECT_EQ(subject_after(unclear, no),
                  "a key with apps:read; whether it may change or delete was not to be found out");
    }
}

TEST(gravity_rail_preflight, tries_nothing_on_a_server_that_may_be_there) {
    const auto operation = rail::operation(OperationKind::preflight);
    const auto list = answered(200, Json::array({rail::server("READY", true, 0)}));
    EXPECT_EQ(as<Done>(after(operation, {list})).identity->subject, "a key with apps:read");
    const auto empty = answered(200, Json::array());
    for (const auto& look : {answered(200, rail::server("READY", true, 0)), lost(), answered(403, std::string()),
                             answered(404, std::string("<html>"))})
        EXPECT_EQ(as<Done>(after(operation, {empty, look})).identity->subject, "a key with apps:read");
    const auto quiet = rail::dialect(true, false);
    EXPECT_EQ(as<Done>(quiet->next(operation, {empty})).identity->tenant, rail::workspace);
}

TEST(gravity_rail_preflight, without_apps_read_there_is_no_pass) {
    const auto refused = as<Refused>(
        after(rail::operation(OperationKind::preflight), {answered(403, rail::detail("Missing scope apps:read"))}));
    EXPECT_EQ(refused.kind, RefusalKind::forbidden);
    EXPECT_EQ(refused.theirs, "Missing scope apps:read");
    EXPECT_EQ(refused.hint, "the key needs the scope apps:read");
}

TEST(gravity_rail_looks, every_fault_ends_in_a_refusal) {
    for (const auto kind : {OperationKind::preflight, OperationKind::list, OperationKind::get,
                            OperationKind::find_by_name, OperationKind::subjects}) {
        for (const auto& fault : faults()) {
            const auto ended = run_spoilt(*rail::dialect(), rail::operation(kind), {}, 0, fault.answer,
                                          [](const HttpRequest&) { return lost(); });
            if (kind == OperationKind::get && fault.name == "404") {
                EXPECT_FALSE(as<Done>(ended.step).document);
                continue;
            }
            EXPECT_FALSE(as<Refused>(ended.step).text.empty()) << fault.name;
        }
    }
}

TEST(gravity_rail_looks, detail_may_be_a_text_a_list_or_an_object) {
    const auto refused = [](int status, Json what) {
        return as<Refused>(
            after(rail::operation(OperationKind::get), {answered(status, rail::detail(std::move(what)))}));
    };
    EXPECT_EQ(refused(400, "bad").theirs, "bad");
    EXPECT_EQ(refused(422, {{{"loc", {"path", "id"}}, {"msg", "not a number"}}, "again", 7}).theirs,
              "not a number; again");
    const auto person = refused(403, rail::sign_in());
    EXPECT_EQ(person.theirs, "auth_required, oauth");
    EXPECT_EQ(person.hint, "waits for a person to authorize it: https://login.example.com/o?state=1");
    EXPECT_EQ(refused(403, {{"code", "auth_required"}, {"appUuid", "a-1"}}).hint,
              "waits for a person to authorize it: connect app a-1 in Gravity Rail");
    EXPECT_EQ(refused(500, "Bearer abcdefghijk").theirs, "Bearer ***");
}

TEST(gravity_rail_list, is_one_answer_bare_or_in_items) {
    const auto operation = rail::operation(OperationKind::list);
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, rail::servers);
    EXPECT_EQ(as<Done>(after(operation, {answered(200, Json::array(), 3)})).listed, 3u);
    const Json items{{"items", Json::array()}, {"total", 3}};
    EXPECT_EQ(as<Done>(after(operation, {answered(200, items, 3)})).listed, 3u);
    EXPECT_NE(as<Refused>(after(operation, {answered(200, items, 2)})).text.find("only a part"), std::string::npos);
    as<Refused>(after(operation, {answered(200, Json("text"), 0)}));
}

TEST(gravity_rail_get, absence_is_a_404_of_the_api) {
    const auto operation = rail::operation(OperationKind::get);
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, rail::servers + "/7");
    EXPECT_EQ(as<Done>(after(operation, {answered(200, rail::server())})).document->remote_id, "7");
    EXPECT_FALSE(as<Done>(after(operation, {rail::gone()})).document);
    EXPECT_EQ(as<Refused>(after(operation, {answered(404, std::string("<html>"))})).kind, RefusalKind::broken);
    as<Refused>(after(operation, {answered(200, rail::server("READY", true, 8))}));
}

TEST(gravity_rail_get, an_id_is_a_number) {
    for (const auto kind :
         {OperationKind::get, OperationKind::subjects, OperationKind::update, OperationKind::remove}) {
        auto operation = rail::operation(kind);
        for (const char* id : {"", "..", "7/test", "-1", "7?x", "123456789012345678901"}) {
            operation.remote_id = id;
            EXPECT_EQ(as<Refused>(after(operation, {})).kind, RefusalKind::broken) << id;
        }
    }
}

TEST(gravity_rail_find, takes_the_only_one_of_that_name) {
    const auto operation = rail::operation(OperationKind::find_by_name);
    auto other = rail::server("READY", true, 8);
    other["name"] = "GitHub";
    const auto done = as<Done>(after(operation, {answered(200, Json::array({other, 1, rail::server()}))}));
    EXPECT_EQ(done.document->remote_id, "7");
    EXPECT_FALSE(as<Done>(after(operation, {answered(200, Json::array({other}))})).document);
    const auto twins = Json::array({rail::server(), rail::server("READY", true, 8)});
    EXPECT_EQ(as<Refused>(after(operation, {answered(200, twins)})).kind, RefusalKind::inconsistent);
    EXPECT_TRUE(as<Done>(after(operation, {answered(200, Json{{"items", Json::array({rail::server()})}})})).document);
    as<Refused>(after(operation, {answered(200, Json{{"items", Json::array({other})}, {"total", 2}})}));
}

TEST(gravity_rail_subjects, are_the_members_that_connected) {
    const auto operation = rail::operation(OperationKind::subjects);
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, rail::servers + "/7/members");
    Json members{{{"name", "Ann"}}, {{"email", "bob@example.com"}}, {{"id", 3}}, 4};
    const auto done = as<Done>(after(operation, {answered(200, members)}));
    EXPECT_EQ(done.subjects, 4);
    EXPECT_EQ(done.subject_names, (Texts{"Ann", "bob@example.com", "member 3"}));
    for (int i = 0; i < 30; ++i) members.push_back({{"name", "N"}});
    EXPECT_EQ(as<Done>(after(operation, {answered(200, members)})).subject_names.size(), 20u);
    EXPECT_EQ(as<Done>(after(operation, {answered(200, Json::array())})).subjects, 0);
}

TEST(gravity_rail_next, there_is_no_dry_run) {
    EXPECT_EQ(as<Refused>(after(rail::operation(OperationKind::rehearse), {})).kind, RefusalKind::broken);
}

TEST(gravity_rail_next, never_calls_what_changes_state_or_contacts_others) {
    const auto dialect = rail::dialect();
    for (int kind = 0; kind < 9; ++kind) {
        for (const char* state : {"READY", "REGISTER", "AUTHORIZE"}) {
            const auto ended = run(*dialect, rail::operation(static_cast<OperationKind>(kind)),
                                   [&](const HttpRequest& request, std::size_t) {
                                       return request.target == rail::servers && request.method == "GET"
                                                  ? answered(200, Json::array({rail::server(state, false)}))
                                                  : answered(200, rail::server(state, false));
                                   });
            for (const auto& send : ended.sent) {
                for (const char* word : {"/test", "/tools", "/prompts", "/resources", "/authorize", "/credentials",
                                         "/oauth-discovery", "/icon", "clear_registration=true"})
                    EXPECT_EQ(send.request.target.find(word), std::string::npos) << send.request.target;
            }
        }
    }
}

TEST(gravity_rail_next, survives_any_transcript) {
    const auto dialect = rail::dialect();
    EXPECT_TRUE(rc::check([&] {
        Choices choices(
            *rc::gen::arbitrary<std::vector<std::uint8_t>>(),
            {"id", "name", "url", "state", "enabled", "updatedAt", "detail", "items", "total", "authorizeUrl", "msg"},
            {"github", "READY", "AUTHORIZE", "7", ""});
        auto operation = rail::operation(static_cast<OperationKind>(*rc::gen::inRange(0, 9)));
        Transcript transcript;
        for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
            const int status = *rc::gen::element(0, 200, 204, 302, 400, 403, 404, 409, 500);
            transcript.push_back(status == 0 ? lost() : answered(status, choices.value(4), *rc::gen::inRange(0, 3)));
        }
        dialect->next(operation, transcript);
    }));
}

TEST(gravity_rail_read, a_server_becomes_a_manifest) {
    const auto live = rail::dialect()->read(rail::server());
    EXPECT_EQ(live.remote_id, "7");
    EXPECT_EQ(live.version, "2026-01-02T00:00:00Z");
    EXPECT_EQ(live.condition, Condition{});
    auto expected = rail::manifest();
    expected.erase("collaborators");
    expected.erase("description");
    EXPECT_EQ(live.document, expected);
    EXPECT_EQ(rail::dialect()->canonical(rail::manifest()), rail::dialect()->canonical(live.document));
}

TEST(gravity_rail_read, states_are_conditions_in_any_spelling) {
    const auto condition = [](const Json& state) {
        auto row = rail::server();
        row["state"] = state;
        return rail::dialect()->read(row).condition;
    };
    for (const char* state : {"AUTHORIZE", "authorize", "AUTH"}) {
        EXPECT_TRUE(condition(state).needs_person);
        EXPECT_EQ(condition(state).url, rail::servers + "/7/oauth/authorize");
        EXPECT_EQ(condition(state).text, "waits for a person to authorize it");
    }
    EXPECT_EQ(condition("Register").text, "is not set up yet (REGISTER)");
    EXPECT_EQ(condition("ready"), Condition{});
    EXPECT_EQ(condition(nullptr), Condition{});
    EXPECT_EQ(condition("melted").text, "is in a state that kedge does not know: \"MELTED\"");
}

TEST(gravity_rail_read, what_is_no_server_is_refused) {
    for (const Json& row : {Json(), Json(1), Json::array(), Json::object(), Json{{"id", 7}}, Json{{"name", ""}}})
        EXPECT_THROW(rail::dialect()->read(row), std::invalid_argument) << row;
    for (const Json& id : {Json(-7), Json(1.5), Json("../8"), Json(nullptr)}) {
        auto row = rail::server();
        row["id"] = id;
        EXPECT_EQ(rail::dialect()->read(row).remote_id, "") << id;
    }
}

TEST(gravity_rail_canonical, keeps_what_comes_back) {
    auto document = rail::manifest();
    document["auth_data"] = {{"type", "oauth2"}};
    document["tags"] = {{"a", "b"}};
    const Json expected{{"type", "mcp-server/remote"},
                        {"name", "github"},
                        {"url", "https://example.com/mcp"},
                        {"x-kedge", {{"gravity_rail", {{"enabled", true}}}}}};
    EXPECT_EQ(rail::dialect()->canonical(document), expected);
    EXPECT_EQ(rail::dialect()->canonical(expected), expected);
    EXPECT_FALSE(rail::dialect()->canonical(rail::manifest(nullptr)).contains("x-kedge"));
}

TEST(gravity_rail_check, says_what_is_lost) {
    auto document = rail::manifest();
    EXPECT_EQ(check(document, true), Texts{});
    document["tags"] = {{"a", "b"}};
    EXPECT_EQ(check(document, true), Texts{"warning: \"tags\" is not sent: Gravity Rail has no such field"});
    document = rail::manifest();
    document["type"] = "mcp-server/stdio";
    EXPECT_EQ(check(document, true), Texts{"error: Gravity Rail has no \"mcp-server/stdio\""});
}

TEST(gravity_rail_check, authentication_is_an_error_where_a_server_would_be_made_without) {
    auto document = rail::manifest();
    document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "a"}}}};
    document["additional_headers"] = {{"X", "y"}};
    EXPECT_EQ(check(document, true), (Texts{"error: authentication cannot be sent to Gravity Rail",
                                            "error: headers cannot be sent to Gravity Rail"}));
    EXPECT_EQ(check(document, false), (Texts{"warning: authentication cannot be sent to Gravity Rail",
                                             "warning: headers cannot be sent to Gravity Rail"}));
    document = rail::manifest();
    document["auth_data"] = {{"type", "oauth2"}, {"token_url", "https://a"}};
    EXPECT_EQ(check(document, true), Texts{"warning: \"auth_data\" is not sent: Gravity Rail finds out by itself"});
    document["auth_data"]["client_secret"] = "s";
    EXPECT_EQ(check(document, true), Texts{"error: authentication cannot be sent to Gravity Rail"});
}

TEST(gravity_rail_check, its_own_block_is_read_strictly) {
    auto document = rail::manifest();
    document["x-kedge"]["gravity_rail"] = {{"enable", true}};
    EXPECT_EQ(check(document, true), Texts{"error: unknown key \"enable\" in \"x-kedge.gravity_rail\""});
    EXPECT_EQ(check(rail::manifest("yes"), true),
              Texts{"error: \"x-kedge.gravity_rail.enabled\" must be true or false"});
    document["x-kedge"]["gravity_rail"] = true;
    EXPECT_EQ(check(document, true), Texts{"error: \"x-kedge.gravity_rail\" is no map"});
}
