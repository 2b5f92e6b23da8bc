#include "tests/serve/openapi_checks.h"
#include "tests/serve/world.h"

#include <gmock/gmock.h>
#include <set>

using namespace kedge;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

class ApiTest : public World {
protected:
    ApiTest() { add_token("boss", Role::admin); }

    Answer look(const std::string& path) { return get("/api/v1" + path, "boss"); }
    Answer act(const std::string& path, const Json& body) { return post("/api/v1" + path, body, "boss"); }

    static void expect_problem(const Answer& answer, int status, const std::string& words) {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
        EXPECT_EQ(answer.json()["status"], status);
        EXPECT_THAT(answer.json()["detail"].get<std::string>(), HasSubstr(words));
        EXPECT_THAT(answer.json()["type"].get<std::string>(), testing::StartsWith("urn:kedge:problem:"));
    }
};

} // namespace

TEST_F(ApiTest, shows_a_unit_its_plan_and_what_came_of_it) {
    serve();
    EXPECT_EQ(look("/units").json()["units"].size(), 2u);
    EXPECT_EQ(look("/units/tools").json()["unit"]["state"], "pending");
    const auto plan = look("/units/tools/plan").json();
    EXPECT_EQ(plan["kind"], "plan");
    EXPECT_EQ(look("/plans/" + plan["digest"].get<std::string>()).json(), plan);
    EXPECT_EQ(look("/units/tools/report").json()["outcomes"][0]["result"], "held");
    EXPECT_EQ(look("/holds?unit=tools").json()["units"][0]["changes"][0]["name"], "tools-github");
    EXPECT_EQ(look("/version").json()["version"], "1.2.3");
}

TEST_F(ApiTest, what_is_not_there_is_404) {
    UnitStatus fresh;
    fresh.unit = "fresh";
    daemon.board().put(fresh);
    serve();
    expect_problem(look("/nothing"), 404, "openapi.json");
    expect_problem(look("/units/none"), 404, "no such unit");
    expect_problem(look("/units/fresh/plan"), 404, "no pass of this unit has ended");
    expect_problem(look("/plans/zz"), 404, "no unit has had this plan");
    expect_problem(look("/plans/" + sha256("other").hex()), 404, "no unit has had this plan");
    expect_problem(look("/passes?unit=none"), 404, "no such unit");
    expect_problem(look("/units/"), 404, "");
    expect_problem(get("/api/v1", "boss"), 404, "");
    expect_problem(get("/", "boss"), 404, "");
}

TEST_F(ApiTest, the_history_is_asked_as_the_query_says) {
    serve();
    EXPECT_EQ(look("/passes?unit=tools&name=git%20hub&by=Ann+B").status, 400) << "a name has no space";
    EXPECT_EQ(look("/passes?unit=tools&name=github&by=Ann+B&since=2027-01-01T00:00:00Z&most=7").status, 200);
    ASSERT_EQ(daemon.asked.size(), 1u);
    const auto& asked = daemon.asked[0];
    EXPECT_EQ(asked.unit, "tools");
    EXPECT_EQ(asked.name, "github");
    EXPECT_EQ(asked.by, "Ann B");
    EXPECT_EQ(asked.since, *parse_utc("2027-01-01T00:00:00Z"));
    EXPECT_EQ(asked.until, 0);
    EXPECT_EQ(asked.most, 7);
    EXPECT_EQ(look("/passes?most=999999").status, 200);
    EXPECT_EQ(daemon.asked[1].most, 1000);
}

TEST_F(ApiTest, queries_are_read_strictly) {
    serve();
    expect_problem(look("/units?colour=red"), 400, "unknown query parameter");
    expect_problem(look("/passes?most=many"), 400, "\"most\" must be a whole number");
    expect_problem(look("/passes?most=-1"), 400, "\"most\" must be");
    expect_problem(look("/passes?since=yesterday"), 400, "2026-03-01T12:00:00Z");
    expect_problem(look("/passes?most=1&most=2"), 400, "twice");
}

