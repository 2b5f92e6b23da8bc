// Golden transcripts of the operations that only look.
#include "tests/dialect/any_json.h"
#include "tests/dialect/truefoundry_world.h"

#include <rapidcheck.h>
#include <set>
#include <stdexcept>

using namespace kedge;
using namespace kedge::testing;

namespace {

Step after(const Operation& operation, const Transcript& transcript) {
    return truefoundry()->next(operation, transcript);
}

Operation looking(OperationKind kind) {
    auto operation = operation_of(kind);
    operation.document = Json();
    return operation;
}

Json envelope(const Json& total) {
    return {{"data", Json::array()}, {"pagination", {{"total", total}}}};
}

// Every way in which a look can fail, with what it comes to.
std::vector<std::pair<Exchange, RefusalKind>> failures() {
    return {{lost(), RefusalKind::unreachable},
            {not_sent(), RefusalKind::unreachable},
            {answered(401, Json{{"message", "who?"}}), RefusalKind::credential},
            {answered(403, std::string()), RefusalKind::forbidden},
            {answered(429, std::string()), RefusalKind::busy},
            {answered(503, std::string()), RefusalKind::busy},
            {answered(500, std::string()), RefusalKind::broken},
            {answered(502, std::string("<html><title>Bad Gateway</title></html>")), RefusalKind::broken},
            {answered(301, std::string()), RefusalKind::broken},
            {answered(200, std::string()), RefusalKind::broken},
            {answered(200, std::string("{\"data\":[")), RefusalKind::broken},
            {answered(200, std::string("<html>")), RefusalKind::broken},
            {answered(200, std::string("[]")), RefusalKind::broken},
            {answered(200, std::string("{\"data\":1,\"user\":1,\"data\":1}")), RefusalKind::broken},
            {answered(204, std::string()), RefusalKind::broken}};
}

} // namespace

TEST(truefoundry_preflight, asks_who_we_are) {
    const auto send = as<Send>(after(looking(OperationKind::preflight), {}));
    EXPECT_EQ(send.request.method, "GET");
    EXPECT_EQ(send.request.target, "/api/svc/v1/session");
    EXPECT_FALSE(send.is_write);
    const Json user{
        {"tenantName", "acme"},
        {"roles", Json::array()},
        {"subject", {{"subjectId", "u1"}, {"subjectSlug", "ci"}, {"subjectDisplayName", "CI token=abcdef"}}}};
    const auto done = as<Done>(after(looking(OperationKind::preflight), {answered(200, Json{{"user", user}})}));
    ASSERT_TRUE(done.identity);
    EXPECT_EQ(done.identity->dialect, "truefoundry");
    EXPECT_EQ(done.identity->tenant, "acme");
    EXPECT_EQ(done.identity->subject, "CI token=***");
}

TEST(truefoundry_preflight, two_hundred_without_a_user_is_no_login) {
    for (const Json& body : {Json{{"user", nullptr}}, Json::object()}) {
        const auto refused = as<Refused>(after(looking(OperationKind::preflight), {answered(200, body)}));
        EXPECT_EQ(refused.kind, RefusalKind::credential);
        EXPECT_NE(refused.text.find("the control plane does not know this token"), std::string::npos);
    }
}

TEST(truefoundry_preflight, strange_users_are_survived) {
    for (const Json& user : {Json(1), Json("x"), Json::array(), Json{{"tenantName", "a\nb"}},
                             Json{{"tenantName", std::string(300, 'a')}}}) {
        as<Refused>(after(looking(OperationKind::preflight), {answered(200, Json{{"user", user}})}));
    }
    const auto done = as<Done>(
        after(looking(OperationKind::preflight), {answered(200, Json{{"user", {{"tenantName", 1}, {"subject", 2}}}})}));
    EXPECT_EQ(done.identity->tenant, "");
    const auto wrong_place = as<Refused>(after(looking(OperationKind::preflight), {answered(404, std::string())}));
    EXPECT_NE(wrong_place.hint.find("is this the base url"), std::string::npos);
}

