// libFuzzer target: any bytes as the event stream of a daemon.
#include "tests/fuzz/event_reader_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_event_reader({reinterpret_cast<const char*>(data), size});
    return 0;
}
