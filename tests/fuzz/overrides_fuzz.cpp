// libFuzzer target: any bytes as .kedge/overrides.
#include "tests/fuzz/manifest_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_overrides({reinterpret_cast<const char*>(data), size});
    return 0;
}
