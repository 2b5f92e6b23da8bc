// GAIA AI. Its documents and its code disagree about paths, the credential's header, one transport's name and the shape
// of headers: both are spoken, one at a time.
#pragma once
#include "dialect/dialect.h"

#include <memory>
#include <string>

namespace kedge {

struct GaiaOptions {
    std::string project;
    bool as_built = true;  // `api: documented` is what the documents say, which no release serves
    bool validate = false; // rehearse with POST .../validate, which contacts the MCP server
};

std::unique_ptr<Dialect> make_gaia(GaiaOptions options);

} // namespace kedge
