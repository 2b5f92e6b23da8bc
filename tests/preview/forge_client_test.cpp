#include "preview/forge_client.h"

#include "tests/forge/conversations.h"
#include "tests/preview/scripted_forge.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

const ForgeAsk pull = AskPull{12};

HttpOutcome good_pull() {
    return answers(says(200, github_pull()));
}

} // namespace

TEST(forge_client, sends_the_token_with_each_request_and_reads_it_anew) {
    ForgeWorld world;
    world.http.script = {good_pull(), good_pull()};
    EXPECT_EQ(world.ask(pull).pulls.at(0).number, 12);
    world.ask(pull);
    EXPECT_EQ(header(world.http.sent.at(1).headers, "Authorization"), "Bearer " + std::string(own_token));
    EXPECT_EQ(world.token_reads, 2);
    EXPECT_EQ(world.clock.slept().count(), 0);
}

TEST(forge_client, shows_its_token_nowhere_even_where_the_forge_does) {
    ForgeWorld world;
    const std::string body = "{\"message\":\"bad token " + std::string(own_token) + "\"}";
    world.http.answer = [&](const HttpRequest&) { return answers(422, body); };
    const auto text = world.failure_of(pull);
    EXPECT_EQ(text.find(own_token), std::string::npos) << text;
    world.http.answer = [&](const HttpRequest&) {
        auto outcome = no_answer(Delivery::unknown);
        outcome.error = "while sending " + std::string(own_token);
        return outcome;
    };
    EXPECT_EQ(world.failure_of(pull).find(own_token), std::string::npos);
}

TEST(forge_client, asks_again_for_a_while_where_something_is_not_there_yet) {
    for (const int status : {404, 405, 409}) {
        ForgeWorld world;
        world.http.script = {answers(status), answers(status), good_pull()};
        EXPECT_EQ(world.ask(pull).pulls.size(), 1u) << status;
        EXPECT_EQ(world.clock.slept(), Milliseconds(1500));
    }
    ForgeWorld world;
    world.http.answer = [](const HttpRequest&) { return answers(404, "{\"message\":\"Not Found\"}"); };
    EXPECT_EQ(world.failure_of(pull),
              "wait: GitHub \"acme/mcp\": read pull request 12: there is no such thing, or this "
              "token may not see it (404): \"Not Found\"");
    EXPECT_LE(world.clock.slept(), Milliseconds(8000));
    EXPECT_GE(world.clock.slept(), Milliseconds(3000));
}

TEST(forge_client, takes_an_absence_for_an_answer_where_it_is_one) {
    ForgeWorld world;
    world.http.script = {answers(404)};
    EXPECT_EQ(world.ask(AskPermission{"ann"}).permission, Permission::none);
    EXPECT_EQ(world.clock.slept().count(), 0);
}

