// TrueFoundry, `/api/svc/v1/mcp` (published: PUT page; inferred and assumed parts are marked where they are used).
#pragma once
#include "dialect/dialect.h"

#include <memory>
#include <string>

namespace kedge {

struct TrueFoundryOptions {
    std::string force_flag = "forceDelete";            // wire name; one vendor notice says "force"
    std::string disabled_tools_key = "disabled_tools"; // assumed
    int page_size = 1000;
};

std::unique_ptr<Dialect> make_truefoundry(TrueFoundryOptions options);

} // namespace kedge
