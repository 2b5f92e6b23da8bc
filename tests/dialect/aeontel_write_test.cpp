// Golden transcripts of create, update and delete, and what becomes of them where an answer fails.
#include "tests/dialect/aeontel_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::aeontel;

namespace {

const std::string refusals = "401=credential 403=forbidden 404=gone 409=conflict 422=invalid 429=busy";
const std::string at_look =
    "\nGET: not sent=unreachable lost=unreachable " + refusals + " 500=broken html=broken cut=broken empty=broken";
const std::string look_text = "GET /api/mcp-servers/mcp_1";
const std::string list_text = "GET /api/mcp-servers?workspace_id=wsp_1&limit=100";

Step after(const Operation& operation, const Transcript& transcript, bool published = false) {
    return world::dialect(published)->next(operation, transcript);
}

Golden creating(const Json& document, const std::string& body, const Json& row) {
    return {world::operation(OperationKind::create, document),
            {{"! POST /api/mcp-servers " + body, answered(201, row)}}};
}

Golden updating(const Json& document, const Json& before, const std::string& body, const Json& row) {
    return {world::operation(OperationKind::update, document),
            {{look_text, answered(200, before)}, {"! PATCH /api/mcp-servers/mcp_1 " + body, answered(200, row)}}};
}

} // namespace

