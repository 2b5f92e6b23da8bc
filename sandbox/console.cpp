#include "sandbox/console.h"

#include "sandbox/normalise.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

std::string absent(const std::string& name) {
    return "server \"" + name + "\": not registered";
}

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

std::optional<std::string> Console::save(Json manifest, Server* live, bool raw) {
    if (auto problem = identity_problem(manifest)) return problem;
    const Person person = person_of(Role::admin, plane_.tenant());
    if (!raw) {
        const Refusal refusal = check_manifest(manifest, plane_.world());
        if (refusal) return refusal.messages.front();
        const std::string& creator = live ? live->creator_slug : person.slug;
        normalise(manifest, SaveContext{plane_.knobs(), plane_.tenant(), creator});
    }
    if (!live) {
        plane_.refresh(plane_.registry().add(plane_.new_server(manifest, person)));
        return std::nullopt;
    }
    live->type = manifest["type"].get<std::string>();
    live->manifest = manifest.dump();
    live->updated_ms = plane_.now_ms();
    plane_.refresh(*live);
    return std::nullopt;
}

std::optional<std::string> Console::add(Json manifest, bool raw) {
    if (auto problem = identity_problem(manifest)) return problem;
    const std::string name = manifest["name"].get<std::string>();
    if (plane_.registry().by_name(name)) return "server \"" + name + "\": registered already; edit it";
    return save(std::move(manifest), nullptr, raw);
}

std::optional<std::string> Console::edit(const std::string& name, const Json& merge_patch, bool raw) {
    Server* live = plane_.registry().by_name(name);
    if (!live) return absent(name);
    Json manifest = live->document();
    manifest.merge_patch(merge_patch);
    if (auto problem = identity_problem(manifest)) return problem;
    if (manifest["name"] != name) return "server \"" + name + "\": a name cannot be changed";
    return save(std::move(manifest), live, raw);
}

std::optional<std::string> Console::remove(const std::string& name) {
    Server* live = plane_.registry().by_name(name);
    if (!live) return absent(name);
    plane_.registry().remove(*live);
    return std::nullopt;
}

std::optional<std::string> Console::connect(const std::string& name, AuthRecord record) {
    Server* live = plane_.registry().by_name(name);
    if (!live) return absent(name);
    if (record.subject_id.empty()) return "credential: a subjectId is wanted";
    if (record.source != "oauth" && record.source != "auth-override") {
        return "credential: source must be oauth or auth-override";
    }
    if (record.subject_type.empty()) record.subject_type = "user";
    std::erase_if(live->auth, [&](const AuthRecord& old) {
        return old.subject_id == record.subject_id && old.source == record.source &&
               old.subject_type == record.subject_type;
    });
    record.updated_ms = plane_.now_ms();
    record.updated_by = subject_json(person_of(Role::admin, plane_.tenant()), true).dump();
    live->auth.push_back(std::move(record));
    plane_.registry().changed(*live);
    return std::nullopt;
}

std::optional<std::string> Console::disconnect(const std::string& name, const std::string& subject_id,
                                               const std::string& source) {
    Server* live = plane_.registry().by_name(name);
    if (!live) return absent(name);
    const auto gone = std::erase_if(live->auth, [&](const AuthRecord& record) {
        return record.subject_id == subject_id && (source.empty() || record.source == source);
    });
    if (gone == 0) return "credential of \"" + subject_id + "\" on \"" + name + "\": there is none";
    plane_.registry().changed(*live);
    return std::nullopt;
}

Json Console::manifest(const std::string& name) {
    const Server* live = plane_.registry().by_name(name);
    return live ? live->document() : Json();
}

} // namespace kedge::sandbox
