// Zudu AI, `/api/mcp-servers`. Two published generations contradict each other: both are read, one is written.
#pragma once
#include "dialect/dialect.h"

#include <memory>

namespace kedge {

struct ZuduOptions {
    bool wrapped = false; // `patch: wrapped`: writes as in the hand-written pages, where an update stands in "config"
    bool deletes = false; // no page has a DELETE of a server
    int page_size = 100;
};

std::unique_ptr<Dialect> make_zudu(ZuduOptions options);

} // namespace kedge
