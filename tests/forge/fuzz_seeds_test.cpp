#include "tests/fuzz/comment_command_checks.h"
#include "tests/fuzz/forge_answer_checks.h"
#include "tests/fuzz/forge_event_checks.h"
#include "tests/fuzz/replay.h"

using namespace kedge;

TEST(fuzz_seeds, any_piece_of_an_event_is_a_bounded_hint_or_words_that_say_why_not) {
    fuzz::replay("forge_event", fuzz::check_forge_event);
}
TEST(fuzz_seeds, any_piece_of_a_comment_says_only_what_stands_there) {
    fuzz::replay("comment_command", fuzz::check_comment_command);
}
TEST(fuzz_seeds, any_piece_of_an_answer_ends_a_question_or_asks_on) {
    for (const auto& text : fuzz::seeds("forge_answer")) {
        const std::size_t step = std::max<std::size_t>(1, text.size() / 6);
        for (std::size_t i = 0; i <= text.size(); i += step)
            fuzz::check_forge_answer(std::string_view(text).substr(0, i));
        fuzz::check_forge_answer(text);
    }
}
