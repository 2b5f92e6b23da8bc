#include "provider/row_cutter.h"

#include "base/json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <stdexcept>

using namespace kedge;

namespace {

const ListShape shape{"data", "/manifest/name", "/id"};

struct Cut {
    CutPage page;
    std::vector<std::string> rows;
    bool repeats = false;
};

Cut cut(std::string_view body, ListShape wanted = shape) {
    Cut result;
    RowCutter cutter(std::move(wanted));
    result.page = cutter.cut(body, [&](std::string_view row) { result.rows.emplace_back(row); });
    result.repeats = cutter.ids_repeat();
    return result;
}

std::string nested(int depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

TEST(row_cutter, hands_on_the_bytes_of_each_row) {
    const auto result = cut(" {\n \"data\" : [ {\"id\": \"a\", \"x\": [1, {}]} ,\n{\"x\":null,\"id\":\"b\"}\n ] , "
                            "\"pagination\": {\"total\": 2} } \n");
    EXPECT_EQ(result.page.problem, "");
    EXPECT_EQ(result.rows, (std::vector<std::string>{"{\"id\": \"a\", \"x\": [1, {}]}", "{\"x\":null,\"id\":\"b\"}"}));
    EXPECT_EQ(result.page.rows, 2u);
    EXPECT_EQ(result.page.envelope, R"({"data":[],"pagination":{"total": 2}})");
}

TEST(row_cutter, takes_a_body_that_is_the_list_itself) {
    const ListShape bare{"", "/name", "/id"};
    const auto result = cut(R"( [{"id":"a"}, {"id":"b"}] )", bare);
    EXPECT_EQ(result.page.problem, "");
    EXPECT_EQ(result.rows, (std::vector<std::string>{R"({"id":"a"})", R"({"id":"b"})"}));
    EXPECT_EQ(result.page.envelope, "[]");
    EXPECT_EQ(cut("[]", bare).page.problem, "");
    EXPECT_EQ(cut(R"({"id":"a"})", bare).page.problem, "the body is no list");
    EXPECT_EQ(cut(R"([{"id":"a"}] x)", bare).page.problem, "no valid JSON");
    EXPECT_EQ(cut(R"([{"id":"a"},)", bare).page.problem, "no valid JSON");
}

TEST(row_cutter, takes_either_where_both_are_known) {
    const ListShape either{"", "/name", "/id", "items"};
    EXPECT_EQ(cut(R"([{"id":1}])", either).page.envelope, "[]");
    const auto result = cut(R"({"total":1,"items":[{"id":1}]})", either);
    EXPECT_EQ(result.page.envelope, R"({"total":1,"items":[]})");
    EXPECT_EQ(result.rows, std::vector<std::string>{R"({"id":1})"});
    EXPECT_EQ(cut(R"({"rows":[]})", either).page.problem, "there is no list \"items\"");
}

TEST(row_cutter, the_list_may_lie_deeper) {
    const ListShape deep{"data.servers", "/name", "/id"};
    const auto result =
        cut(R"({"status":"success","data":{"page":0,"servers":[{"id":"a"}],"total_count":1},"x":[]})", deep);
    EXPECT_EQ(result.page.problem, "");
    EXPECT_EQ(result.rows, std::vector<std::string>{R"({"id":"a"})"});
    EXPECT_EQ(result.page.envelope, R"({"status":"success","data":{"page":0,"servers":[],"total_count":1},"x":[]})");
    EXPECT_EQ(cut(R"({"data":[]})", deep).page.problem, "\"data\" is no object");
    EXPECT_EQ(cut(R"({"data":{}})", deep).page.problem, "there is no list \"servers\"");
    EXPECT_EQ(cut(R"({"servers":[]})", deep).page.problem, "there is no list \"data\"");
    EXPECT_EQ(cut(R"({"data":{"servers":[]},"data":{"servers":[]}})", deep).page.problem, "\"data\" stands twice");
    EXPECT_EQ(cut("{\"data\":{\"servers\":[],\"x\":\"" + std::string(70000, 'x') + "\"}}", deep).page.problem,
              "an envelope of more than 64 KiB");
}

TEST(row_cutter, keeps_every_kind_of_envelope_member) {
    const auto result =
        cut(R"({"a":"text \" [","n":-1.5e3,"t":true,"f":false,"z":null,"l":[1,2],"o":{},"data":[],"k\"q":1})");
    EXPECT_EQ(result.page.problem, "");
    EXPECT_EQ(
        parse_json(result.page.envelope),
        parse_json(R"({"a":"text \" [","n":-1500.0,"t":true,"f":false,"z":null,"l":[1,2],"o":{},"data":[],"k\"q":1})"));
}

TEST(row_cutter, leaves_huge_numbers_and_odd_escapes_to_the_reader) {
    const auto result = cut(R"({"data":[{"id":"a","n":123456789012345678901234567890,"e":1e999,"s":"\ud83d"}]})");
    EXPECT_EQ(result.page.problem, "");
    EXPECT_EQ(result.rows.size(), 1u);
}

TEST(row_cutter, finds_ids_that_stand_twice) {
    EXPECT_FALSE(cut(R"({"data":[{"id":"a"},{"id":"b"},{"id":1},{"id":"1"}]})").repeats);
    EXPECT_TRUE(cut(R"({"data":[{"id":"a"},{"id":"b"},{"id":"a"}]})").repeats);
    RowCutter cutter(shape);
    cutter.cut(R"({"data":[{"id":"a"}]})", nullptr);
    cutter.cut(R"({"data":[{"id" : "a" }]})", nullptr);
    EXPECT_TRUE(cutter.ids_repeat());
}

TEST(row_cutter, an_id_may_lie_deeper) {
    const ListShape deep{"rows", "/name", "/meta/id"};
    EXPECT_EQ(cut(R"({"rows":[{"id":"x","meta":{"id":"a"}},{"id":"x","meta":{"id":"b"}}]})", deep).page.problem, "");
    EXPECT_EQ(cut(R"({"rows":[{"id":"a","meta":{}}]})", deep).page.problem, "row 1 has no id");
    EXPECT_EQ(cut(R"({"rows":[{"id":"a","other":{"id":"b"}}]})", deep).page.problem, "row 1 has no id");
}

TEST(row_cutter, a_row_needs_an_id) {
    for (const char* id : {"\"\"", "null", "true", "{}", "[\"a\"]", "{\"id\":\"a\"}"}) {
        EXPECT_EQ(cut("{\"data\":[{\"id\":" + std::string(id) + "}]}").page.problem, "row 1 has no id") << id;
    }
    EXPECT_EQ(cut(R"({"data":[{"id":"a"},{"x":{"id":"b"}}]})").page.problem, "row 2 has no id");
}

TEST(row_cutter, says_what_is_wrong_with_an_envelope) {
    EXPECT_EQ(cut(R"({"rows":[]})").page.problem, "there is no list \"data\"");
    EXPECT_EQ(cut(R"({"data":{}})").page.problem, "\"data\" is no list");
    EXPECT_EQ(cut(R"({"data":null})").page.problem, "\"data\" is no list");
    EXPECT_EQ(cut(R"({"data":[],"data":[]})").page.problem, "\"data\" stands twice");
    EXPECT_EQ(cut(R"({"data":[1]})").page.problem, "row 1 is no object");
    EXPECT_EQ(cut(R"({"data":[{"id":"a"},null]})").page.problem, "row 2 is no object");
    EXPECT_EQ(cut("{\"data\":[],\"x\":\"" + std::string(70000, 'x') + "\"}").page.problem,
              "an envelope of more than 64 KiB");
}

TEST(row_cutter, what_is_no_json_is_said_so) {
    for (const char* body : {"",
                             " ",
                             "<html>",
                             "null",
                             "1",
                             "\"x\"",
                             "[]",
                             "[{}]",
                             "{",
                             "}",
                             "{]",
                             "{\"data\":[",
                             "{\"data\":[]",
                             "{\"data\":[]]}",
                             "{\"data\":[}",
                             "{\"data\":[{]}",
                             "{\"data\":[{\"id\":\"a\"}",
                             "{\"data\":[{\"id\":\"a}]}",
                             "{\"data\":[]} x",
                             "{\"data\":[]} {}",
                             "{\"data\":[]}{\"data\":[]}",
                             "{\"data\":[{\"id\":\"a\" \"b\"}]}",
                             "{\"data\":[{\"id\":\"a\",}]}",
                             "{\"data\":[{\"id\":\"a\",\"n\":01}]}",
                             "{\"data\":[{\"id\":\"a\",\"n\":1.}]}",
                             "{\"data\":[{\"id\":\"a\",\"n\":nul}]}",
                             "{\"data\":[{\"id\":\"a\",\"n\":tru e}]}",
                             "{\"data\":[{\"id\":\"a\"}{\"id\":\"b\"}]}",
                             "{\"data\":[{\"id\":\"a\",\"l\":[1 2]}]}",
                             "{\"data\":[{\"id\":\"a\",\"l\":[1}]}]}",
                             "{\"data\":[,]}",
                             "{\"data\":[]\"x\":1}",
                             "{\"data\" []}",
                             "{\"data\":[{\"id\":\"\xff\"}]}",
                             "{'data':[]}",
                             "\xef\xbb\xbf"}) {
        const auto result = cut(body);
        EXPECT_NE(result.page.problem, "") << body;
        EXPECT_EQ(result.page.envelope, "") << body;
    }
}

TEST(row_cutter, refuses_what_is_too_deep_or_too_big) {
    EXPECT_EQ(cut("{\"data\":[{\"id\":\"a\",\"x\":" + nested(200) + "}]}").page.problem, "");
    EXPECT_NE(cut("{\"data\":[{\"id\":\"a\",\"x\":" + nested(400) + "}]}").page.problem, "");
    EXPECT_NE(cut("{\"data\":[{\"id\":\"a\",\"x\":" + nested(200000) + "}]}").page.problem, "");
    EXPECT_NE(cut("{\"x\":" + nested(200000) + ",\"data\":[]}").page.problem, "");
    EXPECT_NE(cut(std::string(200000, '[')).page.problem, "");
    const auto row_of_size = [](std::size_t bytes) {
        return R"({"id":"a","x":")" + std::string(bytes - 17, 'x') + "\"}";
    };
    EXPECT_EQ(cut("{\"data\":[" + row_of_size(RowCutter::most_row_bytes) + "]}").page.problem, "");
    EXPECT_EQ(cut("{\"data\":[" + row_of_size(RowCutter::most_row_bytes + 1) + "]}").page.problem,
              "row 1 has 4194305 bytes");
}

