#include "main/wiring.h"

#include "base/failure.h"
#include "dialect/dialects.h"
#include "io/beast_client.h"
#include "io/patient_client.h"
#include "io/private_folder.h"
#include "io/run.h"
#include "main/installation_key.h"
#include "main/unit_folders.h"
#include "main/validation.h"
#include "provider/rest_provider.h"
#include "provider/shared_list_provider.h"
#include "source/folder_source.h"
#include "source/git_source.h"
#include "source/source_folders.h"
#include "store/memory_ledger.h"
#include "store/memory_stoppages.h"
#include "store/sqlite_chronicle.h"
#include "store/sqlite_ledger.h"
#include "store/sqlite_memo.h"
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

// A control plane as configured: everything that its units share.
struct TargetParts {
    std::unique_ptr<Dialect> dialect;
    std::unique_ptr<BeastClient> http;
    std::unique_ptr<PatientClient> client;
    std::vector<Secret> credentials;
    std::unique_ptr<SecretStore> no_secrets; // a list sends none
    std::unique_ptr<RestProvider> lister;
    std::unique_ptr<SharedList> list;
};

struct UnitObjects {
    std::unique_ptr<SecretStore> secrets;
    std::unique_ptr<Source> source;
    std::unique_ptr<RestProvider> provider;
    std::unique_ptr<SharedListProvider> sharing; // in front of it, where units share lists
    std::unique_ptr<Unit> unit;
    std::string folder; // of manifests, where the source is a plain folder
    bool chosen = true;
};

} // namespace

struct Runtime::Parts {
    EventLoop loop{1};
    Stop stop;
    SystemClock clock{&stop};
    Log log;
    Worker pool{std::clamp(std::thread::hardware_concurrency(), 1U, most_pool_threads)};
    Settings settings;
    const Environment& environment;
    bool patient;                // a daemon outlasts what a person at a terminal wants to be told
    SecretStore own_credentials; // kedge's own tokens: never what manifests may name
    std::optional<StoreLock> lock;
    std::optional<PrivateFolder> mirrors; // without a store nothing is kept
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<Memo> memo;
    std::unique_ptr<Chronicle> chronicle;
    std::unique_ptr<Stoppages> standing;
    Secret seal_key;
    std::map<std::string, TargetParts> targets;
    std::map<std::string, std::shared_ptr<TargetBoard>> boards;         // by the target's address
    std::map<std::string, std::shared_ptr<GitRepository>> repositories; // by what they are fetched with
    std::vector<UnitObjects> units;
    std::vector<Finding> about_folders; // that make no unit
    std::unique_ptr<Session> session;

    Parts(Settings s, const Options& options, const Environment& env)
        : log(LogLevel::info, log_format(options)), settings(std::move(s)), environment(env),
          patient(options.verb == Verb::run), own_credentials({"env:*", "file:/**"}, env, Secret()) {}

    Secret credential(const CredentialSource& from) const {
        return from.scheme.empty() ? Secret() : own_credentials.value(from.scheme, from.name);
    }

    void open_store(StoreUse use);
    TargetParts& target(const TargetSettings& settings);
    std::unique_ptr<Source> source(const UnitEntry& entry);
    std::unique_ptr<Source> git(const SourceSettings& from, const UnitEntry& entry);
    GitSourceOptions git_options(const SourceSettings& from, const UnitEntry& entry);
    std::vector<std::string> folders_for(const UnitEntry& entry);
    std::vector<Finding> expand_units();
    std::string folder_of(const UnitEntry& entry) const;
    void add_unit(UnitEntry entry);
    std::shared_ptr<GitRepository> repository(const SourceSettings& from, const GitSourceOptions& options);
};

