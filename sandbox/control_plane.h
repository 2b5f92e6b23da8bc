// One product's API as a state machine from request to answer, on the ground that all share. No clock, no thread, no
// socket: faults that touch the connection are told in the Exchange. Leaves serving to server.h, people to console.h.
#pragma once
#include "base/duration.h"
#include "sandbox/ground.h"

#include <optional>
#include <string>

namespace kedge::sandbox {

// What becomes of one request, down to the connection.
struct Exchange {
    enum class Line { answer, close_before_answer, truncate, silent } line = Line::answer;
    HttpResponse response;
    Milliseconds delay{0};
};

struct RouteRow {
    std::string method;
    std::string pattern; // {id} stands for one segment
    std::string meaning;
};

class ControlPlane {
public:
    virtual ~ControlPlane() = default;
    virtual Ground& ground() = 0;
    virtual Exchange serve(const HttpRequest& request) = 0;
    virtual Json knob_values() const = 0;
    // All of them or, where one is wrong, none: then the problem in words. `fresh`: the others go back to their
    // defaults.
    virtual std::optional<std::string> turn_knobs(const Json& values, bool fresh) = 0;
    // What a person saves in the product's own console: a new server (`live` is null) or the whole document of one that
    // is there. `raw`: as it stands, without check and normal form. The problem in words, where there is one.
    virtual std::optional<std::string> save(Json document, Server* live, bool raw) = 0;
    // A server as the admin port shows it, secrets masked.
    virtual Json shown(const Server& server) = 0;
};

// For callers without a connection: as serve(), where a lost answer has status 0.
HttpResponse handle(ControlPlane& plane, const HttpRequest& request);
// No servers, no faults, no audit, default knobs; tokens stay.
void reset(ControlPlane& plane);

} // namespace kedge::sandbox
