// One request on its way through the routes. Internal to the sandbox.
#pragma once
#include "sandbox/audit.h"
#include "sandbox/people.h"
#include "sandbox/registry.h"

#include "base/http_message.h"

#include <optional>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

struct Call {
    const HttpRequest& request;
    std::string_view path;                    // after the prefix, without query
    std::string_view id = {};                 // the {id} segment
    const Person* who = nullptr;              // null without a valid token
    Server* server = nullptr;                 // of {id}
    std::optional<Json> body = std::nullopt;  // parsed already, where a fault or the route asked for it
    std::vector<std::string_view> slots = {}; // every {slot} of the route
    std::string route = {};                   // "PUT /mcp"
    AuditEntry note = {};
};

// What saving a manifest came to: an answer that refuses, or a row.
struct Upsert {
    std::optional<HttpResponse> refusal;
    std::string row;
    std::optional<std::string> existing; // JSON text of the manifest before, secrets included
    bool created = false;
};

} // namespace kedge::sandbox