TEST(forge_client, waits_as_long_as_the_forge_asks_and_keeps_that_silence_for_every_question) {
    ForgeWorld world;
    world.http.script = {answers(429, "{}", {{"Retry-After", "20"}}), good_pull()};
    world.ask(pull);
    EXPECT_EQ(world.clock.slept(), Milliseconds(20'000));
    const auto reset = std::to_string(world.clock.now() + 30);
    world.http.script = {answers(403, "{}", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", reset}}),
                         good_pull()};
    world.ask(pull);
    EXPECT_EQ(world.clock.slept(), Milliseconds(50'000));
    world.http.script = {answers(429, "{}", {{"Retry-After", "600"}})};
    EXPECT_EQ(world.failure_of(pull),
              "retry: GitHub \"acme/mcp\": read pull request 12: too many requests (429): \"{}\"");
    EXPECT_EQ(world.failure_of(pull),
              "retry: GitHub \"acme/mcp\": read pull request 12: not sent: the forge asked to be "
              "left alone for another 10m; is the forge up, and its address right?");
    EXPECT_EQ(world.http.sent.size(), 5u);
}

TEST(forge_client, takes_a_403_without_a_limit_for_a_no) {
    ForgeWorld world;
    world.http.script = {answers(403, "{\"message\":\"Resource not accessible\"}")};
    EXPECT_EQ(world.failure_of(pull),
              "wait: GitHub \"acme/mcp\": read pull request 12: this token may not do that (403): "
              "\"Resource not accessible\"; which scopes does it have?");
    world.http.script = {answers(403, "{\"message\":\"You have exceeded a secondary rate limit\"}"), good_pull()};
    EXPECT_EQ(world.ask(pull).pulls.size(), 1u);
    EXPECT_EQ(world.clock.slept(), Milliseconds(60'000));
}

TEST(forge_client, ends_within_its_deadline_whatever_happens) {
    for (const auto& trouble :
         {answers(500), answers(503), answers(429), no_answer(Delivery::not_sent), no_answer(Delivery::unknown)}) {
        ForgeWorld world;
        world.http.answer = [&](const HttpRequest&) { return trouble; };
        EXPECT_TRUE(world.failure_of(pull).starts_with("retry: ")) << world.failure_of(pull);
        EXPECT_LE(world.clock.slept(), Milliseconds(120'000));
        EXPECT_LE(world.http.sent.size(), 60u);
    }
}

TEST(forge_client, tries_once_more_with_the_next_token_where_this_one_is_nobody) {
    ForgeWorld world;
    world.http.script = {answers(401), good_pull()};
    EXPECT_EQ(world.ask(pull).pulls.size(), 1u);
    EXPECT_EQ(world.token_reads, 2);
    world.http.script = {answers(401), answers(401)};
    EXPECT_EQ(world.failure_of(pull),
              "stop: GitHub \"acme/mcp\": read pull request 12: the forge does not know this token "
              "(401): \"no\"; is it the right one, and has it not run out?");
}

TEST(forge_client, says_what_a_token_that_cannot_be_read_says) {
    ForgeWorld world;
    ReadToken none([]() -> Secret { throw Failure(NextAction::wait_for_change, "secret \"x\": not there"); });
    ForgeClient client({*world.forge, world.http, world.clock, none});
    EXPECT_THROW(run_to_end(world.loop, client.ask(pull)), Failure);
    EXPECT_TRUE(world.http.sent.empty());
}

TEST(forge_client, asks_once_whose_token_it_is_to_know_its_own_comment) {
    ForgeWorld world;
    auto put = sample_comment();
    put.account.clear();
    const auto ours = says(200, Json::array({github_comment(4711, "keeper", marker + "\nold")}));
    const auto written = says(200, github_comment(4711, "keeper", put.body));
    world.http.script = {answers(says(200, {{"login", "keeper"}})), answers(ours), answers(written), answers(ours),
                         answers(written)};
    EXPECT_EQ(world.ask(put).id, "4711");
    EXPECT_EQ(world.ask(put).id, "4711");
    EXPECT_EQ(world.http.lines(),
              (std::vector<std::string>{"GET /user", "GET /repos/acme/mcp/issues/12/comments?per_page=100&page=1",
                                        "PATCH /repos/acme/mcp/issues/comments/4711",
                                        "GET /repos/acme/mcp/issues/12/comments?per_page=100&page=1",
                                        "PATCH /repos/acme/mcp/issues/comments/4711"}));
}

// Every conversation of every forge, and at each of its requests every failure, once: then all goes on as it should.
// What is written once is there once, and a question ends well wherever that can be.
TEST(forge_client, comes_through_a_failure_at_each_step_of_each_conversation) {
    const std::vector<std::pair<std::string, HttpOutcome>> failures{
        {"404", answers(404)},
        {"405", answers(405)},
        {"429", answers(429, "{}", {{"Retry-After", "3"}})},
        {"500", answers(500)},
        {"502 page", answers(502, "<html><title>Bad Gateway</title></html>")},
        {"lost", no_answer(Delivery::unknown)},
        {"not sent", no_answer(Delivery::not_sent)}};
    int replayed = 0;
    for (const auto& conversation : all_conversations()) {
        for (std::size_t step = 0; step < conversation.answers.size(); ++step) {
            for (const auto& one : failures) {
                const auto& name = one.first;
                const auto& failure = one.second; // clang 14 lets no lambda refer to a structured binding
                ForgeWorld world(conversation.options);
                std::size_t next = 0;
                bool failed = false;
                std::size_t creates = 0;
                world.http.answer = [&](const HttpRequest& request) {
                    if (next == step && !std::exchange(failed, true)) return failure;
                    // After a create whose end is not clear, the list is read again.
                    const bool looks_again = next > 0 && next == step && request.method == "GET" &&
                                             std::holds_alternative<PutComment>(conversation.ask);
                    if (looks_again) return answers(conversation.answers[next - 1]);
                    creates += request.method == "POST" ? 1 : 0;
                    return next < conversation.answers.size() ? answers(conversation.answers[next++]) : answers(500);
                };
                const auto said = world.failure_of(conversation.ask);
                const auto place = conversation.name + " of " + std::string(to_text(conversation.options.kind)) + ", " +
                                   std::to_string(step) + ", " + name;
                ++replayed;
                EXPECT_LE(creates, 1u) << place;
                EXPECT_LE(world.clock.slept(), Milliseconds(10'000)) << place;
                if (said == "answered") continue;
                EXPECT_TRUE(said.starts_with("retry: ")) << place << ": " << said;
                // A reply cannot be found again, and annotations would stand there twice.
                const bool once = std::holds_alternative<WriteComment>(conversation.ask) ||
                                  conversation.name == "check run with 120 annotations";
                EXPECT_TRUE(once) << place << ": " << said;
            }
        }
    }
    EXPECT_GT(replayed, 300);
}
