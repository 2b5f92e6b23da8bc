// libFuzzer target: any bytes as kedge.yaml.
#include "tests/fuzz/settings_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_settings({reinterpret_cast<const char*>(data), size});
    return 0;
}
