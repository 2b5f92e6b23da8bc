#include "io/counting_client.h"

namespace kedge {

Task<HttpOutcome> CountingClient::send(HttpRequest request) {
    const auto method = request.method;
    auto outcome = co_await inner_.send(std::move(request));
    const bool answered = outcome.delivery == Delivery::answered;
    ++requests_[{method, answered ? std::to_string(outcome.response.status) : "none"}];
    co_return outcome;
}

} // namespace kedge
