// Golden transcripts of the operations that only look, as ContextForge 1.0.7 answered them.
#include "tests/dialect/contextforge_world.h"

#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;

namespace {

const std::string first_page =
    "GET /v1/gateways?include_inactive=true&include_pagination=true&visibility=public&limit=500";
const std::string everything =
    "GET /v1/gateways?include_inactive=true&include_pagination=true&visibility=public&limit=0";

Exchange list_page(std::size_t rows, const Json& next) {
    return answered(200, forge::page({}, next), rows);
}

} // namespace

TEST(contextforge_preflight, asks_whether_this_token_may_look) {
    const auto walk =
        forge::walk(*forge::dialect(), forge::operation(OperationKind::preflight),
                    {{"GET /v1/gateways?include_inactive=true&include_pagination=true&visibility=public&limit=1",
                      answered(200, forge::page({}))}});
    const auto done = as<Done>(walk.end);
    ASSERT_TRUE(done.identity);
    EXPECT_EQ(done.identity->dialect, "contextforge");
    EXPECT_EQ(done.identity->tenant, "");
}

TEST(contextforge_preflight, another_visibility_is_another_target) {
    const auto key = [](const char* visibility) {
        ContextForgeOptions options;
        options.visibility = visibility;
        const auto step = make_contextforge(options)->next(forge::operation(OperationKind::preflight),
                                                           {answered(200, forge::page({}))});
        auto identity = *as<Done>(step).identity;
        identity.base_url = "https://forge.example.com";
        return identity.key();
    };
    EXPECT_EQ(key("public"), "contextforge/https://forge.example.com");
    EXPECT_EQ(key("private"), "contextforge/https://forge.example.com#private");
    EXPECT_EQ(key("team"), "contextforge/https://forge.example.com#team");
}

TEST(contextforge_preflight, every_other_answer_is_a_refusal_that_helps) {
    const std::vector<std::pair<Exchange, std::string>> answers{
        {answered(401, Json{{"detail", "Invalid authentication credentials"}}),
         "ask whose token this is \"github\": the control plane does not know this token (401): \"Invalid "
         "authentication credentials\"; issue a new one, or set the one that belongs to this control plane"},
        {answered(404, std::string("<html><title>Not Found</title></html>")),
         "ask whose token this is \"github\": there is no such thing (404): \"an HTML page: Not Found\"; is this the "
         "base url of a ContextForge control plane, with /v1 below it?"},
        {answered(200, Json::array()), "ask whose token this is \"github\": the answer makes no sense (200)"},
        {answered(429, Json{{"error", "Account locked"}, {"message", "Too many rate limit violations."}}),
         "ask whose token this is \"github\": too many requests (429): \"Too many rate limit violations.\"; nothing "
         "more is sent for now: the fifth time locks the account for 15 minutes"}};
    for (const auto& [answer, text] : answers) {
        const auto step = forge::dialect()->next(forge::operation(OperationKind::preflight), {answer});
        EXPECT_EQ(as<Refused>(step).words(), text);
    }
}

TEST(contextforge_list, pages_follow_the_cursor_until_there_is_none) {
    const auto walk = forge::walk(*forge::dialect(), forge::operation(OperationKind::list),
                                  {{first_page, list_page(500, "YQ==")},
                                   {first_page + "&cursor=YQ%3D%3D", list_page(500, "Yg")},
                                   {first_page + "&cursor=Yg", list_page(3, nullptr)}});
    EXPECT_EQ(as<Done>(walk.end).listed, 1003u);
}

TEST(contextforge_list, the_scope_and_the_page_size_are_those_of_the_target) {
    ContextForgeOptions options;
    options.visibility = "team";
    auto operation = forge::operation(OperationKind::list);
    operation.page_size = 2;
    const auto send = as<Send>(make_contextforge(options)->next(operation, {}));
    EXPECT_EQ(send.request.target,
              "/v1/gateways?include_inactive=true&include_pagination=true&visibility=team&limit=2");
}

// An unknown cursor is answered with page 1 and its cursor.
TEST(contextforge_list, a_cursor_that_comes_twice_is_no_list) {
    const auto walk = forge::walk(*forge::dialect(), forge::operation(OperationKind::list),
                                  {{first_page, list_page(500, "YQ")},
                                   {first_page + "&cursor=YQ", list_page(500, "Yg")},
                                   {first_page + "&cursor=Yg", list_page(500, "YQ")}});
    EXPECT_EQ(as<Refused>(walk.end).kind, RefusalKind::inconsistent);
    EXPECT_EQ(as<Refused>(walk.end).text, "list \"github\": a page came twice");
}

TEST(contextforge_list, what_is_no_page_is_refused) {
    const std::vector<Json> bodies{Json::array(), Json{{"gateways", 1}},
                                   Json{{"gateways", Json::array()}, {"nextCursor", 7}}, Json{{"data", Json::array()}},
                                   Json("x")};
    for (const auto& body : bodies) {
        const auto step = forge::dialect()->next(forge::operation(OperationKind::list), {answered(200, body)});
        EXPECT_EQ(as<Refused>(step).kind, RefusalKind::broken) << body;
    }
}

