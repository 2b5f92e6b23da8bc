// libFuzzer target: any bytes as one row of Gravity Rail, read and put into normal form.
#include "tests/fuzz/gravity_rail_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_gravity_rail_read({reinterpret_cast<const char*>(data), size});
    return 0;
}
