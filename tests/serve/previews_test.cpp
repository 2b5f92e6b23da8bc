// Previews over the API: which one, for whom, and whether it is planned anew.
#include "tests/serve/world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

namespace {

class Previews : public World {
protected:
    Previews() {
        add_token("ann", Role::viewer);
        add_token("bob", Role::viewer, {"other"});
    }

    Answer ask(const std::string& path, const std::string& token = "ann") { return get("/api/v1" + path, token); }
};

} // namespace

TEST_F(Previews, are_listed_by_repository_and_number) {
    desk.add(3, "other");
    serve();
    const auto all = ask("/previews").json()["previews"];
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0]["pull_request"]["number"], 3);
    EXPECT_EQ(all[1]["summary"], "Nothing to do");
    EXPECT_EQ(ask("/previews?repository=acme/else").json()["previews"].size(), 0U);
}

TEST_F(Previews, one_is_shown_as_it_is_kept) {
    serve();
    const auto answer = ask("/previews/12?repository=acme/platform&head=9f8e7d6");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json()["verdict"], "nothing");
    EXPECT_EQ(answer.json()["status"]["state"], "success");
    EXPECT_EQ(ask("/previews/12").status, 200) << "the number alone is enough where it is the only one";
    EXPECT_THAT(desk.asked, IsEmpty());
}

TEST_F(Previews, another_head_is_planned_now) {
    desk.fresh = FakeDesk::one(12, "tools");
    serve();
    EXPECT_EQ(ask("/previews/12?head=1234567").status, 200);
    EXPECT_EQ(ask("/previews/12?head=9f8").status, 200) << "three digits name no commit";
    EXPECT_THAT(desk.asked, ElementsAre(Pair("acme/platform", 12), Pair("acme/platform", 12)));
}

TEST_F(Previews, what_nobody_knows_is_not_found) {
    serve();
    EXPECT_EQ(ask("/previews/13").status, 404) << "no repository to ask for it";
    EXPECT_THAT(desk.asked, IsEmpty());
    EXPECT_EQ(ask("/previews/13?repository=acme/platform").status, 404);
    EXPECT_EQ(ask("/previews/0").status, 404);
    EXPECT_EQ(ask("/previews/12x").status, 404);
    EXPECT_EQ(ask("/previews/99999999999").status, 404);
    desk.failure = "the forge is away";
    EXPECT_EQ(ask("/previews/13?repository=acme/platform").status, 503);
}

TEST_F(Previews, units_of_others_are_not_shown) {
    desk.add(3, "other");
    serve();
    EXPECT_EQ(ask("/previews/12", "bob").status, 404);
    EXPECT_EQ(ask("/previews/3", "bob").status, 200);
    EXPECT_EQ(ask("/previews", "bob").json()["previews"].size(), 1U);
}

TEST_F(Previews, are_off_where_there_is_no_desk) {
    desk_of_server = nullptr;
    serve();
    EXPECT_EQ(ask("/previews").status, 404);
    EXPECT_EQ(ask("/previews/12").status, 404);
}
