// A ForgeClient before a forge that nobody here wrote, with the real HTTP client between them.
#pragma once
#include "base/json.h"
#include "io/beast_client.h"
#include "io/run.h"
#include "preview/forge_client.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace kedge::testing {

// Missing settings fail: a test against nothing must not pass.
inline std::string forge_setting(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') throw std::runtime_error(name + " is not set; run script/test-real");
    return value;
}

inline std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string text;
    std::getline(file, text);
    return text;
}

// Loses the answer to a request of one method, once: it was carried out, and nobody knows.
class LosingClient final : public HttpClient {
public:
    explicit LosingClient(HttpClient& inner) : inner_(inner) {}
    Task<HttpOutcome> send(HttpRequest request) override {
        const bool loses = request.method == lose;
        HttpOutcome outcome = co_await inner_.send(std::move(request));
        if (!loses) co_return outcome;
        lose.clear();
        HttpOutcome none;
        none.delivery = Delivery::unknown;
        none.error = "connection reset";
        co_return none;
    }

    std::string lose;

private:
    HttpClient& inner_;
};

inline BeastClientOptions client_options(const std::string& api) {
    BeastClientOptions options;
    options.base_url = api;
    return options;
}

struct RealForge {
    RealForge(ForgeOptions options, const std::string& api, std::string own_token)
        : forge(make_forge(std::move(options))), http(client_options(api)),
          token([own_token = std::move(own_token)] { return Secret(own_token); }),
          client({*forge, losing, clock, token}, patience()) {}

    static ForgePatience patience() {
        ForgePatience patience;
        patience.deadline = Milliseconds(20'000);
        patience.settle = Milliseconds(2'000);
        return patience;
    }
    ForgeAnswer ask(ForgeAsk question) { return run_to_end(loop, client.ask(std::move(question))); }
    // Of what fails: its words.
    std::string failure_of(ForgeAsk question) {
        try {
            ask(std::move(question));
        } catch (const std::exception& failure) {
            return failure.what();
        }
        return "answered";
    }

    EventLoop loop;
    SystemClock clock;
    std::unique_ptr<Forge> forge;
    BeastClient http;
    LosingClient losing{http};
    ReadToken token;
    ForgeClient client;
};

inline PutComment our_comment(int number, const std::string& key, const std::string& text) {
    PutComment put;
    put.number = number;
    put.marker = comment_marker(key);
    put.body = put.marker + "\n" + text;
    return put;
}

inline int count_comments(const ForgeAnswer& answer, const std::string& text) {
    int count = 0;
    for (const auto& comment : answer.comments) count += comment.body.find(text) != std::string::npos ? 1 : 0;
    return count;
}

} // namespace kedge::testing
