// What every outbox promises, asked of each; and what only a file can break.
#include "store/outbox.h"

#include "base/failure.h"
#include "engines.h"
#include "scratch.h"
#include "store/sqlite_database.h"
#include "store/stored_outbox.h"

#include <fstream>
#include <gtest/gtest.h>
#include <memory>

using namespace kedge;

namespace {

struct InMemory {
    MemoryOutbox outbox;
    Outbox& get() { return outbox; }
};

// Opened anew for each question: what was not written is not there.
template<class Engine>
struct Kept {
    Engine place;
    std::unique_ptr<StoredOutbox> outbox;
    Outbox& get() {
        outbox.reset();
        outbox = std::make_unique<StoredOutbox>(place.engine());
        return *outbox;
    }
};

OutboxMessage message(const std::string& delivery) {
    OutboxMessage one;
    one.receiver = "chat";
    one.format = "slack";
    one.kind = "pass";
    one.delivery = delivery;
    one.body = "{\"text\":\"a 'quoted' body \xE2\x82\xAC\"}";
    one.made = 1'800'000'000;
    return one;
}

std::vector<std::string> deliveries(const OutboxState& state) {
    std::vector<std::string> all;
    for (const auto& one : state.waiting) all.push_back(one.delivery);
    return all;
}

template<class World>
class OutboxContract : public testing::Test {
protected:
    OutboxState load() { return run(world_.get().load()); }
    std::vector<std::int64_t> add(std::vector<OutboxMessage> messages, const std::string& unit, const Told& told) {
        return run(world_.get().add(std::move(messages), unit, told));
    }
    void remove(const std::vector<std::int64_t>& ids) { run(world_.get().remove(ids)); }
    World world_;
};

using Worlds = testing::Types<InMemory, Kept<InFiles>, Kept<OnServer>>;
TYPED_TEST_SUITE(OutboxContract, Worlds);
using Texts = std::vector<std::string>;

} // namespace

TYPED_TEST(OutboxContract, keeps_messages_in_order_with_every_field) {
    EXPECT_EQ(this->load(), OutboxState{});
    const auto first = this->add({message("a"), message("b")}, "tools", {"x"});
    const auto second = this->add({message("c")}, "sales", {});
    ASSERT_EQ(first.size(), 2U);
    EXPECT_LT(first[1], second.at(0));
    const auto state = this->load();
    EXPECT_EQ(deliveries(state), (Texts{"a", "b", "c"}));
    auto expected = message("a");
    expected.id = first[0];
    EXPECT_EQ(state.waiting.at(0), expected);
}

TYPED_TEST(OutboxContract, forgets_what_is_removed_and_never_gives_an_id_twice) {
    const auto ids = this->add({message("a"), message("b")}, "tools", {});
    this->remove({ids[0], ids[1], 4711});
    EXPECT_TRUE(this->load().waiting.empty());
    EXPECT_GT(this->add({message("c")}, "tools", {}).at(0), ids[1]);
}

TYPED_TEST(OutboxContract, what_is_told_of_a_unit_is_what_was_said_last) {
    this->add({}, "tools", {"x", "y"});
    this->add({}, "sales", {"z"});
    this->add({}, "tools", {"y"});
    EXPECT_EQ(this->load().told, (std::map<std::string, Told>{{"sales", {"z"}}, {"tools", {"y"}}}));
    this->add({}, "tools", {});
    EXPECT_EQ(this->load().told, (std::map<std::string, Told>{{"sales", {"z"}}}));
}

TEST(outbox_file, one_that_cannot_be_used_stops_nothing_but_says_so_each_time_and_stays_as_it_is) {
    Scratch scratch;
    std::ofstream(scratch.path() / "outbox.db") << "somebody's notes";
    StoredOutbox outbox(sqlite_engine(scratch.path()));
    EXPECT_THROW(run(outbox.load()), Failure);
    EXPECT_THROW(run(outbox.remove({1})), Failure);
    EXPECT_EQ(std::filesystem::file_size(scratch.path() / "outbox.db"), 16U);
}

TEST(outbox_file, a_full_disk_keeps_nothing_of_a_batch) {
    Scratch scratch;
    SqliteOptions small;
    small.max_pages = 12;
    StoredOutbox outbox(sqlite_engine(scratch.store(), small));
    auto large = message("large");
    large.body = std::string(100'000, 'x');
    EXPECT_THROW(run(outbox.add({message("a"), large}, "tools", {"x"})), Failure);
    EXPECT_EQ(run(outbox.load()), OutboxState{});
}