void Runtime::Parts::open_store(StoreUse use) {
    if (use == StoreUse::none || settings.store.empty()) {
        ledger = std::make_unique<MemoryLedger>();
        memo = std::make_unique<NoMemo>();
        chronicle = std::make_unique<NoChronicle>();
        standing = std::make_unique<MemoryStoppages>();
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
    chronicle = std::make_unique<SqliteChronicle>(settings.store);
    standing = std::make_unique<SqliteStoppages>(settings.store);
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

TargetParts& Runtime::Parts::target(const TargetSettings& from) {
    auto& parts = targets[from.name];
    if (parts.dialect) return parts;
    parts.dialect = make_dialect(from.provider, from.options, from.url);
    const auto& description = parts.dialect->describe();
    const auto& pacing = description.pacing;
    BeastClientOptions http;
    http.base_url = from.url;
    for (const auto& [setting, header, prefix] : description.credentials)
        http.credentials.push_back({header, prefix, credential(from.credentials.at(setting))});
    for (const auto& one : http.credentials) parts.credentials.push_back(one.value);
    http.ca_file = from.ca_file;
    http.proxy = from.proxy.empty() ? proxy_for(from.url, environment) : from.proxy;
    http.request_timeout = Milliseconds(pacing.deadline_ms);
    http.user_agent = "kedge/" KEDGE_VERSION;
    parts.http = std::make_unique<BeastClient>(std::move(http), &stop);
    PatientOptions patience;
    patience.concurrency = from.concurrency > 0 ? from.concurrency : pacing.concurrency;
    if (!patient) {
        patience.most_connects = 3;
        patience.most_silence = Milliseconds(pacing.deadline_ms);
    }
    patience.stop_at_first_429 = pacing.stop_at_first_429;
    parts.client = std::make_unique<PatientClient>(*parts.http, clock, patience, &stop);
    parts.no_secrets = std::make_unique<SecretStore>(std::vector<std::string>(), Environment(), Secret());
    parts.lister =
        std::make_unique<RestProvider>(*parts.dialect, *parts.client, *parts.no_secrets, clock, parts.credentials);
    auto read_key = [dialect = parts.dialect.get()](std::string_view row) { return row_key_of(*dialect, row); };
    parts.list = std::make_unique<SharedList>(*parts.lister, clock, pool, std::move(read_key));
    return parts;
}

std::string Runtime::Parts::folder_of(const UnitEntry& entry) const {
    const auto& from = settings.sources.at(entry.source);
    if (from.folder.empty()) return {};
    return entry.path.empty() ? from.folder : (std::filesystem::path(from.folder) / entry.path).string();
}

// Two sources that fetch the same with the same rights are one repository. Credentials are told apart by where they
// come from.
std::shared_ptr<GitRepository> Runtime::Parts::repository(const SourceSettings& from, const GitSourceOptions& options) {
    const Json same = {from.git,
                       from.branch,
                       from.tag,
                       from.commit,
                       from.token.scheme,
                       from.token.name,
                       from.user,
                       from.bearer.scheme,
                       from.bearer.name,
                       from.ssh_key,
                       from.known_hosts,
                       from.ca_file,
                       from.deadline.count()};
    auto& known = repositories[same.dump(-1, ' ', false, Json::error_handler_t::replace)];
    if (!known) known = std::make_shared<GitRepository>(options, &stop);
    return known;
}

GitSourceOptions Runtime::Parts::git_options(const SourceSettings& from, const UnitEntry& entry) {
    GitSourceOptions options;
    options.name = from.name;
    options.url = from.git;
    if (!from.branch.empty()) options.ref = {GitRefKind::branch, from.branch};
    if (!from.tag.empty()) options.ref = {GitRefKind::tag, from.tag};
    if (!from.commit.empty()) options.ref = {GitRefKind::commit, from.commit};
    options.path = entry.path;
    if (settings.store.empty() && !mirrors) mirrors.emplace("mirrors");
    const auto cache = mirrors ? mirrors->path() : std::filesystem::path(settings.store) / "mirrors";
    options.mirror_directory = (cache / mirror_folder_name(from.git)).string();
    options.token = credential(from.token);
    if (!from.user.empty()) options.user = from.user;
    options.bearer = credential(from.bearer);
    options.ssh_key_file = from.ssh_key;
    options.known_hosts_file = from.known_hosts;
    options.ca_file = from.ca_file;
    options.allow_local_path = settings.allow_insecure;
    options.allow_http = settings.allow_insecure;
    options.include = entry.include;
    options.exclude = entry.exclude;
    options.deadline = from.deadline;
    return options;
}

std::unique_ptr<Source> Runtime::Parts::git(const SourceSettings& from, const UnitEntry& entry) {
    auto options = git_options(from, entry);
    auto shared = repository(from, options);
    // A daemon's units come at their own times: what one fetched serves the others. A command wants the newest.
    const auto max_age = patient ? entry.settings.interval / 2 : Milliseconds(0);
    return std::make_unique<GitSource>(std::move(options), std::move(shared), max_age);
}

std::unique_ptr<Source> Runtime::Parts::source(const UnitEntry& entry) {
    const auto& from = settings.sources.at(entry.source);
    if (from.folder.empty()) return git(from, entry);
    FolderSourceOptions options;
    options.name = from.name;
    options.path = folder_of(entry);
    options.include = entry.include;
    options.exclude = entry.exclude;
    return std::make_unique<FolderSource>(std::move(options));
}

std::vector<std::string> Runtime::Parts::folders_for(const UnitEntry& entry) {
    const auto& from = settings.sources.at(entry.source);
    if (!from.folder.empty()) return folders_in(from.folder, entry.path);
    auto whole = entry;
    whole.path.clear();
    const auto options = git_options(from, whole);
    check_git_options(options);
    const auto shared = repository(from, options);
    return run_to_end(loop, folders_in(*shared, Milliseconds(0), entry.path));
}

// Units for each folder take the place of what stands for them.
std::vector<Finding> Runtime::Parts::expand_units() {
    std::vector<Finding> findings;
    std::vector<UnitEntry> units;
    std::set<std::string> names;
    for (const auto& entry : settings.units) {
        if (!entry.is_for_each_folder()) names.insert(entry.settings.us.unit);
    }
    for (auto& entry : settings.units) {
        if (!entry.is_for_each_folder()) {
            units.push_back(std::move(entry));
            continue;
        }
        std::vector<std::string> folders;
        try {
            folders = folders_for(entry);
        } catch (const Failure& failure) {
            if (!patient) throw;
            Finding finding; // the others go on
            finding.place = entry.place;
            finding.message = "unit \"" + entry.settings.us.unit + "\": " + failure.what();
            findings.push_back(std::move(finding));
            continue;
        }
        auto expanded = expand_unit(entry, folders, names);
        findings.insert(findings.end(), expanded.findings.begin(), expanded.findings.end());
        for (auto& unit : expanded.units) {
            names.insert(unit.settings.us.unit);
            units.push_back(std::move(unit));
        }
    }
    settings.units = std::move(units);
    return findings;
}

void Runtime::Parts::add_unit(UnitEntry entry) {
    auto& shared = target(settings.targets.at(entry.settings.target));
    UnitObjects objects;
    objects.secrets = std::make_unique<SecretStore>(entry.settings.secrets, environment, seal_key);
    objects.source = source(entry);
    objects.folder = folder_of(entry);
    objects.chosen = entry.chosen;
    objects.provider =
        std::make_unique<RestProvider>(*shared.dialect, *shared.client, *objects.secrets, clock, shared.credentials);
    Provider* provider = objects.provider.get();
    if (patient) {
        objects.sharing =
            std::make_unique<SharedListProvider>(*objects.provider, *shared.list, clock, entry.settings.interval);
        provider = objects.sharing.get();
    }
    entry.settings.seal_key = seal_key;
    const UnitParts unit_parts{*objects.source, *provider, *ledger, *memo, *objects.secrets, clock, pool};
    auto& board = boards[entry.settings.target_url];
    if (!board) board = std::make_shared<TargetBoard>();
    objects.unit = std::make_unique<Unit>(std::move(entry.settings), unit_parts);
    objects.unit->join(board, !patient);
    units.push_back(std::move(objects));
}

Runtime::Runtime(Settings settings, const Options& options, const Environment& environment, StoreUse use)
    : parts_(std::make_unique<Parts>(std::move(settings), options, environment)) {
    auto& parts = *parts_;
    parts.open_store(use);
    parts.about_folders = parts.expand_units();
    if (use == StoreUse::none) return;
    for (const auto& finding : parts.about_folders)
        parts.log.warning("no unit",
                          {{"place", to_text(finding.place)}, {"why", finding.message}, {"hint", finding.hint}});
    std::vector<Unit*> units;
    for (auto& entry : parts.settings.units) parts.add_unit(entry);
    for (auto& objects : parts.units) {
        if (objects.chosen) units.push_back(objects.unit.get());
    }
    auto append = [&parts](const Unit& unit, const std::string& entry) -> std::string {
        for (const auto& objects : parts.units) {
            if (objects.unit.get() != &unit || objects.folder.empty()) continue;
            const auto folder = std::filesystem::path(objects.folder) / ".kedge";
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
        return {};
    };
    auto history = [&parts](const Unit& unit, std::string name, int most) {
        return parts.chronicle->recent(unit.ledger_key(), std::move(name), most);
    };
    auto remember = [&parts](const Unit& unit, PassRecord record) {
        return parts.chronicle->append(unit.ledger_key(), std::move(record));
    };
    auto history_problem = [&parts] { return parts.chronicle->problem(); };
    auto writing = [&parts] {
        std::vector<std::string> all;
        for (const auto& objects : parts.units) {
            const auto some = objects.provider->writing();
            all.insert(all.end(), some.begin(), some.end());
        }
        return all;
    };
    auto writes_sent = [&parts] {
        std::uint64_t writes = 0;
        for (const auto& objects : parts.units) writes += objects.provider->counts().writes;
        return writes;
    };
    parts.session = std::make_unique<Session>(
        Session{parts.loop, parts.clock, parts.log, parts.stop, std::move(units), std::move(append), std::move(history),
                std::move(remember), std::move(history_problem), std::move(writing), std::move(writes_sent)});
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

Runtime::Validation Runtime::validate() {
    Validation all;
    all.findings = parts_->about_folders;
    for (auto& entry : parts_->settings.units) {
        if (!entry.chosen) continue;
        const auto& target = parts_->settings.targets.at(entry.settings.target);
        const auto dialect = make_dialect(target.provider, target.options);
        const auto source = parts_->source(entry);
        entry.settings.seal_key = parts_->seal_key;
        auto one = run_to_end(parts_->loop, validate_unit(entry.settings, *dialect, *source, parts_->pool));
        all.findings.insert(all.findings.end(), one.findings.begin(), one.findings.end());
        all.manifests += one.manifests;
    }
    return all;
}

} // namespace kedge
