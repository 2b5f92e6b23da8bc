// The five manifest types of the registry and the fields of each, as tables. Which values are fine is manifest_check's
// business.
#pragma once
#include <span>
#include <string_view>

namespace kedge::sandbox {

enum class FieldKind {
    text,          // a string that is not empty
    url,           // http or https
    flag,          // boolean
    object,        // any map
    strings,       // list of strings
    text_map,      // map of strings
    collaborators, // list of {subject, role_id}
    auth,          // one of the auth variants
    tls,
    owner,
    tool_settings,
    openapi_tools,
    tool_policy,
    tool_metadata,
    sources,
    spec_source,
};

enum class Presence { required, optional };

struct Field {
    std::string_view name;
    FieldKind kind;
    Presence need;
};

// What auth_data may be.
enum class AuthFamily { none, http, environment, catalogue };

struct ManifestType {
    std::string_view name;
    std::span<const Field> fields; // besides type, name, description, collaborators, ownedBy, tags, display_name
    AuthFamily auth;
};

// Null for a type that is none of the five.
const ManifestType* manifest_type(std::string_view name);
std::span<const Field> shared_fields();
// A type that the platform no longer takes, with the way out; empty otherwise.
std::string_view retired_type(std::string_view name);

} // namespace kedge::sandbox
