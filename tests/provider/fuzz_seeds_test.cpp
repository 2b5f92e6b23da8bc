#include "tests/fuzz/replay.h"
#include "tests/fuzz/row_cutter_checks.h"

using namespace kedge;

TEST(fuzz_seeds, any_piece_of_a_list_page_is_cut_or_named) {
    fuzz::replay("row_cutter", fuzz::check_row_cutter);
}
