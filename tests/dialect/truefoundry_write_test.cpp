// Golden transcripts of the operations that change something, and what they make of every answer.
#include "tests/dialect/truefoundry_world.h"

#include "base/secret.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

const std::string manifest_text = manifest_of("github").dump();
const std::string look_up =
    "/api/svc/v1/mcp?limit=10&offset=0&filter=%7B%22op%22%3A%22and%22%2C%22values%22%3A%5B%7B%22field%22%3A%22"
    "name%22%2C%22op%22%3A%22EQUAL%22%2C%22value%22%3A%22github%22%7D%5D%7D";

Step after(const Operation& operation, const Transcript& transcript) {
    return truefoundry()->next(operation, transcript);
}

Json stored_row() {
    return row_with(manifest_of("github"));
}

// Answers to a write that do not tell whether it was carried out.
std::vector<Exchange> unclear_answers() {
    return {lost(),
            answered(200, std::string()),
            answered(200, std::string("{\"data\":{\"id\":\"cm1\",\"mani")),
            answered(200, std::string("<html><title>hi</title></html>")),
            answered(200, data("text")),
            answered(200, data(Json::array())),
            answered(200, Json::array()),
            answered(200, data(row_with(manifest_of("another")))),
            answered(202, std::string()),
            answered(302, std::string()),
            answered(408, std::string()),
            answered(500, std::string("{\"message\":\"oops\"}")),
            answered(502, std::string("<html><title>Bad Gateway</title></html>")),
            answered(503, std::string()),
            answered(504, std::string()),
            answered(100, std::string())};
}

} // namespace

TEST(truefoundry_write, the_request_is_the_published_one) {
    for (const auto kind : {OperationKind::create, OperationKind::update}) {
        const auto send = as<Send>(after(operation_of(kind), {}));
        EXPECT_TRUE(send.is_write);
        EXPECT_EQ(send.request.method, "PUT");
        EXPECT_EQ(send.request.target, "/api/svc/v1/mcp");
        EXPECT_EQ(header(send.request.headers, "content-type"), "application/json");
        EXPECT_EQ(send.request.body, R"({"manifest":)" + manifest_text + R"(,"dryRun":false,"forceDelete":false})");
    }
}

TEST(truefoundry_write, force_is_said_only_when_it_is_wanted_and_in_the_word_of_the_settings) {
    auto operation = operation_of(OperationKind::update);
    operation.force = true;
    EXPECT_TRUE(as<Send>(after(operation, {})).request.body.ends_with(R"(,"dryRun":false,"forceDelete":true})"));
    TrueFoundryOptions options;
    options.force_flag = "force";
    const auto send = as<Send>(make_truefoundry(options)->next(operation, {}));
    EXPECT_TRUE(send.request.body.ends_with(R"(,"dryRun":false,"force":true})"));
}

TEST(truefoundry_write, a_rehearsal_never_writes_and_never_forces) {
    auto operation = operation_of(OperationKind::rehearse);
    operation.force = true;
    const auto send = as<Send>(after(operation, {}));
    EXPECT_FALSE(send.is_write);
    EXPECT_EQ(send.request.body, R"({"manifest":)" + manifest_text + R"(,"dryRun":true,"forceDelete":false})");
}

TEST(truefoundry_write, a_document_that_is_no_text_is_refused_before_anything_is_sent) {
    auto operation = operation_of(OperationKind::create);
    operation.document["description"] = "\xff";
    EXPECT_THROW(after(operation, {}), std::invalid_argument);
}

TEST(truefoundry_write, the_answer_is_what_was_stored) {
    for (const int status : {200, 201}) {
        const auto done = as<Done>(after(operation_of(OperationKind::create), {answered(status, data(stored_row()))}));
        ASSERT_TRUE(done.document);
        EXPECT_EQ(done.document->remote_id, "cm1");
        EXPECT_EQ(done.document->document, manifest_of("github"));
    }
}

TEST(truefoundry_write, a_rehearsal_may_have_no_id) {
    auto row = stored_row();
    row.erase("id");
    const auto done = as<Done>(after(operation_of(OperationKind::rehearse), {answered(200, data(row))}));
    EXPECT_EQ(done.document->remote_id, "");
    // A real write without one is read back for it.
    EXPECT_EQ(as<Send>(after(operation_of(OperationKind::create), {answered(200, data(row))})).request.target, look_up);
}

