// The page of the admin port: what is registered, for people. Everything that came from outside is escaped; no script.
#pragma once
#include "sandbox/control_plane.h"

#include <string>
#include <string_view>

namespace kedge::sandbox {

std::string escape_html(std::string_view text);
std::string page_html(ControlPlane& plane, std::size_t offset);

} // namespace kedge::sandbox
