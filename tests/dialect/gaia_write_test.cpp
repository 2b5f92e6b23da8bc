// Golden transcripts of create, update and delete, and what becomes of them where an answer fails.
#include "model/secret_fields.h"
#include "tests/dialect/gaia_world.h"

using namespace kedge;
using namespace kedge::testing;
namespace world = kedge::testing::gaia;

namespace {

const std::string refusals = "401=credential 403=forbidden 404=gone 409=conflict 422=invalid 429=busy";
const std::string at_look =
    "\nGET: not sent=unreachable lost=unreachable " + refusals + " 500=broken html=broken cut=broken empty=broken";
const std::string at_write =
    "not sent=unreachable lost=unsure " + refusals + " 500=unsure html=unsure cut=unsure empty=unsure";
const std::string at_read_back = "\nGET: not sent=unsure lost=unsure 401=unsure 403=unsure 404=unsure 409=unsure "
                                 "422=unsure 429=unsure 500=unsure html=unsure cut=unsure empty=unsure\n";
const std::string look_text = "GET /api/v1/mcp/645badf8";

Step after(const Operation& operation, const Transcript& transcript, bool as_built = true) {
    return world::dialect(as_built)->next(operation, transcript);
}

Golden creating(const Json& document, const std::string& body, const Json& row) {
    return {world::operation(OperationKind::create, document),
            {{"! POST /api/v1/mcp " + body, world::created()}, {look_text, world::server(row)}}};
}

Golden updating(const Json& document, const Json& before, const std::string& body, const Json& row) {
    return {world::operation(OperationKind::update, document),
            {{look_text, world::server(before)},
             {"! PATCH /api/v1/mcp/645badf8 " + body, world::says(true)},
             {look_text, world::server(row)}}};
}

} // namespace

TEST(gaia_create, answers_an_id_alone_so_the_row_is_read) {
    const auto golden = creating(world::manifest(),
                                 R"({"connectionType":"direct","description":"d","name":"github","projectId":"p1",)"
                                 R"("transportType":"streamable-http","url":"https://example.com/mcp"})",
                                 world::row());
    const auto done = as<Done>(play(*world::dialect(), golden));
    EXPECT_EQ(done.document->remote_id, "645badf8");
    EXPECT_EQ(replay_failures(*world::dialect(), golden),
              "\n! POST: " + at_write +
                  "\nGET: not sent=done lost=done 401=done 403=done 404=done 409=done 422=done 429=done 500=done "
                  "html=done cut=done empty=done\n");
}

TEST(gaia_create, what_was_made_and_not_seen_keeps_its_id_and_shows_no_secret) {
    const auto operation = world::operation(OperationKind::create, world::with_headers());
    const auto done = as<Done>(after(operation, {world::created(), lost()}));
    EXPECT_EQ(done.document->remote_id, "645badf8");
    EXPECT_EQ(done.document->version, "");
    EXPECT_TRUE(is_masked(done.document->document["auth_data"]["headers"]["Authorization"]));
    as<Unsure>(after(operation, {world::created(), world::not_found()}));
    as<Unsure>(after(operation, {world::created(), world::server(world::row({{"name", "jira"}}))}));
}

TEST(gaia_create, sends_headers_oauth_and_a_proxy_under_their_names) {
    as<Done>(play(*world::dialect(),
                  creating(world::with_headers(),
                           R"({"connectionType":"direct","customHeaders":[{"enabled":true,"name":"Authorization",)"
                           R"("value":"Bearer k1"},{"enabled":true,"name":"X-Team","value":"core"}],)"
                           R"("description":"d","name":"github","projectId":"p1",)"
                           R"("transportType":"streamable-http","url":"https://example.com/mcp"})",
                           world::headers_row())));
    as<Done>(play(*world::dialect(),
                  creating(world::with_oauth(),
                           R"({"connectionType":"direct","description":"d","name":"github","oauthClientId":"c1",)"
                           R"("oauthClientSecret":"s1","oauthScope":"r w","projectId":"p1",)"
                           R"("transportType":"streamable-http","url":"https://example.com/mcp"})",
                           world::row())));
    as<Done>(play(*world::dialect(),
                  creating(world::with_proxy(),
                           R"({"connectionType":"proxy","description":"d","maxTotalTimeout":9000,"name":"github",)"
                           R"("projectId":"p1","proxyAuthHeader":"X-Proxy","proxyAuthToken":"t1",)"
                           R"("proxyUrl":"https://proxy.example.com","requestTimeout":5000,"transportType":"sse",)"
                           R"("url":"https://example.com/mcp"})",
                           world::row())));
    as<Done>(play(*world::dialect(),
                  creating(world::stdio(),
                           R"({"args":"-y server","command":"npx","connectionType":"proxy","description":"d",)"
                           R"("env":{"TOKEN":"t1"},"name":"github","projectId":"p1",)"
                           R"("proxyUrl":"https://proxy.example.com","transportType":"stdio"})",
                           world::row())));
}

