// A server on a real loopback socket before a fake daemon, and a client to ask it.
#pragma once
#include "base/json.h"
#include "io/clock.h"
#include "io/run.h"
#include "serve/access.h"
#include "serve/server.h"
#include "tests/serve/client.h"

#include "tests/serve/fake_daemon.h"
#include "tests/serve/fake_desk.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace kedge {

struct Answer {
    int status = 0;
    HttpHeaders headers;
    std::string body;
    Json json() const { return parse_json(body); }
    std::string header(std::string_view name) const { return std::string(kedge::header(headers, name)); }
};

class World : public testing::Test {
protected:
    World() {
        settings.listen = ListenAt{"127.0.0.1", 0};
        settings.version = "1.2.3";
        daemon.add_unit("tools");
        daemon.add_unit("other");
        desk.add(12, "tools");
    }

    void serve() {
        server = std::make_unique<Server>(Server::Parts{loop, clock, log, daemon, counters, desk_of_server}, settings);
    }

    void add_token(const std::string& name, Role role, std::vector<std::string> units = {}) {
        settings.tokens.push_back({name, sha256("token-of-" + name), role, std::move(units)});
    }

    // One request on a connection of its own.
    Answer send(const std::string& method, const std::string& target, HttpHeaders headers, const std::string& body) {
        std::string text = method + " " + target + " HTTP/1.1\r\n";
        if (header(headers, "Host").data() == nullptr) headers.emplace_back("Host", "localhost");
        headers.emplace_back("Connection", "close");
        if (!body.empty() || method == "POST") headers.emplace_back("Content-Length", std::to_string(body.size()));
        for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
        auto client = Client::on_tcp(loop, server->port());
        return parsed(run_to_end(loop, talk(client, text + "\r\n" + body)));
    }

    Answer get(const std::string& target, const std::string& token = "") {
        return send("GET", target, with_token(token), "");
    }

    Answer post(const std::string& target, const Json& body, const std::string& token = "") {
        auto headers = with_token(token);
        headers.emplace_back("Content-Type", "application/json");
        return send("POST", target, headers, body.dump());
    }

    static HttpHeaders with_token(const std::string& name) {
        HttpHeaders headers;
        if (!name.empty()) headers.emplace_back("Authorization", "Bearer token-of-" + name);
        return headers;
    }

    static Task<std::string> talk(Client& client, std::string text) {
        co_await client.write(std::move(text));
        co_return co_await client.read_to_end();
    }

    static Answer parsed(const std::string& text) {
        Answer answer;
        const auto end = text.find("\r\n\r\n");
        if (end == std::string::npos) return answer;
        answer.status = std::stoi(text.substr(9, 3));
        answer.body = text.substr(end + 4);
        std::size_t at = text.find("\r\n") + 2;
        while (at < end) {
            const auto line_end = text.find("\r\n", at);
            const auto line = text.substr(at, line_end - at);
            const auto colon = line.find(": ");
            answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
            at = line_end + 2;
        }
        return answer;
    }

    EventLoop loop;
    ManualClock clock;
    Log log{LogLevel::error, LogFormat::human};
    Counters counters;
    FakeDesk desk;
    PreviewDesk* desk_of_server = &desk;
    FakeDaemon daemon;
    ServeSettings settings;
    std::unique_ptr<Server> server;
};

} // namespace kedge
