// A real dialect and the real loop that sends, in front of anything that answers HTTP requests in this process.
#pragma once
#include "base/http_message.h"
#include "tests/contract/plane.h"

#include <functional>
#include <memory>
#include <optional>

namespace kedge {

// Nothing: the connection ended before the answer.
using Serve = std::function<std::optional<HttpResponse>(const HttpRequest&)>;

struct HttpPlaneParts {
    std::unique_ptr<Dialect> dialect;
    std::unique_ptr<Dialect> by_hand; // for what a person does; sees everything
    Serve serve;
    HttpHeaders credentials; // sent with every request
};

std::unique_ptr<Plane> make_http_plane(HttpPlaneParts parts);

} // namespace kedge
