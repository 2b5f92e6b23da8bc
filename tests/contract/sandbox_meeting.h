// A dialect with its options, and the sandbox's API with its knobs, so that both speak of the same variant.
#pragma once
#include "base/http_message.h"
#include "dialect/dialects.h"
#include "tests/contract/plane.h"

#include <functional>
#include <memory>
#include <string>

namespace kedge {

struct Meeting {
    std::string name;
    std::string api;
    DialectOptions options;
    DialectOptions by_hand; // what a person can who is not bound by the options
    Json knobs = Json::object();
    std::string token; // as the sandbox takes it
    HttpHeaders credentials;
    std::function<void(const HttpRequest&, HttpResponse&)> tamper{}; // with answers on their way; empty: nobody
};

std::unique_ptr<Plane> meet(const Meeting& meeting);

} // namespace kedge
