#include "dialect/manifest_findings.h"
#include "dialect/zudu_parts.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace kedge::zudu {

namespace {

const std::string at_block = "/x-kedge/zudu";

// Values of either generation; others may exist, so an unknown one is only pointed out.
const std::vector<std::string>& known_values(const std::string& key) {
    static const std::vector<std::string> policies{"auto_approve_all", "require_approval_all",
                                                   "require_approval_per_tool", "auto_approve_read_only"};
    static const std::vector<std::string> transports{"SSE", "STREAMABLE_HTTP", "WebSocket"};
    return key == "transport" ? transports : policies;
}

std::string listed(const std::vector<std::string>& words) {
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
    return list;
}

void check_open_enum(ManifestFindings& findings, const std::string& key, const Json& value) {
    const auto at = at_block + "/" + key;
    const auto& known = known_values(key);
    if (!value.is_string() || value == "") {
        findings.error(at, "\"x-kedge.zudu." + key + "\" must be text", "known are " + listed(known));
    } else if (std::find(known.begin(), known.end(), value.get<std::string>()) == known.end()) {
        findings.warning(at,
                         "\"x-kedge.zudu." + key + "\" has a value that no page of Zudu AI shows: \"" +
                             value.get<std::string>() + "\"",
                         "known are " + listed(known));
    }
}

void check_conditions(ManifestFindings& findings, const std::string& at, const Json& conditions) {
    if (!conditions.is_object()) return findings.error(at, "\"conditions\" must be a map", "");
    for (const auto& [key, value] : conditions.items()) {
        if (key == "file_extensions") {
            const bool texts = value.is_array() && std::all_of(value.begin(), value.end(),
                                                               [](const Json& item) { return item.is_string(); });
            if (!texts) findings.error(at + "/" + key, "\"file_extensions\" must be a list of texts", "");
        } else if (key == "max_file_size") {
            if (!value.is_number_unsigned())
                findings.error(at + "/" + key, "\"max_file_size\" must be a number of bytes", "");
        } else {
            findings.unknown_key(at, key, {"file_extensions", "max_file_size"});
        }
    }
}

// Which members the body of a tool approval has depends on the generation that is written.
void check_approval(ManifestFindings& findings, const ZuduOptions& options, const std::string& at,
                    const Json& approval) {
    if (!approval.is_object())
        return findings.error(at, "a tool's approval must be a map", "write hash and auto_approve");
    static const std::vector<std::string> known{"hash", "auto_approve", "conditions", "description", "input_schema"};
    for (const auto& [key, value] : approval.items()) {
        const auto own = at + "/" + key;
        const bool of_other = options.wrapped ? key == "conditions" : key == "description" || key == "input_schema";
        if (std::find(known.begin(), known.end(), key) == known.end())
            findings.unknown_key(at, key, known);
        else if (of_other)
            findings.error(own, "\"" + key + "\" cannot be sent with patch: " + (options.wrapped ? "wrapped" : "flat"),
                           "remove it");
        else if (key == "auto_approve" && !value.is_boolean())
            findings.error(own, "\"auto_approve\" must be true or false", "");
        else if ((key == "hash" || key == "description") && (!value.is_string() || value == ""))
            findings.error(own, "\"" + key + "\" must be text", "");
        else if (key == "input_schema" && !value.is_object())
            findings.error(own, "\"input_schema\" must be a map", "");
        else if (key == "conditions")
            check_conditions(findings, own, value);
    }
    for (const char* key : {"hash", "auto_approve"}) {
        if (!approval.contains(key))
            findings.error(at, "a tool's approval lacks \"" + std::string(key) + "\"", "write hash and auto_approve");
    }
}

void check_block(ManifestFindings& findings, const ZuduOptions& options, const Json& block) {
    if (block.is_null()) return;
    if (!block.is_object()) return findings.error(at_block, "\"x-kedge.zudu\" is no map", "");
    static const std::vector<std::string> known{"approval_policy", "transport", "secret_id", "tool_approvals"};
    for (const auto& [key, value] : block.items()) {
        const auto at = at_block + "/" + key;
        if (key == "approval_policy" || key == "transport") {
            check_open_enum(findings, key, value);
        } else if (key == "secret_id") {
            if (!value.is_string() || value == "")
                findings.error(at, "\"x-kedge.zudu.secret_id\" must be the id of a secret, as text", "");
        } else if (key == "tool_approvals") {
            if (!value.is_object()) findings.error(at, "\"x-kedge.zudu.tool_approvals\" must be a map of tools", "");
            for (auto tool = value.begin(); value.is_object() && tool != value.end(); ++tool) {
                const auto own = at + "/" + tool.key();
                check_approval(findings, options, own, tool.value());
                if (!usable_id(tool.key())) findings.error(own, "no tool can be called \"" + tool.key() + "\"", "");
            }
        } else {
            findings.unknown_key(at_block, key, known);
        }
    }
    const bool per_tool = block.contains("approval_policy") && block["approval_policy"] == "require_approval_per_tool";
    if (block.contains("tool_approvals") && block.contains("approval_policy") && !per_tool)
        findings.warning(at_block + "/tool_approvals", "approvals of tools have no effect under this approval_policy",
                         "write approval_policy: require_approval_per_tool");
}

void check_header(ManifestFindings& findings, const std::string& at, const std::string& name, const Json& value) {
    if (!value.is_string()) return findings.error(at, "the value of header \"" + name + "\" must be text", "");
    const auto& text = value.get_ref<const std::string&>();
    if (text.find("tfy-secret://") != std::string::npos) {
        findings.error(at, "header \"" + name + "\" refers to a secret of TrueFoundry, which Zudu AI cannot look up",
                       "write ${env:NAME} or ${file:PATH}");
    }
    if (text.find("{{") != std::string::npos) {
        findings.error(at, "header \"" + name + "\" holds a placeholder, which Zudu AI would send as it is",
                       "write one value for everybody");
    }
}

void check_headers(ManifestFindings& findings, const Json& document) {
    std::map<std::string, std::string> seen; // lower-case name -> as written
    const auto check_map = [&](const std::string& at, const Json& headers) {
        if (!headers.is_object()) return;
        for (const auto& [name, value] : headers.items()) {
            std::string lower(name);
            std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
            check_header(findings, at, name, value);
            if (!seen.emplace(lower, name).second)
                findings.error(at, "header \"" + name + "\" stands twice: Zudu AI has one map of headers", "keep one");
        }
    };
    const auto auth = document.find("auth_data");
    if (auth != document.end() && auth->is_object()) {
        const auto type = auth->value("type", Json());
        const auto level = auth->value("auth_level", Json());
        if (type != "header")
            findings.error("/auth_data", "Zudu AI cannot hold authentication of type " + type.dump(),
                           "it sends fixed headers: write type: header");
        else if (level == "per_user")
            findings.error("/auth_data", "Zudu AI has no credentials for each person", "write auth_level: global");
        if (type == "header") check_map("/auth_data", auth->value("headers", Json()));
    }
    check_map("/additional_headers", document.value("additional_headers", Json()));
}

} // namespace

std::vector<Finding> check_resource(const ZuduOptions& options, const Resource& resource) {
    ManifestFindings findings(resource, "Zudu AI");
    check_block(findings, options, own_block(resource, "zudu"));
    if (findings.check_type() && resource.document.is_object()) {
        findings.check_lost_fields({"name", "description", "url", "auth_data", "additional_headers"});
        check_headers(findings, resource.document);
    }
    return findings.take();
}

} // namespace kedge::zudu
