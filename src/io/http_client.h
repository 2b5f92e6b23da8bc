// Sends one HTTP request and tells what became of it. An interface of one method: a real client, one that paces and
// retries, and scripted ones in tests.
#pragma once
#include "base/http_message.h"
#include "io/task.h"

#include <string>

namespace kedge {

enum class Delivery {
    answered, // `response` is whole
    not_sent, // no byte of the request can have been processed: refused connection, name, TLS
    unknown,  // sent at least in part, and no whole answer came: timeout, reset, truncated body
};

struct HttpOutcome {
    Delivery delivery = Delivery::not_sent;
    HttpResponse response; // valid where answered
    std::string error;     // in words, where not answered; never quotes headers or bodies of the request

    bool operator==(const HttpOutcome&) const = default;
};

class HttpClient {
public:
    virtual ~HttpClient() = default;
    // Never throws for what the network does. `request.target` is relative to the client's base URL.
    virtual Task<HttpOutcome> send(HttpRequest request) = 0;
};

} // namespace kedge
