// What a manifest says that GAIA AI cannot hold, its own rules for transports and proxies, and the own block.
#include "dialect/gaia_parts.h"
#include "dialect/sent_values.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace kedge::gaia {

namespace {

const std::string at_block = "/x-kedge/gaia";

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

bool is_one_of(const Json& value, const std::vector<const char*>& words) {
    return std::any_of(words.begin(), words.end(), [&](const char* word) { return value == word; });
}

void check_key(ManifestFindings& findings, const Resource& resource, const std::string& key, const Json& value) {
    const auto at = at_block + "/" + key;
    if (key == "transport") {
        if (!is_one_of(value, {"http", "sse"}))
            findings.error(at, "\"x-kedge.gaia.transport\" must be http or sse",
                           "stdio is a type of its own: mcp-server/stdio");
    } else if (key == "connection") {
        if (!is_one_of(value, {"direct", "proxy"}))
            findings.error(at, "\"x-kedge.gaia.connection\" must be direct or proxy", "");
    } else if (key == "request_timeout_ms" || key == "max_total_timeout_ms") {
        if (!value.is_number_integer() || value < 1)
            findings.error(at, "\"x-kedge.gaia." + key + "\" must be a number of milliseconds", "");
    } else if (key == "proxy_url" || key == "proxy_auth_header") {
        check_block_text(findings, at, value);
    } else if (key == "proxy_auth_token") {
        if (!check_block_text(findings, at, value)) return;
        check_sent_text(findings, at, "\"x-kedge.gaia.proxy_auth_token\"", value);
        const bool looked_up = std::any_of(resource.references.begin(), resource.references.end(),
                                           [&](const SecretReference& it) { return it.pointer == at; });
        if (value.get<std::string>().find("${") != std::string::npos && !looked_up)
            findings.error(at, "a secret reference in an override would be sent as it is",
                           "write proxy_auth_token in the manifest's own x-kedge");
    } else {
        findings.unknown_key(at_block, key,
                             {"connection", "max_total_timeout_ms", "proxy_auth_header", "proxy_auth_token",
                              "proxy_url", "request_timeout_ms", "transport"});
    }
}

void check_block(ManifestFindings& findings, const Resource& resource, const Json& block) {
    if (block.is_null()) return;
    if (!block.is_object()) return findings.error(at_block, "\"x-kedge.gaia\" is no map", "");
    for (const auto& [key, value] : block.items()) check_key(findings, resource, key, value);
}

// What GAIA AI checks when a server is made, and never again.
void check_connection(ManifestFindings& findings, const GaiaOptions& options, const Json& document) {
    const auto& block = block_of(document);
    const bool stdio = text_at(document, "type") == stdio_type;
    const bool proxy = connection_of(document) == "proxy";
    const bool has_url = !is_empty(member(block, "proxy_url"));
    if (stdio && member(block, "connection") == "direct")
        return findings.error(at_block, "GAIA AI runs a stdio server through a proxy alone",
                              "remove connection: direct, and name the proxy: proxy_url");
    if (stdio && block.is_object() && block.contains("transport"))
        findings.error(at_block + "/transport", "a stdio server has no other transport", "remove \"transport\"");
    const std::string needs = "a connection by proxy needs \"x-kedge.gaia.proxy_url\"";
    if (proxy && !has_url && options.as_built)
        findings.error(at_block, needs, stdio ? "GAIA AI runs a stdio server through a proxy alone" : "");
    else if (proxy && !has_url)
        findings.warning(at_block, needs, "the documents do without, the product refuses it");
    if (proxy || !block.is_object()) return;
    for (const char* key : {"proxy_url", "proxy_auth_token", "proxy_auth_header"}) {
        if (block.contains(key))
            findings.error(at_block + "/" + key, "\"" + std::string(key) + "\" is for a connection by proxy",
                           "write connection: proxy");
    }
}

void check_headers(ManifestFindings& findings, const Json& document) {
    std::map<std::string, std::string> seen; // lower-case name -> as written
    const auto check_map = [&](const std::string& at, const Json& headers) {
        if (!headers.is_object()) return;
        check_sent_headers(findings, at, headers);
        for (const auto& [name, value] : headers.items()) {
            if (!seen.emplace(lower(name), name).second)
                findings.error(at, "header \"" + name + "\" stands twice: GAIA AI has one list of headers", "keep one");
            if (!value.is_string()) continue;
            const auto text = value.get<std::string>();
            const bool blank = text.find_first_not_of(" \t") == std::string::npos;
            const auto word = lower(text.substr(0, text.find_last_not_of(" \t") + 1));
            if (blank || (lower(name) == "authorization" && word == "bearer"))
                findings.error(at, "GAIA AI refuses the header \"" + name + "\" without a value", "");
        }
    };
    const auto& auth = member(document, "auth_data");
    if (text_at(auth, "type") == "header") check_map("/auth_data", member(auth, "headers"));
    check_map("/additional_headers", member(document, "additional_headers"));
}

void check_words(ManifestFindings& findings, const std::string& at, const Json& list, const std::string& what) {
    if (!list.is_array()) return;
    for (const auto& item : list) {
        if (!item.is_string() || item == "" || item.get<std::string>().find(' ') != std::string::npos)
            findings.error(at, what + " that is no single word: GAIA AI has one text, split at blanks",
                           "write one word for each item");
    }
}

void check_oauth(ManifestFindings& findings, const Json& auth) {
    if (auth.value("grant_type", Json("authorization_code")) != "authorization_code") {
        findings.error("/auth_data/grant_type", "GAIA AI has no grant_type, and signs people in",
                       "write grant_type: authorization_code");
    }
    check_lost_auth(findings, auth,
                    {{"additional_token_params", true, nullptr},
                     {"use_organization", true, false},
                     {"default_organization", true, ""},
                     {"include_resource", true, false},
                     {"token_url", false, ""},
                     {"authorization_url", false, ""},
                     {"registration_url", false, ""},
                     {"introspection_url", false, ""},
                     {"provider", false, "custom"},
                     {"code_challenge_methods_supported", false, nullptr},
                     {"jwt_source", false, "access_token"}});
    for (const char* key : {"client_id", "client_secret"}) {
        if (const auto& value = member(auth, key); !is_empty(value))
            check_sent_text(findings, "/auth_data", "\"auth_data." + std::string(key) + "\"", value);
    }
    check_words(findings, "/auth_data/scopes", member(auth, "scopes"), "a scope");
}

void check_auth(ManifestFindings& findings, const Json& document) {
    const auto& auth = member(document, "auth_data");
    if (is_empty(auth)) return;
    const bool stdio = text_at(document, "type") == stdio_type;
    const auto type = text_at(auth, "type");
    if (member(auth, "auth_level") == "per_user")
        return findings.error("/auth_data", "GAIA AI has no credentials for each person", "write auth_level: global");
    if (type == "oauth2" && !stdio) return check_oauth(findings, auth);
    if (type == "env" && stdio && member(auth, "env").is_object()) {
        for (const auto& [name, value] : member(auth, "env").items())
            check_sent_text(findings, "/auth_data", "variable \"" + name + "\"", value);
    } else if (type != (stdio ? "env" : "header")) {
        findings.error("/auth_data", "GAIA AI cannot hold authentication of type \"" + type + "\"",
                       stdio ? "write type: env" : "write type: header, or type: oauth2");
    }
}

// With the documented API most of a server is never shown again.
void check_unseen(ManifestFindings& findings, const Json& document) {
    for (const char* key : {"auth_data", "additional_headers"}) {
        if (!is_empty(member(document, key)))
            findings.warning("/" + std::string(key),
                             "\"" + std::string(key) + "\" is sent and not shown again with api: documented",
                             "a change of it by hand goes unseen; api: as_built shows it");
    }
    for (const char* key :
         {"proxy_url", "proxy_auth_token", "proxy_auth_header", "request_timeout_ms", "max_total_timeout_ms"}) {
        if (!is_empty(member(block_of(document), key)))
            findings.warning(at_block + "/" + key,
                             "\"" + std::string(key) + "\" is sent and not shown again with api: documented",
                             "a change of it by hand goes unseen; api: as_built shows it");
    }
}

} // namespace

std::vector<Finding> check_resource(const GaiaOptions& options, const Resource& resource) {
    ManifestFindings findings(resource, "GAIA AI");
    check_block(findings, resource, own_block(resource, "gaia"));
    const auto& document = resource.document;
    if (!document.is_object()) return findings.take();
    const bool stdio = resource.type == stdio_type;
    if (!stdio && resource.type != remote_type) {
        findings.error("/type", "GAIA AI has no \"" + resource.type + "\"",
                       "it registers mcp-server/remote and mcp-server/stdio; keep this one to other units with "
                       "x-kedge: {units: [...]}");
        return findings.take();
    }
    if (stdio)
        findings.check_lost_fields({"name", "description", "command", "args", "auth_data"});
    else
        findings.check_lost_fields({"name", "description", "url", "auth_data", "additional_headers"});
    check_connection(findings, options, document);
    check_words(findings, "/args", member(document, "args"), "an argument");
    check_headers(findings, document);
    check_auth(findings, document);
    if (!options.as_built) check_unseen(findings, document);
    return findings.take();
}

} // namespace kedge::gaia
