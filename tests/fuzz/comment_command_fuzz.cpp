// libFuzzer target: any bytes as a comment on a pull request.
#include "tests/fuzz/comment_command_checks.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    kedge::fuzz::check_comment_command({reinterpret_cast<const char*>(data), size});
    return 0;
}
