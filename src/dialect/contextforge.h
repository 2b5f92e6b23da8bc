// IBM ContextForge, `/v1/gateways`: observed on release 1.0.7. Names can be read, only ids written; a PUT without the
// credential wipes it; an upstream that does not answer blocks a create.
#pragma once
#include "dialect/dialect.h"

#include <memory>
#include <string>

namespace kedge {

struct ContextForgeOptions {
    // The scope of the target: only registrations of this visibility are listed, and what is written gets it.
    std::string visibility = "public";
    bool async = false; // lifecycle: writes are accepted (202) and carried out later
    int page_size = 500;
};

std::unique_ptr<Dialect> make_contextforge(ContextForgeOptions options);

} // namespace kedge
