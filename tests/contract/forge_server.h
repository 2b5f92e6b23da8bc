// What a ContextForge answers, in memory, as observed on release 1.0.7: names by slug, urls with their credential, a
// PUT that wipes what it is not told, cursors, and writes that are carried out later.
#pragma once
#include "tests/contract/http_plane.h"

namespace kedge {

Serve forge_server(bool async);

} // namespace kedge
