// libFuzzer target: any bytes as one row of GAIA AI, read and put into normal form.
#include "tests/fuzz/gaia_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_gaia_read({reinterpret_cast<const char*>(data), size});
    return 0;
}
