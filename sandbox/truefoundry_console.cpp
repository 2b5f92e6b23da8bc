// What a person saves in TrueFoundry's console, and what the admin port shows of it.
#include "sandbox/normalise.h"
#include "sandbox/truefoundry.h"

namespace kedge::sandbox {

namespace {

std::optional<std::string> identity_problem(const Json& manifest) {
    for (const char* key : {"type", "name"}) {
        const auto found = manifest.is_object() ? manifest.find(key) : manifest.end();
        if (!manifest.is_object() || found == manifest.end() || !found->is_string() ||
            found->get_ref<const std::string&>().empty()) {
            return "manifest: a text \"" + std::string(key) + "\" is wanted";
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> TrueFoundry::save(Json document, Server* live, bool raw) {
    if (auto problem = identity_problem(document)) return problem;
    const std::string name = document["name"].get<std::string>();
    if (live && live->name != name) return "server \"" + live->name + "\": a name cannot be changed";
    if (!live && registry().by_name(name)) return "server \"" + name + "\": registered already; edit it";
    const Person person = person_of(Role::admin, tenant());
    if (!raw) {
        const Refusal refusal = check_manifest(document, world());
        if (refusal) return refusal.messages.front();
        const std::string& creator = live ? live->creator_slug : person.slug;
        normalise(document, SaveContext{knobs_, tenant(), creator});
    }
    if (!live) {
        refresh(registry().add(new_server(document, person)));
        return std::nullopt;
    }
    live->type = document["type"].get<std::string>();
    live->manifest = document.dump();
    live->updated_ms = now_ms();
    refresh(*live);
    return std::nullopt;
}

Json TrueFoundry::shown(const Server& server) {
    Json row = Json::parse(server.row);
    row["manifest"] = Json::parse(shown_manifest(server, true, knobs_));
    return row;
}

} // namespace kedge::sandbox
