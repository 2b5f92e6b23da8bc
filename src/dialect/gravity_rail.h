// Gravity Rail, `/api/v2/w/{workspace}/mcp-servers`. What is published lists, reads, switches and deletes; no answer's
// shape is, nor how a server is created or updated.
#pragma once
#include "dialect/dialect.h"

#include <memory>
#include <string>

namespace kedge {

struct GravityRailOptions {
    std::string workspace;  // a UUID
    bool writes = false;    // create and update, as they are assumed to be
    bool probe = true;      // find out at the preflight what the key may do
    std::string base_url{}; // of the target: where a person goes on begins with it
};

// Throws std::invalid_argument where the workspace is no UUID.
std::unique_ptr<Dialect> make_gravity_rail(GravityRailOptions options);

} // namespace kedge
