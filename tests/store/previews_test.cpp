// What every store of previews promises, asked of each; and what only a file can break.
#include "store/previews.h"

#include "engines.h"
#include "scratch.h"
#include "store/encoding.h"
#include "store/memory_previews.h"
#include "store/sqlite_database.h"
#include "store/stored_outbox.h"
#include "store/stored_previews.h"
#include "store/stored_stoppages.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

using namespace kedge;
using testing::HasSubstr;

namespace {

constexpr UnixSeconds start = 1'800'000'000;
constexpr UnixSeconds a_day = 86400;

struct InMemory {
    std::unique_ptr<MemoryPreviews> previews = std::make_unique<MemoryPreviews>();
    Previews& get() { return *previews; }
    void bound(PreviewRetention retention) { previews = std::make_unique<MemoryPreviews>(retention); }
};

// Opened anew for each question: what was not written is not there.
template<class Engine>
struct Kept {
    Engine place;
    PreviewRetention retention;
    std::unique_ptr<StoredPreviews> previews;
    Previews& get() {
        previews.reset();
        previews = std::make_unique<StoredPreviews>(place.engine(), retention);
        return *previews;
    }
    void bound(PreviewRetention to) { retention = to; }
};

PreviewRecord record(int number, const std::string& head, UnixSeconds at = start) {
    PreviewRecord record;
    record.repository = "acme/tools";
    record.number = number;
    record.head = head;
    record.base_branch = "main";
    record.base_commit = "base";
    record.releases = {{"tools", "updated", sha256("updated").hex(), "agreed", "ann in acme/tools#1 at 0123"}};
    record.tree = "tree";
    record.author = "bob";
    record.at = at;
    record.approvers = {"ann", "bob"};
    record.comment_id = "4711";
    record.heard = "4720";
    record.since = at - 60;
    PreviewedUnit unit;
    unit.unit = "tools";
    for (const auto action : {Action::create, Action::update, Action::rotate, Action::replace, Action::remove}) {
        PreviewedChange change;
        change.action = action;
        change.name = std::string(to_text(action)) + "d";
        change.change = sha256(change.name);
        if (action != Action::remove) change.desired = sha256("desired " + change.name);
        if (action != Action::create) change.live = sha256("live " + change.name);
        unit.changes.push_back(std::move(change));
    }
    unit.changes[0].approved = true;
    unit.changes[1].result = PreviewResult::failed;
    unit.changes[1].text = "the control plane did not answer";
    unit.changes[1].at = at + 7;
    record.units = {unit, {"sales", {}}};
    return record;
}

PreviewRecord ended(PreviewRecord record, PullState state, UnixSeconds at) {
    record.state = state;
    record.ended = at;
    return record;
}

template<class World>
class PreviewsContract : public testing::Test {
protected:
    void put(const PreviewRecord& one) { run(world_.get().put(one)); }
    std::optional<PreviewRecord> find(int number, const std::string& head) {
        return run(world_.get().find({"acme/tools", number, head}));
    }
    std::vector<std::string> heads(PullState state, std::size_t most = 100) {
        std::vector<std::string> all;
        for (const auto& one : run(world_.get().with_state(state, most))) all.push_back(one.head);
        return all;
    }
    World world_;
};

using Worlds = testing::Types<InMemory, Kept<InFiles>, Kept<OnServer>>;
TYPED_TEST_SUITE(PreviewsContract, Worlds);
using Heads = std::vector<std::string>;

} // namespace

TYPED_TEST(PreviewsContract, give_back_what_was_put_with_every_field) {
    EXPECT_FALSE(this->find(12, "a"));
    const auto one = ended(record(12, "a"), PullState::merged, start + 60);
    this->put(one);
    EXPECT_EQ(this->find(12, "a"), one);
    EXPECT_FALSE(this->find(12, "b"));
    EXPECT_FALSE(this->find(13, "a"));
    EXPECT_EQ(run(this->world_.get().of_pull("acme/tools", 12)), std::vector{one});
    EXPECT_TRUE(run(this->world_.get().of_pull("acme/other", 12)).empty());
}

TYPED_TEST(PreviewsContract, the_same_head_again_takes_its_place_and_another_head_stands_beside_it) {
    this->put(record(12, "a"));
    auto again = record(12, "a", start + 5);
    again.comment_id = "4712";
    this->put(again);
    this->put(record(12, "b", start + 9));
    EXPECT_EQ(this->find(12, "a"), again);
    const auto all = run(this->world_.get().of_pull("acme/tools", 12));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].head, "b") << "the newest first";
}

TYPED_TEST(PreviewsContract, are_found_by_state_those_touched_last_first) {
    this->put(ended(record(1, "a"), PullState::merged, start + 300));
    this->put(ended(record(2, "b"), PullState::merged, start + 100));
    this->put(ended(record(3, "c"), PullState::closed, start + 200));
    this->put(record(4, "d", start + 400));
    EXPECT_EQ(this->heads(PullState::merged), (Heads{"a", "b"}));
    EXPECT_EQ(this->heads(PullState::merged, 1), (Heads{"a"}));
    EXPECT_EQ(this->heads(PullState::closed), (Heads{"c"}));
    EXPECT_EQ(this->heads(PullState::open), (Heads{"d"}));
}

