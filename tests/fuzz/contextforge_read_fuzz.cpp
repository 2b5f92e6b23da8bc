// libFuzzer target: any bytes as one row of the control plane, read and put into normal form.
#include "tests/fuzz/contextforge_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_contextforge_read({reinterpret_cast<const char*>(data), size});
    return 0;
}
