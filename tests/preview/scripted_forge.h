// A forge that answers from a script, and a client before it: time passes only where somebody waits.
#pragma once
#include "base/failure.h"
#include "io/run.h"
#include "preview/forge_client.h"

#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kedge::testing {

inline HttpOutcome answers(HttpResponse response) {
    HttpOutcome outcome;
    outcome.delivery = Delivery::answered;
    outcome.response = std::move(response);
    return outcome;
}
inline HttpOutcome answers(int status, std::string body = "{\"message\":\"no\"}", HttpHeaders headers = {}) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return answers(std::move(response));
}
inline HttpOutcome no_answer(Delivery delivery) {
    HttpOutcome outcome;
    outcome.delivery = delivery;
    outcome.error = delivery == Delivery::unknown ? "connection reset" : "connection refused";
    return outcome;
}

class ScriptedForge final : public HttpClient {
public:
    Task<HttpOutcome> send(HttpRequest request) override {
        sent.push_back(std::move(request));
        HttpOutcome outcome = no_answer(Delivery::not_sent);
        if (answer) {
            outcome = answer(sent.back());
        } else if (!script.empty()) {
            outcome = std::move(script.front());
            script.pop_front();
        } else {
            ADD_FAILURE() << "the script is over: " << sent.back().method << " " << sent.back().target;
        }
        co_return outcome;
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        for (const auto& request : sent) all.push_back(request.method + " " + request.target);
        return all;
    }

    std::deque<HttpOutcome> script;
    std::function<HttpOutcome(const HttpRequest&)> answer; // instead of the script
    std::vector<HttpRequest> sent;
};

inline constexpr const char* own_token = "ghp_0123456789abcdef";

struct ForgeWorld {
    explicit ForgeWorld(ForgeOptions options = {ForgeKind::github, "acme/mcp", false})
        : forge(make_forge(std::move(options))), client({*forge, http, clock, token}) {}

    ForgeAnswer ask(ForgeAsk question) { return run_to_end(loop, client.ask(std::move(question))); }
    // "retry: words", "wait: ...", "stop: ..."; "answered" where it does not fail.
    std::string failure_of(ForgeAsk question) {
        try {
            ask(std::move(question));
        } catch (const Failure& failure) {
            const auto next = failure.next();
            const std::string word = next == NextAction::retry ? "retry" : next == NextAction::stop ? "stop" : "wait";
            return word + ": " + failure.what();
        }
        return "answered";
    }

    EventLoop loop;
    std::unique_ptr<Forge> forge;
    ScriptedForge http;
    ManualClock clock;
    ReadToken token{[this] {
        ++token_reads;
        return Secret(own_token);
    }};
    int token_reads = 0;
    ForgeClient client;
};

} // namespace kedge::testing
