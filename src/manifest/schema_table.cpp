#include "manifest/schema_table.h"

#include "manifest/schema_shapes.h"

namespace kedge {

namespace {

using enum FieldType;

// What every type begins with.
std::vector<Field> common(const std::string& type, std::vector<Field> own) {
    std::vector<Field> fields{
        {.key = "type", .description = "`" + type + "`", .required = true, .values = {type}},
        {.key = "name", .description = "the identity: a new name is a new server", .required = true, .format = "name"},
        {.key = "description", .description = "1 to 1000 characters in one line", .required = true, .format = "line"}};
    for (auto& field : own) fields.push_back(std::move(field));
    fields.push_back({.key = "collaborators",
                      .type = list,
                      .description = "the full list: who is not in it loses access",
                      .required = true,
                      .items = object,
                      .shapes = {&collaborator()}});
    fields.push_back({.key = "ownedBy",
                      .type = object,
                      .description = "filled in by the control plane where absent",
                      .shapes = {&owned_by()}});
    fields.push_back(
        {.key = "tags", .type = map, .description = "a map, not a list; keys that begin with `kedge` are kedge's own"});
    return fields;
}

Field tool_policy_field() {
    return {.key = "tool_policy", .type = object, .description = "which tools are on", .shapes = {&tool_policy()}};
}
Field tool_metadata_field() {
    return {.key = "tool_metadata",
            .type = any,
            .description = "descriptions and annotations of tools, as a list or a map"};
}
Field old_tools_field() {
    return {.key = "tool_settings",
            .type = list,
            .description = "deprecated: the control plane turns it into `tool_policy` and `tool_metadata`",
            .items = object,
            .shapes = {&tool_setting()}};
}
Field url_field(const char* about) {
    return {.key = "url", .description = about, .required = true, .format = "url"};
}
Field tls_field() {
    return {.key = "tls_settings",
            .type = object,
            .description = "how certificates are checked",
            .shapes = {&tls_settings()}};
}
Field headers_field() {
    return {.key = "additional_headers", .type = map, .description = "sent on every upstream call", .secret = true};
}
Field auth_field(std::vector<const Shape*> shapes) {
    return {.key = "auth_data",
            .type = object,
            .description = "absent: no upstream authentication",
            .shapes = std::move(shapes)};
}

const std::vector<Outdated>& outdated_of_all() {
    static const std::vector<Outdated> keys{
        {"transport", "remove it: the gateway finds out by itself"},
        {"authorized_subjects", "write collaborators, each with subject and role_id"}};
    return keys;
}

const Shape& remote_type() {
    static const Shape shape{"mcp-server/remote", "an existing MCP endpoint",
                             common("mcp-server/remote", {url_field("the MCP endpoint"),
                                                          auth_field(upstream_auth()),
                                                          tls_field(),
                                                          headers_field(),
                                                          tool_policy_field(),
                                                          tool_metadata_field(),
                                                          old_tools_field(),
                                                          {.key = "display_name",
                                                           .description = "seen in use, not in the published schema"}}),
                             outdated_of_all()};
    return shape;
}

const Shape& virtual_type() {
    static const Shape shape{
        "mcp-server/virtual", "tools of other registered servers under one name",
        common(
            "mcp-server/virtual",
            {{.key = "servers",
              .type = list,
              .description = "the servers it combines",
              .required = true,
              .items = object,
              .shapes = {&server_source()}},
             {.key = "best_effort_mode", .type = boolean, .description = "seen in use, not in the published schema"}}),
        outdated_of_all()};
    return shape;
}

const Shape& openapi_type() {
    static const Shape shape = [] {
        auto outdated = outdated_of_all();
        outdated.push_back({"spec", "write openapi_spec_source with type remote, upload or inline"});
        outdated.push_back({"openapi_spec_url", "write openapi_spec_source with type: remote and url"});
        return Shape{"mcp-server/openapi", "tools made from an OpenAPI document",
                     common("mcp-server/openapi",
                            {url_field("base URL of the API"),
                             {.key = "openapi_spec_source",
                              .type = object,
                              .description = "where the OpenAPI document is",
                              .required = true,
                              .shapes = spec_sources()},
                             {.key = "enable_all_tools", .type = boolean, .description = "every operation, up to 30"},
                             {.key = "tool_settings",
                              .type = list,
                              .description = "the operations that become tools",
                              .items = object,
                              .shapes = {&openapi_tool()}},
                             auth_field(upstream_auth()),
                             tls_field(),
                             headers_field()}),
                     std::move(outdated)};
    }();
    return shape;
}

const Shape& stdio_type() {
    static const Shape shape{
        "mcp-server/stdio", "a process that the platform hosts",
        common("mcp-server/stdio",
               {{.key = "command", .description = "the program, as in `npx`", .required = true},
                {.key = "args", .type = list, .description = "its arguments, in order", .items = text},
                auth_field({&env_auth()}),
                tool_policy_field(),
                tool_metadata_field(),
                old_tools_field()}),
        outdated_of_all()};
    return shape;
}

const Shape& managed_type() {
    static const Shape shape{
        "mcp-server/tfy-managed", "an entry of the vendor's catalogue",
        common("mcp-server/tfy-managed",
               {{.key = "server_identifier", .description = "its name in the catalogue", .required = true},
                auth_field({&catalogue_auth()}),
                tool_policy_field(),
                tool_metadata_field(),
                old_tools_field()}),
        outdated_of_all()};
    return shape;
}

} // namespace

const std::vector<const Shape*>& manifest_shapes() {
    static const std::vector<const Shape*> shapes{&remote_type(), &virtual_type(), &openapi_type(), &stdio_type(),
                                                  &managed_type()};
    return shapes;
}

const Shape* manifest_shape(std::string_view type) {
    for (const auto* shape : manifest_shapes()) {
        if (shape->name == type) return shape;
    }
    return nullptr;
}

} // namespace kedge