TEST(truefoundry_write, statuses_that_say_nothing_was_done) {
    const std::vector<std::pair<int, RefusalKind>> meanings{
        {400, RefusalKind::invalid}, {401, RefusalKind::credential}, {403, RefusalKind::forbidden},
        {404, RefusalKind::gone},    {405, RefusalKind::broken},     {413, RefusalKind::invalid},
        {422, RefusalKind::invalid}, {424, RefusalKind::busy},       {429, RefusalKind::busy}};
    for (const auto kind : {OperationKind::rehearse, OperationKind::create, OperationKind::update}) {
        for (const auto& [status, meaning] : meanings) {
            const auto refused = as<Refused>(after(operation_of(kind), {answered(status, Json{{"message", "no"}})}));
            EXPECT_EQ(refused.kind, meaning) << status;
            EXPECT_EQ(refused.theirs, "no");
            EXPECT_NE(refused.text.find("(" + std::to_string(status) + ")"), std::string::npos);
        }
    }
}

TEST(truefoundry_write, messages_may_be_a_list) {
    const Json body{{"statusCode", 400}, {"message", {"name must be short", 7, "url must be https"}}};
    const auto refused = as<Refused>(after(operation_of(OperationKind::rehearse), {answered(400, body)}));
    EXPECT_EQ(refused.text, "dry run \"github\": the control plane refuses the manifest (400)");
    EXPECT_EQ(refused.theirs, "name must be short; url must be https");
}

TEST(truefoundry_write, their_words_are_scrubbed_short_and_printable) {
    const std::string secret = "bad header Authorization: Bearer abcdef1234567890 \x1b[31m \xff\xfe";
    const auto refused =
        as<Refused>(after(operation_of(OperationKind::rehearse), {answered(400, secret + std::string(2000000, 'x'))}));
    EXPECT_EQ(refused.theirs.find("abcdef1234567890"), std::string::npos);
    EXPECT_EQ(refused.theirs.find('\x1b'), std::string::npos);
    EXPECT_LT(refused.theirs.size(), 700u);
    EXPECT_NO_THROW(Json(refused.theirs).dump());
    const auto page =
        as<Refused>(after(operation_of(OperationKind::rehearse),
                          {answered(502, std::string("<html><title>Bad Gateway</title><body>x</body></html>"))}));
    EXPECT_EQ(page.theirs, "an HTML page: Bad Gateway");
}

TEST(truefoundry_write, an_acknowledgement_that_is_wanted_holds) {
    for (const auto kind :
         {OperationKind::rehearse, OperationKind::create, OperationKind::update, OperationKind::remove}) {
        const auto held =
            as<Held>(after(operation_of(kind), {answered(417, Json{{"message", "3 records go, token=abc"}})}));
        EXPECT_EQ(held.text.find("abc"), std::string::npos);
        EXPECT_NE(held.text.find("3 records go"), std::string::npos);
    }
    EXPECT_EQ(as<Held>(after(operation_of(OperationKind::update), {answered(417, std::string())})).text, "");
}

TEST(truefoundry_write, a_write_that_never_left_was_not_carried_out) {
    for (const auto kind : {OperationKind::create, OperationKind::update, OperationKind::remove}) {
        const auto refused = as<Refused>(after(operation_of(kind), {not_sent()}));
        EXPECT_EQ(refused.kind, RefusalKind::unreachable);
        EXPECT_NE(refused.text.find("not sent: connection refused"), std::string::npos);
    }
}

TEST(truefoundry_write, an_unclear_end_is_read_back_once_by_name) {
    for (const auto kind : {OperationKind::create, OperationKind::update}) {
        auto answers = unclear_answers();
        answers.push_back(answered(409, Json{{"message", "exists"}}));
        for (const auto& answer : answers) {
            const auto send = as<Send>(after(operation_of(kind), {answer}));
            EXPECT_EQ(send.request.method, "GET") << answer.response.status;
            EXPECT_EQ(send.request.target, look_up);
            EXPECT_FALSE(send.is_write);
        }
    }
}

TEST(truefoundry_write, found_as_sent_is_done) {
    for (const auto kind : {OperationKind::create, OperationKind::update}) {
        for (const auto& answer : unclear_answers()) {
            const auto done = as<Done>(after(operation_of(kind), {answer, answered(200, page({stored_row()}, 1))}));
            EXPECT_EQ(done.document->remote_id, "cm1");
        }
    }
}

