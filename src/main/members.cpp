#include "main/members.h"

#include "base/digest.h"
#include "base/failure.h"
#include "io/beast_client.h"
#include "lease/kube_leases.h"
#include "lease/own_turn.h"
#include "lease/stored_leases.h"
#include "store/postgres_database.h"
#include "store/schemas.h"
#include "store/sqlite_database.h"
#include "store/store_lock.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

constexpr Milliseconds margin{1000}; // beyond the longest request
constexpr Milliseconds pause_between_looks{500};

// The name of a pod, or of a machine, and something that no other process ever has.
std::string own_name(const Environment& environment) {
    const auto found = environment.find("HOSTNAME");
    std::string host = found == environment.end() ? "" : found->second;
    std::array<char, 256> name{};
    if (host.empty() && ::gethostname(name.data(), name.size() - 1) == 0) host = name.data();
    return (host.empty() ? "kedge" : host.substr(0, 200)) + "-" + random_hex(4);
}

Milliseconds longest_request(const Settings& settings) {
    Milliseconds longest{0};
    for (const auto& [name, target] : settings.targets) {
        const auto dialect = make_dialect(target.provider, target.options, target.url);
        longest = std::max(longest, Milliseconds(dialect->describe().pacing.deadline_ms));
    }
    return longest;
}

LeaseTimes times_of(const Settings& settings) {
    LeaseTimes times;
    times.duration = settings.lease.duration;
    times.settle = settings.lease.settle.count() > 0 ? settings.lease.settle : longest_request(settings) + margin;
    if (settings.lease.kind == LeaseSettings::Kind::kubernetes) times.look = Milliseconds(900); // it costs a request
    return times;
}

std::vector<Member> others_of_another_schema(StoredLeases& leases, std::int64_t schema) {
    auto members = leases.members();
    std::erase_if(members, [schema](const Member& one) { return one.schema == schema; });
    return members;
}

// Before anything is migrated. Rows of members that died stay for a while: only those that move count.
void refuse_other_versions(StoredLeases& leases, const PostgresOptions& options, Milliseconds duration) {
    const auto schema = store_schema_number();
    const auto before = others_of_another_schema(leases, schema);
    if (before.empty()) return;
    const auto until = std::chrono::steady_clock::now() + duration / 2;
    while (std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(pause_between_looks);
        for (const auto& now : others_of_another_schema(leases, schema)) {
            if (std::find(before.begin(), before.end(), now) != before.end()) continue;
            throw Failure(NextAction::stop, options.place() + "cannot open: \"" + now.id + "\" (" + now.version +
                                                ") is at work on it with another version of the store (" +
                                                std::to_string(now.schema) + ", this one makes " +
                                                std::to_string(schema) +
                                                "); end all members of one version before the first of another begins");
        }
    }
}

// What a store of its own knows may be older than what another member did under the Lease meanwhile.
void note_turns(KubeLeaseNamed& named, StoreEngine engine, Worker& worker, Log& log) {
    named.takes = [engine, &worker](LeaseTaking taking) -> Task<void> {
        auto work = [own = &engine, taking = std::move(taking)] { prepare_turn(*own, taking); };
        co_await worker.run(std::move(work));
    };
    named.taken = [engine = std::move(engine), &worker, &log](std::string uid, std::int64_t term) -> Task<void> {
        auto work = [own = &engine, uid = std::move(uid), term] { return begin_turn(*own, uid, term); };
        auto* to = &log; // nothing that is captured is looked at after the wait
        const bool forgotten = co_await worker.run(std::move(work));
        if (forgotten)
            to->warning("the ledger begins anew", {{"why", "others held the Lease since this store was last used"}});
    };
}

} // namespace

PostgresOptions postgres_options(const Settings& settings, std::shared_ptr<const SecretStore> own_secrets) {
    const auto& from = *settings.database;
    PostgresOptions options;
    options.host = from.host;
    options.port = from.port;
    options.name = from.name;
    options.user = from.user;
    options.tls = from.tls;
    options.ca_file = from.ca_file;
    if (!from.password.scheme.empty())
        options.password = [secrets = std::move(own_secrets), where = from.password] {
            return secrets->value(where.scheme, where.name);
        };
    return options;
}

void refuse_copies(const Settings& settings, const Environment& environment) {
    const bool in_pod = environment.contains("KUBERNETES_SERVICE_HOST");
    if (!in_pod || settings.single || settings.lease.kind != LeaseSettings::Kind::none) return;
    const bool writes = std::any_of(settings.units.begin(), settings.units.end(), [](const UnitEntry& entry) {
        return entry.settings.changes == Reaction::act || entry.settings.drift == Reaction::act;
    });
    if (!writes) return;
    throw Failure(NextAction::stop,
                  "settings: run in a pod: it may have copies, and nobody says which of them may write; add `lease: "
                  "{kind: kubernetes}`, or `single: true` where there is never a second one");
}

