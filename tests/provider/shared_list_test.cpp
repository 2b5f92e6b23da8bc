#include "provider/shared_list.h"

#include "base/json.h"
#include "dialect/dialects.h"
#include "io/run.h"
#include "provider/shared_list_provider.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace kedge;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

// Gives the rows it was told to, in two pages; a list takes a while.
class Lister final : public Provider {
public:
    explicit Lister(Clock& clock) : clock_(clock) {}
    const Dialect& dialect() const override { return *dialect_; }
    Task<Answer> list(RowSink sink) override {
        ++counts_.list;
        if (sink.begin) sink.begin();
        const Milliseconds while_it_takes{100};
        co_await clock_.sleep(while_it_takes);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            sink.row(rows[i]);
            if (i == 0 && sink.page) co_await sink.page();
            if (i == 0 && in_between) in_between();
        }
        Answer answer = Done{};
        if (!broken.empty()) answer = Refused{RefusalKind::broken, broken, {}};
        co_return answer;
    }
    Task<Answer> perform(Operation, std::vector<SecretReference>) override {
        Answer answer = Done{};
        co_return answer;
    }
    RequestCounts counts() const override { return counts_; }

    std::vector<std::string> rows;
    std::string broken;
    std::function<void()> in_between; // while a list comes in

private:
    Clock& clock_;
    std::unique_ptr<Dialect> dialect_ = make_dialect("truefoundry");
    RequestCounts counts_;
};

class shared_list : public testing::Test {
protected:
    EventLoop loop;
    ManualClock clock;
    Worker pool;
    Lister lister{clock};
    Lister own{clock};
    int keys_read = 0;
    SharedList list{lister, clock, pool, [this](std::string_view row) {
                        ++keys_read;
                        const auto json = parse_json(row);
                        if (!json.contains("name")) throw std::invalid_argument("it has no name");
                        RowKey key;
                        key.name = json.at("name").get<std::string>();
                        return key;
                    }};
    SharedListProvider unit{own, list, clock, Milliseconds(60000)};
    SharedListProvider careful{own, list, clock, Milliseconds(0)};

    void SetUp() override { lister.rows = {R"({"name": "a"})", R"({"name": "b"})", R"({"name": "c"})"}; }

    static Task<std::vector<std::string>> rows_of(Provider& provider) {
        std::vector<std::string> rows;
        RowSink sink;
        sink.begin = [&rows] { rows.clear(); };
        sink.row = [&rows](std::string_view raw) { rows.emplace_back(raw); };
        const auto answer = co_await provider.list(std::move(sink));
        if (const auto* refused = std::get_if<Refused>(&answer)) rows = {refused->text};
        co_return rows;
    }
    std::vector<std::string> rows(Provider& provider) { return run_to_end(loop, rows_of(provider)); }
    void write(Provider& provider) {
        Operation operation;
        operation.kind = OperationKind::update;
        run_to_end(loop, provider.perform(std::move(operation), {}));
    }
};

} // namespace

TEST_F(shared_list, one_list_serves_every_unit_for_as_long_as_it_is_young_enough) {
    SharedListProvider other(own, list, clock, Milliseconds(60000));
    EXPECT_EQ(rows(unit), lister.rows) << "each byte as it came";
    EXPECT_EQ(rows(other), lister.rows);
    EXPECT_EQ(lister.counts().list, 1);
    EXPECT_EQ(unit.counts().list, 1) << "who asked is who it is counted for";
    EXPECT_EQ(other.counts().list, 0);
    clock.advance(Milliseconds(60000));
    EXPECT_EQ(rows(other), lister.rows);
    EXPECT_EQ(lister.counts().list, 2);
    EXPECT_EQ(keys_read, 3) << "rows that did not move are not read again";
}

TEST_F(shared_list, who_wants_no_old_one_lists_each_time) {
    rows(unit);
    rows(careful);
    rows(careful);
    EXPECT_EQ(lister.counts().list, 3);
}

TEST_F(shared_list, a_list_from_before_a_write_of_ones_own_is_not_taken) {
    SharedListProvider other(own, list, clock, Milliseconds(60000));
    rows(unit);
    write(unit);
    lister.rows[0] = R"({"name": "a", "new": true})";
    EXPECT_EQ(rows(unit), lister.rows);
    EXPECT_EQ(lister.counts().list, 2);
    write(other);
    EXPECT_EQ(rows(unit), lister.rows);
    EXPECT_EQ(lister.counts().list, 2) << "the write of another unit is no matter";
}

