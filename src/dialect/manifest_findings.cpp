#include "dialect/manifest_findings.h"

#include "base/spelling.h"

#include <algorithm>

namespace kedge {

namespace {

bool is_true_or_absent(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() || *found == true;
}

// Certificates are checked as everywhere, against the usual authorities.
bool is_usual_tls(const Json& settings) {
    const bool own_authority = settings.is_object() && settings.contains("ca_cert") && !settings["ca_cert"].is_null();
    return settings.is_object() && !own_authority && is_true_or_absent(settings, "reject_unauthorized");
}

// Every tool is on.
bool is_usual_policy(const Json& policy) {
    if (!policy.is_object() || !is_true_or_absent(policy, "enable_tools_by_default")) return false;
    return std::all_of(policy.begin(), policy.end(), [](const Json& value) {
        return value.is_null() || value.is_boolean() || (value.is_array() && value.empty());
    });
}

bool hides_a_tool(const Json& settings) {
    if (!settings.is_array()) return true;
    return std::any_of(settings.begin(), settings.end(), [](const Json& entry) {
        return entry.is_object() && entry.contains("disabled") && entry["disabled"] == true;
    });
}

} // namespace

const Json& own_block(const Resource& resource, const std::string& name) {
    static const Json none;
    const auto in = [&](const Json& blocks) -> const Json& {
        return blocks.is_object() && blocks.contains(name) ? blocks[name] : none;
    };
    const auto& document = resource.document;
    if (document.is_object() && document.contains("x-kedge")) return in(document["x-kedge"]);
    return in(resource.extension.providers);
}

void ManifestFindings::add(Severity severity, const std::string& pointer, std::string message, std::string hint) {
    Finding finding;
    finding.severity = severity;
    finding.place = resource_.place;
    // The nearest line that is known: of the field itself, or of what it stands in.
    for (auto at = pointer; !at.empty(); at.resize(at.rfind('/'))) {
        const auto line = resource_.lines.find(at);
        if (line == resource_.lines.end()) continue;
        if (line->second != resource_.place.line) finding.place.column = 0;
        finding.place.line = line->second;
        break;
    }
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    finding.name = resource_.name;
    findings_.push_back(std::move(finding));
}

void ManifestFindings::error(const std::string& pointer, std::string message, std::string hint) {
    add(Severity::error, pointer, std::move(message), std::move(hint));
}

void ManifestFindings::warning(const std::string& pointer, std::string message, std::string hint) {
    add(Severity::warning, pointer, std::move(message), std::move(hint));
}

bool ManifestFindings::check_type() {
    if (resource_.type == "mcp-server/remote") return true;
    error("/type", product_ + " has no \"" + resource_.type + "\"",
          "it registers mcp-server/remote alone; keep this one to other units with x-kedge: {units: [...]}");
    return false;
}

void ManifestFindings::lost(const std::string& key, const Json& value) {
    const auto at = "/" + key;
    const auto cannot = [&](const std::string& what) {
        error(at, product_ + " cannot " + what, "remove \"" + key + "\"");
    };
    if (key == "tls_settings") {
        if (!is_usual_tls(value)) cannot("check certificates otherwise than usual");
    } else if (key == "tool_policy") {
        if (!is_usual_policy(value)) cannot("switch single tools off");
    } else if (key == "tool_settings" && hides_a_tool(value)) {
        cannot("switch single tools off");
    } else {
        warning(at, "\"" + key + "\" is not sent: " + product_ + " has no such field", "");
    }
}

// Every manifest has to have it, so nobody can mend that: without a place of its own, it is said once for all of them.
void ManifestFindings::lost_everywhere(const std::string& key) {
    Finding finding;
    finding.severity = Severity::warning;
    finding.message = "\"" + key + "\" is not sent: " + product_ + " has no such field (so it is with every manifest)";
    findings_.push_back(std::move(finding));
}

void ManifestFindings::check_lost_fields(const std::vector<std::string_view>& known) {
    if (!resource_.document.is_object()) return;
    for (const auto& [key, value] : resource_.document.items()) {
        const bool nothing = value.is_null() || (value.is_structured() && value.empty());
        const bool taken =
            key == "type" || key == "x-kedge" || std::find(known.begin(), known.end(), key) != known.end();
        if (nothing || taken) continue;
        if (key == "description")
            lost_everywhere(key);
        else
            lost(key, value);
    }
}

void ManifestFindings::unknown_key(const std::string& pointer, const std::string& key,
                                   const std::vector<std::string>& known) {
    const auto meant = nearest_word(key, known);
    std::string list;
    for (const auto& word : known) list += (list.empty() ? "" : ", ") + word;
    std::string place = pointer.substr(1);
    std::replace(place.begin(), place.end(), '/', '.');
    error(pointer + "/" + key, "unknown key \"" + key + "\" in \"" + place + "\"",
          meant.empty() ? "known are " + list : "is \"" + meant + "\" meant?");
}

} // namespace kedge
