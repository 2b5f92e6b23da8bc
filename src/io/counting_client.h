// A decorator that counts what was asked and answered: for the numbers that a daemon shows.
#pragma once
#include "io/http_client.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace kedge {

class CountingClient final : public HttpClient {
public:
    explicit CountingClient(HttpClient& inner) : inner_(inner) {}
    Task<HttpOutcome> send(HttpRequest request) override;
    // By method and status ("200"); "none" where no answer came.
    const std::map<std::pair<std::string, std::string>, std::uint64_t>& requests() const { return requests_; }

private:
    HttpClient& inner_;
    std::map<std::pair<std::string, std::string>, std::uint64_t> requests_;
};

} // namespace kedge
