// A seventh control plane, as small as one can be: "Notebook" keeps MCP servers as {id, title, address, note}. It is
// the example of docs/adding-a-provider.md, and passes the target-state suite like the others.
#pragma once
#include "dialect/dialect.h"

#include <memory>

namespace kedge {

std::unique_ptr<Dialect> make_notebook();

} // namespace kedge
