#include "main/wiring.h"

#include "base/failure.h"
#include "dialect/dialects.h"
#include "io/private_folder.h"
#include "io/run.h"
#include "io/service_manager.h"
#include "kube/kube_secrets.h"
#include "kube/own_cluster.h"
#include "lease/stored_leases.h"
#include "main/installation_key.h"
#include "main/stand_by.h"
#include "main/validation.h"
#include "store/filed_chronicle.h"
#include "store/memory_ledger.h"
#include "store/memory_previews.h"
#include "store/memory_stoppages.h"
#include "store/postgres_database.h"
#include "store/sqlite_database.h"
#include "store/store_lock.h"
#include "store/stored_chronicle.h"
#include "store/stored_ledger.h"
#include "store/stored_memo.h"
#include "store/stored_outbox.h"
#include "store/stored_previews.h"
#include "store/stored_stoppages.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

namespace kedge {

namespace {

constexpr unsigned most_pool_threads = 4; // a sidecar on a large machine stays small

LogFormat log_format(const Options& options) {
    return options.log_format == "json" ? LogFormat::json : LogFormat::human;
}

} // namespace

struct Runtime::Parts {
    EventLoop loop{1};
    Stop stop;
    SystemClock clock{&stop};
    Log log;
    Worker pool{std::clamp(std::thread::hardware_concurrency(), 1U, most_pool_threads)};
    Settings settings;
    const Environment& environment;
    bool patient;     // a daemon outlasts what a person at a terminal wants to be told
    const bool blind; // a stranger's manifests are looked at
    std::shared_ptr<const SecretStore> own_credentials; // kedge's own tokens: never what manifests may name
    OwnCluster cluster;
    std::shared_ptr<KubeSecrets> cluster_secrets; // that manifests may name
    std::optional<StoreLock> lock;
    std::unique_ptr<Members> members;
    std::unique_ptr<Database> alone;      // nobody else is at work on the database
    std::optional<PrivateFolder> mirrors; // without a store nothing is kept
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<Memo> memo;
    std::unique_ptr<Chronicle> chronicle;
    std::unique_ptr<Stoppages> standing;
    std::unique_ptr<Previews> previews;
    Secret seal_key;
    Counters counters;
    std::shared_ptr<UnitSet> set;
    std::unique_ptr<Session> session;

    Parts(Settings s, const Options& options, const Environment& env)
        : log(LogLevel::info, log_format(options)), settings(std::move(s)), environment(env),
          patient(options.verb == Verb::run), blind(options.verb == Verb::preview),
          own_credentials(
              std::make_shared<const SecretStore>(std::vector<std::string>{"env:*", "file:/**"}, env, Secret())),
          cluster(env, clock, &stop),
          cluster_secrets(std::make_shared<KubeSecrets>([this]() -> KubeApi& { return cluster.api(); })) {}

