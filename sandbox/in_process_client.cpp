#include "sandbox/in_process_client.h"

namespace kedge::sandbox {

Task<HttpOutcome> InProcessClient::send(HttpRequest request) {
    request.target = base_path_ + request.target;
    if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
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
