#include "sandbox/truefoundry.h"

#include "sandbox/answers.h"
#include "sandbox/call.h"
#include "sandbox/storage.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

constexpr std::int64_t first_ms = 1'772'366'400'000; // 2026-03-01T12:00:00Z

std::unique_ptr<Storage> storage_for(const std::string& path) {
    return path.empty() ? nullptr : std::make_unique<Storage>(path);
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

std::string_view path_of(std::string_view target) {
    const auto path = target.substr(0, target.find('?'));
    if (!path.starts_with(TrueFoundry::prefix)) return {};
    return path.substr(TrueFoundry::prefix.size());
}

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

} // namespace

TrueFoundry::TrueFoundry(Knobs knobs, TrueFoundryOptions options)
    : options_(std::move(options)), audit_(options_.audit_entries), registry_(storage_for(options_.state_file)),
      counted_ms_(first_ms) {
    Knobs chosen = std::move(knobs);
    if (chosen == Knobs() && registry_.saved_knobs().is_object()) {
        const Json saved = registry_.saved_knobs();
        for (const auto& [name, value] : saved.items()) set_knob(chosen, name, value);
    }
    for (const Server* server : registry_.in_order()) counted_ms_ = std::max(counted_ms_, server->updated_ms);
    set_knobs(chosen);
}

TrueFoundry::~TrueFoundry() = default;

std::int64_t TrueFoundry::now_ms() {
    return options_.now_ms ? options_.now_ms() : ++counted_ms_;
}

void TrueFoundry::set_knobs(const Knobs& knobs) {
    knobs_ = knobs;
    name_pattern_.reset();
    if (!knobs_.name_pattern.empty()) name_pattern_.emplace(knobs_.name_pattern);
    registry_.save_knobs(knobs_json(knobs_));
    for (Server* server : registry_.in_order()) render(*server, server->document(), RowStyle{knobs_, options_.tenant});
}

World TrueFoundry::world() {
    return World{knobs_, name_pattern_ ? &*name_pattern_ : nullptr,
                 [this](const std::string& name) { return registry_.by_name(name) != nullptr; }};
}

void TrueFoundry::refresh(Server& server) {
    render(server, server.document(), RowStyle{knobs_, options_.tenant});
    registry_.changed(server);
}

void TrueFoundry::reset() {
    registry_.clear();
    faults_.clear();
    audit_.clear();
    uploads_.clear();
    set_knobs(Knobs());
}

Server TrueFoundry::draft(const Json& manifest, const Person& creator) {
    Server server;
    server.name = manifest["name"].get<std::string>();
    server.type = manifest["type"].get<std::string>();
    server.creator_slug = creator.slug;
    server.created_by = subject_json(creator, knobs_.subject_type_on_creator).dump();
    server.created_ms = server.updated_ms = now_ms();
    return server;
}

Server TrueFoundry::new_server(const Json& manifest, const Person& creator) {
    Server server = draft(manifest, creator);
    server.id = make_id(options_.seed, registry_.next_number());
    server.manifest = manifest.dump();
    return server;
}

HttpResponse TrueFoundry::handle(const HttpRequest& request) {
    Exchange exchange = serve(request);
    if (exchange.line == Exchange::Line::answer) return std::move(exchange.response);
    return {};
}

// Dry run and name, for faults that strike only some manifests.
void TrueFoundry::note_body(Call& call) {
    if (call.request.body.empty()) return;
    call.body = parse_body(call.request.body);
    if (!call.body || !call.body->is_object()) return;
    const Json& body = *call.body;
    call.note.dry_run = body.contains("dryRun") && body["dryRun"] == true;
    const auto manifest = body.find("manifest");
    if (manifest == body.end() || !manifest->is_object()) return;
    if (const auto name = manifest->find("name"); name != manifest->end() && name->is_string()) {
        call.note.name = name->get<std::string>();
    }
}

Exchange TrueFoundry::serve(const HttpRequest& request) {
    Exchange exchange;
    Call call{.request = request, .path = path_of(request.target)};
    call.who = people_.find(bearer(request));
    call.note.time_ms = now_ms();
    call.note.method = request.method;
    call.note.path = request.target;
    call.note.who = call.who ? std::string(role_text(call.who->role)) : std::string();
    std::optional<Fault> fault;
    if (!faults_.none()) {
        if (faults_.wants_bodies()) note_body(call);
        FaultedRequest asked{request.method, call.path, call.note.name, std::nullopt};
        if (call.body) asked.dry_run = call.note.dry_run;
        if (!asked.dry_run && request.method != "GET") asked.dry_run = false;
        fault = faults_.take(asked);
    }
    exchange.response = fault ? faulted(*fault, call, exchange) : dispatch(call);
    call.note.status = exchange.line == Exchange::Line::answer ? exchange.response.status : 0;
    if (request.body.size() <= audit_.most_body_bytes()) call.note.body = request.body;
    const std::string_view route = call.route.empty() ? std::string_view("no route") : call.route;
    audit_.record(std::move(call.note), route);
    return exchange;
}

HttpResponse TrueFoundry::faulted(const Fault& fault, Call& call, Exchange& exchange) {
    call.note.fault = fault_json(fault)["kind"].get<std::string>();
    HttpResponse response;
    if (done_first(fault)) {
        response = dispatch(call);
    } else if (find_route(call) == nullptr) {
        return error_answer(404, "Cannot " + call.request.method + " " + call.request.target);
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
        return fault_response(fault, call.note.time_ms);
    }
}

} // namespace kedge::sandbox
