// libFuzzer target: one operation against whatever Zudu may answer.
#include "tests/fuzz/zudu_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_zudu_next({reinterpret_cast<const char*>(data), size});
    return 0;
}
