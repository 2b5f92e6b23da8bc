// What only a server can do to a store: go away and come back, be of another version, be asked by several at once.
#include "base/failure.h"
#include "engines.h"
#include "samples.h"
#include "store/prepared_statement.h"
#include "store/stored_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

using namespace kedge;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string why_not(const PostgresOptions& options, NextAction expected) {
    try {
        StoredLedger ledger(postgres_engine(options));
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.next(), expected) << failure.what();
        return failure.what();
    }
    return {};
}

void in_database(const std::string& sql) {
    PostgresConnection connection(PostgresServer::shared().options("any"));
    connection.open();
    connection.run(sql);
}

} // namespace

TEST(postgres, a_connection_that_was_lost_fails_one_call_and_is_there_for_the_next) {
    PostgresServer server;
    StoredLedger ledger(postgres_engine(server.options("kedge")));
    LedgerBatch batch;
    batch.adopt = {sample_owned("github")};
    run(ledger.commit(sample_key(), batch));
    server.restart();
    std::string why;
    try {
        run(ledger.load(sample_key()));
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.next(), NextAction::retry);
        why = failure.what();
    }
    EXPECT_THAT(why, HasSubstr("cannot read"));
    EXPECT_THAT(why, HasSubstr("connects again by itself"));
    EXPECT_EQ(run(ledger.load(sample_key())).owned.at("github"), sample_owned("github"));
    EXPECT_EQ(run(ledger.commit(sample_key(), {})).size(), 0U);
}

TEST(postgres, a_server_that_does_not_answer_holds_nobody_longer_than_the_deadline) {
    PostgresServer server;
    auto options = server.options("kedge");
    options.deadline = Milliseconds(300);
    StoredLedger ledger(postgres_engine(options));
    in_database("SELECT 1");
    PostgresConnection blocker(server.options("kedge"));
    blocker.open();
    blocker.run("BEGIN; LOCK TABLE kedge_ledger.unit IN ACCESS EXCLUSIVE MODE");
    try {
        run(ledger.load(sample_key()));
        ADD_FAILURE() << "the table was locked";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.next(), NextAction::retry) << failure.what();
    }
    blocker.run("COMMIT");
    EXPECT_TRUE(run(ledger.load(sample_key())).is_new);
}

TEST(postgres, several_that_open_an_empty_database_at_once_make_it_once) {
    const OnServer place;
    std::vector<std::thread> threads;
    std::vector<std::string> failures(4);
    for (std::size_t i = 0; i < failures.size(); ++i) {
        threads.emplace_back([&, i] {
            try {
                StoredLedger ledger(place.engine());
            } catch (const std::exception& error) {
                failures[i] = error.what();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_THAT(failures, testing::Each(""));
}

TEST(postgres, a_newer_version_is_refused_and_left_as_it_is) {
    const OnServer place;
    { StoredLedger ledger(place.engine()); }
    in_database("UPDATE \"" + place.prefix + "_ledger\".schema_version SET version = 99");
    EXPECT_THAT(why_not(PostgresServer::shared().options(place.prefix), NextAction::stop),
                HasSubstr("written by a newer kedge (schema 99, this one knows 6)"));
}

TEST(postgres, an_older_version_is_migrated_with_what_is_in_it) {
    const OnServer place;
    auto schema = ledger_schema();
    schema.migrations.resize(2); // as the second release left it
    {
        const auto old = place.engine().open(schema);
        old->guarded("write", [&] {
            PreparedStatement add(*old, "INSERT INTO past_write (unit, at, action, auth_change, change, seal) "
                                        "VALUES (77, 2, 'create', 0, ?, 3)");
            add.bind_digest(1, sha256("change"));
            add.exec();
        });
    }
    StoredLedger ledger(place.engine());
    LedgerBatch batch;
    batch.tagged = {{"id", 1'800'000'000}};
    run(ledger.commit(sample_key(), batch));
    EXPECT_EQ(run(ledger.load(sample_key())).tagged, *batch.tagged);
    const auto now = place.engine().open(ledger_schema());
    EXPECT_EQ(now->guarded("read",
                           [&] {
                               PreparedStatement count(*now, "SELECT count(*) FROM past_write");
                               count.step();
                               return count.number(0);
                           }),
              1);
}

TEST(postgres, the_wrong_user_database_or_server_is_said_without_the_password) {
    auto options = PostgresServer::shared().options("kedge");
    options.password = [] { return Secret("hunter2-and-more"); };
    options.user = "nobody_here";
    auto why = why_not(options, NextAction::wait_for_change);
    EXPECT_THAT(why, HasSubstr("postgres \"nobody_here@"));
    EXPECT_THAT(why, HasSubstr("look at the user, the password and the name in `database`"));
    EXPECT_THAT(why, Not(HasSubstr("hunter2")));
    options.user = "kedge";
    options.name = "other";
    why = why_not(options, NextAction::wait_for_change);
    EXPECT_THAT(why, HasSubstr("database \"other\" does not exist"));
    options.host = "/nowhere";
    why = why_not(options, NextAction::retry);
    EXPECT_THAT(why, HasSubstr("cannot open"));
    EXPECT_THAT(why, Not(HasSubstr("hunter2")));
}

TEST(postgres, two_ledgers_never_give_one_intent_id_twice) {
    const OnServer place;
    StoredLedger one(place.engine());
    StoredLedger two(place.engine());
    LedgerKey other = sample_key();
    other.unit = "other";
    std::set<std::int64_t> ids;
    LedgerBatch batch;
    batch.intents = {sample_intent("a"), sample_intent("b")};
    for (int i = 0; i < 10; ++i) {
        for (const auto id : run(one.commit(sample_key(), batch))) ids.insert(id);
        for (const auto id : run(two.commit(other, batch))) ids.insert(id);
    }
    EXPECT_EQ(ids.size(), 40U);
    EXPECT_EQ(run(two.load(sample_key())).open.size(), 20U);
}
