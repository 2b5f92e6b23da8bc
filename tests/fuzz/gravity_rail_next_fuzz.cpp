// libFuzzer target: one operation against whatever Gravity Rail may answer.
#include "tests/fuzz/gravity_rail_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_gravity_rail_next({reinterpret_cast<const char*>(data), size});
    return 0;
}
