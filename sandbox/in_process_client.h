// An HttpClient that asks a control plane in the same process, without a socket: for tests that run thousands of
// worlds. Faults of the connection become the Delivery that a real client would see.
#pragma once
#include "io/http_client.h"
#include "sandbox/truefoundry.h"

#include <string>

namespace kedge::sandbox {

class InProcessClient final : public HttpClient {
public:
    // `base_path` is the path of the client's base URL, without a trailing slash: "" or "/api/svc/v1".
    InProcessClient(TrueFoundry& plane, std::string token, std::string base_path = "")
        : plane_(plane), token_(std::move(token)), base_path_(std::move(base_path)) {}
    Task<HttpOutcome> send(HttpRequest request) override;

private:
    TrueFoundry& plane_;
    std::string token_;
    std::string base_path_;
};

} // namespace kedge::sandbox