TEST(truefoundry_write, found_absent_was_not_carried_out) {
    for (const auto kind : {OperationKind::create, OperationKind::update}) {
        for (const auto& answer : unclear_answers()) {
            const auto refused =
                as<Refused>(after(operation_of(kind), {answer, answered(200, page(Json::array(), 0))}));
            EXPECT_NE(refused.text.find("read back: it was not carried out"), std::string::npos) << refused.text;
        }
    }
    const Exchange nothing = answered(200, page(Json::array(), 0));
    EXPECT_EQ(as<Refused>(after(operation_of(OperationKind::create), {lost(), nothing})).kind,
              RefusalKind::unreachable);
    EXPECT_EQ(as<Refused>(after(operation_of(OperationKind::create), {answered(503, std::string()), nothing})).kind,
              RefusalKind::busy);
    EXPECT_EQ(as<Refused>(after(operation_of(OperationKind::create), {answered(409, std::string()), nothing})).kind,
              RefusalKind::conflict);
}

TEST(truefoundry_write, reading_back_in_vain_leaves_it_open) {
    auto twin = stored_row();
    twin["id"] = "cm2";
    const std::vector<Exchange> vain{lost(),
                                     not_sent(),
                                     answered(401, std::string()),
                                     answered(404, std::string()),
                                     answered(429, std::string()),
                                     answered(500, std::string()),
                                     answered(200, std::string()),
                                     answered(200, std::string("<html>")),
                                     answered(200, data("text")),
                                     answered(200, page({stored_row(), twin}, 2)),
                                     answered(200, page({row_with(manifest_of("other"))}, 5))};
    for (const auto kind : {OperationKind::create, OperationKind::update}) {
        for (const auto& look : vain) {
            const auto unsure = as<Unsure>(after(operation_of(kind), {lost(), look}));
            EXPECT_NE(unsure.text.find("it may have been carried out"), std::string::npos);
        }
    }
}

TEST(truefoundry_write, defaults_and_fields_of_the_control_plane_do_not_hide_a_success) {
    auto row = stored_row();
    row["manifest"]["ownedBy"] = {{"account", "acme"}};
    row["manifest"]["tls_settings"] = {{"reject_unauthorized", true}};
    row["manifest"]["auth_data"] = nullptr;
    as<Done>(after(operation_of(OperationKind::update), {lost(), answered(200, page({row}, 1))}));
    // Where git says who owns it, that counts.
    auto operation = operation_of(OperationKind::update);
    operation.document["ownedBy"] = {{"account", "other"}};
    as<Refused>(after(operation, {lost(), answered(200, page({row}, 1))}));
}

TEST(truefoundry_write, found_different_is_no_success) {
    auto row = stored_row();
    row["manifest"]["url"] = "https://elsewhere.example.com";
    const Exchange look = answered(200, page({row}, 1));
    EXPECT_EQ(as<Refused>(after(operation_of(OperationKind::update), {lost(), look})).kind, RefusalKind::unreachable);
    // Moved since the plan: written by us and stored otherwise, or by somebody else.
    auto operation = operation_of(OperationKind::update);
    operation.live_version = "2025-12-31T00:00:00.000Z";
    as<Unsure>(after(operation, {lost(), look}));
    operation.live_version = row["updatedAt"];
    as<Refused>(after(operation, {lost(), look}));
}

TEST(truefoundry_write, a_create_is_known_by_its_marker_and_a_stranger_is_not) {
    auto row = stored_row();
    row["manifest"]["collaborators"].push_back({{"subject", "user:ann"}, {"role_id", "mcp-server-manager"}});
    as<Done>(after(operation_of(OperationKind::create), {lost(), answered(200, page({row}, 1))}));
    row["manifest"].erase("tags");
    const auto refused =
        as<Refused>(after(operation_of(OperationKind::create), {lost(), answered(200, page({row}, 1))}));
    EXPECT_EQ(refused.kind, RefusalKind::conflict);
}

