// The real process ends with SIGKILL at every request and every journal boundary of a plan of twenty changes; the next
// run has to find its way: converged, nothing doubled, nothing lost, the ledger as live as the control plane.
#include "tests/e2e/file_watch.h"
#include "tests/e2e/killed_at.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <set>

using namespace kedge;

namespace {

constexpr int creates = 13;
constexpr int updates = 4;
constexpr int deletes = 3;
constexpr int at_the_end = creates + updates + 1;

std::string nth(const std::string& kind, int i) {
    return kind + "-" + std::to_string(10 + i);
}

// A unit that owns eight registrations, and a commit that wants twenty changes of it.
class Scene {
public:
    Scene() {
        for (int i = 0; i < updates; ++i) put(nth("update", i));
        for (int i = 0; i < deletes; ++i) put(nth("delete", i));
        put("stays");
        stage.commit("Before");
        stage.write_settings("limits: {deletes: unlimited, updates: unlimited}");
        EXPECT_EQ(stage.kedge(apply).exit_code, 0);
        for (int i = 0; i < creates; ++i) put(nth("create", i));
        for (int i = 0; i < updates; ++i) put(nth("update", i), "tags:\n  moved: \"yes\"\n");
        for (int i = 0; i < deletes; ++i) std::filesystem::remove(file(nth("delete", i)));
        stage.commit("Twenty changes");
        writes_before = stage.writes();
    }

    void expect_recovery(const std::string& when) {
        const auto again = stage.kedge(apply);
        EXPECT_EQ(again.exit_code, 0) << when << ", signal " << again.signal << "\n" << again.output << again.errors;
        std::set<std::string> names;
        for (const auto* server : stage.plane.registry().in_order()) names.insert(server->name);
        EXPECT_EQ(names.size(), stage.plane.registry().in_order().size()) << when << ": something stands there twice";
        EXPECT_EQ(names.size(), static_cast<std::size_t>(at_the_end)) << when;
        const auto plan = Json::parse(stage.kedge({"plan", "--output", "json"}).output);
        EXPECT_EQ(plan["counts"]["equal"], at_the_end) << when;
        EXPECT_TRUE(plan["changes"].empty()) << when << "\n" << plan["changes"].dump(2);
        EXPECT_EQ(plan["counts"]["adopted"], 0) << when << ": the ledger does not know all that is ours";
        // At worst the request in flight was sent twice.
        EXPECT_LE(stage.writes() - writes_before, 20U + 8U) << when;
    }

    Stage stage;
    std::uint64_t writes_before = 0;
    const std::vector<std::string> apply{"apply", "--yes", "--rehearse", "never"};

private:
    std::string file(const std::string& name) const { return stage.path("repository/mcp/" + name + ".yaml"); }
    void put(const std::string& name, const std::string& more = {}) {
        stage.write("repository/mcp/" + name + ".yaml", Stage::remote(name, more));
    }
};

// One list, one question who we are, twenty writes and the looks before deletes: every second event is a request
// carried out whose answer was never sent.
void kill_at_requests(int first, int step) {
    for (int moment = first;; moment += step) {
        Scene scene;
        const bool killed = killed_at_request(scene.stage, scene.apply, moment);
        scene.expect_recovery("killed at request event " + std::to_string(moment));
        if (!killed) {
            EXPECT_GT(moment, 2 * 20) << "there were fewer requests than changes";
            return;
        }
        if (testing::Test::HasFailure()) return;
    }
}

} // namespace

TEST(kill, at_request_boundaries_first_share) {
    kill_at_requests(1, 4);
}
TEST(kill, at_request_boundaries_second_share) {
    kill_at_requests(2, 4);
}
TEST(kill, at_request_boundaries_third_share) {
    kill_at_requests(3, 4);
}
TEST(kill, at_request_boundaries_fourth_share) {
    kill_at_requests(4, 4);
}

TEST(kill, at_every_write_of_the_journal) {
    for (int moment = 1;; ++moment) {
        Scene scene;
        FileWatch journal(scene.stage.loop, scene.stage.path("store"), "ledger.db-wal");
        auto on_writes = [&](auto event) { journal.on_write(event); };
        const bool killed = killed_at(scene.stage, scene.apply, moment, on_writes);
        journal.on_write({});
        scene.expect_recovery("killed at write " + std::to_string(moment) + " of the journal");
        if (!killed) {
            EXPECT_GT(moment, 3) << "the journal was hardly written";
            return;
        }
        if (testing::Test::HasFailure()) return;
    }
}
