// Faults on demand, the audit, and the texts in which knobs and faults are written.
#include "world.h"

#include "base/http_message.h"
#include "sandbox/command_line.h"

#include "base/failure.h"

#include <set>

namespace kedge::sandbox {

namespace {

void strike(Plane& world, const std::string& text) {
    const FaultText parsed = parse_fault(text);
    ASSERT_EQ(parsed.problem, "") << text;
    world.plane.faults().add(parsed.fault);
}

Exchange serve_put(Plane& world, const Json& manifest) {
    HttpRequest request;
    request.method = "PUT";
    request.target = "/api/svc/v1/mcp";
    request.headers.emplace_back("Authorization", "Bearer admin");
    request.body = Json({{"manifest", manifest}}).dump();
    return world.plane.serve(request);
}

} // namespace

TEST(Faults, count_and_skip_say_which_requests_are_hit) {
    Plane world;
    strike(world, "GET /mcp 503 count=2 skip=1");
    std::vector<int> statuses;
    for (int i = 0; i < 5; ++i) statuses.push_back(world.ask("GET", "/mcp").status);
    EXPECT_EQ(statuses, (std::vector<int>{200, 503, 503, 200, 200}));
    EXPECT_TRUE(world.plane.faults().none());
    strike(world, "* ** 500 count=0");
    for (int i = 0; i < 10; ++i) EXPECT_EQ(world.ask("GET", "/session").status, 500);
}

TEST(Faults, method_path_name_and_dry_run_select) {
    Plane world;
    world.put(remote("github"));
    strike(world, "DELETE /mcp/* 500");
    EXPECT_EQ(world.get("github").status, 200);
    EXPECT_EQ(world.ask("DELETE", "/mcp/" + world.id("github")).status, 500);
    strike(world, "PUT /mcp 500 name=git* when=real");
    EXPECT_EQ(world.put(remote("slack")).status, 200);
    EXPECT_EQ(world.dry(remote("github")).status, 200);
    EXPECT_EQ(world.put(remote("github")).status, 500);
    strike(world, "PUT /mcp 500 when=dry");
    EXPECT_EQ(world.put(remote("github")).status, 200);
    EXPECT_EQ(world.dry(remote("github")).status, 500);
}

TEST(Faults, too_many_requests_in_three_dialects) {
    Plane world;
    strike(world, "GET /mcp 429 seconds=7");
    strike(world, "GET /mcp 429-date seconds=60");
    strike(world, "GET /mcp 429-reset seconds=60");
    const Reply seconds = world.ask("GET", "/mcp");
    EXPECT_EQ(seconds.status, 429);
    EXPECT_EQ(kedge::header(seconds.headers, "Retry-After"), "7");
    const Reply date = world.ask("GET", "/mcp");
    EXPECT_EQ(kedge::header(date.headers, "Retry-After"), "Sun, 01 Mar 2026 12:01:00 GMT");
    const Reply reset = world.ask("GET", "/mcp");
    EXPECT_EQ(reset.status, 429);
    EXPECT_EQ(kedge::header(reset.headers, "X-RateLimit-Reset"), "1772366460");
}

TEST(Faults, a_status_is_answered_before_anything_is_done_unless_after_is_said) {
    Plane world;
    strike(world, "PUT /mcp 502");
    const Reply gateway = world.put(remote("github"));
    EXPECT_EQ(gateway.status, 502);
    EXPECT_TRUE(gateway.text.starts_with("<html>"));
    EXPECT_EQ(world.saved("github"), Json());
    strike(world, "PUT /mcp 500 after=true message=boom");
    EXPECT_EQ(world.put(remote("github")).message(), "boom");
    EXPECT_EQ(world.saved("github")["name"], "github");
}

TEST(Faults, lost_answers_tell_whether_the_work_was_done) {
    struct Case {
        const char* kind;
        Exchange::Line line;
        bool done;
    };
    using enum Exchange::Line;
    for (const Case& c :
         {Case{"reset-before", close_before_answer, false}, Case{"reset-after", close_before_answer, true},
          Case{"truncate", truncate, true}, Case{"silent", silent, false}}) {
        Plane world;
        strike(world, std::string("PUT /mcp ") + c.kind);
        EXPECT_EQ(serve_put(world, remote("github")).line, c.line) << c.kind;
        EXPECT_EQ(!world.saved("github").is_null(), c.done) << c.kind;
        EXPECT_EQ(world.plane.audit().entries().back().status, 0) << c.kind;
    }
}

TEST(Faults, slow_cut_and_empty_answers_come_after_the_work) {
    Plane world;
    strike(world, "PUT /mcp slow ms=250");
    const Exchange late = serve_put(world, remote("github"));
    EXPECT_EQ(late.delay, Milliseconds(250));
    EXPECT_EQ(late.response.status, 200);
    strike(world, "PUT /mcp cut-json");
    const Reply cut = world.put(remote("gitlab"));
    EXPECT_EQ(cut.status, 200);
    EXPECT_TRUE(cut.body.is_discarded());
    strike(world, "PUT /mcp empty");
    const Reply empty = world.put(remote("gitea"));
    EXPECT_EQ(empty.status, 200);
    EXPECT_EQ(empty.text, "");
    for (const char* name : {"github", "gitlab", "gitea"}) EXPECT_FALSE(world.saved(name).is_null());
}

TEST(Faults, texts_that_make_no_sense_are_refused_with_a_reason) {
    for (const char* text :
         {"", "PUT /mcp", "PUT /mcp 399", "PUT /mcp 600", "PUT /mcp sleepy", "PUT /mcp 500 count",
          "PUT /mcp 500 count=x", "PUT /mcp 500 when=later", "PUT /mcp 500 after=1", "PUT /mcp 500 x=1"}) {
        EXPECT_NE(parse_fault(text).problem, "") << text;
    }
    for (const auto& row : fault_table()) {
        if (row.kind != FaultKind::status) {
            EXPECT_EQ(parse_fault("* ** " + std::string(row.name)).fault.kind, row.kind);
        }
    }
    const Fault fault = parse_fault("PUT /mcp 503 count=2 name=x when=dry message=m").fault;
    EXPECT_EQ(fault_from_json(fault_json(fault)).fault, fault);
}

TEST(Audit, remembers_what_was_asked_with_secrets_masked) {
    Plane world;
    world.put(remote("github", {{"auth_data", oauth_data()}}), {{"forceDelete", true}});
    world.dry(remote("github"));
    const Json log = world.plane.audit().json(0, 10);
    ASSERT_EQ(log.size(), 2U);
    EXPECT_EQ(log[0]["name"], "github");
    EXPECT_EQ(log[0]["force"], true);
    EXPECT_EQ(log[0]["who"], "admin");
    EXPECT_NE(log[0]["slug"], "");
    EXPECT_EQ(log[0]["body"]["manifest"]["auth_data"]["client_secret"], "(masked)");
    EXPECT_EQ(log.dump().find("s3cret"), std::string::npos);
    EXPECT_EQ(log[1]["dryRun"], true);
    EXPECT_EQ(world.plane.audit().json(1, 10).size(), 1U);
    EXPECT_EQ(world.plane.audit().json(0, 1).size(), 1U);
}

TEST(Audit, is_bounded_while_the_counters_go_on) {
    TrueFoundryOptions options;
    options.audit_entries = 3;
    Plane world(Knobs(), options);
    for (int i = 0; i < 5; ++i) world.ask("GET", "/mcp");
    world.put(remote("github"));
    world.dry(remote("github"));
    const auto entries = world.plane.audit().entries();
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries.front().number, 5U);
    EXPECT_EQ(entries.back().number, 7U);
    const Json counters = world.plane.audit().counters_json();
    EXPECT_EQ(counters["requests"], 7);
    EXPECT_EQ(counters["writes"], 1);
    EXPECT_EQ(counters["dryRuns"], 1);
    EXPECT_EQ(counters["byRoute"]["GET /mcp"], 5);
    EXPECT_EQ(counters["byStatus"]["200"], 7);
    world.put(remote("github", {{"description", std::string(900, 'x')}, {"tags", {{"a", std::string(20000, 'x')}}}}));
    EXPECT_EQ(world.plane.audit().entries().back().body, "");
}