    void open_store(StoreUse use);
    void join();
    void open_database(StoreUse use);
    void open_tables(StoreUse use);
    void open_stores(const StoreEngine& engine, bool with_memo);
    StoreEngine engine() const;
    UnitGround ground();
    std::function<std::string(const std::string&)> fence() const;
    std::function<void(const std::string&)> unanswered() const;
    std::filesystem::path mirror_folder();
    std::string append_release(const Unit& unit, const std::string& entry) const;
};

void Runtime::Parts::open_store(StoreUse use) {
    if (patient) refuse_copies(settings, environment);
    if (settings.database && use != StoreUse::none) return open_database(use);
    if (use == StoreUse::none || settings.store.empty()) {
        ledger = std::make_unique<MemoryLedger>();
        memo = std::make_unique<NoMemo>();
        chronicle = std::make_unique<NoChronicle>();
        standing = std::make_unique<MemoryStoppages>();
        previews = std::make_unique<MemoryPreviews>();
        seal_key = settings.installation_key.empty() ? Secret(random_hex(32))
                                                     : load_installation_key(settings.installation_key);
        return;
    }
    try {
        lock.emplace(settings.store);
    } catch (const StoreBusy&) {
        // A daemon works on this store. Looking beside it is fine: the ledger is only read, and nothing is remembered.
        const bool stands_by = patient && settings.lease.kind == LeaseSettings::Kind::kubernetes;
        if (use == StoreUse::write && !stands_by) throw;
    }
    if (use == StoreUse::write && !lock) { // one of several on a volume that all of them mount
        SystemClock own;
        lock.emplace(wait_for_store({settings, loop, own, log}));
    }
    const bool has_ledger = std::filesystem::exists(std::filesystem::path(settings.store) / "ledger.db");
    if (patient && settings.lease.kind != LeaseSettings::Kind::none) join();
    open_stores(engine(), lock.has_value());
    const auto key =
        settings.installation_key.empty() ? settings.store + "/installation.key" : settings.installation_key;
    // A new key beside an old ledger would make every sealed secret look changed: then the old one has to come back.
    const bool may_make = settings.installation_key.empty() && !has_ledger;
    seal_key = may_make ? load_or_make_installation_key(key) : load_installation_key(key);
}

StoreEngine Runtime::Parts::engine() const {
    if (settings.database) return postgres_engine(postgres_options(settings, own_credentials));
    return sqlite_engine(settings.store);
}

void Runtime::Parts::join() {
    members = std::make_unique<Members>(settings, Members::Ground{environment, log, own_credentials});
}

void Runtime::Parts::open_stores(const StoreEngine& engine, bool with_memo) {
    ledger = std::make_unique<StoredLedger>(engine);
    Retention retention;
    retention.days = settings.history.days;
    chronicle = std::make_unique<StoredChronicle>(engine, retention);
    if (!settings.history.file.empty())
        chronicle = std::make_unique<FiledChronicle>(std::move(chronicle), settings.history.file);
    standing = std::make_unique<StoredStoppages>(engine);
    previews = std::make_unique<StoredPreviews>(engine);
    if (with_memo)
        memo = std::make_unique<StoredMemo>(engine);
    else
        memo = std::make_unique<NoMemo>();
}

// A person is told at once; a daemon that starts with its machine may be quicker than the database.
void Runtime::Parts::open_database(StoreUse use) {
    std::string why;
    try {
        open_tables(use);
    } catch (const Failure& failure) {
        if (!patient || !is_away(failure)) throw;
        why = failure.what();
    }
    if (!why.empty()) {
        SystemClock own;
        const ServiceManager manager(environment);
        wait_for_database({settings, loop, own, log}, why, [&] {
            manager.waiting("waits for the database");
            open_tables(use);
        });
    }
    seal_key = load_installation_key(settings.installation_key);
}

// A daemon is one of several; a command that writes is alone, as on a store in a folder; what only looks may look.
void Runtime::Parts::open_tables(StoreUse use) {
    members.reset(); // of an attempt before this one
    alone.reset();
    const bool shares = patient && settings.lease.kind != LeaseSettings::Kind::none;
    if (shares) {
        join();
    } else if (use == StoreUse::write) {
        auto options = postgres_options(settings, own_credentials);
        options.presence = PostgresOptions::Presence::alone;
        alone = open_leases(postgres_engine(options));
    }
    open_stores(engine(), use == StoreUse::write);
}

std::filesystem::path Runtime::Parts::mirror_folder() {
    if (!settings.store.empty()) return std::filesystem::path(settings.store) / "mirrors";
    if (!mirrors) mirrors.emplace("mirrors");
    return mirrors->path();
}

std::function<std::string(const std::string&)> Runtime::Parts::fence() const {
    if (!members) return nullptr;
    return [members = members.get()](const std::string& address) { return members->forbids(address); };
}

std::function<void(const std::string&)> Runtime::Parts::unanswered() const {
    if (!members) return nullptr;
    return [members = members.get()](const std::string& address) { members->unanswered(address); };
}

UnitGround Runtime::Parts::ground() {
    return {stop,
            clock,
            pool,
            *ledger,
            *memo,
            environment,
            *own_credentials,
            seal_key,
            [this] { return mirror_folder(); },
            blind,
            patient,
            &counters,
            fence(),
            unanswered(),
            cluster_secrets};
}

std::string Runtime::Parts::append_release(const Unit& unit, const std::string& entry) const {
    const auto of_unit = set->folder_of(unit);
    if (of_unit.empty()) return {};
    const auto folder = std::filesystem::path(of_unit) / ".kedge";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::ifstream before(folder / "releases", std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(before)), std::istreambuf_iterator<char>());
    std::ofstream file(folder / "releases", std::ios::app | std::ios::binary);
    file << (text.empty() || text.back() == '\n' ? "" : "\n") << entry;
    if (!file.flush())
        throw Failure(NextAction::stop,
                      "release: write \"" + (folder / "releases").string() + "\": the file cannot be written");
    return (folder / "releases").string();
}