TEST(gaia_create, as_documented_has_other_paths_headers_and_transport) {
    const Golden golden{
        world::operation(OperationKind::create, world::with_headers()),
        {{R"(! POST /api/mcp/servers {"connectionType":"direct","customHeaders":[{"key":"Authorization",)"
          R"("value":"Bearer k1"},{"key":"X-Team","value":"core"}],"description":"d","name":"github",)"
          R"("projectId":"p1","transportType":"http","url":"https://example.com/mcp"})",
          world::created()},
         {"GET /api/mcp/servers/645badf8", world::server(world::shown_row())}}};
    EXPECT_EQ(as<Done>(play(*world::dialect(false), golden)).document->remote_id, "645badf8");
}

TEST(gaia_create, a_refusal_comes_as_200) {
    const auto operation = world::operation(OperationKind::create);
    const auto refused = as<Refused>(after(operation, {world::says(false, "Proxy URL is required")}));
    EXPECT_EQ(refused.kind, RefusalKind::invalid);
    EXPECT_EQ(refused.words(),
              "create \"github\": the control plane refuses it (success: false): \"Proxy URL is required\"");
    EXPECT_EQ(as<Refused>(after(operation, {world::says(false, "FOREIGN KEY constraint failed")})).hint,
              "is there a project \"p1\"?");
}

TEST(gaia_create, a_lost_answer_is_looked_for_in_the_list_and_never_sent_again) {
    auto operation = world::operation(OperationKind::create, world::with_headers());
    operation.sealed = {"/auth_data/headers/Authorization"};
    operation.known_ids = {"old"};
    auto old = world::headers_row();
    old["id"] = "old";
    const auto other = world::row({{"id", "other"}, {"url", "https://example.org/mcp"}});
    for (const auto& answer : {lost(), answered(500, std::string()), answered(200, std::string()),
                               answered(200, Json{{"success", true}}), answered(200, Json{{"serverId", "x"}})}) {
        EXPECT_EQ(text_of(as<Send>(after(operation, {answer}))), "GET /api/v1/mcp?projectId=p1");
        const auto found = world::servers({old, other, world::headers_row()});
        EXPECT_EQ(as<Done>(after(operation, {answer, found})).document->remote_id, "645badf8");
        const auto none = as<Unsure>(after(operation, {answer, world::servers({old, other})}));
        EXPECT_NE(none.text.find("read back: 0 new registrations are as it was sent"), std::string::npos);
        auto twin = world::headers_row();
        twin["id"] = "twin";
        as<Unsure>(after(operation, {answer, world::servers({twin, world::headers_row()})}));
        as<Unsure>(after(operation, {answer, lost()}));
    }
}

TEST(gaia_create, as_documented_a_new_row_is_read_whole_before_it_is_compared) {
    const auto operation = world::operation(OperationKind::create, world::stdio());
    const Json shown{{"id", "645badf8"}, {"projectId", "p1"}, {"name", "github"}, {"transportType", "stdio"}};
    const auto found = world::servers({shown});
    EXPECT_EQ(text_of(as<Send>(after(operation, {lost(), found}, false))), "GET /api/mcp/servers/645badf8");
    const auto whole = world::shown_row({{"transportType", "stdio"},
                                         {"url", nullptr},
                                         {"command", "npx"},
                                         {"args", "-y server"},
                                         {"connectionType", "proxy"}});
    EXPECT_EQ(as<Done>(after(operation, {lost(), found, world::server(whole)}, false)).document->remote_id, "645badf8");
    as<Unsure>(after(operation, {lost(), found, world::server(world::shown_row())}, false));
    as<Unsure>(after(operation, {lost(), found, lost()}, false));
    as<Unsure>(after(operation, {lost(), world::servers({shown, shown})}, false));
}

