#include "tests/provider/scripted_client.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

const std::string value = "s3cr\"et\\värde\n1";
const std::string escaped = "s3cr\\\"et\\\\värde\\n1";

Json manifest() {
    return {{"type", "mcp-server/remote"},
            {"name", "github"},
            {"url", "https://example.com/mcp"},
            {"auth_data",
             {{"type", "header"},
              {"headers", {{"Authorization", "Bearer ${env:TOKEN}"}, {"X-Both", "${env:TOKEN}-${env:TWO}"}}}}}};
}

std::vector<SecretReference> references() {
    return {{"/auth_data/headers/Authorization", "env", "TOKEN"},
            {"/auth_data/headers/X-Both", "env", "TOKEN"},
            {"/auth_data/headers/X-Both", "env", "TWO"}};
}

Operation operation_of(OperationKind kind) {
    Operation operation;
    operation.kind = kind;
    operation.name = "github";
    operation.remote_id = "cm1";
    operation.document = manifest();
    return operation;
}

World world_with_secrets() {
    return World({{"TOKEN", value}, {"TWO", "second-value"}});
}

// What the control plane would store and show again in clear.
Json echo() {
    auto stored = manifest();
    stored["auth_data"]["headers"] = {{"Authorization", "Bearer " + value}, {"X-Both", value + "-second-value"}};
    return {{"data", {{"id", "cm1"}, {"updatedAt", "v2"}, {"manifest", stored}}}};
}

bool leaks(const std::string& text) {
    return text.find("s3cr") != std::string::npos || text.find("second-value") != std::string::npos;
}

std::string text_of(const Answer& answer) {
    std::string text;
    if (const auto* done = std::get_if<Done>(&answer)) text = done->document ? done->document->document.dump() : "";
    if (const auto* held = std::get_if<Held>(&answer)) text = held->text;
    if (const auto* refused = std::get_if<Refused>(&answer)) text = refused->text + refused->theirs;
    if (const auto* unsure = std::get_if<Unsure>(&answer)) text = unsure->text;
    return text;
}

} // namespace

TEST(rest_provider, the_request_carries_the_secret_and_nothing_else_does) {
    for (const auto kind : {OperationKind::create, OperationKind::update}) {
        auto world = world_with_secrets();
        world.client.script = {answer_of(200, echo())};
        const auto answer = world.perform(operation_of(kind), references());
        ASSERT_EQ(world.client.sent.size(), 1u);
        EXPECT_NE(world.client.sent[0].body.find("\"Bearer " + escaped + "\""), std::string::npos);
        EXPECT_NE(world.client.sent[0].body.find("\"" + escaped + "-second-value\""), std::string::npos);
        EXPECT_EQ(parse_json(world.client.sent[0].body)["manifest"]["auth_data"]["headers"]["Authorization"],
                  "Bearer " + value);
        EXPECT_EQ(world.client.sent[0].body.find("kedge-secret-"), std::string::npos);
        EXPECT_FALSE(leaks(text_of(answer))) << text_of(answer);
        as<Done>(answer);
    }
}

TEST(rest_provider, what_a_dialect_hears_holds_tokens) {
    auto world = world_with_secrets();
    // An unclear end makes the dialect read back, with the echo of the secret in the answer.
    auto row = echo()["data"];
    world.client.script = {answer_of(500, Json{{"message", "cannot store " + value}}),
                           answer_of(200, Json{{"data", Json::array({row})}, {"pagination", {{"total", 1}}}})};
    const auto answer = world.perform(operation_of(OperationKind::create), references());
    EXPECT_FALSE(leaks(world.dialect.heard())) << world.dialect.heard();
    EXPECT_NE(world.dialect.heard().find("kedge-secret-"), std::string::npos);
    EXPECT_FALSE(leaks(text_of(answer)));
    EXPECT_EQ(world.dialect.operation().sealed,
              (std::vector<std::string>{"/auth_data/headers/Authorization", "/auth_data/headers/X-Both"}));
    as<Done>(answer); // equal in all that can be compared
}

