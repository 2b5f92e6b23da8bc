#include "sandbox/manifest_check.h"

#include "sandbox/manifest_shape.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

bool in_list(std::string_view comma_list, std::string_view wanted) {
    while (!comma_list.empty()) {
        const auto end = comma_list.find(',');
        auto item = comma_list.substr(0, end);
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (item == wanted) return true;
        if (end == std::string_view::npos) break;
        comma_list.remove_prefix(end + 1);
    }
    return false;
}

Refusal one(int status, std::string message) {
    Refusal refusal;
    refusal.status = status;
    refusal.messages.push_back(std::move(message));
    return refusal;
}

Refusal check_identity(const Json& manifest, const World& world) {
    const auto type = manifest.find("type");
    if (type == manifest.end() || !type->is_string()) return one(400, "manifest.type must be a string");
    const auto& type_name = type->get_ref<const std::string&>();
    if (const auto retired = retired_type(type_name); !retired.empty()) {
        return one(400, "manifest.type " + type_name + ": " + std::string(retired));
    }
    if (!manifest_type(type_name)) {
        return one(400, "manifest.type must be one of the following values: mcp-server/remote, mcp-server/virtual, "
                        "mcp-server/openapi, mcp-server/stdio, mcp-server/tfy-managed");
    }
    const auto name = manifest.find("name");
    if (name == manifest.end() || !name->is_string() || name->get_ref<const std::string&>().empty()) {
        return one(400, "manifest.name should not be empty");
    }
    const auto& text = name->get_ref<const std::string&>();
    if (text.size() > 255) return one(400, "manifest.name must be at most 255 characters");
    if (world.name_pattern && !world.registered(text) && !std::regex_match(text, *world.name_pattern)) {
        return one(400, "manifest.name must match " + world.knobs.name_pattern + " regular expression");
    }
    return {};
}

// Every tfy-secret:// reference inside any text of the document.
void collect_references(const Json& value, std::vector<std::string>& references) {
    static constexpr std::string_view scheme = "tfy-secret://";
    if (value.is_structured()) {
        for (const auto& item : value) collect_references(item, references);
    } else if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        for (auto at = text.find(scheme); at != std::string::npos; at = text.find(scheme, at + 1)) {
            const auto from = at + scheme.size();
            const auto end = text.find_first_of(" \t,;\"'", from);
            references.push_back(text.substr(from, end == std::string::npos ? end : end - from));
        }
    }
}

Refusal check_secrets(const Json& manifest, const Knobs& knobs) {
    std::vector<std::string> references;
    collect_references(manifest, references);
    for (const auto& reference : references) {
        if (!in_list(knobs.known_secrets, reference)) {
            return one(422, "secret tfy-secret://" + reference + " could not be resolved");
        }
    }
    return {};
}

Refusal check_subjects(const Json& manifest, const Knobs& knobs) {
    for (const auto& collaborator : manifest["collaborators"]) {
        const auto& subject = collaborator["subject"].get_ref<const std::string&>();
        if (!in_list(knobs.known_subjects, subject)) {
            return one(knobs.unknown_subject_status, "subject " + subject + " does not exist");
        }
    }
    return {};
}

Refusal check_sources(const Json& manifest, const World& world) {
    for (const auto& source : manifest["servers"]) {
        const auto& name = source["name"].get_ref<const std::string&>();
        if (!world.registered(name)) {
            return one(world.knobs.missing_source_status, "MCP server " + name + " does not exist");
        }
    }
    return {};
}

} // namespace

Refusal check_manifest(const Json& manifest, const World& world) {
    if (Refusal refusal = check_identity(manifest, world)) return refusal;
    const ManifestType& type = *manifest_type(manifest["type"].get_ref<const std::string&>());
    ShapeCheck shape(type, world.knobs);
    if (auto messages = shape.run(manifest); !messages.empty()) {
        Refusal refusal;
        refusal.status = 400;
        refusal.messages = std::move(messages);
        refusal.always_array = world.knobs.strict_keys;
        return refusal;
    }
    if (world.knobs.check_secrets) {
        if (Refusal refusal = check_secrets(manifest, world.knobs)) return refusal;
    }
    if (!world.knobs.known_subjects.empty()) {
        if (Refusal refusal = check_subjects(manifest, world.knobs)) return refusal;
    }
    if (world.knobs.check_sources && type.name == "mcp-server/virtual") return check_sources(manifest, world);
    return {};
}

} // namespace kedge::sandbox
