#include "tests/fuzz/hook_payload_checks.h"
#include "tests/fuzz/replay.h"

using namespace kedge;

TEST(fuzz_seeds, any_piece_of_a_webhook_is_read_or_refused) {
    fuzz::replay("hook_payload", fuzz::check_hook_payload);
}
