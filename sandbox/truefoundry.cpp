#include "sandbox/truefoundry.h"

#include "sandbox/answers.h"
#include "sandbox/serving.h"

namespace kedge::sandbox {

TrueFoundry::TrueFoundry(Knobs knobs, TrueFoundryOptions options) : ground_("truefoundry", std::move(options)) {
    Knobs chosen = std::move(knobs);
    if (chosen == Knobs() && registry().saved_knobs().is_object()) {
        const Json saved = registry().saved_knobs();
        for (const auto& [name, value] : saved.items()) set_knob(chosen, name, value);
    }
    set_knobs(chosen);
}

TrueFoundry::~TrueFoundry() = default;

void TrueFoundry::set_knobs(const Knobs& knobs) {
    knobs_ = knobs;
    name_pattern_.reset();
    if (!knobs_.name_pattern.empty()) name_pattern_.emplace(knobs_.name_pattern);
    registry().save_knobs(knobs_json(knobs_));
    for (Server* server : registry().in_order()) render(*server, server->document(), RowStyle{knobs_, tenant()});
}

World TrueFoundry::world() {
    return World{knobs_, name_pattern_ ? &*name_pattern_ : nullptr,
                 [this](const std::string& name) { return registry().by_name(name) != nullptr; }};
}

void TrueFoundry::refresh(Server& server) {
    render(server, server.document(), RowStyle{knobs_, tenant()});
    registry().changed(server);
}

std::optional<std::string> TrueFoundry::turn_knobs(const Json& values, bool fresh) {
    Knobs knobs = fresh ? Knobs() : knobs_;
    for (const auto& [name, value] : values.items()) {
        if (auto problem = set_knob(knobs, name, value)) return problem;
    }
    if (fresh) uploads_.clear();
    set_knobs(knobs);
    return std::nullopt;
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
    server.id = make_id(ground_.options().seed, registry().next_number());
    server.manifest = manifest.dump();
    return server;
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
    Call call{.request = request, .path = ground_.path_of(request.target)};
    call.path = call.path.starts_with(prefix) ? call.path.substr(prefix.size()) : std::string_view();
    call.who = people().find(bearer(request));
    if (faults().wants_bodies()) note_body(call);
    Answering answering;
    answering.answer = [&] { return dispatch(call); };
    answering.absent = [&]() -> std::optional<HttpResponse> {
        if (find_route(call) != nullptr) return std::nullopt;
        return error_answer(404, "Cannot " + request.method + " " + request.target);
    };
    answering.refuse = error_answer;
    return serve_call(ground_, call, answering);
}

} // namespace kedge::sandbox
