#include "dialect/gravity_rail_parts.h"
#include "dialect/manifest_findings.h"

namespace kedge::gravity_rail {

namespace {

const std::string at_block = "/x-kedge/gravity_rail";

void check_block(ManifestFindings& findings, const Json& block) {
    if (block.is_null()) return;
    if (!block.is_object()) return findings.error(at_block, "\"x-kedge.gravity_rail\" is no map", "");
    for (const auto& [key, value] : block.items()) {
        if (key != "enabled")
            findings.unknown_key(at_block, key, {"enabled"});
        else if (!value.is_boolean())
            findings.error(at_block + "/enabled", "\"x-kedge.gravity_rail.enabled\" must be true or false", "");
    }
}

// How a server signs in is found out and kept by Gravity Rail. An existing one has what it needs; a new one would be
// made without.
void check_auth(ManifestFindings& findings, const GravityRailOptions& options, const Json& document) {
    const auto lose = [&](const std::string& key, const std::string& what) {
        const auto message = what + " cannot be sent to Gravity Rail";
        if (options.writes)
            findings.error("/" + key, message, "set it up there, and leave \"" + key + "\" out here");
        else
            findings.warning("/" + key, message, "it is neither compared nor changed");
    };
    const auto auth = document.value("auth_data", Json());
    if (auth.is_object() && !auth.empty()) {
        const bool discovered =
            auth.value("type", Json()) == "oauth2" && !auth.contains("client_id") && !auth.contains("client_secret");
        if (discovered)
            findings.warning("/auth_data", "\"auth_data\" is not sent: Gravity Rail finds out by itself", "");
        else
            lose("auth_data", "authentication");
    }
    const auto headers = document.value("additional_headers", Json());
    if (headers.is_object() && !headers.empty()) lose("additional_headers", "headers");
}

} // namespace

std::vector<Finding> check_resource(const GravityRailOptions& options, const Resource& resource) {
    ManifestFindings findings(resource, "Gravity Rail");
    check_block(findings, own_block(resource, "gravity_rail"));
    if (findings.check_type() && resource.document.is_object()) {
        findings.check_lost_fields({"name", "url", "auth_data", "additional_headers"});
        check_auth(findings, options, resource.document);
    }
    return findings.take();
}

} // namespace kedge::gravity_rail
