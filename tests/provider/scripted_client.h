// A client that answers from a script and remembers what really went out; and a provider around it.
#pragma once
#include "dialect/truefoundry.h"
#include "io/run.h"
#include "provider/rest_provider.h"

#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace kedge::testing {

inline HttpOutcome answer_of(int status, std::string body) {
    HttpOutcome outcome;
    outcome.delivery = Delivery::answered;
    outcome.response.status = status;
    outcome.response.body = std::move(body);
    return outcome;
}
inline HttpOutcome answer_of(int status, const Json& body) {
    return answer_of(status, body.dump());
}
inline HttpOutcome no_answer(Delivery delivery, std::string error = "connection reset") {
    HttpOutcome outcome;
    outcome.delivery = delivery;
    outcome.error = std::move(error);
    return outcome;
}

class ScriptedClient final : public HttpClient {
public:
    Task<HttpOutcome> send(HttpRequest request) override {
        sent.push_back(std::move(request));
        if (answer) co_return answer(sent.back());
        HttpOutcome outcome = no_answer(Delivery::not_sent, "the script is over");
        if (!script.empty()) {
            outcome = std::move(script.front());
            script.pop_front();
        }
        co_return outcome;
    }

    std::deque<HttpOutcome> script;
    std::function<HttpOutcome(const HttpRequest&)> answer; // instead of the script
    std::vector<HttpRequest> sent;
};

// Passes everything on and keeps what it was shown.
class ListeningDialect final : public Dialect {
public:
    explicit ListeningDialect(std::unique_ptr<Dialect> inner) : inner_(std::move(inner)) {}
    const Description& describe() const override { return inner_->describe(); }
    std::vector<Finding> check(const Resource& resource) const override { return inner_->check(resource); }
    LiveDocument read(const Json& row) const override { return inner_->read(row); }
    Json canonical(Json document) const override { return inner_->canonical(std::move(document)); }
    Step next(const Operation& operation, const Transcript& transcript) const override {
        if (transcript.size() < 10) { // of a talk without an end, the beginning is enough
            operation_ = operation;
            transcript_ = transcript;
        }
        if (instead) return instead(operation, transcript);
        return inner_->next(operation, transcript);
    }

    std::function<Step(const Operation&, const Transcript&)> instead;
    const Operation& operation() const { return operation_; }
    const Transcript& transcript() const { return transcript_; }
    // Everything that it was ever shown last, as text.
    std::string heard() const {
        std::string text = operation_.document.dump();
        for (const auto& exchange : transcript_) {
            text += exchange.request.target + exchange.request.body + exchange.response.body + exchange.error;
        }
        return text;
    }

private:
    std::unique_ptr<Dialect> inner_;
    mutable Operation operation_;
    mutable Transcript transcript_;
};

struct World {
    explicit World(std::map<std::string, std::string> environment = {})
        : secrets({"env:*"}, std::move(environment), Secret("key")),
          provider(dialect, client, secrets, clock, {Secret("tfy-own-0123456789")}) {}

    Answer list(RowSink sink) { return run_to_end(loop, provider.list(std::move(sink))); }
    Answer perform(Operation operation, std::vector<SecretReference> references = {}) {
        return run_to_end(loop, provider.perform(std::move(operation), std::move(references)));
    }

    EventLoop loop;
    ListeningDialect dialect{make_truefoundry({})};
    ScriptedClient client;
    SecretStore secrets;
    ManualClock clock;
    RestProvider provider;
};

template<class T>
T as(Answer answer) {
    if (auto* value = std::get_if<T>(&answer)) return std::move(*value);
    std::string text = "answer " + std::to_string(answer.index());
    if (const auto* refused = std::get_if<Refused>(&answer)) text += ": " + refused->text + " / " + refused->theirs;
    if (const auto* unsure = std::get_if<Unsure>(&answer)) text += ": " + unsure->text;
    ADD_FAILURE() << "another kind of " << text;
    return T{};
}

inline Json row_of_name(const std::string& name, const std::string& id) {
    return {{"id", id},
            {"updatedAt", "2026-01-01T00:00:00Z"},
            {"manifest", {{"type", "mcp-server/remote"}, {"name", name}}}};
}

} // namespace kedge::testing
