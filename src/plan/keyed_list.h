// Lists whose items have an identity of their own: collaborators, tool_metadata and the servers of a virtual server.
// They are compared item by item; all other lists as a whole.
#pragma once
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

// The key of each item, in order ("team:everyone/mcp-server-user"); nothing where `field` (top level) holds no such
// list, or where an item has no key or two have the same.
std::optional<std::vector<std::string>> item_keys(std::string_view field, const Json& list);

} // namespace kedge