TEST(gaia_create, what_cannot_be_sent_is_refused_before_anything_is) {
    auto document = world::stdio();
    document["args"] = {"two words"};
    EXPECT_THROW(after(world::operation(OperationKind::create, document), {}), std::invalid_argument);
    EXPECT_THROW(after(world::operation(OperationKind::update, document), {}), std::invalid_argument);
}

TEST(gaia_update, looks_writes_and_reads_back) {
    const auto golden =
        updating(world::manifest(), world::row({{"url", "https://example.com/old"}}),
                 R"({"description":"d","name":"github","url":"https://example.com/mcp"})", world::row());
    EXPECT_EQ(as<Done>(play(*world::dialect(), golden)).document->remote_id, "645badf8");
    EXPECT_EQ(replay_failures(*world::dialect(), golden), at_look + "\n! PATCH: " + at_write + at_read_back);
}

TEST(gaia_update, empties_what_git_no_longer_says_because_null_is_refused) {
    auto before = world::headers_row();
    before.update({{"oauthClientId", "c1"}, {"oauthClientSecret", "s1"}, {"oauthScope", "r"}});
    as<Done>(
        play(*world::dialect(), updating(world::manifest(), before,
                                         R"({"customHeaders":[],"description":"d","name":"github","oauthClientId":"",)"
                                         R"("oauthClientSecret":"","oauthScope":"","url":"https://example.com/mcp"})",
                                         world::row({{"customHeaders", Json::array()}, {"oauthClientId", ""}}))));
}

TEST(gaia_update, as_documented_empties_unseen) {
    const Golden golden{
        world::operation(OperationKind::update),
        {{"GET /api/mcp/servers/645badf8", world::server(world::shown_row({{"description", "old"}}))},
         {R"(! PATCH /api/mcp/servers/645badf8 {"customHeaders":[],"description":"d","name":"github",)"
          R"("oauthClientId":"","oauthClientSecret":"","oauthScope":"","proxyAuthToken":"","proxyUrl":"",)"
          R"("url":"https://example.com/mcp"})",
          world::says(true)},
         {"GET /api/mcp/servers/645badf8", world::server(world::shown_row())}}};
    as<Done>(play(*world::dialect(false), golden));
}

TEST(gaia_update, success_is_not_believed) {
    const auto operation = world::operation(OperationKind::update);
    const auto before = world::server(world::row({{"description", "old"}}));
    const auto refused = as<Refused>(after(operation, {before, world::says(true), before}));
    EXPECT_EQ(refused.text, "update \"github\": it said success: true, but \"/description\" is not as it was sent");
    EXPECT_EQ(as<Refused>(after(operation, {before, world::says(true), world::not_found()})).kind, RefusalKind::gone);
    const auto none = as<Refused>(after(operation, {before, world::says(false, "No values to set")}));
    EXPECT_EQ(none.theirs, "No values to set");
    EXPECT_EQ(none.kind, RefusalKind::invalid);
}

TEST(gaia_update, what_patch_drops_needs_a_replacement) {
    const auto path = [](const Json& document, const Json& row) {
        const auto refused =
            as<Refused>(after(world::operation(OperationKind::update, document), {world::server(row)}));
        EXPECT_EQ(refused.kind, RefusalKind::invalid);
        EXPECT_EQ(refused.hint, "the registration has to be replaced");
        return refused.text.substr(0, refused.text.find(" cannot"));
    };
    EXPECT_EQ(path(world::with_proxy(), world::row()), "update \"github\": \"x-kedge.gaia.transport\"");
    auto timeouts = world::manifest();
    timeouts["x-kedge"]["gaia"]["request_timeout_ms"] = 5;
    EXPECT_EQ(path(timeouts, world::row()), "update \"github\": \"x-kedge.gaia.request_timeout_ms\"");
    auto direct = world::manifest();
    direct["x-kedge"]["gaia"]["connection"] = "proxy";
    EXPECT_EQ(path(direct, world::row()), "update \"github\": \"x-kedge.gaia.connection\"");
    EXPECT_EQ(path(world::stdio(), world::row()), "update \"github\": \"type\"");
    const auto stdio_row = world::row({{"transportType", "stdio"},
                                       {"command", "npx"},
                                       {"args", "-y server"},
                                       {"env", {{"TOKEN", "t0"}}},
                                       {"connectionType", "proxy"},
                                       {"proxyUrl", "https://proxy.example.com"},
                                       {"url", nullptr}});
    EXPECT_EQ(path(world::stdio(), stdio_row), "update \"github\": \"auth_data.env\"");
    auto args = world::stdio();
    args["args"] = {"-y"};
    EXPECT_EQ(path(args, stdio_row), "update \"github\": \"args\"");
    // A resolved secret cannot be compared: it is the reason where nothing else can be.
    auto sealed = world::operation(OperationKind::update, world::stdio());
    sealed.sealed = {"/auth_data/env/TOKEN"};
    EXPECT_NE(as<Refused>(after(sealed, {world::server(stdio_row)})).text.find("\"auth_data.env\""), std::string::npos);
    sealed.document["description"] = "new";
    as<Send>(after(sealed, {world::server(stdio_row)}));
}

TEST(gaia_update, a_row_that_moved_or_went_or_belongs_elsewhere_is_left_alone) {
    auto operation = world::operation(OperationKind::update);
    operation.live_version = "2026-11-21T04:07:00.000Z";
    EXPECT_EQ(as<Refused>(after(operation, {world::server(world::row())})).words(),
              "update \"github\": it was changed since the plan looked");
    EXPECT_EQ(as<Refused>(after(operation, {world::not_found()})).kind, RefusalKind::gone);
    EXPECT_EQ(as<Refused>(after(operation, {world::server(world::row({{"projectId", "p2"}}))})).text,
              "update \"github\": it belongs to another project");
    operation.live_version = "2026-11-21T04:07:32.000Z";
    as<Send>(after(operation, {world::server(world::row())}));
}

TEST(gaia_update, an_unclear_end_is_read_back) {
    auto operation = world::operation(OperationKind::update);
    const auto before = world::server(world::row({{"description", "old"}}));
    for (const auto& answer : {lost(), answered(500, std::string()), answered(200, std::string())}) {
        as<Done>(after(operation, {before, answer, world::server(world::row())}));
        const auto same = as<Refused>(after(operation, {before, answer, before}));
        EXPECT_NE(same.text.find("read back: it was not carried out"), std::string::npos);
        const auto moved = world::row({{"description", "new"}, {"updatedAt", "2026-11-22T00:00:00.000Z"}});
        as<Unsure>(after(operation, {before, answer, world::server(moved)}));
    }
    // A sealed secret cannot be compared: only a version that moved shows that it arrived.
    operation = world::operation(OperationKind::update, world::with_headers());
    operation.sealed = {"/auth_data/headers/Authorization"};
    auto moved = world::headers_row();
    moved["updatedAt"] = "2026-11-22T00:00:00.000Z";
    const auto row = world::server(world::headers_row());
    as<Done>(after(operation, {row, lost(), world::server(moved)}));
    as<Unsure>(after(operation, {row, lost(), row}));
    as<Done>(after(operation, {row, world::says(true), row}));
}

TEST(gaia_remove, looks_deletes_and_looks_again) {
    const Golden golden{world::operation(OperationKind::remove),
                        {{look_text, world::server(world::row())},
                         {"! DELETE /api/v1/mcp/645badf8", world::says(true)},
                         {look_text, world::not_found()}}};
    EXPECT_FALSE(as<Done>(play(*world::dialect(), golden)).document);
    EXPECT_EQ(replay_failures(*world::dialect(), golden), at_look + "\n! DELETE: " + at_write + at_read_back);
}

TEST(gaia_remove, of_what_is_gone_sends_nothing_and_success_is_not_believed) {
    const auto operation = world::operation(OperationKind::remove);
    as<Done>(after(operation, {world::not_found()}));
    const auto row = world::server(world::row());
    EXPECT_EQ(as<Refused>(after(operation, {row, world::says(true), row})).text,
              "delete \"github\": it said success: true, and the registration is still there");
    as<Refused>(after(operation, {row, lost(), row}));
    as<Done>(after(operation, {row, lost(), world::not_found()}));
    const auto gone = answered(404, Json{{"success", false}, {"message", "MCP server not found"}});
    as<Done>(after(operation, {world::server(world::shown_row()), gone, gone}, false));
    EXPECT_EQ(as<Refused>(after(operation, {world::server(world::row({{"projectId", "p2"}}))})).kind,
              RefusalKind::conflict);
}
