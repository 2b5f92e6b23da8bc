// libFuzzer target: any bytes as the answer of an API server.
#include "tests/fuzz/kube_object_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_kube_object({reinterpret_cast<const char*>(data), size});
    return 0;
}