TEST(rest_provider, errors_never_quote_the_secret) {
    for (const auto& outcome :
         {answer_of(400, Json{{"message", "header \"Bearer " + value + "\" is bad"}}),
          answer_of(417, std::string("records of " + value)), answer_of(200, "<html>" + value),
          no_answer(Delivery::unknown, "lost " + value), no_answer(Delivery::not_sent, "lost " + value)}) {
        auto world = world_with_secrets();
        world.client.script = {outcome, no_answer(Delivery::unknown, "lost " + value)};
        const auto answer = world.perform(operation_of(OperationKind::update), references());
        EXPECT_FALSE(leaks(text_of(answer))) << text_of(answer);
        EXPECT_FALSE(leaks(world.dialect.heard())) << world.dialect.heard();
    }
}

// Some control planes refuse with 200 and say so in the body.
TEST(rest_provider, a_refusal_with_a_status_of_success_never_quotes_the_secret) {
    const auto said = "header \"Bearer " + value + "\" is bad";
    auto stored = echo();
    stored["message"] = "stored " + value;
    stored["meta"] = {{"lastError", {{"text", value}}}};
    const auto escapes = R"({"success":false,"message":"s3cr\"\u0065t\\v\u00e4rde\n1","what":"second\u002dvalue"})";
    for (const auto& outcome :
         {answer_of(200, Json{{"success", false}, {"message", said}}),
          answer_of(200, Json{{"success", false}, {"data", {{"why", said}}}}),
          answer_of(200, Json{{"status", "error"}, {"error", {{"reason", Json::array({said})}}}}),
          answer_of(200, Json{{"detail", said}}), answer_of(200, std::string(escapes)), answer_of(200, stored)}) {
        auto world = world_with_secrets();
        world.client.script = {outcome, no_answer(Delivery::unknown, "lost " + value)};
        const auto answer = world.perform(operation_of(OperationKind::update), references());
        EXPECT_FALSE(leaks(text_of(answer))) << text_of(answer);
        EXPECT_FALSE(leaks(world.dialect.heard())) << world.dialect.heard();
    }
}

// What a manifest holds in clear, and what kedge itself signs in with, may come back in any words.
TEST(rest_provider, what_others_echo_of_literals_and_of_the_credential_is_masked) {
    const std::string said = "header value LITERAL55VALUE is odd, x%41%42=CLIENT\"66, and who is tfy-own-0123456789?";
    const auto shows = [](const std::string& text) {
        return text.find("LITERAL55") != std::string::npos || text.find("CLIENT") != std::string::npos ||
               text.find("tfy-own-0123456789") != std::string::npos;
    };
    for (const auto kind : {OperationKind::create, OperationKind::update, OperationKind::rehearse}) {
        for (const auto& outcome :
             {answer_of(400, Json{{"message", said}}), answer_of(401, Json{{"message", said}}), answer_of(417, said),
              answer_of(422, said), answer_of(500, Json{{"error", Json::array({said})}}), answer_of(302, said),
              answer_of(200, Json{{"success", false}, {"message", said}}), answer_of(200, "<html>" + said),
              no_answer(Delivery::unknown, said), no_answer(Delivery::not_sent, said)}) {
            World world;
            world.client.script = {outcome, no_answer(Delivery::unknown, said)};
            auto operation = operation_of(kind);
            operation.document["auth_data"]["headers"] = {{"Authorization", "Bearer LITERAL55VALUE"},
                                                          {"X-Key", "CLIENT\"66"}};
            const auto answer = world.perform(std::move(operation));
            EXPECT_FALSE(shows(text_of(answer))) << text_of(answer);
            for (const auto& exchange : world.dialect.transcript())
                EXPECT_FALSE(shows(exchange.response.body + exchange.error)) << exchange.response.body;
        }
    }
    for (const auto& outcome : {answer_of(401, Json{{"message", said}}), answer_of(500, said),
                                answer_of(200, Json{{"success", false}, {"message", said}})}) {
        World world;
        world.client.answer = [&](const HttpRequest&) { return outcome; };
        const auto listed = text_of(world.list(RowSink{}));
        EXPECT_EQ(listed.find("tfy-own"), std::string::npos) << listed;
        const auto looked = text_of(world.perform(operation_of(OperationKind::preflight)));
        EXPECT_EQ(looked.find("tfy-own"), std::string::npos) << looked;
    }
}

