// Previews over the API: which one, for whom, and whether it is planned anew.
#include "tests/serve/world.h"

#include <gmock/gmock.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

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

TEST_F(Previews, one_is_a_page_for_people) {
    desk.add(3, "other");
    serve();
    const auto page = ask("/previews/12/page?repository=acme/platform");
    EXPECT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(page.header("Content-Security-Policy"), StartsWith("default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(page.body, StartsWith("<!DOCTYPE html>"));
    EXPECT_THAT(page.body, HasSubstr("<a href=\"../12?repository=acme%2Fplatform\">"));
    EXPECT_EQ(ask("/previews/12/page", "bob").status, 404) << "a unit of others";
    EXPECT_EQ(ask("/previews/3/page", "bob").status, 200);
    EXPECT_EQ(ask("/previews/12/page?scope=all").status, 400);
}

TEST_F(Previews, whoever_opens_a_page_reads_no_problem_document) {
    serve();
    const auto open = [this](const std::string& path, HttpHeaders headers) {
        headers.emplace_back("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        return send("GET", "/api/v1" + path, headers, "");
    };
    const auto nobody = open("/previews/12/page", {});
    EXPECT_EQ(nobody.status, 401);
    EXPECT_EQ(nobody.header("WWW-Authenticate"), "Bearer realm=\"kedge\"");
    EXPECT_THAT(nobody.body, HasSubstr("A browser sends no token by itself"));
    const auto missing = open("/previews/13/page", with_token("ann"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(missing.header("Content-Security-Policy"), HasSubstr("style-src"));
    EXPECT_EQ(open("/previews/13", with_token("ann")).header("Content-Type"), "application/problem+json");
    EXPECT_EQ(ask("/previews/13/page").header("Content-Type"), "application/problem+json") << "a program asks";
}

TEST_F(Previews, somebody_who_signed_in_at_the_proxy_reads_the_page) {
    settings.trusted_proxies.addresses = {*Network::parse("127.0.0.1")};
    settings.trusted_proxies.user_header = "X-Forwarded-User";
    settings.trusted_proxies.role_header = "X-Forwarded-Groups";
    settings.trusted_proxies.roles = {{"reviewers", Role::viewer}};
    serve();
    const HttpHeaders ann{{"X-Forwarded-User", "ann"}, {"X-Forwarded-Groups", "reviewers"}, {"Accept", "text/html"}};
    EXPECT_EQ(send("GET", "/api/v1/previews/12/page", ann, "").status, 200);
    const HttpHeaders stranger{{"X-Forwarded-User", "eve"}, {"X-Forwarded-Groups", "guests"}, {"Accept", "text/html"}};
    EXPECT_EQ(send("GET", "/api/v1/previews/12/page", stranger, "").status, 403);
}