TYPED_TEST(PreviewsContract, what_is_older_than_its_time_goes_when_something_comes) {
    this->put(record(1, "old"));
    this->put(ended(record(2, "merged later"), PullState::merged, start + 50 * a_day));
    this->put(record(3, "new", start + 91 * a_day));
    EXPECT_FALSE(this->find(1, "old"));
    EXPECT_TRUE(this->find(2, "merged later")) << "what was touched since counts";
}

TYPED_TEST(PreviewsContract, of_too_many_those_touched_longest_ago_go) {
    this->world_.bound({90, 3});
    for (int i = 0; i < 6; ++i) this->put(record(i, "h" + std::to_string(i), start + i));
    EXPECT_EQ(this->heads(PullState::open), (Heads{"h5", "h4", "h3"}));
}

TEST(previews_file, is_made_beside_the_files_of_a_store_that_had_none) {
    Scratch scratch;
    {
        StoredStoppages stoppages(sqlite_engine(scratch.store()));
        run(stoppages.put(Stoppage{StoppageKind::pause, "", {"tools"}, "", "why", "Ann", start, 0}));
    }
    StoredPreviews previews(sqlite_engine(scratch.store()));
    run(previews.put(record(12, "a")));
    EXPECT_TRUE(run(previews.find({"acme/tools", 12, "a"})));
    StoredStoppages stoppages(sqlite_engine(scratch.store()));
    EXPECT_EQ(run(stoppages.load()).stoppages.size(), 1U) << "the others are as they were";
}

TEST(previews_file, a_damaged_row_was_not_previewed_and_the_others_were) {
    for (const auto* sql : {"UPDATE preview SET body = x'01020304050607080910' WHERE number = 12",
                            "UPDATE preview SET number = 14 WHERE number = 12",
                            "UPDATE preview SET repository = 'acme/x' WHERE number = 12"}) {
        Scratch scratch;
        {
            StoredPreviews previews(sqlite_engine(scratch.store()));
            run(previews.put(record(12, "a")));
            run(previews.put(record(13, "b")));
        }
        SQLite::Database((scratch.store() / "previews.db").string(), SQLite::OPEN_READWRITE).exec(sql);
        StoredPreviews previews(sqlite_engine(scratch.store()));
        const auto left = run(previews.with_state(PullState::open, 10));
        ASSERT_EQ(left.size(), 1U) << sql;
        EXPECT_EQ(left[0].number, 13);
    }
}

TEST(previews_file, a_row_of_before_comments_were_kept_is_read_without_one) {
    Scratch scratch;
    { StoredPreviews previews(sqlite_engine(scratch.store())); }
    Encoder old;
    old.text("acme/tools");
    old.small(12);
    for (const char* text : {"a", "main", "base", "tree", "bob"}) old.text(text);
    old.small(static_cast<int>(PullState::open));
    for (const UnixSeconds time : {start, UnixSeconds{0}}) old.number(static_cast<std::uint64_t>(time));
    old.texts({"ann"});
    old.text("4711");
    for (int lists = 0; lists < 2; ++lists) old.number(0);
    const auto body = old.sealed(1);
    {
        SQLite::Database file((scratch.store() / "previews.db").string(), SQLite::OPEN_READWRITE);
        SQLite::Statement add(file, "INSERT INTO preview VALUES ('acme/tools', 12, 'a', 0, ?, ?)");
        add.bind(1, static_cast<std::int64_t>(start));
        add.bind(2, body.data(), static_cast<int>(body.size()));
        add.exec();
    }
    StoredPreviews previews(sqlite_engine(scratch.store()));
    const auto read = run(previews.find({"acme/tools", 12, "a"}));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->comment_id, "4711");
    EXPECT_EQ(read->heard, "");
}

TEST(preview_record, comments_are_counted_up) {
    EXPECT_TRUE(is_later_comment("100", "99"));
    EXPECT_TRUE(is_later_comment("101", "100"));
    EXPECT_FALSE(is_later_comment("100", "100"));
    EXPECT_TRUE(is_later_comment("1", ""));
}

TEST(previews_file, one_of_a_newer_kedge_is_left_alone_and_each_call_says_so) {
    Scratch scratch;
    { StoredPreviews previews(sqlite_engine(scratch.store())); }
    SQLite::Database((scratch.store() / "previews.db").string(), SQLite::OPEN_READWRITE)
        .exec("PRAGMA user_version = 99");
    StoredPreviews previews(sqlite_engine(scratch.store()));
    try {
        run(previews.put(record(12, "a")));
        FAIL() << "it was written";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("previews.db"));
        EXPECT_EQ(failure.next(), NextAction::stop);
    }
}

TEST(preview_record, only_somebody_other_than_the_author_approves) {
    auto one = record(12, "a");
    one.approvers = {"Bob", ""};
    EXPECT_FALSE(is_approved(one)) << "names differ in case alone";
    one.approvers.push_back("ann");
    EXPECT_TRUE(is_approved(one));
}
