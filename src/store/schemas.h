// All that a store is made of, whichever engine keeps it.
#pragma once
#include "store/database.h"

#include <cstdint>
#include <vector>

namespace kedge {

std::vector<Schema> store_schemas();
// One number for all their versions: members that make different ones of a database do not work on it together.
std::int64_t store_schema_number();

} // namespace kedge