TEST(KnobTable, names_are_unique_and_every_row_reads_and_writes) {
    std::set<std::string_view> names;
    for (const auto& row : knob_table()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_FALSE(row.meaning.empty());
        Knobs knobs;
        EXPECT_EQ(set_knob(knobs, row.name, std::string_view(knob_text(knobs, row))), std::nullopt) << row.name;
        EXPECT_EQ(knobs, Knobs()) << row.name;
        EXPECT_TRUE(knobs_json(knobs).contains(std::string(row.name)));
    }
}

TEST(KnobTable, wrong_names_and_values_are_refused_with_a_reason) {
    Knobs knobs;
    EXPECT_EQ(set_knob(knobs, "nothing", std::string_view("1")),
              "knob \"nothing\": unknown; kedge-sandbox --list names them");
    EXPECT_EQ(set_knob(knobs, "mask_get", std::string_view("maybe")), "knob \"mask_get\": true or false is wanted");
    EXPECT_EQ(set_knob(knobs, "create_status", std::string_view("202")),
              "knob \"create_status\": one of 200, 201 is wanted");
    EXPECT_EQ(set_knob(knobs, "description_most", std::string_view("-1")),
              "knob \"description_most\": a number is wanted");
    EXPECT_EQ(set_knob(knobs, "name_pattern", std::string_view("[")),
              "knob \"name_pattern\": no valid regular expression");
    EXPECT_NE(set_knob(knobs, "mask", Json::object()), std::nullopt);
    EXPECT_EQ(knobs, Knobs());
}