TEST(rest_provider, literals_stay_in_documents_where_they_are_compared_and_what_others_keep_is_no_secret) {
    World world;
    auto operation = operation_of(OperationKind::create);
    operation.document["auth_data"]["headers"] = {{"Authorization", "Bearer LITERAL55VALUE"}, {"Accept", "x"}};
    auto stored = operation.document;
    world.client.script = {answer_of(
        200, Json{{"data", {{"id", "cm1"}, {"updatedAt", "v2"}, {"manifest", stored}}}, {"message", "a \\ b"}})};
    const auto done = as<Done>(world.perform(operation));
    EXPECT_EQ(done.document->document["auth_data"]["headers"]["Authorization"], "Bearer LITERAL55VALUE");

    operation.document["auth_data"]["headers"] = {{"Authorization", "Bearer {{USER_KEY_NAME}}"}};
    world.client.script = {answer_of(400, Json{{"message", "there is no {{USER_KEY_NAME}}"}})};
    const auto refused = text_of(world.perform(operation));
    EXPECT_NE(refused.find("{{USER_KEY_NAME}}"), std::string::npos) << refused;
}

TEST(rest_provider, a_rehearsal_carries_no_secret) {
    World world; // and needs none
    auto stored = manifest();
    stored["auth_data"]["headers"] = {{"Authorization", "Bearer kedge-unresolved"},
                                      {"X-Both", "kedge-unresolved-kedge-unresolved"}};
    world.client.script = {answer_of(200, Json{{"data", {{"manifest", stored}}}})};
    const auto done = as<Done>(world.perform(operation_of(OperationKind::rehearse), references()));
    EXPECT_EQ(parse_json(world.client.sent[0].body)["manifest"], stored);
    // The echo of our own placeholder says nothing about the secret.
    EXPECT_EQ(done.document->document["auth_data"]["headers"]["Authorization"], (Json{{"$kedge", "masked"}}));
    EXPECT_EQ(world.provider.counts(), (RequestCounts{0, 1, 0, 0}));
}

TEST(rest_provider, a_secret_that_cannot_be_had_stops_before_anything_is_sent) {
    World world;
    const auto refused = as<Refused>(world.perform(operation_of(OperationKind::create), references()));
    EXPECT_EQ(refused.kind, RefusalKind::invalid);
    EXPECT_NE(refused.text.find("TOKEN"), std::string::npos);
    EXPECT_TRUE(world.client.sent.empty());
}

TEST(rest_provider, a_reference_that_is_not_there_is_not_guessed) {
    for (const char* pointer : {"/auth_data/headers/Other", "/auth_data", "/url", "no pointer", ""}) {
        auto world = world_with_secrets();
        const SecretReference reference{pointer, "env", "TOKEN"};
        EXPECT_EQ(as<Refused>(world.perform(operation_of(OperationKind::create), {reference})).kind,
                  RefusalKind::invalid)
            << pointer;
        EXPECT_TRUE(world.client.sent.empty());
    }
}

TEST(rest_provider, a_secret_that_is_no_text_is_not_sent) {
    World world({{"TOKEN", "\xff\xfe"}, {"TWO", "x"}});
    EXPECT_EQ(as<Refused>(world.perform(operation_of(OperationKind::create), references())).kind, RefusalKind::invalid);
    EXPECT_TRUE(world.client.sent.empty());
}

