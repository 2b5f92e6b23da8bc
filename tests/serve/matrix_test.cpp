// Every role at every endpoint, made of the table of routes: who may, who may not, and that each answer is what the
// OpenAPI document says.
#include "tests/serve/openapi_checks.h"
#include "tests/serve/world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::IsEmpty;

namespace {

class Matrix : public World {
protected:
    Matrix() {
        for (const auto role : {Role::viewer, Role::operate, Role::approver, Role::admin})
            add_token(std::string(to_text(role)), role);
        add_token("foreign", Role::admin, {"elsewhere"});
        PassRecord record;
        record.at = 1'800'000'000;
        record.revision = "abc";
        record.changes.push_back({"github", "update", "done", "", "d1", "c1", false});
        daemon.records = {record};
        ResourceStatus row;
        row.name = "github";
        row.type = "mcp-server/remote";
        row.place = {"mcp/github.yaml", 3, 1};
        daemon.rows = {row};
        Stoppage freeze{StoppageKind::freeze, "week", {"tools"}, "", "quiet", "ann", 1'800'000'000, 0};
        daemon.stop_unit("tools", freeze);
        daemon.board().say({0, 1'800'000'000, EventKind::pass_ended, EventSeverity::info, "tools", "p1", "", "", "ok"});
    }

    std::string target(const Route& route) {
        std::string path = route.path;
        const auto put = [&](const std::string& name, const std::string& value) {
            if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
        };
        put("{unit}", "tools");
        put("{digest}", daemon.board().report("tools")->plan.digest.hex());
        put("{name}", "week");
        put("{number}", "12");
        return std::string(api_root) + path;
    }

    static Json body(const Route& route) {
        Json body = Json::object();
        for (const auto& field : route.body) {
            if (!field.required) continue;
            body[field.name] = field.name == std::string("name") ? "week" : "0123456789ab";
        }
        return body;
    }

    Answer ask(const Route& route, const std::string& token) {
        if (route.method == std::string("POST")) return post(target(route), body(route), token);
        return send(route.method, target(route), with_token(token), "");
    }

    static std::vector<std::string> problems(const Route& route, const Answer& answer) {
        const auto type = answer.header("Content-Type");
        if (type == "text/html; charset=utf-8") return openapi_problems(route, answer.status, "text/html", answer.body);
        return openapi_problems(route, answer.status, type, answer.json());
    }
};

} // namespace

TEST_F(Matrix, each_role_may_what_the_table_says_and_nothing_else) {
    serve();
    int asked = 0;
    for (const auto& route : routes()) {
        for (const auto role : {Role::viewer, Role::operate, Role::approver, Role::admin}) {
            const auto before = daemon.performed.size();
            const auto answer = ask(route, std::string(to_text(role)));
            const bool may = role >= route.role;
            EXPECT_EQ(answer.status, may ? 200 : 403) << route.id << " " << to_text(role) << " " << answer.body;
            EXPECT_THAT(problems(route, answer), IsEmpty()) << route.id << answer.body;
            const bool acts = route.method != std::string("GET");
            EXPECT_EQ(daemon.performed.size() - before, may && acts ? 1u : 0u) << route.id;
            ++asked;
        }
    }
    EXPECT_EQ(asked, static_cast<int>(routes().size() * 4));
}

TEST_F(Matrix, nobody_gets_anything_without_a_token_or_with_a_wrong_one) {
    serve();
    for (const auto& route : routes()) {
        clock.advance(std::chrono::hours(1));
        const auto nobody = ask(route, "");
        EXPECT_EQ(nobody.status, 401) << route.id;
        EXPECT_EQ(nobody.header("WWW-Authenticate"), "Bearer realm=\"kedge\"");
        EXPECT_THAT(problems(route, nobody), IsEmpty()) << route.id;
        const auto wrong = ask(route, "stranger");
        EXPECT_EQ(wrong.status, 401) << route.id;
        EXPECT_THAT(problems(route, wrong), IsEmpty()) << route.id;
    }
    EXPECT_THAT(daemon.performed, IsEmpty());
    EXPECT_THAT(daemon.asked, IsEmpty());
}

TEST_F(Matrix, whoever_is_limited_to_other_units_sees_and_moves_nothing_of_this_one) {
    serve();
    for (const auto& route : routes()) {
        const auto answer = ask(route, "foreign");
        const std::string path = route.path;
        if (path.find("{unit}") != std::string::npos || path.find("{digest}") != std::string::npos ||
            path.find("{name}") != std::string::npos) {
            EXPECT_EQ(answer.status, 404) << route.id;
        }
        EXPECT_THAT(problems(route, answer), IsEmpty()) << route.id << answer.body;
        if (route.id == std::string("getOpenApi")) continue;
        EXPECT_EQ(answer.body.find("tools"), std::string::npos) << route.id << answer.body;
    }
    EXPECT_THAT(daemon.performed, IsEmpty());
}

TEST_F(Matrix, every_answer_keeps_browsers_away) {
    serve();
    for (const std::string target :
         {"/api/v1/units", "/api/v1/previews/12/page", "/api/v1/nothing", "/hooks/github", "/"}) {
        const auto answer = get(target, "viewer");
        EXPECT_THAT(answer.header("Content-Security-Policy"), testing::HasSubstr("default-src 'none'")) << target;
        EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << target;
        EXPECT_EQ(answer.header("Cache-Control"), "no-store") << target;
        EXPECT_EQ(answer.header("X-Frame-Options"), "DENY") << target;
        EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "") << target;
    }
}
