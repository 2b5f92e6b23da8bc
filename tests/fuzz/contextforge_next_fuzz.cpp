// libFuzzer target: one operation against whatever a control plane may answer.
#include "tests/fuzz/contextforge_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_contextforge_next({reinterpret_cast<const char*>(data), size});
    return 0;
}
