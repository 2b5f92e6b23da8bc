// The second port: a JSON API to act as a person in the web console, to set knobs and faults and to read the audit, and
// a page that lists what is registered. Pure: request to answer. For loopback only; refuses requests that a foreign web
// page could make.
#pragma once
#include "base/http_message.h"
#include "sandbox/console.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

class Admin final {
public:
    explicit Admin(ControlPlane& plane) : plane_(plane), console_(plane) {}

    HttpResponse handle(const HttpRequest& request);
    static std::vector<RouteRow> routes();

private:
    struct Asked;
    struct Route;
    static const std::vector<Route>& table();

    HttpResponse page(const Asked& asked);
    HttpResponse list_servers(const Asked& asked);
    HttpResponse add_server(const Asked& asked);
    HttpResponse edit_server(const Asked& asked);
    HttpResponse remove_server(const Asked& asked);
    HttpResponse list_auth(const Asked& asked);
    HttpResponse connect(const Asked& asked);
    HttpResponse disconnect(const Asked& asked);
    HttpResponse get_knobs(const Asked& asked);
    HttpResponse set_knobs(const Asked& asked);
    HttpResponse get_faults(const Asked& asked);
    HttpResponse add_fault(const Asked& asked);
    HttpResponse clear_faults(const Asked& asked);
    HttpResponse audit(const Asked& asked);
    HttpResponse counters(const Asked& asked);
    HttpResponse people(const Asked& asked);
    HttpResponse revoke(const Asked& asked);
    HttpResponse reset(const Asked& asked);

    ControlPlane& plane_;
    Console console_;
};

} // namespace kedge::sandbox