TEST(row_cutter, what_a_sink_throws_passes_through) {
    RowCutter cutter(shape);
    const auto sink = [](std::string_view) { throw std::invalid_argument("mine"); };
    EXPECT_THROW(cutter.cut(R"({"data":[{"id":"a"}]})", sink), std::invalid_argument);
    EXPECT_EQ(cutter.cut(R"({"data":[{"id":"b"}]})", nullptr).rows, 1u);
}

TEST(row_cutter, survives_every_damage_to_a_page) {
    const std::string whole =
        R"({"data":[{"id":"a","l":[1,true,"x\"y"]},{"id":2,"o":{"k":null}}],"pagination":{"total":2}})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE(cut(whole.substr(0, size)).page.problem, "") << size;
    EXPECT_TRUE(rc::check([&] {
        std::string body = whole;
        for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
            body[at] = *rc::gen::elementOf(std::string("{}[]\",:\\ 0a\x01\xc3"));
        }
        const auto result = cut(body);
        const bool valid = Json::accept(body);
        // Whatever another parser takes whole is taken or named; whatever is taken is valid, each row by itself too.
        if (result.page.problem.empty() && valid) {
            for (const auto& row : result.rows) RC_ASSERT(Json::accept(row));
            RC_ASSERT(Json::accept(result.page.envelope));
        }
    }));
}
