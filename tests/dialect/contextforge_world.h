// What the ContextForge dialect's tests share: a manifest, a row as release 1.0.7 tells it, and transcripts that are
// walked turn by turn, then once more with every failure at every turn.
#pragma once
#include "dialect/contextforge.h"
#include "tests/dialect/truefoundry_world.h"

#include <map>

namespace kedge::testing::forge {

inline const std::string id = "d393d42bffae49208ff5f8063e346138";
inline const std::string marker = "prod.tools.0a0b0c0d";

inline Json manifest(const Json& more = Json::object()) {
    Json document{{"type", "mcp-server/remote"},
                  {"name", "github"},
                  {"description", "d"},
                  {"url", "http://127.0.0.1:9001/mcp"},
                  {"collaborators", {{{"subject", "team:everyone"}, {"role_id", "mcp-server-user"}}}},
                  {"tags", {{"team", "core"}, {"kedge", marker}}},
                  {"auth_data", {{"type", "header"}, {"headers", {{"Authorization", "Bearer kedge-secret-1"}}}}}};
    document.update(more);
    return document;
}

inline Json row(const Json& more = Json::object()) {
    Json it{
        {"id", id},
        {"name", "github"},
        {"slug", "github"},
        {"url", "http://localhost:9001/mcp"},
        {"description", "d"},
        {"transport", "STREAMABLEHTTP"},
        {"capabilities", {{"tools", {{"listChanged", true}}}}},
        {"createdAt", "2026-11-21T03:45:29.497721"},
        {"updatedAt", "2026-11-21T03:45:29.497724"},
        {"status", "active"},
        {"statusMessage", nullptr},
        {"lastError", nullptr},
        {"enabled", true},
        {"reachable", true},
        {"passthroughHeaders", nullptr},
        {"authType", "authheaders"},
        {"authValue", "*****"},
        {"authHeaders", {{{"key", "Authorization"}, {"value", "*****"}}}},
        {"oauthConfig", nullptr},
        {"authToken", nullptr},
        {"tags",
         {{{"id", "kedge:" + marker}, {"label", "kedge:" + marker}}, {{"id", "team:core"}, {"label", "team:core"}}}},
        {"visibility", "public"},
        {"ownerEmail", "admin@example.com"},
        {"modifiedBy", nullptr},
        {"version", 1},
        {"toolCount", 1}};
    if (more.is_object()) it.update(more);
    return it;
}

inline Json page(const std::vector<Json>& rows, const Json& next = Json()) {
    return {{"gateways", rows}, {"nextCursor", next}};
}
inline Exchange upstream_dead() {
    return answered(502, Json{{"message", "Failed to initialize gateway at http://localhost:9001/mcp: All connection "
                                          "attempts failed"}});
}
inline Exchange accepted(const Json& body) {
    auto exchange = answered(202, body);
    exchange.response.headers.emplace_back("retry-after", "5");
    return exchange;
}

inline std::unique_ptr<Dialect> dialect(const ContextForgeOptions& options = {}) {
    return make_contextforge(options);
}
inline std::unique_ptr<Dialect> async_dialect() {
    ContextForgeOptions options;
    options.async = true;
    return make_contextforge(options);
}

inline Operation operation(OperationKind kind, const Json& document = manifest()) {
    Operation it;
    it.kind = kind;
    it.name = "github";
    it.type = "mcp-server/remote";
    it.document = document;
    it.sealed = {"/auth_data/headers/Authorization"};
    if (kind != OperationKind::create) it.remote_id = id;
    return it;
}

// One request of a transcript, as "PUT /v1/gateways/ID" ("*" at the end stands for any rest), and its answer.
struct Turn {
    std::string request;
    Exchange answer;
    int wait_ms = 0;
};
using Turns = std::vector<Turn>;

inline std::string line_of(const HttpRequest& request) {
    return request.method + " " + request.target;
}
inline bool fits(const std::string& line, const std::string& wanted) {
    if (!wanted.ends_with('*')) return line == wanted;
    return line.starts_with(wanted.substr(0, wanted.size() - 1));
}

struct Walk {
    Step end = Done{};
    Transcript transcript;
};

// Through all turns; the step after the last one is the end.
inline Walk walk(const Dialect& dialect, const Operation& operation, const Turns& turns) {
    Walk result;
    for (const auto& turn : turns) {
        const auto step = dialect.next(operation, result.transcript);
        const auto* send = std::get_if<Send>(&step);
        if (send == nullptr) {
            ADD_FAILURE() << "ended before " << turn.request;
            result.end = step;
            return result;
        }
        EXPECT_TRUE(fits(line_of(send->request), turn.request)) << line_of(send->request) << " for " << turn.request;
        EXPECT_EQ(send->is_write, send->request.method != "GET");
        EXPECT_EQ(send->wait_ms, turn.wait_ms) << turn.request;
        auto exchange = turn.answer;
        exchange.request = send->request;
        result.transcript.push_back(std::move(exchange));
    }
    result.end = dialect.next(operation, result.transcript);
    return result;
}

inline std::vector<Exchange> every_failure() {
    return {lost(),
            not_sent(),
            answered(401, Json{{"detail", "Invalid authentication credentials"}}),
            answered(403, Json{{"detail", "no"}}),
            answered(404, Json{{"detail", "Gateway not found: x"}}),
            answered(409, Json{{"message", "Gateway name already exists"}}),
            answered(422, Json{{"detail", "An error occurred, please try again."}}),
            answered(429, Json{{"error", "Account locked"}, {"message", "Too many rate limit violations"}}),
            answered(500, Json{{"message", "Unexpected error"}}),
            answered(502, std::string("<html><title>Bad Gateway</title></html>")),
            upstream_dead(),
            answered(503, std::string()),
            answered(302, std::string()),
            answered(200, std::string()),
            answered(200, std::string("{\"id\":\"d393")),
            answered(200, std::string("<html>")),
            answered(200, Json::array()),
            answered(200, row({{"id", "another"}, {"name", "another"}})),
            answered(202, std::string())};
}

// Each turn fails in every way, and everything after it as well: the operation ends, no write is sent twice, and a
// write that may have been carried out is never called a failure without a look that says so.
inline void fail_everywhere(const Dialect& dialect, const Operation& operation, const Turns& turns) {
    walk(dialect, operation, turns);
    for (std::size_t broken = 0; broken < turns.size(); ++broken) {
        for (const auto& failure : every_failure()) {
            Transcript transcript;
            std::map<std::string, int> writes;
            bool doubtful = false;
            Step step = Done{};
            for (int steps = 0; steps < 30; ++steps) {
                step = dialect.next(operation, transcript);
                const auto* send = std::get_if<Send>(&step);
                if (send == nullptr) break;
                const bool fails = transcript.size() >= broken;
                auto exchange = fails ? failure : turns[transcript.size()].answer;
                exchange.request = send->request;
                if (send->is_write) {
                    EXPECT_EQ(++writes[line_of(send->request)], 1) << line_of(send->request);
                    const int status = exchange.response.status;
                    const bool refused = status >= 400 && status < 500;
                    doubtful = doubtful || (exchange.answered ? !refused && status != 502 : exchange.sent);
                }
                transcript.push_back(std::move(exchange));
            }
            const auto what = std::to_string(broken) + " fails with " + std::to_string(failure.response.status) + " " +
                              failure.response.body;
            EXPECT_FALSE(std::holds_alternative<Send>(step)) << "no end: " << what;
            const auto* refusal = std::get_if<Refused>(&step);
            const bool looked =
                !transcript.empty() && transcript.back().request.method == "GET" && transcript.back().answered;
            EXPECT_FALSE(refusal && doubtful && !looked) << what << ": " << refusal->words();
        }
    }
}

} // namespace kedge::testing::forge