Runtime::Runtime(Settings settings, const Options& options, const Environment& environment, StoreUse use)
    : parts_(std::make_unique<Parts>(std::move(settings), options, environment)) {
    auto& parts = *parts_;
    parts.open_store(use);
    auto first = parts.settings;
    parts.set = run_to_end(parts.loop, UnitSet::read(parts.ground(), std::move(first), nullptr));
    if (use == StoreUse::none) return;
    parts.set->make_units();
    take(parts.set);
    auto append = [&parts](const Unit& unit, const std::string& entry) { return parts.append_release(unit, entry); };
    auto history = [&parts](const Unit& unit, std::string name, int most) {
        return parts.chronicle->recent(unit.ledger_key(), std::move(name), most);
    };
    auto remember = [&parts](const Unit& unit, PassRecord record) {
        return parts.chronicle->append(unit.ledger_key(), std::move(record));
    };
    auto history_problem = [&parts] { return parts.chronicle->problem(); };
    auto writing = [&parts] { return parts.set->writing(); };
    auto writes_sent = [&parts] { return parts.set->writes_sent(); };
    auto search = [&parts](HistoryQuery query) { return parts.chronicle->search(std::move(query)); };
    std::vector<Unit*> units;
    for (const auto& unit : parts.set->units()) units.push_back(unit.get());
    parts.session = std::make_unique<Session>(Session{parts.loop, parts.clock, parts.log, parts.stop, std::move(units),
                                                      std::move(append), std::move(history), std::move(remember),
                                                      std::move(history_problem), std::move(writing),
                                                      std::move(writes_sent), std::move(search)});
}

Runtime::~Runtime() = default;

Session& Runtime::session() {
    return *parts_->session;
}

Chronicle& Runtime::chronicle() {
    return *parts_->chronicle;
}

Stoppages& Runtime::standing() {
    return *parts_->standing;
}

Previews& Runtime::previews() {
    return *parts_->previews;
}

std::unique_ptr<Outbox> Runtime::make_outbox() {
    if (parts_->settings.store.empty() && !parts_->settings.database) return std::make_unique<MemoryOutbox>();
    return std::make_unique<StoredOutbox>(parts_->engine());
}

Members* Runtime::members() {
    return parts_->members.get();
}

Counters& Runtime::counters() {
    return parts_->counters;
}

const Environment& Runtime::environment() const {
    return parts_->environment;
}

std::shared_ptr<const SecretStore> Runtime::own_secrets() const {
    return parts_->own_credentials;
}

const std::shared_ptr<UnitSet>& Runtime::set() const {
    return parts_->set;
}

namespace {

// What the store was opened by cannot become something else while it is open.
void refuse_moved(const Settings& before, const Settings& now) {
    const auto refuse = [](const std::string& key) {
        throw Failure(NextAction::wait_for_change,
                      "settings: take up \"" + key + "\": it cannot change while kedge runs; start it anew");
    };
    if (before.store != now.store) refuse("store");
    if (before.database != now.database) refuse("database");
    if (before.lease != now.lease) refuse("lease");
    if (before.single != now.single) refuse("single");
    if (before.installation != now.installation) refuse("installation");
    if (before.installation_key != now.installation_key) refuse("installation_key");
    if (before.history.days != now.history.days || before.history.file != now.history.file) refuse("history");
}

} // namespace

Task<std::shared_ptr<UnitSet>> Runtime::read_set(Settings settings) {
    refuse_moved(parts_->settings, settings);
    auto ground = parts_->ground();
    const auto before = parts_->set;
    auto set = co_await UnitSet::read(std::move(ground), std::move(settings), before.get());
    set->make_units();
    co_return set;
}

void Runtime::take(std::shared_ptr<UnitSet> set) {
    parts_->set = std::move(set);
    for (const auto& finding : parts_->set->findings())
        parts_->log.warning("no unit",
                            {{"place", to_text(finding.place)}, {"why", finding.message}, {"hint", finding.hint}});
}

Runtime::Validation Runtime::validate() {
    Validation all;
    all.findings = parts_->set->findings();
    for (auto entry : parts_->set->settings().units) {
        if (!entry.chosen) continue;
        const auto& target = parts_->settings.targets.at(entry.settings.target);
        const auto dialect = make_dialect(target.provider, target.options);
        const auto source = parts_->set->source(entry);
        entry.settings.seal_key = parts_->seal_key;
        auto one = run_to_end(parts_->loop, validate_unit(entry.settings, *dialect, *source, parts_->pool));
        all.findings.insert(all.findings.end(), one.findings.begin(), one.findings.end());
        all.manifests += one.manifests;
    }
    return all;
}

} // namespace kedge