TEST(truefoundry_write, a_hidden_secret_needs_a_version_that_moved) {
    auto operation = operation_of(OperationKind::update);
    operation.document["auth_data"] = {{"type", "header"}, {"headers", {{"Authorization", "Bearer kedge-secret-1"}}}};
    auto row = stored_row();
    row["manifest"]["auth_data"] = {
        {"type", "header"}, {"auth_level", "global"}, {"headers", {{"Authorization", "****"}}}};
    const Exchange look = answered(200, page({row}, 1));
    as<Unsure>(after(operation, {lost(), look}));
    operation.live_version = "2025-12-31T00:00:00.000Z";
    as<Done>(after(operation, {lost(), look}));
    operation.live_version = row["updatedAt"];
    as<Refused>(after(operation, {lost(), look}));
    // A create has nothing before it: what is there is ours.
    operation.kind = OperationKind::create;
    as<Done>(after(operation, {lost(), look}));
}

TEST(truefoundry_write, a_sealed_field_is_never_compared) {
    auto operation = operation_of(OperationKind::create);
    operation.document["additional_headers"] = {{"X-Key", "kedge-secret-1"}};
    operation.document["tags"] = Json::object();
    auto row = row_with(operation.document);
    row["manifest"]["additional_headers"]["X-Key"] = "in clear";
    const Exchange look = answered(200, page({row}, 1));
    as<Refused>(after(operation, {lost(), look}));
    operation.sealed = {"/additional_headers/X-Key", "/not/there"};
    as<Done>(after(operation, {lost(), look}));
}

TEST(truefoundry_write, a_rehearsal_with_an_unclear_end_is_over) {
    for (const auto& answer : unclear_answers()) {
        const auto kind = as<Refused>(after(operation_of(OperationKind::rehearse), {answer})).kind;
        EXPECT_TRUE(kind == RefusalKind::broken || kind == RefusalKind::unreachable || kind == RefusalKind::busy);
    }
}

TEST(truefoundry_remove, the_request_is_the_published_one) {
    auto operation = operation_of(OperationKind::remove);
    operation.remote_id = "a/b c";
    const auto send = as<Send>(after(operation, {}));
    EXPECT_TRUE(send.is_write);
    EXPECT_EQ(send.request.method, "DELETE");
    EXPECT_EQ(send.request.target, "/api/svc/v1/mcp/a%2Fb%20c");
    EXPECT_EQ(send.request.body, "");
}

TEST(truefoundry_remove, gone_is_gone_whoever_did_it) {
    for (const auto& answer : {answered(200, std::string()), answered(204, std::string()),
                               answered(200, std::string("<html>")), answered(404, Json{{"message", "unknown"}})}) {
        EXPECT_FALSE(as<Done>(after(operation_of(OperationKind::remove), {answer})).document);
    }
}

TEST(truefoundry_remove, an_unclear_end_is_read_back_by_id) {
    for (const auto& answer :
         {lost(), answered(500, std::string()), answered(502, std::string("<html>")), answered(503, std::string()),
          answered(302, std::string()), answered(408, std::string())}) {
        const auto operation = operation_of(OperationKind::remove);
        EXPECT_EQ(as<Send>(after(operation, {answer})).request.target, "/api/svc/v1/mcp/cm1");
        as<Done>(after(operation, {answer, answered(404, std::string())}));
        as<Refused>(after(operation, {answer, answered(200, data(stored_row()))}));
        for (const auto& look :
             {lost(), answered(200, std::string()), answered(401, std::string()), answered(500, std::string())}) {
            as<Unsure>(after(operation, {answer, look}));
        }
    }
}

TEST(truefoundry_remove, a_refusal_is_one) {
    for (const auto& [status, kind] : std::vector<std::pair<int, RefusalKind>>{{401, RefusalKind::credential},
                                                                               {403, RefusalKind::forbidden},
                                                                               {409, RefusalKind::conflict},
                                                                               {429, RefusalKind::busy}}) {
        EXPECT_EQ(as<Refused>(after(operation_of(OperationKind::remove), {answered(status, std::string())})).kind,
                  kind);
    }
}

TEST(truefoundry_remove, an_id_that_would_name_another_path_is_not_asked_for) {
    for (const char* id : {"", ".", "..", "..."}) {
        for (const auto kind : {OperationKind::remove, OperationKind::get, OperationKind::subjects}) {
            auto operation = operation_of(kind);
            operation.remote_id = id;
            EXPECT_EQ(as<Refused>(after(operation, {})).kind, RefusalKind::broken) << id;
        }
    }
}
