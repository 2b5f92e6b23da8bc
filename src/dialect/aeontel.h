// Aeontel, `/api/mcp-servers`. Published are a POST and a PATCH; list, get and delete follow the conventions of its
// other collections, and `published` does without them.
#pragma once
#include "dialect/dialect.h"

#include <memory>
#include <string>

namespace kedge {

struct AeontelOptions {
    std::string workspace;  // wsp_...
    bool published = false; // `api: published`: only what the page has
    int page_size = 100;
};

std::unique_ptr<Dialect> make_aeontel(AeontelOptions options);

} // namespace kedge
