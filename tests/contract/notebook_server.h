// What a notebook answers: GET, POST /servers and GET, PUT, DELETE /servers/ID, in memory.
#pragma once
#include "base/json.h"
#include "tests/contract/http_plane.h"

#include <map>
#include <memory>

namespace kedge {

Serve notebook_server();

} // namespace kedge
