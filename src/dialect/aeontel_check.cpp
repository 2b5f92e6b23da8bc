// What a manifest says that Aeontel cannot hold, and the own block.
#include "dialect/aeontel_parts.h"
#include "dialect/sent_values.h"
#include "model/secret_fields.h"

namespace kedge::aeontel {

namespace {

void check_block(ManifestFindings& findings, const Json& block) {
    const std::string at = "/x-kedge/aeontel";
    if (block.is_null()) return;
    if (!block.is_object()) return findings.error(at, "\"x-kedge.aeontel\" is no map", "");
    for (const auto& [key, value] : block.items()) {
        const auto own = at + "/" + key;
        if (key == "connector_id") {
            check_block_text(findings, own, value);
        } else if (key == "connector_config") {
            if (!value.is_object()) findings.error(own, "\"x-kedge.aeontel.connector_config\" must be a map", "");
        } else {
            findings.unknown_key(at, key, {"connector_id", "connector_config"});
        }
    }
    if (block.contains("connector_config") && !block.contains("connector_id"))
        findings.error(at + "/connector_config", "a connector_config without a connector_id",
                       "name the connector: connector_id");
}

void check_header_auth(ManifestFindings& findings, const Json& auth) {
    const std::string at = "/auth_data";
    const std::string hint = "write one header, Authorization: \"Bearer ${env:NAME}\"; others fit into "
                             "additional_headers, where whoever may look at the server can read them";
    if (auth.value("auth_level", Json()) == "per_user")
        return findings.error(at, "Aeontel has no credentials for each person", "write auth_level: global");
    const auto headers = auth.value("headers", Json());
    if (!headers.is_object() || headers.empty()) return findings.error(at, "auth_data without a header", hint);
    if (headers.size() > 1)
        return findings.error(
            at, "Aeontel has room for one credential, auth_data has " + std::to_string(headers.size()) + " headers",
            hint);
    const auto value = text_at(headers, "Authorization");
    if (!value.starts_with(bearer) || value.size() == bearer.size())
        return findings.error(at, "Aeontel sends an API key as \"Authorization: Bearer KEY\" and in no other way",
                              hint);
    check_sent_headers(findings, at, headers);
}

void check_oauth(ManifestFindings& findings, const Json& auth) {
    if (auth.value("grant_type", Json("authorization_code")) != "authorization_code") {
        findings.error("/auth_data/grant_type", "Aeontel has no grant_type, and signs people in",
                       "write grant_type: authorization_code");
    }
    const bool registers = text_at(auth, "client_id").empty() && !text_at(auth, "registration_url").empty();
    check_lost_auth(findings, auth,
                    {{"registration_url", registers, nullptr},
                     {"additional_token_params", true, nullptr},
                     {"use_organization", true, false},
                     {"default_organization", true, ""},
                     {"include_resource", true, false},
                     {"introspection_url", false, ""},
                     {"provider", false, "custom"},
                     {"code_challenge_methods_supported", false, nullptr},
                     {"jwt_source", false, "access_token"}});
    for (const char* key : {"client_id", "client_secret", "token_url", "authorization_url"}) {
        const auto value = auth.value(key, Json());
        if (!value.is_null() && !is_unreadable(value))
            check_sent_text(findings, "/auth_data", "\"auth_data." + std::string(key) + "\"", value);
    }
    const auto scopes = auth.value("scopes", Json::array());
    for (const auto& scope : scopes) {
        if (!scope.is_string() || scope == "" || scope.get<std::string>().find(' ') != std::string::npos)
            findings.error("/auth_data/scopes",
                           "a scope that is no single word: Aeontel has one text with blanks between",
                           "write one word for each item");
    }
}

} // namespace

std::vector<Finding> check_resource(const Resource& resource) {
    ManifestFindings findings(resource, "Aeontel");
    check_block(findings, own_block(resource, "aeontel"));
    const auto& document = resource.document;
    if (!findings.check_type() || !document.is_object()) return findings.take();
    findings.check_lost_fields({"name", "url", "auth_data", "additional_headers"});
    check_sent_headers(findings, "/additional_headers", document.value("additional_headers", Json()));
    const auto auth = document.value("auth_data", Json());
    if (!auth.is_object()) return findings.take();
    const auto type = text_at(auth, "type");
    if (type == "header")
        check_header_auth(findings, auth);
    else if (type == "oauth2")
        check_oauth(findings, auth);
    else
        findings.error("/auth_data", "Aeontel cannot hold authentication of type \"" + type + "\"",
                       "write type: header, or type: oauth2");
    return findings.take();
}

} // namespace kedge::aeontel
