#include "main/wiring.h"

#include "base/failure.h"
#include "dialect/dialects.h"
#include "io/private_folder.h"
#include "io/run.h"
#include "kube/kube_secrets.h"
#include "kube/own_cluster.h"
#include "main/installation_key.h"
#include "main/validation.h"
#include "store/filed_chronicle.h"
#include "store/memory_ledger.h"
#include "store/memory_previews.h"
#include "store/memory_stoppages.h"
#include "store/sqlite_chronicle.h"
#include "store/sqlite_ledger.h"
#include "store/sqlite_memo.h"
#include "store/sqlite_outbox.h"
#include "store/sqlite_previews.h"
#include "store/sqlite_stoppages.h"
#include "store/store_lock.h"

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
    std::optional<PrivateFolder> mirrors; // without a store nothing is kept
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<Memo> memo;
    std::unique_ptr<Chronicle> chronicle;
    std::unique_ptr<Stoppages> standing;
    std::unique_ptr<Previews> previews;
    Secret seal_key;
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
    UnitGround ground();
    std::filesystem::path mirror_folder();
    std::string append_release(const Unit& unit, const std::string& entry) const;
};

void Runtime::Parts::open_store(StoreUse use) {
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
        if (use == StoreUse::write) throw;
    }
    const bool has_ledger = std::filesystem::exists(std::filesystem::path(settings.store) / "ledger.db");
    ledger = std::make_unique<SqliteLedger>(settings.store);
    Retention retention;
    retention.days = settings.history.days;
    chronicle = std::make_unique<SqliteChronicle>(settings.store, retention);
    if (!settings.history.file.empty())
        chronicle = std::make_unique<FiledChronicle>(std::move(chronicle), settings.history.file);
    standing = std::make_unique<SqliteStoppages>(settings.store);
    previews = std::make_unique<SqlitePreviews>(settings.store);
    if (lock)
        memo = std::make_unique<SqliteMemo>(settings.store);
    else
        memo = std::make_unique<NoMemo>();
    const auto key =
        settings.installation_key.empty() ? settings.store + "/installation.key" : settings.installation_key;
    // A new key beside an old ledger would make every sealed secret look changed: then the old one has to come back.
    const bool may_make = settings.installation_key.empty() && !has_ledger;
    seal_key = may_make ? load_or_make_installation_key(key) : load_installation_key(key);
}

std::filesystem::path Runtime::Parts::mirror_folder() {
    if (!settings.store.empty()) return std::filesystem::path(settings.store) / "mirrors";
    if (!mirrors) mirrors.emplace("mirrors");
    return mirrors->path();
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
    if (parts_->settings.store.empty()) return std::make_unique<MemoryOutbox>();
    return std::make_unique<SqliteOutbox>(parts_->settings.store);
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
