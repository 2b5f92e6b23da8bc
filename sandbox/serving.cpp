#include "sandbox/serving.h"

namespace kedge::sandbox {

namespace {

bool done_first(const Fault& fault) {
    switch (fault.kind) {
    case FaultKind::slow:
    case FaultKind::reset_after:
    case FaultKind::truncate:
    case FaultKind::cut_json:
    case FaultKind::empty:
        return true;
    case FaultKind::status:
        return fault.after;
    default:
        return false;
    }
}

HttpResponse faulted(const Fault& fault, Call& call, const Answering& answering, Exchange& exchange) {
    call.note.fault = fault_json(fault)["kind"].get<std::string>();
    HttpResponse response;
    if (done_first(fault)) {
        response = answering.answer();
    } else if (auto absent = answering.absent()) {
        return std::move(*absent);
    }
    switch (fault.kind) {
    case FaultKind::slow:
        exchange.delay = Milliseconds(fault.ms);
        return response;
    case FaultKind::reset_before:
    case FaultKind::reset_after:
        exchange.line = Exchange::Line::close_before_answer;
        return response;
    case FaultKind::truncate:
        exchange.line = Exchange::Line::truncate;
        return response;
    case FaultKind::silent:
        exchange.line = Exchange::Line::silent;
        return response;
    case FaultKind::cut_json:
        response.body.resize(response.body.size() / 2);
        return response;
    case FaultKind::empty:
        response.status = 200;
        response.body.clear();
        return response;
    default:
        return fault_response(fault, call.note.time_ms, answering.refuse);
    }
}

} // namespace

HttpResponse handle(ControlPlane& plane, const HttpRequest& request) {
    Exchange exchange = plane.serve(request);
    if (exchange.line == Exchange::Line::answer) return std::move(exchange.response);
    return {};
}

void reset(ControlPlane& plane) {
    plane.ground().clear();
    plane.turn_knobs(Json::object(), true);
}

Exchange serve_call(Ground& ground, Call& call, const Answering& answering) {
    Exchange exchange;
    const HttpRequest& request = call.request;
    call.note.time_ms = ground.now_ms();
    call.note.method = request.method;
    call.note.path = request.target;
    call.note.who = call.who ? std::string(role_text(call.who->role)) : std::string();
    call.note.slug = call.who ? call.who->slug : std::string();
    std::optional<Fault> fault;
    if (!ground.faults().none()) {
        FaultedRequest asked{request.method, call.path, call.note.name, std::nullopt};
        if (call.body) asked.dry_run = call.note.dry_run;
        if (!asked.dry_run && request.method != "GET") asked.dry_run = false;
        fault = ground.faults().take(asked);
    }
    exchange.response = fault ? faulted(*fault, call, answering, exchange) : answering.answer();
    call.note.status = exchange.line == Exchange::Line::answer ? exchange.response.status : 0;
    if (request.body.size() <= ground.audit().most_body_bytes()) call.note.body = request.body;
    const std::string route = call.route.empty() ? "no route" : call.route;
    ground.audit().record(std::move(call.note), route);
    return exchange;
}

bool match_route(std::string_view pattern, std::string_view path, std::vector<std::string_view>& slots) {
    slots.clear();
    while (true) {
        const auto slot = pattern.find('{');
        if (slot == std::string_view::npos) return pattern == path;
        if (path.substr(0, slot) != pattern.substr(0, slot)) return false;
        path.remove_prefix(slot);
        pattern.remove_prefix(pattern.find('}') + 1);
        const auto segment = path.substr(0, path.find('/'));
        if (segment.empty()) return false;
        slots.push_back(segment);
        path.remove_prefix(segment.size());
    }
}

std::string_view bearer(const HttpRequest& request) {
    auto value = header(request.headers, "Authorization");
    static constexpr std::string_view scheme = "bearer ";
    if (value.size() <= scheme.size()) return {};
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        if ((value[i] | 0x20) != (scheme[i] | 0x20)) return {};
    }
    return value.substr(scheme.size());
}

} // namespace kedge::sandbox
