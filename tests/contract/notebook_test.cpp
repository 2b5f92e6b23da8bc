// The example of docs/adding-a-provider.md keeps the rules that the page sets.
#include "tests/contract/notebook_dialect.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace kedge;

namespace {

Exchange answered(int status, const Json& body) {
    Exchange exchange;
    exchange.answered = true;
    exchange.response.status = status;
    exchange.response.body = body.dump();
    return exchange;
}

const Json row{{"id", 7}, {"title", "github"}, {"address", "https://a.example.com/mcp"}, {"note", ""}, {"edition", 1}};

Operation operation(OperationKind kind) {
    Operation it;
    it.kind = kind;
    it.name = "github";
    it.type = "mcp-server/remote";
    it.remote_id = kind == OperationKind::create ? "" : "7";
    it.document = {{"type", it.type}, {"name", it.name}, {"url", "https://a.example.com/mcp"}};
    return it;
}

template<class End>
bool ends(OperationKind kind, const Transcript& transcript) {
    return std::holds_alternative<End>(make_notebook()->next(operation(kind), transcript));
}

} // namespace

TEST(notebook, looks_for_what_came_of_a_write_that_was_answered_5xx) {
    for (const int status : {500, 502, 503}) {
        const auto failed = answered(status, Json::object());
        for (const auto kind : {OperationKind::create, OperationKind::update, OperationKind::remove}) {
            const auto step = make_notebook()->next(operation(kind), {failed});
            ASSERT_TRUE(std::holds_alternative<Send>(step)) << to_text(kind);
            EXPECT_EQ(std::get<Send>(step).request.method, "GET");
        }
        const auto one = answered(200, {{"servers", {row}}});
        const auto none = answered(200, {{"servers", Json::array()}});
        EXPECT_TRUE(ends<Done>(OperationKind::create, {failed, one}));
        EXPECT_TRUE(ends<Unsure>(OperationKind::create, {failed, none}));
        EXPECT_TRUE(ends<Done>(OperationKind::update, {failed, answered(200, row)}));
        EXPECT_TRUE(ends<Done>(OperationKind::remove, {failed, answered(404, Json::object())}));
    }
}

TEST(notebook, says_what_it_would_lose_at_its_line) {
    Resource resource;
    resource.name = "github";
    resource.type = "mcp-server/remote";
    resource.place = {"github.yaml", 1, 1};
    resource.document = operation(OperationKind::create).document;
    resource.document["additional_headers"] = {{"X-Team", "core"}};
    resource.document["tool_settings"] = {{{"name", "delete"}, {"disabled", true}}};
    resource.document["x-kedge"] = {{"notebook", {{"colour", "red"}}}};
    resource.lines = {{"/additional_headers", 5}, {"/tool_settings", 8}, {"/x-kedge/notebook", 11}};
    std::vector<int> lines;
    for (const auto& finding : make_notebook()->check(resource)) {
        EXPECT_EQ(finding.severity, Severity::error) << finding.message;
        lines.push_back(finding.place.line);
    }
    std::sort(lines.begin(), lines.end());
    EXPECT_EQ(lines, (std::vector<int>{5, 8, 11}));
    resource.type = "mcp-server/virtual";
    EXPECT_EQ(make_notebook()->check(resource).size(), 2U) << "another type, and its own block";
}
