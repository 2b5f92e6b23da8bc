// One random life of one unit: commits, drift, sign-ins, releases, faults, crashes, restarts, a lost ledger. After
// every pass a WorldWatch compares what happened with what was promised; in the end all has to come to rest.
#pragma once
#include "tests/contract/dice.h"
#include "tests/contract/random_git.h"
#include "tests/contract/random_manifest.h"
#include "tests/contract/world.h"
#include "tests/contract/world_watch.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

// Remembers what a store would, through restarts.
class KeptMemo final : public Memo {
public:
    Task<MemoState> load(std::string scope) override;
    Task<void> save(std::string scope, MemoBatch batch) override;
    void forget();

private:
    std::map<std::string, FileIndex> files_;
    std::map<std::string, LiveEntry> rows_; // by remote id
    std::set<Digest> verdicts_;
    std::set<Digest> rehearsed_;
};

class RandomWorld final {
public:
    explicit RandomWorld(std::uint64_t seed);
    // Throws BrokenPromise, or what the product threw.
    void run();
    std::string story() const;

private:
    enum class Weather { calm, rough, deadly };
    struct Crash {};

    void tell(std::string what) { story_.push_back(std::move(what)); }
    void choose_settings();
    void watch_requests();
    static void echo(const HttpRequest& request, HttpOutcome& outcome);
    void start_daemon();
    std::string attempt(const std::function<void()>& deed);

    void step();
    void commit();
    void drift();
    void drift_one(sandbox::Server& server);
    void register_by_hand(const Json& document);
    void add_foreign();
    void sign_in();
    void release_something();
    void rotate();
    void lose_ledger();
    void restart();
    void choose_selection();

    Weather weather();
    void spoil(Weather weather);
    Report pass(Weather weather);
    Plan look_at_no_time();
    void look_twice();
    void interfere(Shelf& before);
    Report settle();

    Dice dice_;
    ManifestMaker maker_;
    std::map<std::string, std::string> environment_;
    World world_;
    RandomGit git_;
    WorldWatch watch_;
    KeptMemo memo_;
    Plan last_plan_;
    std::string interfered_; // id of what somebody changed between look and act, long after the look
    bool dead_ = false;
    int requests_left_ = -1; // until the daemon dies; negative: it lives
    bool dies_before_ = false;
    int numbers_ = 0;
    std::vector<std::string> story_;
};

} // namespace kedge