TEST(contextforge_get, is_by_id_and_a_name_is_no_id) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::get);
    const std::string request = "GET /v1/gateways/" + forge::id;
    EXPECT_EQ(as<Done>(forge::walk(*dialect, operation, {{request, answered(200, forge::row())}}).end).document->name,
              "github");
    const auto gone = answered(404, Json{{"detail", "Gateway not found"}});
    EXPECT_FALSE(as<Done>(forge::walk(*dialect, operation, {{request, gone}}).end).document);
    // The API finds names and slugs as well.
    const auto other = answered(200, forge::row({{"id", "another"}}));
    EXPECT_EQ(as<Refused>(forge::walk(*dialect, operation, {{request, other}}).end).text,
              "get \"github\": the answer is about another registration");
    for (const char* id : {"", ".", ".."}) {
        auto strange = operation;
        strange.remote_id = id;
        EXPECT_EQ(as<Refused>(dialect->next(strange, {})).kind, RefusalKind::broken) << id;
    }
    forge::fail_everywhere(*dialect, operation, {{request, answered(200, forge::row())}});
}

TEST(contextforge_find, one_request_decides_where_the_name_is_alone) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::find_by_name);
    const auto found = [&](const Exchange& answer) {
        return as<Done>(forge::walk(*dialect, operation, {{"GET /v1/gateways/github", answer}}).end).document;
    };
    EXPECT_EQ(found(answered(200, forge::row()))->remote_id, forge::id);
    EXPECT_FALSE(found(answered(404, Json{{"detail", "Gateway not found: github"}})));
    // Of that slug but another name, and of another scope: not the one.
    EXPECT_FALSE(found(answered(200, forge::row({{"name", "GitHub"}}))));
    EXPECT_FALSE(found(answered(200, forge::row({{"visibility", "private"}}))));
}

TEST(contextforge_find, an_ambiguous_name_is_looked_for_in_the_list) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::find_by_name);
    const auto twins = answered(409, Json{{"detail", "Gateway identifier 'github' is ambiguous"}});
    const auto after = [&](const Json& body) {
        return forge::walk(*dialect, operation, {{"GET /v1/gateways/github", twins}, {everything, answered(200, body)}})
            .end;
    };
    const auto other = forge::row({{"id", "2"}, {"name", "other"}});
    EXPECT_EQ(as<Done>(after(forge::page({other, forge::row()}))).document->remote_id, forge::id);
    EXPECT_FALSE(as<Done>(after(forge::page({other}))).document);
    EXPECT_EQ(as<Refused>(after(forge::page({forge::row(), forge::row({{"id", "2"}})}))).kind,
              RefusalKind::inconsistent);
    EXPECT_EQ(as<Refused>(after(forge::page({forge::row()}, "more"))).kind, RefusalKind::broken);
    // An id that is spelt like the name hides the one that has it.
    const auto shadow = answered(200, forge::row({{"id", "github"}, {"name", "other"}}));
    const auto walk =
        forge::walk(*dialect, operation,
                    {{"GET /v1/gateways/github", shadow}, {everything, answered(200, forge::page({forge::row()}))}});
    EXPECT_EQ(as<Done>(walk.end).document->remote_id, forge::id);
    forge::fail_everywhere(
        *dialect, operation,
        {{"GET /v1/gateways/github", twins}, {everything, answered(200, forge::page({forge::row()}))}});
}

TEST(contextforge_ask, what_it_cannot_be_asked_is_said) {
    for (const auto kind : {OperationKind::rehearse, OperationKind::subjects})
        EXPECT_THROW(forge::dialect()->next(forge::operation(kind), {}), std::invalid_argument);
}

TEST(contextforge_description, says_what_the_control_plane_can) {
    const auto public_one = forge::dialect();
    const auto& it = public_one->describe();
    EXPECT_EQ(it.dialect, "contextforge");
    EXPECT_TRUE(it.can.list && it.can.list_rows_complete && it.can.get && it.can.find_by_name && it.can.tags);
    EXPECT_TRUE(it.can.remove && it.can.create && it.can.update && it.can.names_unique);
    EXPECT_FALSE(it.can.rehearse || it.can.subjects || it.can.acknowledges_sign_out || it.can.name_lookup_is_list);
    EXPECT_TRUE(it.pacing.stop_at_first_429);
    EXPECT_EQ(it.pacing.concurrency, 1);
    EXPECT_EQ(it.list.rows_key, "gateways");
    // Private ones of one name live side by side, even with one owner.
    ContextForgeOptions options;
    options.visibility = "private";
    EXPECT_FALSE(make_contextforge(options)->describe().can.names_unique);
}
