// A store that has missed what others wrote: nothing that a plan could rely on is left of it.
#include "store/forget_store.h"

#include "engines.h"
#include "samples.h"
#include "store/store_copy.h"
#include "store/stored_ledger.h"
#include "store/stored_stoppages.h"

#include <gtest/gtest.h>

using namespace kedge;

TEST(forget_store, leaves_no_row_in_the_ledger_and_no_release_by_command) {
    const InFiles place;
    const auto engine = place.engine();
    StoredLedger ledger(engine);
    LedgerBatch batch;
    batch.adopt = {sample_owned("a"), sample_owned("b")};
    batch.known = {{"a", R"({"name":"a"})"}};
    batch.intents = {sample_intent("a", "release"), sample_intent("b")};
    batch.manifest_paths = std::set<std::string>{"a.yaml"};
    batch.moved = std::map<std::string, LiveMove>{{"a", {}}};
    batch.tagged = std::map<std::string, UnixSeconds>{{"id", 1}};
    batch.listed = 1'800'000'000;
    batch.past_unknown = 1'800'000'000;
    const auto ids = run(ledger.commit(sample_key(), batch));
    StoredStoppages standing(engine);
    CommandRelease given;
    given.unit = "tools";
    given.release.digest = sha256("a change");
    given.release.from_git = false;
    run(standing.put(given));
    Stoppage freeze;
    freeze.kind = StoppageKind::freeze;
    freeze.name = "incident";
    run(standing.put(freeze));

    forget_units(engine);
    for (const auto& part : inspect_store(sqlite_place(place.scratch.store()))) {
        if (part.name != "ledger") continue;
        EXPECT_EQ(part.rows.size(), 10U);
        for (const auto& [table, rows] : part.rows) EXPECT_EQ(rows, 0) << table;
    }
    EXPECT_TRUE(run(ledger.load(sample_key())).is_new) << "seen by whoever has it open";
    const auto left = run(standing.load());
    EXPECT_TRUE(left.releases.empty());
    EXPECT_EQ(left.stoppages.size(), 1U) << "what was stopped stays stopped";
    LedgerBatch next;
    next.intents = {sample_intent("c")};
    EXPECT_GT(run(ledger.commit(sample_key(), next)).at(0), ids.back()) << "no id is given again";
}
