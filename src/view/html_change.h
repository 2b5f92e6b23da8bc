// The changes of one unit as HTML, each folded. For html_preview.cpp only.
#pragma once
#include "model/preview.h"

#include <string>
#include <vector>

namespace kedge::html {

// A path below the unit's folder with its line, as a link where the forge is known.
std::string place(const Preview& preview, const UnitPreview& unit, const Place& at);

// `open`: unfolded at first. Each part stands alone, so that those for which there is no room can be left out.
std::vector<std::string> change_parts(const Preview& preview, const UnitPreview& unit, bool open);

} // namespace kedge::html