TEST(truefoundry_looks, every_failure_has_its_kind) {
    for (const auto kind : {OperationKind::preflight, OperationKind::list, OperationKind::get,
                            OperationKind::find_by_name, OperationKind::subjects}) {
        for (const auto& [answer, meaning] : failures()) {
            const auto refused = as<Refused>(after(looking(kind), {answer}));
            EXPECT_EQ(refused.kind, meaning)
                << static_cast<int>(kind) << " " << answer.response.status << " " << refused.text;
            EXPECT_FALSE(refused.text.empty());
        }
    }
}

TEST(truefoundry_list, goes_on_by_rows_until_the_total_is_reached) {
    auto operation = looking(OperationKind::list);
    Transcript transcript;
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target, "/api/svc/v1/mcp?limit=1000&offset=0");
    transcript.push_back(answered(200, envelope(250), 100)); // the control plane may give less than asked
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target, "/api/svc/v1/mcp?limit=1000&offset=100");
    transcript.push_back(answered(200, envelope(250), 100));
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target, "/api/svc/v1/mcp?limit=1000&offset=200");
    transcript.push_back(answered(200, envelope(250), 50));
    EXPECT_EQ(as<Done>(after(operation, transcript)).listed, 250u);
    operation.page_size = 7;
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, "/api/svc/v1/mcp?limit=7&offset=0");
}

TEST(truefoundry_list, nothing_registered_is_a_list_too) {
    EXPECT_EQ(as<Done>(after(looking(OperationKind::list), {answered(200, envelope(0), 0)})).listed, 0u);
}

TEST(truefoundry_list, a_list_that_is_refused_is_no_refused_manifest) {
    const Json body{{"message", "limit must not be greater than 100"}};
    Operation operation;
    operation.kind = OperationKind::list;
    EXPECT_EQ(as<Refused>(after(operation, {answered(400, body)})).words(),
              "list: the control plane does not take this request (400): \"limit must not be greater than 100\"; is "
              "the address right, and does it speak this version of the API?");
}

TEST(truefoundry_list, totals_that_differ_are_inconsistent) {
    const auto operation = looking(OperationKind::list);
    const auto kind_of = [&](const Transcript& transcript) { return as<Refused>(after(operation, transcript)).kind; };
    EXPECT_EQ(kind_of({answered(200, envelope(3), 2), answered(200, envelope(4), 1)}), RefusalKind::inconsistent);
    EXPECT_EQ(kind_of({answered(200, envelope(3), 2), answered(200, envelope(3), 0)}), RefusalKind::inconsistent);
    EXPECT_EQ(kind_of({answered(200, envelope(3), 4)}), RefusalKind::inconsistent);
    EXPECT_EQ(kind_of({answered(200, envelope(3), 2), answered(500, std::string())}), RefusalKind::broken);
}

TEST(truefoundry_list, a_page_needs_a_total) {
    for (const Json& body : {Json{{"data", Json::array()}}, envelope("3"), envelope(-1), envelope(1.5),
                             envelope(nullptr), Json{{"data", Json::array()}, {"pagination", Json::array()}}}) {
        EXPECT_EQ(as<Refused>(after(looking(OperationKind::list), {answered(200, body, 1)})).kind, RefusalKind::broken)
            << body;
    }
}

TEST(truefoundry_get, takes_one_row_by_id) {
    EXPECT_EQ(as<Send>(after(looking(OperationKind::get), {})).request.target, "/api/svc/v1/mcp/cm1");
    const auto row = row_with(manifest_of("github"));
    EXPECT_EQ(as<Done>(after(looking(OperationKind::get), {answered(200, data(row))})).document->name, "github");
    EXPECT_FALSE(as<Done>(after(looking(OperationKind::get), {answered(404, std::string())})).document);
    const auto other = row_with(manifest_of("github"), "cm2");
    EXPECT_EQ(as<Refused>(after(looking(OperationKind::get), {answered(200, data(other))})).kind, RefusalKind::broken);
}

