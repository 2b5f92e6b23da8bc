#include "reconcile/may.h"

#include "base/glob.h"
#include "reconcile/networks.h"

#include <algorithm>

namespace kedge {

namespace {

using Globs = std::optional<std::vector<std::string>>;

bool allows(const Globs& globs, const std::string& value) {
    return !globs ||
           std::any_of(globs->begin(), globs->end(), [&](const auto& glob) { return glob_match(glob, value); });
}

std::vector<std::string> keys_used(const Extension& extension) {
    std::vector<std::string> keys;
    if (!extension.units.empty()) keys.emplace_back("units");
    if (extension.prune_never) keys.emplace_back("prune");
    if (!extension.adopt.empty()) keys.emplace_back("adopt");
    if (!extension.ignore.empty()) keys.emplace_back("ignore");
    if (!extension.keep.empty()) keys.emplace_back("keep");
    if (!extension.formerly.empty()) keys.emplace_back("formerly");
    for (const auto& [provider, block] : extension.providers.items()) keys.push_back(provider);
    return keys;
}

class Judge {
public:
    Judge(const Resource& resource, std::vector<Finding>& findings) : resource_(resource), findings_(findings) {}

    void say(const std::string& pointer, const std::string& what, const char* rule) {
        Finding finding;
        finding.policy = true;
        finding.place = resource_.place;
        for (auto at = pointer; !at.empty(); at = at.substr(0, at.rfind('/'))) {
            const auto line = resource_.lines.find(at);
            if (line == resource_.lines.end()) continue;
            finding.place = {resource_.place.file, line->second, 1};
            break;
        }
        finding.name = resource_.name;
        finding.message = what + " is more than this unit's authors may say";
        finding.hint = std::string("the settings allow it with may: {") + rule + ": [...]}";
        findings_.push_back(std::move(finding));
    }

private:
    const Resource& resource_;
    std::vector<Finding>& findings_;
};

} // namespace

std::string May::text() const {
    std::string all;
    for (const auto* globs : {&names, &types, &hosts, &subjects, &x_kedge}) {
        all += *globs ? "only" : "any";
        if (!*globs) continue;
        for (const auto& glob : **globs) all += " " + std::to_string(glob.size()) + ":" + glob;
        all += "\n";
    }
    return all;
}

std::vector<Finding> judge_may(const Resource& resource, const May& may) {
    std::vector<Finding> findings;
    Judge judge(resource, findings);
    if (!resource.name.empty() && !allows(may.names, resource.name))
        judge.say("/name", "the name \"" + resource.name + "\"", "names");
    if (!allows(may.types, resource.type)) judge.say("/type", "the type \"" + resource.type + "\"", "types");
    for (const auto& [pointer, url] : urls_of(resource)) {
        const auto host = host_of(url);
        if (!allows(may.hosts, host)) judge.say(pointer, "the host \"" + host + "\"", "hosts");
    }
    const auto people = resource.document.find("collaborators");
    if (may.subjects && people != resource.document.end() && people->is_array()) {
        for (std::size_t i = 0; i < people->size(); ++i) {
            const auto& person = (*people)[i];
            if (!person.is_object() || !person.contains("subject") || !person["subject"].is_string()) continue;
            const auto subject = person["subject"].get<std::string>();
            if (!allows(may.subjects, subject))
                judge.say("/collaborators/" + std::to_string(i), "the collaborator \"" + subject + "\"", "subjects");
        }
    }
    for (const auto& key : keys_used(resource.extension)) {
        if (!allows(may.x_kedge, key)) judge.say("/x-kedge", "the x-kedge key \"" + key + "\"", "x_kedge");
    }
    return findings;
}

} // namespace kedge
