// What every store of pauses, freezes and releases by command promises, asked of each; and what only a file can break.
#include "store/sqlite_database.h"
#include "store/stoppages.h"

#include "engines.h"
#include "scratch.h"
#include "store/memory_stoppages.h"
#include "store/stored_stoppages.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <memory>

using namespace kedge;

namespace {

struct InMemory {
    MemoryStoppages stoppages;
    Stoppages& get() { return stoppages; }
};

// Opened anew for each question: what was not written is not there.
template<class Engine>
struct Kept {
    Engine place;
    std::unique_ptr<StoredStoppages> stoppages;
    Stoppages& get() {
        stoppages.reset();
        stoppages = std::make_unique<StoredStoppages>(place.engine());
        return *stoppages;
    }
};

Stoppage pause(const std::string& unit, const std::string& resource = {}) {
    return {StoppageKind::pause, "", {unit}, resource, "looking into it", "Ann", 1'800'000'000, 1'800'003'600};
}

Stoppage freeze(const std::string& name, std::vector<std::string> units = {}) {
    return {StoppageKind::freeze, name, std::move(units), "", "holidays", "Bob", 1'800'000'000, 0};
}

CommandRelease release(const std::string& unit, const std::string& because, UnixSeconds at = 1'800'000'000) {
    CommandRelease given;
    given.unit = unit;
    given.release.digest = sha256("change");
    given.release.name = "github";
    given.release.because = because;
    given.release.at_most = 41;
    given.release.from_git = false;
    given.release.by = "Ann";
    given.at = at;
    return given;
}

template<class World>
class StoppagesContract : public testing::Test {
protected:
    StandingCommands load() { return run(world_.get().load()); }
    template<class Value>
    void put(const Value& value) {
        run(world_.get().put(value));
    }
    void remove(const Stoppage& stoppage) { run(world_.get().remove(stoppage)); }
    void remove(const CommandRelease& given) {
        run(world_.get().remove_release(given.unit, given.release.entry().hex()));
    }
    World world_;
};

using Worlds = testing::Types<InMemory, Kept<InFiles>, Kept<OnServer>>;
TYPED_TEST_SUITE(StoppagesContract, Worlds);

} // namespace

TYPED_TEST(StoppagesContract, begin_with_nothing) {
    EXPECT_EQ(this->load(), StandingCommands{});
}

TYPED_TEST(StoppagesContract, give_back_what_was_put_with_every_field) {
    this->put(pause("tools", "github"));
    this->put(pause("tools"));
    this->put(freeze("holidays", {"sales", "tools"}));
    this->put(release("tools", "agreed"));
    const auto standing = this->load();
    EXPECT_EQ(standing.stoppages,
              (std::vector{freeze("holidays", {"sales", "tools"}), pause("tools"), pause("tools", "github")}));
    EXPECT_EQ(standing.releases, std::vector{release("tools", "agreed")});
}

TYPED_TEST(StoppagesContract, the_same_pause_or_freeze_again_takes_its_place) {
    auto longer = pause("tools");
    longer.until = 0;
    longer.by = "Bob";
    this->put(pause("tools"));
    this->put(longer);
    this->put(freeze("holidays", {"tools"}));
    this->put(freeze("holidays"));
    EXPECT_EQ(this->load().stoppages, (std::vector{freeze("holidays"), longer}));
}

TYPED_TEST(StoppagesContract, what_is_removed_is_called_by_its_name_and_nothing_else_goes) {
    this->put(pause("tools"));
    this->put(pause("tools", "github"));
    this->put(freeze("tools"));
    Stoppage called;
    called.units = {"tools"};
    this->remove(called);
    EXPECT_EQ(this->load().stoppages, (std::vector{freeze("tools"), pause("tools", "github")}));
    this->remove(called);
    EXPECT_EQ(this->load().stoppages.size(), 2U) << "what is not there any more is no mistake";
}

TYPED_TEST(StoppagesContract, a_release_is_one_entry_of_one_unit) {
    this->put(release("tools", "agreed"));
    this->put(release("tools", "agreed", 1'800'000'500));
    this->put(release("tools", "agreed once more"));
    this->put(release("sales", "agreed"));
    EXPECT_EQ(this->load().releases, (std::vector{release("tools", "agreed", 1'800'000'500),
                                                  release("tools", "agreed once more"), release("sales", "agreed")}));
    this->remove(release("tools", "agreed"));
    EXPECT_EQ(this->load().releases, (std::vector{release("tools", "agreed once more"), release("sales", "agreed")}));
}

namespace {

void damage(const Scratch& scratch, const char* sql) {
    SQLite::Database file((scratch.store() / "stoppages.db").string(), SQLite::OPEN_READWRITE);
    EXPECT_EQ(file.exec(sql), 1);
}

} // namespace

TEST(stoppages_file, a_damaged_row_stops_kedge_for_what_was_paused_must_not_go_on) {
    for (const auto* sql : {"UPDATE stoppage SET body = x'01020304050607080910'",
                            "UPDATE stoppage SET key = 'pause/others/'", "UPDATE release SET unit = 'others'"}) {
        Scratch scratch;
        {
            StoredStoppages stoppages(sqlite_engine(scratch.store()));
            run(stoppages.put(pause("tools")));
            run(stoppages.put(release("tools", "agreed")));
        }
        damage(scratch, sql);
        StoredStoppages again(sqlite_engine(scratch.store()));
        EXPECT_THROW(run(again.load()), UnusableStore) << sql;
    }
}

TEST(stoppages_file, a_full_disk_is_said_and_changes_nothing) {
    Scratch scratch;
    SqliteOptions small;
    small.max_pages = 8;
    StoredStoppages stoppages(sqlite_engine(scratch.store(), small));
    run(stoppages.put(pause("tools")));
    auto large = pause("sales");
    large.because = std::string(100'000, 'x');
    try {
        run(stoppages.put(large));
        FAIL() << "it fits";
    } catch (const Failure& failure) {
        EXPECT_NE(std::string(failure.what()).find("the disk is full; nothing was written"), std::string::npos);
    }
    EXPECT_EQ(run(stoppages.load()).stoppages, std::vector{pause("tools")});
}
