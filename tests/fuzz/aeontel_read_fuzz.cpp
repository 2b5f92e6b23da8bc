// libFuzzer target: any bytes as one row of Aeontel, read and put into normal form.
#include "tests/fuzz/aeontel_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_aeontel_read({reinterpret_cast<const char*>(data), size});
    return 0;
}
