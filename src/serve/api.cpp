#include "serve/api.h"

#include "base/failure.h"
#include "serve/fields.h"
#include "serve/http_words.h"

#include <exception>
#include <optional>

namespace kedge {

namespace {

Problem unavailable(const Failure& failure) {
    Problem problem{503, "unavailable", failure.what()};
    problem.headers.emplace_back("Retry-After", failure.next() == NextAction::retry ? "5" : "60");
    return problem;
}

bool has_unit(const Route& route) {
    return std::string_view(route.path).find("{unit}") != std::string_view::npos;
}

// A page elsewhere can make a browser post a form or plain text, but not JSON: that is asked for first, and never
// allowed.
std::optional<Problem> wrong_body(const Route& route, const HttpRequest& request) {
    if (route.method != std::string_view("POST")) {
        if (request.body.empty()) return std::nullopt;
        return Problem{400, "body", "this request takes no body"};
    }
    if (media_type_of(header(request.headers, "Content-Type")) == "application/json") return std::nullopt;
    return Problem{415, "media-type", "send `Content-Type: application/json`, also where the body is {} or empty"};
}

// Somebody who opened a page reads no problem document, whatever went wrong.
bool is_for_people(const HttpRequest& request) {
    const auto match = match_route(request.method, path_of(request.target).substr(api_root.size()));
    return match.route != nullptr && match.route->page && names_type(header(request.headers, "Accept"), "text/html");
}

} // namespace

Api::Api(Parts parts, const ServeSettings& settings)
    : parts_(parts), access_(settings, parts.clock), refusals_in_log_(parts.clock, 60),
      operations_({parts.loop, parts.daemon, parts.counters, settings, parts.desk}) {}

std::variant<Call, Problem> Api::call_of(const HttpRequest& request, const HttpPeer& peer) {
    if (!access_.host_is_known(request, peer)) {
        return Problem{421, "unknown-host",
                       "this server is not called so; other names than localhost are listed in server.hosts"};
    }
    auto caller = access_.judge(request, peer);
    if (auto* problem = std::get_if<Problem>(&caller)) {
        parts_.counters.refusals.add({problem->code});
        if (!refusals_in_log_.take("all")) {
            parts_.log.warning("api caller turned away", {{"from", access_.client_address(request, peer)},
                                                          {"status", problem->status},
                                                          {"because", problem->detail}});
        }
        return *problem;
    }
    const auto match = match_route(request.method, path_of(request.target).substr(api_root.size()));
    if (match.allow.empty())
        return Problem{404, "not-found", "there is no such path; " + std::string(api_root) + "/openapi.json names all"};
    if (match.route == nullptr) {
        Problem problem{405, "method", "this path takes " + match.allow};
        problem.headers.emplace_back("Allow", match.allow);
        return problem;
    }
    Call call;
    call.route = match.route;
    call.caller = std::get<Caller>(std::move(caller));
    call.parameter = match.parameter;
    return call;
}

std::variant<Call, Problem> Api::checked(Call call, const HttpRequest& request) const {
    const Route& route = *call.route;
    if (call.caller.role < route.role) {
        return Problem{403, "forbidden",
                       "this needs the role " + std::string(to_text(route.role)) + ", and you have " +
                           std::string(to_text(call.caller.role))};
    }
    const auto accept = header(request.headers, "Accept");
    call.wants_stream = route.id == std::string_view("listEvents") && request.method == "GET" &&
                        names_type(accept, "text/event-stream");
    if (!call.wants_stream && !accepts(accept, route.media_type()))
        return Problem{406, "not-acceptable", "answers are " + std::string(route.media_type())};
    if (auto problem = wrong_body(route, request)) return *problem;
    if (has_unit(route) && !operations_.knows(call.caller, call.parameter))
        return Problem{404, "unknown-unit", "there is no such unit; `kedge status` lists those that there are"};
    auto query = read_query(route.query, request.target);
    if (const auto* problem = std::get_if<Problem>(&query)) return *problem;
    call.query = std::get<0>(std::move(query));
    auto body = read_body(route.body, request.body);
    if (const auto* problem = std::get_if<Problem>(&body)) return *problem;
    call.body = std::get<Json>(std::move(body));
    call.last_event = header(request.headers, "Last-Event-ID");
    return call;
}

Task<Reply> Api::carry_out(Call call) {
    std::optional<Reply> failed;
    try {
        const auto run = call.route->run;
        auto reply = co_await (operations_.*run)(std::move(call));
        co_return reply;
    } catch (const Failure& failure) {
        failed = unavailable(failure);
    } catch (const std::exception& error) {
        // What went wrong inside is for the log, not for the caller.
        parts_.log.error("api request failed", {{"cause", error.what()}});
        failed = Problem{500, "internal", "kedge failed here: its log says how"};
    }
    co_return *failed;
}

void Api::note(const HttpRequest& request, const Call& call, int status) {
    const std::string operation = call.route == nullptr ? "none" : call.route->id;
    parts_.counters.http_requests.add({operation, std::to_string(status)});
    if (call.route == nullptr || request.method == "GET" || request.method == "HEAD") return;
    parts_.log.info("command",
                    {{"by", call.caller.name}, {"what", operation}, {"of", call.parameter}, {"status", status}});
}

Task<ServerAnswer> Api::handle(HttpRequest request, HttpPeer peer) {
    Call known; // what is known of the call, for the log
    const bool for_people = is_for_people(request);
    auto call = call_of(request, peer);
    if (auto* right = std::get_if<Call>(&call)) {
        known = *right;
        Call unchecked = std::move(*right);
        call = checked(std::move(unchecked), request);
    }
    Reply reply = Problem{};
    if (auto* problem = std::get_if<Problem>(&call)) {
        reply = std::move(*problem);
    } else {
        Call wanted = std::get<Call>(std::move(call));
        reply = co_await carry_out(std::move(wanted));
    }
    if (auto* problem = std::get_if<Problem>(&reply)) {
        const Problem said = std::move(*problem);
        reply = for_people ? page_of(said) : answer_of(said);
    }
    ServerAnswer answer = std::get<ServerAnswer>(std::move(reply));
    note(request, known, answer.response.status);
    co_return answer;
}

} // namespace kedge