TEST(rest_provider, a_short_secret_does_not_garble_what_is_read) {
    World world({{"TOKEN", "git"}, {"TWO", "a"}});
    auto stored = manifest();
    stored["auth_data"]["headers"] = {{"Authorization", "Bearer git"}, {"X-Both", "git-a"}};
    world.client.script = {answer_of(200, Json{{"data", {{"id", "cm1"}, {"manifest", stored}}}})};
    const auto done = as<Done>(world.perform(operation_of(OperationKind::create), references()));
    EXPECT_EQ(done.document->name, "github");
    EXPECT_EQ(done.document->document["url"], "https://example.com/mcp");
    EXPECT_EQ(done.document->document["auth_data"]["headers"]["X-Both"], (Json{{"$kedge", "masked"}}));
}

TEST(rest_provider, counts_requests_by_what_they_are_for) {
    World world;
    world.client.answer = [](const HttpRequest&) { return answer_of(404, std::string()); };
    world.perform(operation_of(OperationKind::get));
    world.perform(operation_of(OperationKind::preflight));
    world.perform(operation_of(OperationKind::rehearse));
    world.perform(operation_of(OperationKind::remove));
    world.client.answer = [](const HttpRequest&) { return no_answer(Delivery::unknown); };
    world.perform(operation_of(OperationKind::create)); // a write, and a look back
    EXPECT_EQ(world.provider.counts(), (RequestCounts{0, 1, 2, 3}));
}

TEST(rest_provider, a_write_is_sent_once_whatever_comes_back) {
    for (const auto kind : {OperationKind::create, OperationKind::update, OperationKind::remove}) {
        for (const auto& outcome :
             {no_answer(Delivery::unknown), answer_of(500, std::string()), answer_of(429, std::string()),
              answer_of(200, std::string()), answer_of(302, std::string()), answer_of(409, std::string())}) {
            World world;
            world.client.answer = [&](const HttpRequest&) { return outcome; };
            world.perform(operation_of(kind));
            EXPECT_EQ(world.provider.counts().writes, 1);
            EXPECT_LE(world.client.sent.size(), 2u);
        }
    }
}

TEST(rest_provider, waits_where_a_dialect_says_so) {
    World world;
    world.client.answer = [](const HttpRequest&) { return answer_of(200, std::string()); };
    world.dialect.instead = [](const Operation&, const Transcript& transcript) -> Step {
        if (transcript.size() == 3) return Done{};
        return Send{HttpRequest{"GET", "/", {}, {}}, false, transcript.empty() ? 0 : 1500};
    };
    as<Done>(world.perform(operation_of(OperationKind::get)));
    EXPECT_EQ(world.clock.slept(), Milliseconds(3000));
    EXPECT_EQ(world.client.sent.size(), 3u);
}

TEST(rest_provider, a_dialect_without_an_end_is_stopped) {
    World world;
    world.dialect.instead = [](const Operation&, const Transcript&) -> Step {
        return Send{HttpRequest{"GET", "/", {}, {}}, false};
    };
    world.client.answer = [](const HttpRequest&) { return answer_of(200, std::string()); };
    EXPECT_EQ(as<Refused>(world.perform(operation_of(OperationKind::get))).kind, RefusalKind::broken);
    EXPECT_EQ(world.client.sent.size(), 10000u);
}

TEST(rest_provider, a_dialect_that_gives_up_after_a_write_leaves_it_open) {
    World world;
    world.client.answer = [](const HttpRequest&) { return answer_of(200, std::string()); };
    world.dialect.instead = [](const Operation&, const Transcript& transcript) -> Step {
        if (transcript.empty()) return Send{HttpRequest{"PUT", "/", {}, {}}, true};
        throw std::runtime_error("strange");
    };
    as<Unsure>(world.perform(operation_of(OperationKind::update)));
    world.dialect.instead = [](const Operation&, const Transcript&) -> Step {
        throw std::invalid_argument("not sendable");
    };
    EXPECT_EQ(as<Refused>(world.perform(operation_of(OperationKind::update))).kind, RefusalKind::invalid);
}
