#include "sandbox/manifest_types.h"

#include <array>

namespace kedge::sandbox {

namespace {

using enum FieldKind;
using enum Presence;

constexpr std::array shared{
    Field{"description", text, required},  Field{"collaborators", collaborators, required},
    Field{"ownedBy", owner, optional},     Field{"tags", object, optional},
    Field{"display_name", text, optional},
};

constexpr std::array remote{
    Field{"url", url, required},
    Field{"tls_settings", tls, optional},
    Field{"tool_settings", tool_settings, optional},
    Field{"tool_policy", tool_policy, optional},
    Field{"tool_metadata", tool_metadata, optional},
    Field{"auth_data", auth, optional},
    Field{"additional_headers", object, optional},
};

constexpr std::array virtual_server{
    Field{"servers", sources, required},
    Field{"best_effort_mode", flag, optional},
};

constexpr std::array openapi{
    Field{"url", url, required},
    Field{"openapi_spec_source", spec_source, required},
    Field{"enable_all_tools", flag, optional},
    Field{"tool_settings", openapi_tools, optional},
    Field{"tls_settings", tls, optional},
    Field{"auth_data", auth, optional},
    Field{"additional_headers", object, optional},
};

constexpr std::array stdio{
    Field{"command", text, required},
    Field{"args", strings, optional},
    Field{"tool_settings", tool_settings, optional},
    Field{"tool_policy", tool_policy, optional},
    Field{"tool_metadata", tool_metadata, optional},
    Field{"auth_data", auth, optional},
};

constexpr std::array managed{
    Field{"server_identifier", text, required},  Field{"tool_settings", tool_settings, optional},
    Field{"tool_policy", tool_policy, optional}, Field{"tool_metadata", tool_metadata, optional},
    Field{"auth_data", auth, optional},
};

constexpr std::array types{
    ManifestType{"mcp-server/remote", remote, AuthFamily::http},
    ManifestType{"mcp-server/virtual", virtual_server, AuthFamily::none},
    ManifestType{"mcp-server/openapi", openapi, AuthFamily::http},
    ManifestType{"mcp-server/stdio", stdio, AuthFamily::environment},
    ManifestType{"mcp-server/tfy-managed", managed, AuthFamily::catalogue},
};

} // namespace

const ManifestType* manifest_type(std::string_view name) {
    for (const auto& type : types) {
        if (type.name == name) return &type;
    }
    return nullptr;
}

std::span<const Field> shared_fields() {
    return shared;
}

std::string_view retired_type(std::string_view name) {
    if (name == "provider-account/mcp-server-group" || name == "provider-account/hosted-mcp-server" ||
        name.starts_with("integration/mcp-server/")) {
        return "MCP server groups are no longer supported; use the standalone mcp-server types";
    }
    return {};
}

} // namespace kedge::sandbox
