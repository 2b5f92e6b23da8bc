// libFuzzer target: any bytes as one page of a list.
#include "tests/fuzz/row_cutter_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_row_cutter({reinterpret_cast<const char*>(data), size});
    return 0;
}
