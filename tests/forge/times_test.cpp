// When comments were written, and when pull requests moved last: what decides whether something is new.
#include "base/json.h"
#include "forge/forge.h"

#include <gtest/gtest.h>

using namespace kedge;

namespace {

// What one page of a list comes to.
ForgeAnswer read_list(ForgeKind kind, const ForgeAsk& ask, const Json& rows) {
    const auto forge = make_forge({kind, "acme/mcp", false});
    const auto first = forge->next(ask, {});
    ForgeExchange page;
    page.request = std::get<ForgeSend>(first).request;
    page.answered = true;
    page.response.status = 200;
    page.response.body = rows.dump();
    return std::get<ForgeAnswer>(forge->next(ask, {page}));
}

Json comment(const char* updated) {
    const Json who{{"login", "ann"}, {"username", "ann"}};
    Json row{{"id", 7}, {"body", "kedge plan"}, {"user", who}, {"author", who}};
    row["created_at"] = "2026-03-02T09:00:00Z";
    row["updated_at"] = updated;
    return row;
}

} // namespace

TEST(forge_times, comments_tell_when_they_were_written_and_whether_they_were_edited) {
    const auto rows = Json::array({comment("2026-03-02T09:00:00Z"), comment("2026-03-02T09:00:01Z")});
    for (const auto kind : {ForgeKind::github, ForgeKind::gitea, ForgeKind::gitlab}) {
        const auto read = read_list(kind, AskComments{12}, rows).comments;
        ASSERT_EQ(read.size(), 2U);
        EXPECT_EQ(read[0].at, 1'772'442'000);
        EXPECT_FALSE(read[0].edited);
        EXPECT_TRUE(read[1].edited);
    }
}

TEST(forge_times, pull_requests_tell_when_anything_about_them_moved) {
    const Json side{{"ref", "main"}, {"sha", std::string(40, 'a')}, {"repo", {{"full_name", "acme/mcp"}}}};
    Json pull{{"number", 12}, {"state", "open"}, {"base", side}, {"head", side}};
    pull["updated_at"] = "2026-03-02T09:00:00Z";
    for (const auto kind : {ForgeKind::github, ForgeKind::gitea}) {
        const auto answer = read_list(kind, AskOpenPulls{}, Json::array({pull}));
        EXPECT_EQ(answer.moved, std::vector<std::string>{"2026-03-02T09:00:00Z"});
    }
}
