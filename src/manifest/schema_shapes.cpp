// The objects inside manifests: collaborators, authentication, tools, sources.
#include "manifest/schema_shapes.h"

namespace kedge {

using enum FieldType;

namespace {

const Shape& annotations() {
    static const Shape shape{
        "annotations",
        "hints for clients about one tool",
        {{.key = "readOnlyHint", .type = boolean, .description = "the tool changes nothing"},
         {.key = "destructiveHint", .type = boolean, .description = "the tool may destroy something"}},
        {}};
    return shape;
}

const Shape& header_auth() {
    static const Shape shape{
        "header",
        "fixed headers, or one credential for each person",
        {{.key = "type", .description = "`header`", .required = true, .values = {"header"}},
         {.key = "headers",
          .type = map,
          .description = "header name to value; in `per_user` mode a value holds one `{{PLACEHOLDER}}`",
          .required = true,
          .secret = true,
          .items = text},
         {.key = "auth_level",
          .description = "one credential for all, or one for each person",
          .values = {"global", "per_user"},
          .fallback = "global"}},
        {}};
    return shape;
}

const Shape& oauth2_auth() {
    static const Shape shape{
        "oauth2",
        "OAuth 2 at the upstream server",
        {{.key = "type", .description = "`oauth2`", .required = true, .values = {"oauth2"}},
         {.key = "grant_type",
          .description = "OAuth grant",
          .values = {"authorization_code", "client_credentials"},
          .fallback = "authorization_code"},
         {.key = "token_url", .description = "token endpoint", .required = true, .format = "url"},
         {.key = "jwt_source",
          .description = "which token carries the claims",
          .expected = true,
          .values = {"access_token", "id_token"}},
         {.key = "authorization_url",
          .description = "authorization endpoint; for `authorization_code`",
          .format = "url"},
         {.key = "client_id", .description = "not needed with `registration_url`"},
         {.key = "client_secret", .description = "of a confidential client", .secret = true},
         {.key = "registration_url", .description = "dynamic client registration (RFC 7591)", .format = "url"},
         {.key = "introspection_url", .description = "token introspection (RFC 7662)", .format = "url"},
         {.key = "provider",
          .description = "kind of identity provider",
          .values = {"custom", "auth0", "okta"},
          .open_values = true},
         {.key = "code_challenge_methods_supported",
          .type = list,
          .description = "PKCE methods",
          .values = {"S256"},
          .open_values = true,
          .items = text},
         {.key = "scopes", .type = list, .description = "scopes to ask for", .items = text},
         {.key = "additional_token_params",
          .type = map,
          .description = "sent on each token call",
          .secret = true,
          .items = text},
         {.key = "use_organization", .type = boolean, .description = "auth0 only"},
         {.key = "default_organization", .description = "auth0 only"},
         {.key = "include_resource", .type = boolean, .description = "send the `resource` parameter"}},
        {{"registration_endpoint", "it is called registration_url"},
         {"authorization_endpoint", "it is called authorization_url"},
         {"token_endpoint", "it is called token_url"}}};
    return shape;
}

const Shape& passthrough_auth() {
    static const Shape shape{
        "passthrough",
        "the caller's own platform token",
        {{.key = "type", .description = "`passthrough`", .required = true, .values = {"passthrough"}}},
        {}};
    return shape;
}

const Shape& source_auth() {
    static const Shape shape{"source_header",
                             "headers for one source of a virtual server",
                             {{.key = "type", .description = "`header`", .required = true, .values = {"header"}},
                              {.key = "headers",
                               .type = map,
                               .description = "header name to value",
                               .required = true,
                               .secret = true,
                               .items = text}},
                             {}};
    return shape;
}

} // namespace

const Shape& collaborator() {
    static const Shape shape{
        "collaborator",
        "who may use or manage the server",
        {{.key = "subject",
          .description =
              "`user:EMAIL`, `team:NAME`, `serviceaccount:NAME`, `virtualaccount:NAME` or `external-identity:NAME`",
          .required = true,
          .format = "subject"},
         {.key = "role_id",
          .description = "`mcp-server-manager`, `mcp-server-user` or a role of the tenant",
          .required = true,
          .format = "role"}},
        {{"role", "it is called role_id"}}};
    return shape;
}

const Shape& owned_by() {
    static const Shape shape{
        "ownedBy", "the account that owns the server", {{.key = "account", .description = "name of the account"}}, {}};
    return shape;
}

const Shape& tls_settings() {
    static const Shape shape{"tls_settings",
                             "how the gateway checks the server's certificate",
                             {{.key = "reject_unauthorized",
                               .type = boolean,
                               .description = "refuse certificates that do not check out",
                               .fallback = true},
                              {.key = "ca_cert", .description = "PEM text of an own CA"}},
                             {{"insecure_skip_verify", "write reject_unauthorized: false"}}};
    return shape;
}

const Shape& tool_setting() {
    static const Shape shape{
        "tool_setting",
        "one tool, the old way",
        {{.key = "name", .description = "name of the tool", .required = true},
         {.key = "description", .description = "replaces the tool's own"},
         {.key = "disabled", .type = boolean, .description = "hide the tool"},
         {.key = "annotations", .type = object, .description = "hints for clients", .shapes = {&annotations()}}},
        {}};
    return shape;
}

const Shape& openapi_tool() {
    static const Shape shape{
        "openapi_tool",
        "one operation of the API as a tool",
        {{.key = "method",
          .description = "HTTP method",
          .required = true,
          .values = {"get", "post", "put", "patch", "delete", "head"}},
         {.key = "path", .description = "path in the OpenAPI document", .required = true},
         {.key = "name", .description = "name of the tool", .required = true},
         {.key = "description", .description = "what the tool does", .required = true},
         {.key = "annotations", .type = object, .description = "hints for clients", .shapes = {&annotations()}}},
        {}};
    return shape;
}

const Shape& tool_policy() {
    static const Shape shape{
        "tool_policy",
        "which tools are on",
        {{.key = "enable_tools_by_default", .type = boolean, .description = "are tools on that no list names"},
         {.key = "enabled_tools",
          .type = list,
          .description = "tools that are on where the default is off",
          .items = text},
         {.key = "disabled_tools",
          .type = list,
          .description = "tools that are off where the default is on",
          .items = text}},
        {}};
    return shape;
}

const Shape& env_auth() {
    static const Shape shape{
        "env",
        "environment variables of the hosted process",
        {{.key = "type", .description = "`env`", .required = true, .values = {"env"}},
         {.key = "env",
          .type = map,
          .description = "variable to value; in `per_user` mode a value holds one `{{PLACEHOLDER}}`",
          .required = true,
          .secret = true,
          .items = text},
         {.key = "auth_level",
          .description = "one credential for all, or one for each person",
          .values = {"global", "per_user"},
          .fallback = "global"}},
        {}};
    return shape;
}

const Shape& catalogue_auth() {
    static const Shape shape{"catalogue_oauth2",
                             "OAuth 2 as the catalogue defines it",
                             {{.key = "type", .description = "`oauth2`", .required = true, .values = {"oauth2"}},
                              {.key = "grant_type",
                               .description = "OAuth grant",
                               .values = {"authorization_code"},
                               .fallback = "authorization_code"}},
                             {}};
    return shape;
}

const Shape& server_source() {
    static const Shape shape{
        "server_source",
        "one server that a virtual server combines",
        {{.key = "name", .description = "name of a registered server", .required = true},
         {.key = "enabled_tools", .type = list, .description = "only these; all where absent", .items = text},
         {.key = "auth_data",
          .type = object,
          .description = "headers instead of the source's own",
          .shapes = {&source_auth()}}},
        {}};
    return shape;
}

const std::vector<const Shape*>& spec_sources() {
    static const Shape remote{
        "remote",
        "fetched from a URL",
        {{.key = "type", .description = "`remote`", .required = true, .values = {"remote"}},
         {.key = "url", .description = "where the OpenAPI document lies", .required = true, .format = "url"}},
        {}};
    static const Shape upload{"upload",
                              "uploaded before",
                              {{.key = "type", .description = "`upload`", .required = true, .values = {"upload"}},
                               {.key = "url", .description = "path in the object store", .required = true}},
                              {}};
    static const Shape in_place{"inline",
                                "written in the manifest",
                                {{.key = "type", .description = "`inline`", .required = true, .values = {"inline"}},
                                 {.key = "openapi_spec",
                                  .type = any,
                                  .description = "the OpenAPI document, as a map or as text",
                                  .required = true}},
                                {}};
    static const std::vector<const Shape*> all{&remote, &upload, &in_place};
    return all;
}

const std::vector<const Shape*>& upstream_auth() {
    static const std::vector<const Shape*> shapes{&header_auth(), &oauth2_auth(), &passthrough_auth()};
    return shapes;
}

} // namespace kedge