TEST(CommandLine, tokens_carry_roles_and_mistakes_are_told_together) {
    CommandLine asked;
    asked.tokens = {"tfy_a:admin", "tfy:b:writer", "c:writer"};
    const auto people = people_of(asked);
    ASSERT_EQ(people.size(), 3U);
    EXPECT_EQ(people[1].first, "tfy:b");
    EXPECT_NE(people[1].second.slug, people[2].second.slug);
    EXPECT_EQ(people_of(CommandLine()).size(), apis().front().demo_tokens.size());
    asked.tokens = {"nobody", ":admin"};
    EXPECT_THROW(people_of(asked), Failure);
    asked.knobs = {"x", "mask_get=1"};
    try {
        plane_of(asked, {});
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_NE(std::string(failure.what()).find("\"x\""), std::string::npos);
        EXPECT_NE(std::string(failure.what()).find("mask_get"), std::string::npos);
    }
    asked.faults = {"PUT"};
    EXPECT_THROW(faults_of(asked), Failure);
    asked.token_file = "/nonexistent/tokens";
    EXPECT_THROW(people_of(asked), Failure);
}

TEST(CommandLine, list_names_every_api_route_knob_and_fault) {
    CommandLine asked;
    const std::string text = list_text(asked);
    for (const auto& api : apis()) {
        EXPECT_NE(text.find(api.title), std::string::npos);
        EXPECT_FALSE(api.routes.empty());
        for (const auto& route : api.routes) EXPECT_NE(text.find(route.pattern), std::string::npos);
        for (const auto& knob : api.knobs) EXPECT_NE(text.find(knob.name), std::string::npos);
    }
    for (const auto& row : fault_table()) EXPECT_NE(text.find(row.name), std::string::npos);
    asked.api_given = true;
    EXPECT_EQ(list_text(asked).find("/api/connectors"), std::string::npos);
    asked.api = "aeontel";
    EXPECT_NE(list_text(asked).find("/api/connectors"), std::string::npos);
}

TEST(CommandLine, each_api_is_made_with_its_knobs_and_tokens) {
    for (const auto& api : apis()) {
        CommandLine asked;
        asked.api = api.name;
        for (const auto& knob : api.knobs) asked.knobs.push_back(knob.name + "=" + knob.value);
        asked.faults = {"GET /none 500"};
        const auto plane = plane_of(asked, {});
        EXPECT_EQ(plane->ground().people().all().size(), api.demo_tokens.size()) << api.name;
        EXPECT_EQ(plane->knob_values().size(), api.knobs.size()) << api.name;
        EXPECT_FALSE(plane->ground().faults().none());
        asked.knobs = {"nonsense=1"};
        EXPECT_THROW(plane_of(asked, {}), Failure) << api.name;
    }
    CommandLine asked;
    asked.api = "nobody";
    EXPECT_THROW(plane_of(asked, {}), Failure);
    asked.api = "aeontel";
    asked.base_path = "tools/";
    EXPECT_THROW(plane_of(asked, {}), Failure);
}

} // namespace kedge::sandbox