TEST(aeontel_create, is_the_published_post) {
    const auto golden = creating(
        world::manifest(),
        R"({"authType":"none","name":"github","url":"https://example.com/mcp","workspaceId":"wsp_1"})", world::row());
    const auto done = as<Done>(play(*world::dialect(), golden));
    EXPECT_EQ(done.document->remote_id, "mcp_1");
    const auto replayed =
        "\n! POST: not sent=unreachable lost=unsure " + refusals + " 500=unsure html=unsure cut=unsure empty=unsure\n";
    EXPECT_EQ(replay_failures(*world::dialect(), golden), replayed);
    EXPECT_EQ(replay_failures(*world::dialect(true), golden), replayed);
}

TEST(aeontel_create, sends_a_key_headers_oauth_and_a_connector_under_their_names) {
    auto document = world::with_key("kedge-secret-1");
    document["additional_headers"] = {{"X-Team", "core"}};
    as<Done>(play(*world::dialect(),
                  creating(document,
                           R"({"apiKey":"kedge-secret-1","authType":"api_key","headers":{"X-Team":"core"},)"
                           R"("name":"github","url":"https://example.com/mcp","workspaceId":"wsp_1"})",
                           world::row({{"authType", "api_key"}}))));
    as<Done>(play(*world::dialect(),
                  creating(world::with_oauth(),
                           R"({"authType":"oauth","name":"github",)"
                           R"("oauthAuthorizationEndpoint":"https://id.example.com/auth","oauthClientId":"c1",)"
                           R"("oauthClientSecret":"s1","oauthScopes":"read write",)"
                           R"("oauthTokenEndpoint":"https://id.example.com/token",)"
                           R"("url":"https://example.com/mcp","workspaceId":"wsp_1"})",
                           world::oauth_row())));
    as<Done>(play(*world::dialect(),
                  creating(world::with_connector(),
                           R"({"authType":"none","connectorConfig":{"region":"eu"},"connectorId":"con_1",)"
                           R"("name":"github","url":"https://example.com/mcp","workspaceId":"wsp_1"})",
                           world::row({{"connectorId", "con_1"}, {"connectorStatus", "connected"}}))));
}

TEST(aeontel_create, a_connector_install_waits_for_a_person_and_connect_is_never_called) {
    for (const Json& status : {Json(), Json("disconnected")}) {
        const auto row = world::row({{"connectorId", "con_1"}, {"connectorStatus", status}});
        const auto blocked =
            as<Blocked>(after(world::operation(OperationKind::create, world::with_connector()), {answered(201, row)}));
        EXPECT_TRUE(blocked.condition.needs_person);
        EXPECT_EQ(blocked.condition.text,
                  "its connector is not connected; connect it in the Aeontel workspace, in a browser");
        ASSERT_TRUE(blocked.document);
        EXPECT_EQ(blocked.document->remote_id, "mcp_1");
    }
}

TEST(aeontel_create, what_cannot_be_sent_is_refused_before_anything_is) {
    auto two = world::with_key();
    two["auth_data"]["headers"]["X-Key"] = "2";
    auto basic = world::with_key();
    basic["auth_data"]["headers"] = {{"Authorization", "Basic abc"}};
    auto caller = world::manifest();
    caller["auth_data"] = {{"type", "passthrough"}};
    for (const auto& document : {two, basic, caller}) {
        EXPECT_THROW(after(world::operation(OperationKind::create, document), {}), std::invalid_argument);
        EXPECT_THROW(after(world::operation(OperationKind::update, document), {}), std::invalid_argument);
    }
}

TEST(aeontel_create, a_lost_answer_is_looked_for_in_the_list_and_never_sent_again) {
    auto operation = world::operation(OperationKind::create, world::with_key("kedge-secret-1"));
    operation.sealed = {"/auth_data/headers/Authorization"};
    operation.known_ids = {"mcp_0"};
    const auto old = world::row({{"id", "mcp_0"}, {"authType", "api_key"}});
    const auto fresh = world::row({{"authType", "api_key"}});
    const auto other = world::row({{"id", "mcp_5"}, {"url", "https://example.org/mcp"}});
    for (const auto& answer : {lost(), answered(500, std::string()), answered(200, std::string()),
                               answered(200, world::row({{"name", "jira"}})), answered(408, std::string())}) {
        const auto ask = as<Send>(after(operation, {answer}));
        EXPECT_EQ(text_of(ask), list_text);
        const auto second =
            as<Send>(after(operation, {answer, answered(200, world::listing(Json::array({old}), 3, "c1"))}));
        EXPECT_EQ(text_of(second), list_text + "&after=c1");
        const auto done = as<Done>(after(operation, {answer, answered(200, world::listing(Json::array({old}), 3, "c1")),
                                                     answered(200, world::listing(Json::array({fresh, other}), 3))}));
        EXPECT_EQ(done.document->remote_id, "mcp_1");
        const auto none =
            as<Unsure>(after(operation, {answer, answered(200, world::listing(Json::array({old, other}), 2))}));
        EXPECT_NE(none.text.find("read back: 0 new registrations are as it was sent"), std::string::npos) << none.text;
        const auto twins =
            world::listing(Json::array({fresh, world::row({{"id", "mcp_2"}, {"authType", "api_key"}})}), 2);
        EXPECT_NE(as<Unsure>(after(operation, {answer, answered(200, twins)})).text.find("2 new"), std::string::npos);
        as<Unsure>(after(operation, {answer, answered(500, std::string())}));
        as<Unsure>(after(operation, {answer}, true));
    }
}

TEST(aeontel_update, looks_first_and_sends_what_git_states) {
    const auto golden =
        updating(world::manifest(), world::row({{"url", "https://example.com/old"}}),
                 R"({"authType":"none","name":"github","url":"https://example.com/mcp"})", world::row());
    EXPECT_EQ(as<Done>(play(*world::dialect(), golden)).document->document, world::manifest());
    const auto at_write =
        "\n! PATCH: not sent=unreachable lost=unsure " + refusals + " 500=unsure html=unsure cut=unsure empty=unsure\n";
    EXPECT_EQ(replay_failures(*world::dialect(), golden), at_look + at_write);
}

TEST(aeontel_update, from_oauth_to_a_key_clears_every_oauth_field) {
    const auto golden =
        updating(world::with_key(), world::oauth_row(),
                 R"({"apiKey":"k1","authType":"api_key","name":"github","oauthAuthorizationEndpoint":null,)"
                 R"("oauthClientId":null,"oauthClientSecret":null,"oauthScopes":null,"oauthTokenEndpoint":null,)"
                 R"("url":"https://example.com/mcp"})",
                 world::row({{"authType", "api_key"}}));
    as<Done>(play(*world::dialect(), golden));
}

TEST(aeontel_update, from_a_key_to_nothing_clears_the_key_headers_and_connector) {
    const auto before = world::row({{"authType", "api_key"},
                                    {"headers", {{"X-Old", "1"}}},
                                    {"connectorId", "con_1"},
                                    {"connectorConfig", {{"region", "eu"}}}});
    as<Done>(play(*world::dialect(),
                  updating(world::manifest(), before,
                           R"({"apiKey":null,"authType":"none","connectorConfig":{},"connectorId":null,"headers":{},)"
                           R"("name":"github","url":"https://example.com/mcp"})",
                           world::row())));
}

TEST(aeontel_update, an_answer_that_does_not_show_what_was_sent_is_no_success) {
    struct Case {
        Json document, before, answer;
        std::string left;
    };
    auto one_header = world::manifest();
    one_header["additional_headers"] = {{"X-Team", "core"}};
    const std::vector<Case> cases{
        {world::with_key(), world::oauth_row(), world::row({{"authType", "api_key"}, {"oauthClientId", "c1"}}),
         "oauthClientId"},
        {world::with_key(), world::oauth_row(), world::oauth_row(), "authType"},
        {one_header, world::row({{"headers", {{"X-Old", "1"}}}}),
         world::row({{"headers", {{"X-Old", "1"}, {"X-Team", "core"}}}}), "headers.X-Old"},
        {world::manifest(), world::row(), world::row({{"url", "https://example.com/other"}}), "url"},
        {world::manifest(), world::row({{"connectorConfig", {{"region", "eu"}}}}),
         world::row({{"connectorConfig", {{"region", "eu"}}}}), "connectorConfig.region"},
        {world::with_oauth(), world::row(), world::oauth_row({{"oauthClientId", "c0"}}), "oauthClientId"},
        {world::with_oauth(), world::row(), world::oauth_row({{"oauthTokenEndpoint", nullptr}}), "oauthTokenEndpoint"},
        {world::with_oauth(), world::row(), world::oauth_row({{"oauthAuthorizationEndpoint", "https://id.example"}}),
         "oauthAuthorizationEndpoint"},
        {world::with_oauth(), world::row(), world::oauth_row({{"oauthScopes", "read"}}), "oauthScopes"},
        {world::with_connector(), world::row(), world::row({{"connectorConfig", {{"region", "eu"}}}}), "connectorId"},
        {world::with_connector(), world::row(),
         world::row({{"connectorId", "con_1"}, {"connectorConfig", {{"region", "us"}}}}), "connectorConfig.region"},
        {one_header, world::row(), world::row({{"headers", {{"X-Team", "edge"}}}}), "headers.X-Team"},
        {one_header, world::row(), world::row(), "headers.X-Team"}};
    for (const auto& it : cases) {
        const auto refused = as<Refused>(after(world::operation(OperationKind::update, it.document),
                                               {answered(200, it.before), answered(200, it.answer)}));
        EXPECT_EQ(refused.text, "update \"github\": it was taken (200), but \"" + it.left + "\" is not as it was sent");
    }
    // Both may be missing from an answer.
    auto silent = world::row();
    silent.erase("headers");
    silent.erase("connectorConfig");
    as<Done>(after(world::operation(OperationKind::update, one_header),
                   {answered(200, world::row()), answered(200, silent)}));
}

TEST(aeontel_update, what_cannot_be_told_from_an_answer_does_not_count) {
    auto one_header = world::manifest();
    one_header["additional_headers"] = {{"X-Team", "kedge-secret-1"}};
    auto operation = world::operation(OperationKind::update, one_header);
    operation.sealed = {"/additional_headers/X-Team"}; // the value is another than the token in its place
    as<Done>(after(operation, {answered(200, world::row()),
                               answered(200, world::row({{"headers", {{"X-Team", "what kedge knows"}}}}))}));
    one_header["additional_headers"] = {{"X-Team", "core"}};
    operation = world::operation(OperationKind::update, one_header);
    as<Done>(after(operation,
                   {answered(200, world::row()), answered(200, world::row({{"headers", {{"X-Team", "****"}}}}))}));
    operation = world::operation(OperationKind::update, world::with_oauth());
    as<Done>(after(operation,
                   {answered(200, world::row()), answered(200, world::oauth_row({{"oauthScopes", "write  read"}}))}));
}

TEST(aeontel_update, a_row_that_moved_or_went_is_left_alone) {
    auto operation = world::operation(OperationKind::update);
    operation.live_version = "2026-01-01T00:00:00.000Z";
    EXPECT_EQ(as<Refused>(after(operation, {answered(200, world::row())})).words(),
              "update \"github\": it was changed since the plan looked");
    EXPECT_EQ(as<Refused>(after(operation, {answered(404, std::string())})).kind, RefusalKind::gone);
    const auto other = world::row({{"workspaceId", "wsp_2"}});
    EXPECT_EQ(as<Refused>(after(operation, {answered(200, other)})).kind, RefusalKind::conflict);
    operation.live_version = "2026-01-02T00:00:00.000Z";
    as<Send>(after(operation, {answered(200, world::row())}));
}

TEST(aeontel_update, an_unclear_end_is_read_back) {
    const auto operation = world::operation(OperationKind::update);
    const auto before = world::row({{"url", "https://example.com/old"}});
    for (const auto& answer : {lost(), answered(500, std::string()), answered(200, std::string())}) {
        EXPECT_EQ(text_of(as<Send>(after(operation, {answered(200, before), answer}))), look_text);
        as<Done>(after(operation, {answered(200, before), answer, answered(200, world::row())}));
        const auto same = as<Refused>(after(operation, {answered(200, before), answer, answered(200, before)}));
        EXPECT_NE(same.text.find("read back: it was not carried out"), std::string::npos);
        const auto moved = world::row({{"url", "https://example.com/new"}, {"updatedAt", "2026-01-05T00:00:00Z"}});
        as<Unsure>(after(operation, {answered(200, before), answer, answered(200, moved)}));
        EXPECT_EQ(as<Refused>(after(operation, {answered(200, before), answer, answered(404, std::string())})).kind,
                  RefusalKind::gone);
    }
}

TEST(aeontel_update, a_secret_that_cannot_be_read_arrived_only_if_the_row_moved) {
    const auto operation = world::operation(OperationKind::update, world::with_key("k2"));
    const auto row = world::row({{"authType", "api_key"}});
    const auto moved = world::row({{"authType", "api_key"}, {"updatedAt", "2026-01-05T00:00:00.000Z"}});
    as<Done>(after(operation, {answered(200, row), lost(), answered(200, moved)}));
    EXPECT_EQ(as<Refused>(after(operation, {answered(200, row), lost(), answered(200, row)})).kind,
              RefusalKind::unreachable);
    // An empty PATCH moves the row itself.
    const auto none = answered(405, std::string());
    as<Unsure>(after(operation, {none, answered(200, row), lost(), none, answered(200, moved)}, true));
}

TEST(aeontel_update, works_with_published_requests_alone) {
    const Golden golden{world::operation(OperationKind::update, world::with_key()),
                        {{look_text, answered(405, std::string())},
                         {"PATCH /api/mcp-servers/mcp_1 {}", answered(200, world::row())},
                         {R"(! PATCH /api/mcp-servers/mcp_1 {"apiKey":"k1","authType":"api_key","name":"github",)"
                          R"("url":"https://example.com/mcp"})",
                          answered(200, world::row({{"authType", "api_key"}}))}}};
    as<Done>(play(*world::dialect(true), golden));
}

TEST(aeontel_remove, looks_first_and_deletes_by_id) {
    const Golden golden{
        world::operation(OperationKind::remove),
        {{look_text, answered(200, world::row())}, {"! DELETE /api/mcp-servers/mcp_1", answered(204, std::string())}}};
    EXPECT_FALSE(as<Done>(play(*world::dialect(), golden)).document);
    EXPECT_EQ(replay_failures(*world::dialect(), golden),
              "\nGET: not sent=unreachable lost=unreachable 401=credential 403=forbidden 404=nothing 409=conflict "
              "422=invalid 429=busy 500=broken html=broken cut=broken empty=broken"
              "\n! DELETE: not sent=unreachable lost=unsure 401=credential 403=forbidden 404=nothing 409=conflict "
              "422=invalid 429=busy 500=unsure html=nothing cut=nothing empty=nothing\n");
}

TEST(aeontel_remove, an_unclear_end_is_read_back) {
    const auto operation = world::operation(OperationKind::remove);
    for (const auto& answer : {lost(), answered(500, std::string()), answered(202, std::string())}) {
        as<Done>(after(operation, {answered(200, world::row()), answer, answered(404, std::string())}));
        const auto deleted = world::row({{"deletedAt", "2026-01-03T00:00:00.000Z"}});
        as<Done>(after(operation, {answered(200, world::row()), answer, answered(200, deleted)}));
        as<Refused>(after(operation, {answered(200, world::row()), answer, answered(200, world::row())}));
        as<Unsure>(after(operation, {answered(200, world::row()), answer, lost()}));
    }
    const auto refused = as<Refused>(after(operation, {answered(200, world::row()), answered(405, std::string())}));
    EXPECT_EQ(refused.hint, "delete is not published; set api: published to do without it");
}