TEST_F(ApiTest, commands_arrive_as_they_were_given) {
    serve();
    EXPECT_EQ(
        act("/units/tools/pause", {{"resource", "github"}, {"because", "deploy"}, {"until", "2027-01-02T00:00:00Z"}})
            .status,
        200);
    EXPECT_EQ(act("/units/tools/resume", Json::object()).status, 200);
    EXPECT_EQ(act("/freezes", {{"name", "week"}, {"units", {"tools"}}, {"because", "quiet"}}).status, 200);
    EXPECT_EQ(send("DELETE", "/api/v1/freezes/week", with_token("boss"), "").status, 200);
    EXPECT_EQ(act("/releases", {{"digest", "0123456789ab"}, {"because", "agreed"}, {"at_most", 3}}).status, 200);
    EXPECT_EQ(act("/units/tools/rollback", {{"commit", "0123456"}, {"because", "bad merge"}}).status, 200);
    ASSERT_EQ(daemon.performed.size(), 6u);
    const auto& pause = std::get<PauseUnit>(daemon.performed[0].first);
    EXPECT_EQ(pause.unit + pause.resource + pause.because, "toolsgithubdeploy");
    EXPECT_EQ(pause.until, *parse_utc("2027-01-02T00:00:00Z"));
    EXPECT_EQ(std::get<ResumeUnit>(daemon.performed[1].first).unit, "tools");
    EXPECT_EQ(std::get<Freeze>(daemon.performed[2].first).units, std::vector<std::string>{"tools"});
    EXPECT_EQ(std::get<Unfreeze>(daemon.performed[3].first).name, "week");
    EXPECT_EQ(std::get<ReleaseChange>(daemon.performed[4].first).at_most, 3);
    EXPECT_EQ(std::get<Rollback>(daemon.performed[5].first).commit, "0123456");
}

TEST_F(ApiTest, what_comes_of_a_command_is_a_status) {
    serve();
    const std::pair<CommandAnswer::Result, int> all[] = {{CommandAnswer::Result::done, 200},
                                                         {CommandAnswer::Result::unchanged, 200},
                                                         {CommandAnswer::Result::not_found, 404},
                                                         {CommandAnswer::Result::refused, 409},
                                                         {CommandAnswer::Result::invalid, 422}};
    for (const auto& [result, status] : all) {
        daemon.answer = {result, "because of that"};
        const auto answer = act("/sync", Json::object());
        EXPECT_EQ(answer.status, status);
        EXPECT_THAT(answer.body, HasSubstr("because of that"));
    }
}

TEST_F(ApiTest, a_store_that_fails_is_503_with_the_time_to_come_again) {
    daemon.failure = "store: read \"history\": the disk is full; make room";
    serve();
    const auto answer = look("/passes");
    expect_problem(answer, 503, "the disk is full");
    EXPECT_EQ(answer.header("Retry-After"), "5");
    EXPECT_EQ(look("/units").status, 200) << "what is in memory is shown all the same";
}

