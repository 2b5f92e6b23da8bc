// A running ContextForge and MCP servers beside it, as script/test-real.d/contextforge.sh starts them: the dialect is
// carried by the real client. Where a test begins and ends, nothing is registered.
#pragma once
#include "dialect/contextforge.h"
#include "io/beast_client.h"
#include "io/patient_client.h"
#include "io/run.h"
#include "model/secret_fields.h"
#include "provider/rest_provider.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace kedge::testing {

// Missing settings fail: a test against nothing must not pass.
inline std::string setting(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') throw std::runtime_error(name + " is not set; run script/test-real");
    return value;
}

inline std::string file_text(const std::string& path) {
    std::ifstream file(path);
    std::string text;
    std::getline(file, text);
    return text;
}

// What an operation came to, as the one kind that the test expects.
template<class T>
T as(Answer answer) {
    if (auto* value = std::get_if<T>(&answer)) return std::move(*value);
    std::string text = "answer " + std::to_string(answer.index());
    if (const auto* refused = std::get_if<Refused>(&answer)) text += ": " + refused->words();
    if (const auto* unsure = std::get_if<Unsure>(&answer)) text += ": " + unsure->text;
    if (const auto* blocked = std::get_if<Blocked>(&answer)) text += ": " + blocked->condition.text;
    ADD_FAILURE() << "another kind of " << text;
    return T{};
}

// Loses the answer to a request of one method, once: it was carried out, and nobody knows.
class ForgetfulClient final : public HttpClient {
public:
    explicit ForgetfulClient(HttpClient& inner) : inner_(inner) {}
    Task<HttpOutcome> send(HttpRequest request) override {
        ++sent[request.method];
        const bool forgets = request.method == lose;
        HttpOutcome outcome = co_await inner_.send(std::move(request));
        if (!forgets) co_return outcome;
        lose.clear();
        outcome = HttpOutcome{};
        outcome.delivery = Delivery::unknown;
        outcome.error = "connection reset";
        co_return outcome;
    }

    std::string lose;
    std::map<std::string, int> sent;

private:
    HttpClient& inner_;
};

class Forge {
public:
    // `kind`: SYNC, ASYNC or SLOW, as in FORGE_SYNC_URL.
    explicit Forge(const std::string& kind, const ContextForgeOptions& options = {}, const std::string& token = {})
        : dialect_(make_contextforge(options)), http_(client_options(kind, token)), client_(http_),
          secrets_({"env:*"}, {{"MCP_TOKEN", "good"}, {"OTHER_TOKEN", "other"}}, Secret()),
          provider_(*dialect_, client_, secrets_, clock_) {}

    Answer perform(Operation operation, std::vector<SecretReference> references = {}) {
        return run_to_end(loop_, provider_.perform(std::move(operation), std::move(references)));
    }
    // Names in the order of the list.
    std::vector<std::string> list(const std::string& member = "name") {
        std::vector<std::string> values;
        RowSink sink;
        sink.begin = [&] { values.clear(); };
        sink.row = [&](std::string_view row) { values.push_back(parse_json(row).at(member).get<std::string>()); };
        as<Done>(run_to_end(loop_, provider_.list(std::move(sink))));
        return values;
    }

    // Behind kedge's back, or where kedge would never ask so.
    HttpResponse raw(const std::string& method, const std::string& target, const Json& body = Json()) {
        HttpRequest request;
        request.method = method;
        request.target = target;
        request.headers.emplace_back("Content-Type", "application/json");
        if (!body.is_null()) request.body = body.dump();
        return run_to_end(loop_, http_.send(std::move(request))).response;
    }

    Json canonical(const Json& document) const { return dialect_->canonical(document); }
    const Dialect& dialect() const { return *dialect_; }
    ForgetfulClient& client() { return client_; }
    BeastClient& http() { return http_; }
    EventLoop& loop() { return loop_; }
    SystemClock& clock() { return clock_; }

    // Everything, in every scope; an asynchronous one is asked until it is gone.
    void clear() {
        for (int attempt = 0; attempt < 60; ++attempt) {
            const auto all = raw("GET", "/v1/gateways?include_inactive=true&limit=0");
            const auto rows = parse_json(all.body);
            if (rows.empty()) return;
            for (const auto& row : rows)
                if (row.value("status", "") != "deleting")
                    raw("DELETE", "/v1/gateways/" + row["id"].get<std::string>());
            run_to_end(loop_, clock_.sleep(Milliseconds(attempt == 0 ? 50 : 500)));
        }
        FAIL() << "gateways do not go away";
    }

private:
    static BeastClientOptions client_options(const std::string& kind, const std::string& token) {
        BeastClientOptions options;
        options.base_url = setting("FORGE_" + kind + "_URL");
        const auto known = file_text(setting("FORGE_" + kind + "_TOKEN"));
        options.credentials.push_back({"Authorization", "Bearer ", Secret(token.empty() ? known : token)});
        options.user_agent = "kedge/test";
        return options;
    }

    EventLoop loop_{1};
    SystemClock clock_;
    std::unique_ptr<Dialect> dialect_;
    BeastClient http_;
    ForgetfulClient client_;
    SecretStore secrets_;
    RestProvider provider_;
};

inline const std::string mark = "prod.tools.0a0b0c0d";

inline std::string mcp(const std::string& which, const std::string& query = {}) {
    return "http://127.0.0.1:" + setting("MCP_" + which + "_PORT") + "/mcp" + (query.empty() ? "" : "?t=" + query);
}

inline Json manifest(const std::string& name, const std::string& url, const Json& more = Json::object()) {
    Json document{{"type", "mcp-server/remote"},    {"name", name},
                  {"description", "a server"},      {"url", url},
                  {"collaborators", Json::array()}, {"tags", {{"team", "core"}, {"kedge", mark}}}};
    document.update(more);
    return document;
}

inline Json with_token(const std::string& reference = "${env:MCP_TOKEN}") {
    return {{"auth_data", {{"type", "header"}, {"headers", {{"Authorization", "Bearer " + reference}}}}}};
}
inline std::vector<SecretReference> token_reference(const std::string& name = "MCP_TOKEN") {
    return {{"/auth_data/headers/Authorization", "env", name}};
}

inline Operation operation(OperationKind kind, const Json& document, const std::string& id = {}) {
    Operation it;
    it.kind = kind;
    it.document = document;
    it.name = document.value("name", "");
    it.type = "mcp-server/remote";
    it.remote_id = id;
    return it;
}
inline Operation looking(OperationKind kind, const std::string& name, const std::string& id = {}) {
    Operation it;
    it.kind = kind;
    it.name = name;
    it.remote_id = id;
    return it;
}

// As the plan compares it: secrets are hidden on both sides.
inline Json hidden(Json document) {
    for_each_secret(document, [](const std::string&, Json& value) { value = masked_value(); });
    return document;
}

} // namespace kedge::testing
