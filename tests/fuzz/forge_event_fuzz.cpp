// libFuzzer target: any bytes as what a forge posts about a pull request.
#include "tests/fuzz/forge_event_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_forge_event({reinterpret_cast<const char*>(data), size});
    return 0;
}