struct Members::Table {
    std::unique_ptr<BeastClient> http;
    std::unique_ptr<KubeApi> api;
    std::unique_ptr<StoredLeases> presence; // where the leases are elsewhere than in the database
    Worker worker;
    std::unique_ptr<LeaseTable> leases;
};

Members::Members(const Settings& settings, const Ground& ground)
    : one_shard_(settings.lease.kind == LeaseSettings::Kind::kubernetes), table_(std::make_unique<Table>()) {
    const auto times = times_of(settings);
    Member me;
    me.id = own_name(ground.environment);
    me.version = "kedge " KEDGE_VERSION;
    me.schema = store_schema_number();
    std::unique_ptr<StoredLeases> stored;
    if (settings.database) {
        auto options = postgres_options(settings, ground.own_secrets);
        options.presence = PostgresOptions::Presence::shared;
        // What cannot renew in time does not help by waiting longer.
        options.deadline = std::max(Milliseconds(500), std::min(options.deadline, times.duration / 2));
        stored = std::make_unique<StoredLeases>(postgres_engine(options));
        refuse_other_versions(*stored, options, times.duration);
    }
    if (one_shard_) {
        const auto place = kube_place(ground.environment);
        if (!place)
            throw Failure(NextAction::wait_for_change, "settings: use `lease: {kind: kubernetes}`: kedge runs in no "
                                                       "cluster here; say `kind: postgres`, or `single: true`");
        // One request that hangs leaves time for another look and another renewal.
        table_->http = std::make_unique<BeastClient>(kube_client_options(*place, times.duration / 4));
        table_->api = std::make_unique<KubeApi>(*table_->http, *place);
        auto api = [table = table_.get()]() -> KubeApi& { return *table->api; };
        KubeLeaseNamed named{settings.lease.space, settings.lease.name, times.duration,
                             [this] { return clock_.now(); }};
        if (!settings.database) note_turns(named, sqlite_engine(settings.store), table_->worker, ground.log);
        table_->leases = std::make_unique<KubeLeases>(std::move(api), std::move(named));
        table_->presence = std::move(stored);
    } else {
        table_->leases = std::move(stored);
    }
    KeeperCalls calls;
    const auto concerns = [this](int shard) {
        return [this, shard](const Unit& unit) { return this->shard(unit.settings().target_url) == shard; };
    };
    calls.opened = [this, concerns](int shard) {
        if (calls_.leading) calls_.leading();
        if (calls_.gained) calls_.gained(concerns(shard));
    };
    calls.lost = [this, concerns](int shard) {
        if (calls_.leading) calls_.leading();
        if (calls_.lost) calls_.lost(concerns(shard));
    };
    calls.moved = [this] {
        if (calls_.lost) calls_.lost([this](const Unit& unit) { return !held_by(unit).empty(); });
    };
    calls.stranger = [&log = ground.log](const Member& one) {
        log.error("a member of another version is at work", {{"member", one.id}, {"version", one.version}});
    };
    ground.log.info("member", {{"id", me.id}});
    keeper_ = std::make_unique<LeaseKeeper>(KeeperParts{*table_->leases, clock_, ground.log}, std::move(me), times,
                                            std::move(calls));
    take(settings);
}

Members::~Members() = default;

int Members::shard(const std::string& address) const {
    return one_shard_ ? 0 : shard_of(address);
}

void Members::take(const Settings& settings) {
    wanted_.clear();
    for (const auto& [name, target] : settings.targets) wanted_.insert(shard(target.url));
    auto shards = wanted_;
    keeper_->want(std::move(shards));
}

std::string Members::forbids(const std::string& address) {
    return keeper_->forbids(shard(address));
}

std::string Members::held_by(const Unit& unit) const {
    const auto shard = this->shard(unit.settings().target_url);
    // Not before everybody was told that it is ours: what they know of it is old until then.
    if (keeper_->is_open(shard) && keeper_->open().contains(shard)) return {};
    const auto holder = keeper_->holder(shard);
    if (const auto& problem = keeper_->problem(); !problem.empty()) return "nobody known: " + problem;
    if (holder.empty()) return "nobody yet";
    return holder == keeper_->id() ? "nobody yet: " + holder + " waits until what was begun before has ended" : holder;
}

void Members::under_way(const Unit& unit, bool begins) {
    const auto shard = this->shard(unit.settings().target_url);
    if (begins)
        keeper_->begin_pass(shard);
    else
        keeper_->end_pass(shard);
}

bool Members::leads() const {
    return !wanted_.empty() && keeper_->is_open(*wanted_.begin());
}

void Members::count(Counters& counters) const {
    for (const auto shard : wanted_) counters.leases.set({std::to_string(shard)}, keeper_->is_open(shard) ? 1 : 0);
    counters.writes_fenced = static_cast<double>(keeper_->refused());
}

} // namespace kedge
