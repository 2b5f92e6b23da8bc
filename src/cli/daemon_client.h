// Speaks to a running kedge over its API, at its Unix socket or its URL. What it refuses, and what is between here and
// there, becomes a Failure that says what to do about it.
#pragma once
#include "base/failure.h"
#include "base/json.h"
#include "base/secret.h"
#include "io/beast_client.h"
#include "io/event_reader.h"
#include "io/task.h"

#include <functional>
#include <memory>
#include <string>

namespace kedge {

struct DaemonAddress {
    std::string unix_socket; // path; else
    std::string url;         // https://kedge.example.com, without /api/v1
    Secret token{};          // of a URL; empty: none
    std::string ca_file{};   // PEM; empty: the system's
    std::string proxy{};
};

// It answers, and says no.
class DaemonRefused final : public Failure {
public:
    DaemonRefused(int status, const std::string& text) : Failure(NextAction::wait_for_change, text), status_(status) {}
    int status() const { return status_; }

private:
    int status_;
};

// Nobody answers, or not as a kedge does.
class DaemonAway final : public Failure {
public:
    // `nobody`: there is nobody at the other end, as far as can be told.
    DaemonAway(bool nobody, const std::string& text) : Failure(NextAction::retry, text), nobody_(nobody) {}
    bool nobody() const { return nobody_; }

private:
    bool nobody_;
};

class DaemonClient final {
public:
    // Throws Failure(stop) where the address makes no sense.
    explicit DaemonClient(DaemonAddress address);
    const std::string& place() const { return place_; }

    // `path`: below /api/v1, percent-encoded. Give the document of an answer; throw DaemonRefused, DaemonAway.
    Task<Json> get(std::string path);
    Task<Json> post(std::string path, Json body);
    Task<Json> remove(std::string path);
    // Events after the one of this id (empty: from now on) until `heard` gives false or the stream ends: then the text
    // says why, where that is known.
    Task<std::string> listen(std::string last_id, std::function<bool(const ServerEvent&)> heard);

private:
    Task<Json> ask(HttpRequest request);
    [[noreturn]] void refuse(const HttpResponse& response) const;
    [[noreturn]] void give_up(const HttpOutcome& outcome) const;

    bool local_;
    bool has_token_;
    std::string place_; // socket or URL, in quotes
    std::unique_ptr<BeastClient> http_;
};

} // namespace kedge