TEST(truefoundry_find, takes_the_row_of_exactly_that_name) {
    const auto operation = looking(OperationKind::find_by_name);
    EXPECT_FALSE(as<Send>(after(operation, {})).is_write);
    const auto ours = row_with(manifest_of("github"));
    const auto other = row_with(manifest_of("GitHub"), "cm2");
    EXPECT_EQ(as<Done>(after(operation, {answered(200, page({other, ours}, 2))})).document->remote_id, "cm1");
    EXPECT_FALSE(as<Done>(after(operation, {answered(200, page({other, 1, nullptr, {{"id", 1}}}, 4))})).document);
    EXPECT_FALSE(as<Done>(after(operation, {answered(200, page(Json::array(), 0))})).document);
    EXPECT_EQ(as<Refused>(after(operation, {answered(200, page({other}, 12))})).kind, RefusalKind::broken);
    EXPECT_EQ(as<Refused>(after(operation, {answered(200, page({ours, ours}, 2))})).kind, RefusalKind::inconsistent);
}

TEST(truefoundry_find, a_name_cannot_break_out_of_the_filter) {
    auto operation = looking(OperationKind::find_by_name);
    operation.name = "x\"}&limit=1#";
    const auto target = as<Send>(after(operation, {})).request.target;
    EXPECT_EQ(parse_json(query_parameter(target, "filter"))["values"][0]["value"], operation.name);
    EXPECT_EQ(query_parameter(target, "limit"), "10");
}

TEST(truefoundry_find_all, one_request_names_them_all) {
    auto operation = looking(OperationKind::find_all);
    operation.names = {"github", "ab\"}&limit=1#", "jira"};
    const auto asked = as<Send>(after(operation, {}));
    EXPECT_FALSE(asked.is_write);
    const auto filter = parse_json(query_parameter(asked.request.target, "filter"));
    EXPECT_EQ(filter["op"], "and");
    EXPECT_EQ(filter["values"][0]["op"], "IN");
    EXPECT_EQ(filter["values"][0]["values"], Json(operation.names));
    EXPECT_EQ(query_parameter(asked.request.target, "limit"), "3");
    const auto github = row_with(manifest_of("github"));
    const auto jira = row_with(manifest_of("jira"), "cm2");
    const auto done = as<Done>(after(operation, {answered(200, page({jira, github}, 2))}));
    ASSERT_EQ(done.documents.size(), 2U);
    EXPECT_EQ(done.documents[0].name, "jira");
    EXPECT_EQ(done.documents[0].remote_id, "cm2");
    EXPECT_TRUE(as<Done>(after(operation, {answered(200, page(Json::array(), 0))})).documents.empty());
}

TEST(truefoundry_find_all, an_answer_that_is_not_about_these_names_is_no_answer) {
    auto operation = looking(OperationKind::find_all);
    operation.names = {"github", "jira"};
    const auto github = row_with(manifest_of("github"));
    const auto other = row_with(manifest_of("other"), "cm2");
    const auto refused = [&](const Json& body) {
        return as<Refused>(after(operation, {answered(200, body)})).kind == RefusalKind::broken;
    };
    EXPECT_TRUE(refused(page({github, other}, 2))) << "another name";
    EXPECT_TRUE(refused(page({github, github}, 2))) << "a name twice";
    EXPECT_TRUE(refused(page({github}, 2))) << "less than announced";
    EXPECT_TRUE(refused(Json{{"data", Json::array({github})}})) << "nothing announced";
    EXPECT_TRUE(refused(page({row_with(manifest_of("github"), "..")}, 1))) << "an id that cannot be used";
    EXPECT_TRUE(refused(page({Json(1)}, 1))) << "no registration";
    for (const auto& [exchange, kind] : failures()) EXPECT_EQ(as<Refused>(after(operation, {exchange})).kind, kind);
}

