// What the APIs of Aeontel, GAIA AI, Zudu AI and Gravity Rail share beyond the ground: a table of routes with what each
// needs, the check of the caller, knobs that are kept in the state file.
#pragma once
#include "sandbox/answers.h"
#include "sandbox/fields.h"
#include "sandbox/knob_rows.h"
#include "sandbox/serving.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::sandbox {

enum class Need { nobody, reading, writing, administering };

bool may(const Person& who, Need need);

template<class P>
struct ProductRoute {
    std::string_view method;
    std::string_view pattern;
    Need need;
    HttpResponse (P::*handler)(Call&);
    std::string_view meaning;
};

template<class P>
std::vector<RouteRow> route_rows(const std::vector<ProductRoute<P>>& routes) {
    std::vector<RouteRow> rows;
    for (const auto& route : routes) {
        rows.push_back({std::string(route.method), std::string(route.pattern), std::string(route.meaning)});
    }
    return rows;
}

// Finds the server of the first slot and the name that this request is about, for faults and the audit.
void note_subject(Ground& ground, Call& call);

// `plane` has: ground(), refuse(status, message), absent(call), admit(call, need) which says no where somebody may not.
template<class P>
Exchange serve_routes(P& plane, const std::vector<ProductRoute<P>>& routes, Call& call) {
    const ProductRoute<P>* route = nullptr;
    for (const auto& row : routes) {
        if (row.method == call.request.method && match_route(row.pattern, call.path, call.slots)) {
            route = &row;
            break;
        }
    }
    if (route) call.route = std::string(route->method) + " " + std::string(route->pattern);
    note_subject(plane.ground(), call);
    Answering answering;
    answering.absent = [&]() -> std::optional<HttpResponse> {
        if (route) return std::nullopt;
        return plane.absent(call);
    };
    answering.answer = [&]() -> HttpResponse {
        if (!route) return plane.absent(call);
        if (route->need != Need::nobody) {
            if (auto refusal = plane.admit(call, route->need)) return std::move(*refusal);
        }
        return (plane.*route->handler)(call);
    };
    answering.refuse = [&](int status, const std::string& message) { return plane.refuse(status, message); };
    return serve_call(plane.ground(), call, answering);
}

// True where some route has this path with another method: the answer is then 405 for some products.
template<class P>
bool path_known(const std::vector<ProductRoute<P>>& routes, std::string_view path) {
    std::vector<std::string_view> slots;
    for (const auto& row : routes) {
        if (match_route(row.pattern, path, slots)) return true;
    }
    return false;
}

// The knobs to begin with: the saved ones where none were asked for.
template<class K>
K first_knobs(Ground& ground, K asked, const std::vector<KnobRowOf<K>>& rows) {
    const Json saved = ground.registry().saved_knobs();
    if (asked == K() && saved.is_object()) set_fields(asked, rows, saved);
    ground.registry().save_knobs(fields_json(asked, rows));
    return asked;
}

template<class K>
std::optional<std::string> turn(Ground& ground, K& knobs, const std::vector<KnobRowOf<K>>& rows, const Json& values,
                                bool fresh) {
    K changed = fresh ? K() : knobs;
    if (auto problem = set_fields(changed, rows, values)) return problem;
    knobs = std::move(changed);
    ground.registry().save_knobs(fields_json(knobs, rows));
    return std::nullopt;
}

// A number of the query within bounds; nothing where it is none or outside.
struct QueryBounds {
    std::int64_t least = 0;
    std::int64_t most = 0;
    std::int64_t fallback = 0;
};
std::optional<std::int64_t> query_number(const HttpRequest& request, std::string_view name, QueryBounds bounds);

HttpResponse json_answer(int status, const Json& json);

// The body as an object; nothing where it is none.
std::optional<Json> object_body(Call& call);

// Sets the members of `changes` that a rule knows. A map is replaced, or merged where `merge_maps`.
void put_members(Json& document, const Json& changes, const std::vector<FieldRule>& rules, bool merge_maps);

} // namespace kedge::sandbox