TEST_F(ApiTest, bodies_are_read_strictly) {
    serve();
    const std::string freezes = "/freezes";
    expect_problem(act(freezes, {{"name", "a"}}), 400, "\"because\" is missing");
    expect_problem(act(freezes, {{"name", "a"}, {"because", "b"}, {"colour", "red"}}), 400, "unknown member");
    expect_problem(act(freezes, {{"name", 1}, {"because", "b"}}), 400, "\"name\" must be");
    expect_problem(act(freezes, {{"name", "a"}, {"because", ""}}), 400, "\"because\" must be");
    expect_problem(act(freezes, {{"name", "a"}, {"because", "b\nc"}}), 400, "\"because\" must be");
    expect_problem(act(freezes, {{"name", "a"}, {"because", "b"}, {"until", "soon"}}), 400, "\"until\" must be");
    expect_problem(act(freezes, {{"name", "a"}, {"because", "b"}, {"units", "tools"}}), 400, "\"units\" must be");
    expect_problem(act(freezes, {{"name", "a"}, {"because", std::string(2001, 'x')}}), 400, "\"because\" must be");
    expect_problem(act(freezes, Json::array()), 400, "must be a JSON object");
    expect_problem(act("/sync", {{"unit", "tools"}}), 400, "none is known here");
    auto headers = with_token("boss");
    headers.emplace_back("Content-Type", "application/json");
    const auto raw = [&](const std::string& body) { return send("POST", "/api/v1/freezes", headers, body); };
    expect_problem(raw("{"), 400, "no JSON");
    expect_problem(raw("{\"name\":\"a\",\"name\":\"b\",\"because\":\"c\"}"), 400, "no JSON");
    expect_problem(raw("{\"name\":" + std::string(70, '[') + std::string(70, ']') + "}"), 400, "no JSON");
    expect_problem(raw("{\"because\":\"" + std::string(70'000, 'x') + "\"}"), 413, "64 KiB");
    EXPECT_THAT(daemon.performed, IsEmpty());
}

TEST_F(ApiTest, a_form_cannot_give_a_command) {
    serve();
    for (const char* type :
         {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""}) {
        auto headers = with_token("boss");
        headers.emplace_back("Content-Type", type);
        expect_problem(send("POST", "/api/v1/sync", headers, "{}"), 415, "application/json");
    }
    auto headers = with_token("boss");
    headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    EXPECT_EQ(send("POST", "/api/v1/sync", headers, "").status, 200) << "nothing to say is {}";
    EXPECT_EQ(daemon.performed.size(), 1u);
}

TEST_F(ApiTest, a_method_that_a_path_does_not_take_is_405) {
    serve();
    const auto answer = post("/api/v1/units", Json::object(), "boss");
    expect_problem(answer, 405, "GET");
    EXPECT_EQ(answer.header("Allow"), "GET, HEAD");
    EXPECT_EQ(get("/api/v1/freezes", "boss").header("Allow"), "POST");
    const auto head = send("HEAD", "/api/v1/units", with_token("boss"), "");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    expect_problem(send("OPTIONS", "/api/v1/units", with_token("boss"), ""), 405, "GET");
}

TEST_F(ApiTest, an_answer_that_nobody_accepts_is_406) {
    serve();
    const auto ask = [&](const std::string& accept) {
        auto headers = with_token("boss");
        headers.emplace_back("Accept", accept);
        return send("GET", "/api/v1/units", headers, "");
    };
    for (const char* right : {"application/json", "*/*", "text/html, application/*;q=0.5", "APPLICATION/JSON"})
        EXPECT_EQ(ask(right).status, 200) << right;
    for (const char* wrong : {"text/html", "text/event-stream", "application/json;q=0"})
        expect_problem(ask(wrong), 406, "application/json");
}

TEST_F(ApiTest, what_is_too_much_is_a_problem_document_as_well) {
    serve();
    auto headers = with_token("boss");
    headers.emplace_back("Content-Type", "application/json");
    expect_problem(send("POST", "/api/v1/freezes", headers, std::string(1024 * 1024 + 1, 'x')), 413, "too large");
    for (int i = 0; i < 120; ++i) headers.emplace_back("X-More", "1");
    expect_problem(send("GET", "/api/v1/units", headers, ""), 431, "too large");
    auto client = Client::on_tcp(loop, server->port());
    expect_problem(parsed(run_to_end(loop, talk(client, "nonsense\r\n\r\n"))), 400, "HTTP/1.1");
    settings.limits.connections = 0;
    serve();
    auto crowded = Client::on_tcp(loop, server->port());
    const auto busy = parsed(run_to_end(loop, talk(crowded, "")));
    expect_problem(busy, 503, "too many connections");
    EXPECT_EQ(busy.header("Retry-After"), "1");
}

TEST_F(ApiTest, a_client_that_is_too_slow_is_told_so) {
    settings.limits.timeout = Milliseconds(5);
    serve();
    auto slow = Client::on_tcp(loop, server->port());
    expect_problem(parsed(run_to_end(loop, talk(slow, "GET /api/v1/units HTTP/1.1\r\nHost: loc"))), 408, "in time");
}

TEST_F(ApiTest, a_get_with_a_body_is_refused) {
    serve();
    expect_problem(send("GET", "/api/v1/units", with_token("boss"), "{}"), 400, "takes no body");
}

TEST_F(ApiTest, requests_are_counted_by_operation_and_status) {
    serve();
    look("/units");
    look("/units");
    look("/units/none");
    look("/nothing");
    EXPECT_EQ(counters.http_requests.of({"listUnits", "200"}), 2);
    EXPECT_EQ(counters.http_requests.of({"getUnit", "404"}), 1);
    EXPECT_EQ(counters.http_requests.of({"none", "404"}), 1);
}

namespace {

void visit(const Json& json, const std::function<void(const std::string& key, const Json& value)>& see) {
    if (!json.is_structured()) return;
    for (const auto& [key, value] : json.items()) {
        see(key, value);
        visit(value, see);
    }
}

} // namespace

TEST(openapi, names_every_route_with_its_role) {
    const auto document = openapi_document("1.2.3");
    EXPECT_EQ(document["openapi"], "3.1.0");
    std::set<std::string> ids;
    for (const auto& route : routes()) {
        std::string method = route.method;
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const auto& operation = document["paths"][route.path][method];
        EXPECT_EQ(operation["operationId"], route.id);
        EXPECT_EQ(operation["x-kedge-role"], to_text(route.role));
        EXPECT_TRUE(ids.insert(route.id).second) << route.id;
    }
}

TEST(openapi, refers_to_schemas_that_are_there) {
    const auto document = openapi_document("1.2.3");
    int references = 0;
    visit(document, [&](const std::string& key, const Json& value) {
        if (key != "$ref") return;
        ++references;
        EXPECT_TRUE(document.contains(Json::json_pointer(value.get<std::string>().substr(1)))) << value;
    });
    EXPECT_GT(references, 50);
}

TEST(openapi, has_no_field_for_a_credential) {
    visit(openapi_document("1.2.3"), [](const std::string& key, const Json& value) {
        if (key != "properties" && key != "parameters") return;
        for (const auto& [name, member] : value.items()) {
            const std::string field = key == "parameters" ? member["name"].get<std::string>() : name;
            for (const char* word : {"token", "password", "passwd", "credential", "authorization", "api_key"})
                EXPECT_EQ(field.find(word), std::string::npos) << field;
        }
    });
}
