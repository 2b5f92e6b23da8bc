// An HttpClient that asks a control plane in the same process, without a socket: for tests that run thousands of
// worlds. Faults of the connection become the Delivery that a real client would see.
#pragma once
#include "io/http_client.h"
#include "sandbox/control_plane.h"

#include <string>

namespace kedge::sandbox {

class InProcessClient final : public HttpClient {
public:
    // `base_path` is the path of the client's base URL, without a trailing slash: "" or "/api/svc/v1".
    InProcessClient(ControlPlane& plane, HttpHeaders credentials, std::string base_path = "")
        : plane_(plane), credentials_(std::move(credentials)), base_path_(std::move(base_path)) {}
    // "Authorization: Bearer TOKEN"; empty: none.
    InProcessClient(ControlPlane& plane, const std::string& token, std::string base_path = "");
    Task<HttpOutcome> send(HttpRequest request) override;

private:
    ControlPlane& plane_;
    HttpHeaders credentials_;
    std::string base_path_;
};

} // namespace kedge::sandbox
