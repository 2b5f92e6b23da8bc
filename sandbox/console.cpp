#include "sandbox/console.h"

#include "sandbox/people.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

std::string absent(const std::string& item) {
    return "server \"" + item + "\": not registered";
}

} // namespace

Server* Console::find(const std::string& item, std::string& problem) {
    Registry& registry = plane_.ground().registry();
    if (Server* server = registry.by_id(item)) return server;
    const auto all = registry.all_by_name(item);
    if (all.size() == 1) return all.front();
    problem = absent(item);
    if (all.size() < 2) return nullptr;
    problem = "server \"" + item + "\": " + std::to_string(all.size()) + " bear this name; give one's id:";
    for (const Server* server : all) problem += " " + server->id;
    return nullptr;
}

std::optional<std::string> Console::add(Json document, bool raw) {
    return plane_.save(std::move(document), nullptr, raw);
}

std::optional<std::string> Console::edit(const std::string& item, const Json& merge_patch, bool raw) {
    std::string problem;
    Server* live = find(item, problem);
    if (!live) return problem;
    Json document = live->document();
    document.merge_patch(merge_patch);
    return plane_.save(std::move(document), live, raw);
}

std::optional<std::string> Console::remove(const std::string& item) {
    std::string problem;
    Server* live = find(item, problem);
    if (!live) return problem;
    plane_.ground().registry().remove(*live);
    return std::nullopt;
}

std::optional<std::string> Console::connect(const std::string& name, AuthRecord record) {
    std::string problem;
    Server* live = find(name, problem);
    if (!live) return problem;
    if (record.subject_id.empty()) return "credential: a subjectId is wanted";
    if (record.source != "oauth" && record.source != "auth-override") {
        return "credential: source must be oauth or auth-override";
    }
    if (record.subject_type.empty()) record.subject_type = "user";
    std::erase_if(live->auth, [&](const AuthRecord& old) {
        return old.subject_id == record.subject_id && old.source == record.source &&
               old.subject_type == record.subject_type;
    });
    record.updated_ms = plane_.ground().now_ms();
    record.updated_by = subject_json(person_of(Role::admin, plane_.ground().options().tenant), true).dump();
    live->auth.push_back(std::move(record));
    plane_.ground().registry().changed(*live);
    return std::nullopt;
}

std::optional<std::string> Console::disconnect(const std::string& name, const std::string& subject_id,
                                               const std::string& source) {
    std::string problem;
    Server* live = find(name, problem);
    if (!live) return problem;
    const auto gone = std::erase_if(live->auth, [&](const AuthRecord& record) {
        return record.subject_id == subject_id && (source.empty() || record.source == source);
    });
    if (gone == 0) return "credential of \"" + subject_id + "\" on \"" + name + "\": there is none";
    plane_.ground().registry().changed(*live);
    return std::nullopt;
}

Json Console::manifest(const std::string& item) {
    std::string problem;
    const Server* live = find(item, problem);
    return live ? live->document() : Json();
}

} // namespace kedge::sandbox
