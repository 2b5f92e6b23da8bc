// Compares a text with tests/view/golden/NAME. With KEDGE_REWRITE_GOLDEN=1 in the environment the file is written
// instead.
#pragma once
#include <string>

namespace kedge {

void expect_golden(const std::string& name, const std::string& text);

} // namespace kedge
