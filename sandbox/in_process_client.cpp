#include "sandbox/in_process_client.h"

namespace kedge::sandbox {

InProcessClient::InProcessClient(ControlPlane& plane, const std::string& token, std::string base_path)
    : plane_(plane), base_path_(std::move(base_path)) {
    if (!token.empty()) credentials_.emplace_back("Authorization", "Bearer " + token);
}

Task<HttpOutcome> InProcessClient::send(HttpRequest request) {
    request.target = base_path_ + request.target;
    request.headers.insert(request.headers.end(), credentials_.begin(), credentials_.end());
    Exchange exchange = plane_.serve(request);
    HttpOutcome outcome;
    if (exchange.line == Exchange::Line::answer) {
        outcome.delivery = Delivery::answered;
        outcome.response = std::move(exchange.response);
    } else {
        outcome.delivery = Delivery::unknown;
        outcome.error = exchange.line == Exchange::Line::silent ? "no answer in time" : "connection reset by peer";
    }
    co_return outcome;
}

} // namespace kedge::sandbox
