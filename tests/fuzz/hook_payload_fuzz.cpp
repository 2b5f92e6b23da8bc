// libFuzzer target: any bytes as the body of a webhook.
#include "tests/fuzz/hook_payload_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_hook_payload({reinterpret_cast<const char*>(data), size});
    return 0;
}
