// Golden transcripts of deletes, as ContextForge 1.0.7 answered them, each with every failure at every turn.
#include "tests/dialect/contextforge_world.h"

using namespace kedge;
using namespace kedge::testing;

namespace {

const std::string one = "/v1/gateways/" + forge::id;

Exchange row_answer(const Json& more = Json::object()) {
    return answered(200, forge::row(more));
}

} // namespace

TEST(contextforge_remove, looks_first_and_is_done_when_it_is_gone) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::remove, Json());
    const auto gone = answered(404, Json{{"detail", "Gateway not found"}});
    const forge::Turns turns{{"GET " + one, row_answer()},
                             {"DELETE " + one, answered(200, Json{{"status", "success"}})}};
    EXPECT_FALSE(as<Done>(forge::walk(*dialect, operation, turns).end).document);
    as<Done>(forge::walk(*dialect, operation, {{"GET " + one, gone}}).end);
    as<Done>(forge::walk(*dialect, operation, {turns[0], {"DELETE " + one, gone}}).end);
    EXPECT_EQ(as<Refused>(forge::walk(*dialect, operation, {{"GET " + one, row_answer({{"name", "other"}})}}).end).text,
              "delete \"github\": it is called \"other\" by now");
    forge::fail_everywhere(*dialect, operation, turns);
}

TEST(contextforge_remove, an_asynchronous_one_is_asked_for_until_it_is_gone) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::remove, Json());
    const auto deleting = forge::accepted(forge::row({{"status", "deleting"}}));
    const auto still = row_answer({{"status", "deleting"}});
    const auto gone = answered(404, Json{{"detail", "Gateway not found"}});
    const forge::Turns turns{{"GET " + one, row_answer()},
                             {"DELETE " + one, deleting},
                             {"GET " + one, still, 5000},
                             {"GET " + one, gone, 5000}};
    EXPECT_FALSE(as<Done>(forge::walk(*dialect, operation, turns).end).document);
    forge::Turns slow{turns[0], turns[1]};
    for (int i = 0; i < 8; ++i) slow.push_back(turns[2]);
    EXPECT_EQ(as<Blocked>(forge::walk(*dialect, operation, slow).end).condition.text,
              "delete \"github\": the control plane has taken it on and is not done yet");
    forge::fail_everywhere(*dialect, operation, turns);
}

TEST(contextforge_remove, an_unclear_end_is_read_back) {
    const auto dialect = forge::dialect();
    const auto operation = forge::operation(OperationKind::remove, Json());
    const auto after = [&](const Exchange& look) {
        return forge::walk(*dialect, operation,
                           {{"GET " + one, row_answer()}, {"DELETE " + one, lost()}, {"GET " + one, look}})
            .end;
    };
    as<Done>(after(answered(404, std::string())));
    EXPECT_NE(as<Refused>(after(row_answer())).text.find("it was not carried out"), std::string::npos);
    as<Unsure>(after(answered(500, std::string())));
}