TEST_F(shared_list, what_was_listed_before_another_member_had_its_turn_is_not_taken) {
    SharedListProvider other(own, list, clock, Milliseconds(60000));
    rows(unit);
    list.outdate();
    lister.rows[0] = R"({"name": "a", "new": true})";
    EXPECT_EQ(rows(unit), lister.rows);
    EXPECT_EQ(rows(other), lister.rows);
    EXPECT_EQ(lister.counts().list, 2) << "one for both";
}

TEST_F(shared_list, one_that_is_under_way_meanwhile_is_not_taken_by_anybody_later) {
    lister.in_between = [this] { list.outdate(); };
    rows(unit);
    lister.in_between = nullptr;
    rows(unit);
    rows(unit);
    EXPECT_EQ(lister.counts().list, 2);
}

TEST_F(shared_list, rows_in_another_order_are_known_and_new_ones_are_read) {
    rows(careful);
    lister.rows = {R"({"name": "c"})", R"({"name": "d"})", R"({"name": "a"})"};
    EXPECT_EQ(rows(careful), lister.rows);
    EXPECT_EQ(keys_read, 4);
}

TEST_F(shared_list, a_failed_list_is_not_kept) {
    lister.broken = "no answer";
    EXPECT_THAT(rows(unit), ElementsAre("no answer"));
    lister.broken.clear();
    EXPECT_EQ(rows(unit), lister.rows);
}

TEST_F(shared_list, a_failed_list_leaves_the_one_before_it) {
    rows(unit);
    lister.broken = "no answer";
    EXPECT_THAT(rows(careful), ElementsAre("no answer"));
    EXPECT_EQ(rows(unit), lister.rows);
}

TEST_F(shared_list, calls_at_one_time_share_a_list_and_its_failure) {
    for (const std::string broken : {"", "no answer"}) {
        lister.broken = broken;
        clock.advance(Milliseconds(100000));
        SharedListProvider other(own, list, clock, Milliseconds(60000));
        const auto before = lister.counts().list;
        std::vector<std::string> one;
        std::vector<std::string> two;
        const auto ask = [](Provider& provider, std::vector<std::string>& into) -> Task<void> {
            into = co_await rows_of(provider);
        };
        boost::asio::co_spawn(loop, ask(unit, one), boost::asio::detached);
        boost::asio::co_spawn(loop, ask(other, two), boost::asio::detached);
        loop.restart();
        loop.run();
        EXPECT_EQ(lister.counts().list, before + 1) << broken;
        EXPECT_EQ(one, two);
        EXPECT_EQ(one.size(), broken.empty() ? 3U : 1U);
    }
}

TEST_F(shared_list, a_row_that_cannot_be_read_refuses_the_list) {
    lister.rows[1] = R"({"nam": "b"})";
    const auto said = rows(unit);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_THAT(said[0], HasSubstr("list: read row 2: it has no name"));
}

TEST_F(shared_list, a_unit_takes_only_the_rows_that_it_wants_and_learns_when_the_list_began) {
    rows(unit);
    clock.advance(Milliseconds(5000));
    std::vector<std::string> whole;
    std::vector<std::string> named;
    Milliseconds began{-1};
    RowSink sink;
    sink.row = [&](std::string_view raw) { whole.emplace_back(raw); };
    sink.use = [](const RowKey& key) {
        return key.name == "a" ? RowUse::whole : key.name == "b" ? RowUse::key : RowUse::none;
    };
    sink.key = [&](const RowKey& key) { named.push_back(key.name); };
    sink.began = [&](ListMoment moment) { began = moment.monotonic; };
    const auto answer = run_to_end(loop, unit.list(std::move(sink)));
    EXPECT_THAT(whole, ElementsAre(R"({"name": "a"})"));
    EXPECT_THAT(named, ElementsAre("b"));
    EXPECT_EQ(began, Milliseconds(0));
    EXPECT_EQ(std::get<Done>(answer).listed, 3U);
}

TEST(row_packer, gives_back_each_byte) {
    RowPacker packer;
    std::vector<std::string> rows{"{}", std::string(100000, 'x'), "", std::string("\0\xff\n", 3)};
    for (int i = 0; i < 50; ++i)
        rows.push_back(R"({"id":"mcp-)" + std::to_string(i) +
                       R"(","name":"server","url":"https://x.example.com/mcp"})");
    std::vector<std::string> packed;
    for (const auto& row : rows) packed.push_back(packer.pack(row));
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(packer.unpack(packed[i], rows[i].size()), rows[i]) << i;
}
