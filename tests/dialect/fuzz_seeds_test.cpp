#include "tests/fuzz/aeontel_checks.h"
#include "tests/fuzz/contextforge_checks.h"
#include "tests/fuzz/gaia_checks.h"
#include "tests/fuzz/gravity_rail_checks.h"
#include "tests/fuzz/replay.h"
#include "tests/fuzz/truefoundry_checks.h"
#include "tests/fuzz/zudu_checks.h"

using namespace kedge;

TEST(fuzz_seeds, any_piece_of_a_row_is_read_or_refused) {
    fuzz::replay("truefoundry_read", fuzz::check_truefoundry_read);
}
TEST(fuzz_seeds, any_piece_of_an_answer_ends_an_operation_or_asks_on) {
    fuzz::replay("truefoundry_next", fuzz::check_truefoundry_next);
}
TEST(fuzz_seeds, any_piece_of_a_gateway_is_read_or_refused) {
    fuzz::replay("contextforge_read", fuzz::check_contextforge_read);
}
TEST(fuzz_seeds, any_piece_of_what_a_contextforge_answers_ends_an_operation_or_asks_on) {
    fuzz::replay("contextforge_next", fuzz::check_contextforge_next);
}

TEST(fuzz_seeds, any_piece_of_an_aeontel_server_is_read_or_refused) {
    fuzz::replay("aeontel_read", fuzz::check_aeontel_read);
}
TEST(fuzz_seeds, any_piece_of_an_aeontel_answer_ends_an_operation_or_asks_on) {
    fuzz::replay("aeontel_next", fuzz::check_aeontel_next);
}
TEST(fuzz_seeds, any_piece_of_a_gaia_server_is_read_or_refused) {
    fuzz::replay("gaia_read", fuzz::check_gaia_read);
}
TEST(fuzz_seeds, any_piece_of_a_gaia_answer_ends_an_operation_or_asks_on) {
    fuzz::replay("gaia_next", fuzz::check_gaia_next);
}
TEST(fuzz_seeds, any_piece_of_a_zudu_server_is_read_or_refused) {
    fuzz::replay("zudu_read", fuzz::check_zudu_read);
}
TEST(fuzz_seeds, any_piece_of_a_zudu_answer_ends_an_operation_or_asks_on) {
    fuzz::replay("zudu_next", fuzz::check_zudu_next);
}
TEST(fuzz_seeds, any_piece_of_a_gravity_rail_server_is_read_or_refused) {
    fuzz::replay("gravity_rail_read", fuzz::check_gravity_rail_read);
}
TEST(fuzz_seeds, any_piece_of_a_gravity_rail_answer_ends_an_operation_or_asks_on) {
    fuzz::replay("gravity_rail_next", fuzz::check_gravity_rail_next);
}

// Found by a seed: a create whose answer was lost ended well with a registration that nobody can ask for again.
TEST(fuzz_seeds, a_row_without_a_usable_id_is_not_the_one_that_was_written) {
    Operation operation;
    operation.kind = OperationKind::create;
    operation.name = "github";
    operation.document = {{"type", "mcp-server/remote"}, {"name", "github"}};
    Exchange lost;
    Exchange found;
    found.answered = true;
    found.response.status = 200;
    for (const char* id : {"", "\"id\": \"\", ", "\"id\": \"..\", "}) {
        found.response.body = R"({"data": [{)" + std::string(id) +
                              R"("manifest": {"type": "mcp-server/remote", "name": )" +
                              R"("github"}}], "pagination": {"total": 1}})";
        EXPECT_TRUE(std::holds_alternative<Unsure>(fuzz::truefoundry().next(operation, {lost, found}))) << id;
    }
}
