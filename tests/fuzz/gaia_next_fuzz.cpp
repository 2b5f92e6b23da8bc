// libFuzzer target: one operation against whatever GAIA AI may answer.
#include "tests/fuzz/gaia_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_gaia_next({reinterpret_cast<const char*>(data), size});
    return 0;
}
