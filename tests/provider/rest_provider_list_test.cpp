#include "tests/provider/scripted_client.h"

#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;

namespace {

std::string page_text(int first, int count, int total) {
    Json rows = Json::array();
    for (int i = first; i < first + count; ++i)
        rows.push_back(row_of_name("n" + std::to_string(i), "id" + std::to_string(i)));
    return Json{{"data", rows}, {"pagination", {{"total", total}}}}.dump();
}

struct Rows {
    int begun = 0;
    std::vector<std::string> rows;
    RowSink sink() {
        return RowSink{[this] {
                           ++begun;
                           rows.clear();
                       },
                       [this](std::string_view row) { rows.emplace_back(row); }};
    }
};

} // namespace

TEST(rest_provider_list, hands_on_every_row_of_every_page) {
    World world;
    Rows rows;
    world.client.script = {answer_of(200, page_text(0, 2, 5)), answer_of(200, page_text(2, 2, 5)),
                           answer_of(200, page_text(4, 1, 5))};
    const auto done = as<Done>(world.list(rows.sink()));
    EXPECT_EQ(done.listed, 5u);
    EXPECT_EQ(rows.begun, 1);
    ASSERT_EQ(rows.rows.size(), 5u);
    EXPECT_EQ(parse_json(rows.rows[4]), row_of_name("n4", "id4"));
    EXPECT_EQ(world.provider.counts(), (RequestCounts{3, 0, 0, 0}));
    EXPECT_EQ(world.client.sent[2].target, "/api/svc/v1/mcp?limit=1000&offset=4");
}

TEST(rest_provider_list, a_page_that_was_cut_off_or_is_empty_says_where_and_what_to_do) {
    const auto said_of = [](const std::string& body) {
        World world;
        Rows rows;
        world.client.script = {answer_of(200, body)};
        return as<Refused>(world.list(rows.sink())).words();
    };
    const std::string hint = "; was it cut off on its way, by a proxy perhaps, or is the address another one's?";
    EXPECT_EQ(said_of(page_text(0, 2, 2).substr(0, 40)), "list: read page 1: no valid JSON" + hint);
    EXPECT_EQ(said_of(" \n"), "list: read page 1: the answer is empty" + hint);
}

TEST(rest_provider_list, the_transcript_keeps_envelopes_only) {
    World world;
    Rows rows;
    world.client.script = {answer_of(200, page_text(0, 2, 2))};
    as<Done>(world.list(rows.sink()));
    ASSERT_EQ(world.dialect.transcript().size(), 1u);
    EXPECT_EQ(world.dialect.transcript()[0].rows, 2u);
    EXPECT_EQ(world.dialect.transcript()[0].response.body, R"({"data":[],"pagination":{"total":2}})");
}

TEST(rest_provider_list, an_inconsistent_list_is_asked_again) {
    World world;
    Rows rows;
    world.client.script = {answer_of(200, page_text(0, 2, 3)), answer_of(200, page_text(1, 1, 3)), // an id twice
                           answer_of(200, page_text(0, 2, 3)), answer_of(200, page_text(2, 1, 4)), // another total
                           answer_of(200, page_text(0, 2, 3)), answer_of(200, page_text(9, 0, 3)), // too few
                           answer_of(200, page_text(0, 3, 3))};
    EXPECT_EQ(as<Done>(world.list(rows.sink())).listed, 3u);
    EXPECT_EQ(rows.begun, 4);
    EXPECT_EQ(rows.rows.size(), 3u);
    EXPECT_EQ(world.provider.counts().list, 7);
    EXPECT_GT(world.clock.slept().count(), 0);
}

TEST(rest_provider_list, is_given_up_after_three_more_attempts) {
    World world;
    Rows rows;
    world.client.answer = [](const HttpRequest&) { return answer_of(200, page_text(0, 2, 1)); };
    EXPECT_EQ(as<Refused>(world.list(rows.sink())).kind, RefusalKind::inconsistent);
    EXPECT_EQ(rows.begun, 4);
    EXPECT_EQ(world.client.sent.size(), 4u);
}

TEST(rest_provider_list, other_refusals_are_not_asked_again) {
    const std::vector<std::pair<HttpOutcome, RefusalKind>> refusals{
        {answer_of(401, std::string()), RefusalKind::credential},
        {answer_of(403, std::string()), RefusalKind::forbidden},
        {answer_of(503, std::string()), RefusalKind::busy},
        {answer_of(500, std::string("<html>")), RefusalKind::broken},
        {no_answer(Delivery::unknown), RefusalKind::unreachable},
        {no_answer(Delivery::not_sent), RefusalKind::unreachable}};
    for (const auto& [outcome, kind] : refusals) {
        World world;
        Rows rows;
        world.client.script = {outcome};
        EXPECT_EQ(as<Refused>(world.list(rows.sink())).kind, kind);
        EXPECT_EQ(world.client.sent.size(), 1u);
    }
}

TEST(rest_provider_list, pages_that_make_no_sense_are_broken) {
    for (const char* body :
         {"", "<html>", "{}", "{\"data\":{}}", "{\"data\":[1]}", "{\"data\":[{}]}", "{\"data\":[{\"id\":\"a\"}]",
          "{\"data\":[{\"id\":\"a\"}]}", "{\"data\":[],\"pagination\":{\"total\":\"0\"}}"}) {
        World world;
        Rows rows;
        world.client.script = {answer_of(200, std::string(body))};
        EXPECT_EQ(as<Refused>(world.list(rows.sink())).kind, RefusalKind::broken) << body;
    }
    World world;
    Rows rows;
    world.client.script = {answer_of(200, page_text(0, 1, 2)), answer_of(200, std::string("{\"data\":[null]}"))};
    EXPECT_EQ(as<Refused>(world.list(rows.sink())).text, "list: read page 2: row 1 is no object");
}

TEST(rest_provider_list, a_list_without_an_end_is_given_up) {
    World world;
    Rows rows;
    int next = 0;
    world.client.answer = [&](const HttpRequest&) { return answer_of(200, page_text(next++, 1, 2000000000)); };
    const auto refused = as<Refused>(world.list(rows.sink()));
    EXPECT_EQ(refused.kind, RefusalKind::broken);
    EXPECT_EQ(world.client.sent.size(), 10000u);
}

TEST(rest_provider_list, works_without_a_sink) {
    World world;
    world.client.script = {answer_of(200, page_text(0, 2, 2))};
    EXPECT_EQ(as<Done>(world.list({})).listed, 2u);
}

TEST(rest_provider_list, what_a_sink_throws_reaches_the_caller) {
    World world;
    world.client.script = {answer_of(200, page_text(0, 2, 2))};
    RowSink sink;
    sink.row = [](std::string_view) { throw std::runtime_error("mine"); };
    EXPECT_THROW(world.list(std::move(sink)), std::runtime_error);
}
