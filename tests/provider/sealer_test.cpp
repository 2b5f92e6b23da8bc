#include "provider/sealer.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

const std::string value = "a-secret-value";

Sealer sealer() {
    Operation operation;
    operation.kind = OperationKind::create;
    operation.document = {{"auth_data", {{"headers", {{"Authorization", "${env:TOKEN}"}}}}}};
    const SecretStore secrets({"env:TOKEN"}, {{"TOKEN", value}}, Secret("a key of the tests"));
    Sealer sealer;
    sealer.seal(operation, {{"/auth_data/headers/Authorization", "env", "TOKEN"}}, secrets);
    return sealer;
}

template<class End>
End masked(End end) {
    Answer answer = std::move(end);
    sealer().mask(answer);
    return std::get<End>(answer);
}

const std::string said = "it says a-secret-value and more";
const std::string shown = "it says *** and more";

} // namespace

TEST(sealer, whatever_an_operation_ends_with_is_shown_without_the_value) {
    EXPECT_EQ(masked(Held{said}).text, shown);
    EXPECT_EQ(masked(Unsure{said}).text, shown);
    EXPECT_EQ(masked(Refused{RefusalKind::broken, said, said, said}).words(), shown + ": \"" + shown + "\"; " + shown);
    LiveDocument live;
    live.name = value; // what is compared stays as it is
    live.condition = {false, true, said, "https://example.com/?token=" + value};
    const Condition condition{false, true, shown, "https://example.com/?token=***"};
    Done done;
    done.document = live;
    EXPECT_EQ(masked(done).document->condition, condition);
    EXPECT_EQ(masked(done).document->name, value);
    EXPECT_EQ(masked(Blocked{live.condition, live}).condition, condition);
    EXPECT_EQ(masked(Blocked{live.condition, live}).document->condition, condition);
}
