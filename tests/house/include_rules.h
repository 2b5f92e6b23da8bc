// Which room may include which: design's five floors, read from the include lines, because all rooms share one include
// root and no link line can enforce it.
#pragma once
#include "tests/house/source_tree.h"

namespace kedge::house {

std::vector<Violation> check_includes(const std::vector<SourceFile>& files);

} // namespace kedge::house