TEST(truefoundry_find_all, names_that_do_not_fit_one_line_are_asked_for_in_two_requests) {
    auto operation = looking(OperationKind::find_all);
    for (int i = 0; i < 100; ++i) operation.names.push_back(std::string(90, 'n') + std::to_string(i));
    std::set<std::string> named;
    Transcript transcript;
    while (true) {
        const auto step = after(operation, transcript);
        if (std::holds_alternative<Done>(step)) break;
        const auto target = as<Send>(step).request.target;
        EXPECT_LT(target.size(), 7000U);
        const auto filter = parse_json(query_parameter(target, "filter"));
        Json rows = Json::array();
        for (const auto& name : filter["values"][0]["values"]) {
            EXPECT_TRUE(named.insert(name).second);
            rows.push_back(row_with(manifest_of(name), "id" + std::to_string(named.size())));
        }
        transcript.push_back(answered(200, page(rows, rows.size())));
    }
    EXPECT_EQ(named.size(), 100U);
    EXPECT_EQ(transcript.size(), 2U);
    EXPECT_EQ(as<Done>(after(operation, transcript)).documents.size(), 100U);
}

TEST(truefoundry_subjects, are_counted_and_named) {
    const auto operation = looking(OperationKind::subjects);
    EXPECT_EQ(as<Send>(after(operation, {})).request.target, "/api/svc/v1/mcp/cm1/auth?limit=1000&offset=0");
    Json rows = Json::array();
    for (int i = 0; i < 30; ++i) rows.push_back({{"subjectType", "user"}, {"subjectId", "u" + std::to_string(i)}});
    const auto done = as<Done>(after(operation, {answered(200, page(rows, 41))}));
    EXPECT_EQ(done.subjects, 41);
    ASSERT_EQ(done.subject_names.size(), 20u);
    EXPECT_EQ(done.subject_names[0], "user:u0");
    EXPECT_EQ(as<Done>(after(operation, {answered(200, data(rows))})).subjects, 30);
    EXPECT_EQ(as<Done>(after(operation, {answered(200, data({1, nullptr, Json::object()}))})).subjects, 3);
    EXPECT_EQ(as<Refused>(after(operation, {answered(404, std::string())})).kind, RefusalKind::gone);
}

TEST(truefoundry_subjects, without_a_total_every_page_is_asked_for) {
    const auto operation = looking(OperationKind::subjects);
    Json full = Json::array();
    for (int i = 0; i < 1000; ++i) full.push_back({{"subjectId", "u"}});
    Transcript transcript{answered(200, data(full))};
    EXPECT_EQ(as<Send>(after(operation, transcript)).request.target, "/api/svc/v1/mcp/cm1/auth?limit=1000&offset=1000");
    transcript.push_back(answered(200, data({{{"subjectId", "v"}}})));
    EXPECT_EQ(as<Done>(after(operation, transcript)).subjects, 1001);
}

TEST(truefoundry_next, survives_any_transcript) {
    const auto dialect = truefoundry();
    EXPECT_TRUE(rc::check([&] {
        Choices choices(*rc::gen::arbitrary<std::vector<std::uint8_t>>(),
                        {"data", "pagination", "total", "user", "subject", "message", "manifest", "name", "id", "type",
                         "tenantName"},
                        {"github", "cm1", "", "x"});
        auto operation = operation_of(static_cast<OperationKind>(*rc::gen::inRange(0, 10)));
        Transcript transcript;
        for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
            const int status = *rc::gen::element(0, 200, 204, 302, 400, 404, 409, 417, 500);
            transcript.push_back(status == 0 ? lost() : answered(status, choices.value(4), *rc::gen::inRange(0, 3)));
        }
        try {
            dialect->next(operation, transcript);
        } catch (const std::invalid_argument&) {
        }
    }));
}
