// Any of the other control planes with a token for each role, and short ways to ask it.
#pragma once
#include "sandbox/console.h"
#include "sandbox/control_plane.h"
#include "world.h"

#include <string>

namespace kedge::sandbox {

template<class P>
class Product {
public:
    explicit Product(typename P::KnobSet knobs = {}, PlaneOptions options = {})
        : plane(std::move(knobs), std::move(options)) {
        for (const Role role : {Role::admin, Role::writer, Role::reader, Role::guest}) {
            plane.ground().people().add(std::string(role_text(role)), person_of(role, "acme"));
        }
    }

    Reply ask(const std::string& method, const std::string& path, const Json& body = nullptr) {
        HttpRequest request;
        request.method = method;
        request.target = path;
        request.headers = headers;
        if (!body.is_null()) {
            request.headers.emplace_back("Content-Type", "application/json");
            request.body = body.is_string() ? body.get<std::string>() : body.dump();
        }
        const HttpResponse response = handle(plane, request);
        return Reply{response.status, Json::parse(response.body, nullptr, false), response.headers, response.body};
    }
    void as(const std::string& token) { headers = {{"Authorization", "Bearer " + token}}; }
    void set(const std::string& knob, const Json& value) {
        ASSERT_EQ(plane.turn_knobs(Json{{knob, value}}, false), std::nullopt);
    }
    void fail(const std::string& fault) {
        FaultText parsed = parse_fault(fault);
        ASSERT_EQ(parsed.problem, "");
        plane.ground().faults().add(parsed.fault);
    }

    P plane;
    HttpHeaders headers{{"Authorization", "Bearer writer"}};
};

} // namespace kedge::sandbox
