#include "main/unit_set.h"

#include "base/failure.h"
#include "main/preview_wiring.h"
#include "main/target_parts.h"
#include "main/unit_folders.h"
#include "provider/rest_provider.h"
#include "provider/shared_list_provider.h"
#include "source/folder_source.h"
#include "source/git_source.h"
#include "source/source_folders.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

namespace kedge {

namespace {

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

struct UnitSet::Parts {
    UnitGround ground;
    Settings settings;
    std::map<std::string, TargetParts> targets;
    std::map<std::string, std::shared_ptr<TargetBoard>> boards;                   // by the target's address
    std::map<std::string, std::shared_ptr<GitRepository>> repositories;           // by what they are fetched with
    std::map<std::string, std::vector<std::shared_ptr<GitRepository>>> of_source; // the same by configured name
    std::map<std::string, std::vector<std::string>> folders; // by the unit that stands for each of them
    std::set<std::string> folder_sources;                    // whose folders make units
    std::vector<UnitObjects> units;
    std::vector<Finding> findings;                                   // about folders that make no unit
    std::map<std::pair<std::string, Tally::Labels>, double> counted; // that is in the counters already
    std::unique_ptr<PreviewWiring> previews;

    TargetParts& target(const TargetSettings& settings);
    std::unique_ptr<Source> source(const UnitEntry& entry);
    std::unique_ptr<Source> git(const SourceSettings& from, const UnitEntry& entry);
    GitSourceOptions git_options(const SourceSettings& from, const UnitEntry& entry);
    Task<std::vector<std::string>> folders_for(UnitEntry entry);
    Task<std::vector<std::string>> try_folders(UnitEntry entry);
    Task<void> expand(const UnitSet* before);
    std::string folder_of(const UnitEntry& entry) const;
    void add_unit(UnitEntry entry);
    void add_preview(const UnitObjects& objects, const UnitEntry& entry, std::shared_ptr<TargetBoard> board);
    std::shared_ptr<GitRepository> repository(const SourceSettings& from, const GitSourceOptions& options);
};

TargetParts& UnitSet::Parts::target(const TargetSettings& from) {
    auto& parts = targets[from.name];
    if (!parts.dialect) make_target(from, ground, parts);
    return parts;
}

std::string UnitSet::Parts::folder_of(const UnitEntry& entry) const {
    const auto& from = settings.sources.at(entry.source);
    if (from.folder.empty()) return {};
    return entry.path.empty() ? from.folder : (std::filesystem::path(from.folder) / entry.path).string();
}

// Two sources that fetch the same with the same rights are one repository. Credentials are told apart by where they
// come from.
std::shared_ptr<GitRepository> UnitSet::Parts::repository(const SourceSettings& from, const GitSourceOptions& options) {
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
    if (!known) known = std::make_shared<GitRepository>(options, &ground.stop);
    auto& of_this = of_source[from.name];
    if (std::find(of_this.begin(), of_this.end(), known) == of_this.end()) of_this.push_back(known);
    return known;
}

GitSourceOptions UnitSet::Parts::git_options(const SourceSettings& from, const UnitEntry& entry) {
    GitSourceOptions options;
    options.name = from.name;
    options.url = from.git;
    if (!from.branch.empty()) options.ref = {GitRefKind::branch, from.branch};
    if (!from.tag.empty()) options.ref = {GitRefKind::tag, from.tag};
    if (!from.commit.empty()) options.ref = {GitRefKind::commit, from.commit};
    options.path = entry.path;
    options.mirror_directory = (ground.mirrors() / mirror_folder_name(from.git)).string();
    options.token = ground.credential(from.token);
    if (!from.user.empty()) options.user = from.user;
    options.bearer = ground.credential(from.bearer);
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

std::unique_ptr<Source> UnitSet::Parts::git(const SourceSettings& from, const UnitEntry& entry) {
    auto options = git_options(from, entry);
    auto shared = repository(from, options);
    // A daemon's units come at their own times: what one fetched serves the others. A command wants the newest.
    const auto max_age = ground.daemon ? entry.settings.interval / 2 : Milliseconds(0);
    return std::make_unique<GitSource>(std::move(options), std::move(shared), max_age);
}

std::unique_ptr<Source> UnitSet::Parts::source(const UnitEntry& entry) {
    const auto& from = settings.sources.at(entry.source);
    if (from.folder.empty()) return git(from, entry);
    FolderSourceOptions options;
    options.name = from.name;
    options.path = folder_of(entry);
    options.include = entry.include;
    options.exclude = entry.exclude;
    return std::make_unique<FolderSource>(std::move(options));
}

Task<std::vector<std::string>> UnitSet::Parts::folders_for(UnitEntry entry) {
    const auto& from = settings.sources.at(entry.source);
    if (!from.folder.empty()) co_return folders_in(from.folder, entry.path);
    auto whole = entry;
    whole.path.clear();
    const auto options = git_options(from, whole);
    check_git_options(options);
    const auto shared = repository(from, options);
    auto pattern = entry.path;
    co_return co_await folders_in(*shared, Milliseconds(0), std::move(pattern));
}

// A daemon goes on with the others.
Task<std::vector<std::string>> UnitSet::Parts::try_folders(UnitEntry entry) {
    const auto name = entry.settings.us.unit;
    const auto place = entry.place;
    std::string problem;
    try {
        co_return co_await folders_for(std::move(entry));
    } catch (const Failure& failure) {
        if (!ground.daemon) throw;
        problem = failure.what();
    }
    Finding finding;
    finding.place = place;
    finding.message = "unit \"" + name + "\": " + problem;
    findings.push_back(std::move(finding));
    co_return std::vector<std::string>();
}

// Units for each folder take the place of what stands for them. A folder that has gone keeps its unit, which says so
// and deletes nothing.
Task<void> UnitSet::Parts::expand(const UnitSet* before) {
    std::vector<UnitEntry> all;
    std::set<std::string> names;
    for (const auto& entry : settings.units) {
        if (!entry.is_for_each_folder()) names.insert(entry.settings.us.unit);
    }
    auto entries = std::move(settings.units);
    for (auto& entry : entries) {
        if (!entry.is_for_each_folder()) {
            all.push_back(std::move(entry));
            continue;
        }
        folder_sources.insert(entry.source);
        auto asked = entry;
        auto found = co_await try_folders(std::move(asked));
        const auto& unit = entry.settings.us.unit;
        if (before != nullptr) {
            const auto known = before->parts_->folders.find(unit);
            if (known != before->parts_->folders.end())
                found.insert(found.end(), known->second.begin(), known->second.end());
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        auto expanded = expand_unit(entry, found, names);
        findings.insert(findings.end(), expanded.findings.begin(), expanded.findings.end());
        folders[unit] = std::move(found);
        for (auto& one : expanded.units) {
            names.insert(one.settings.us.unit);
            all.push_back(std::move(one));
        }
    }
    settings.units = std::move(all);
}

void UnitSet::Parts::add_unit(UnitEntry entry) {
    auto& shared = target(settings.targets.at(entry.settings.target));
    UnitObjects objects;
    objects.secrets = std::make_unique<SecretStore>(
        ground.blind ? SecretStore::blind()
                     : SecretStore(entry.settings.secrets, ground.environment, ground.seal_key, ground.cluster));
    objects.source = source(entry);
    objects.folder = folder_of(entry);
    objects.chosen = entry.chosen;
    objects.provider = std::make_unique<RestProvider>(*shared.dialect, *shared.client, *objects.secrets, ground.clock,
                                                      shared.credentials);
    Provider* provider = objects.provider.get();
    if (ground.daemon) {
        objects.sharing = std::make_unique<SharedListProvider>(*objects.provider, *shared.list, ground.clock,
                                                               entry.settings.interval);
        provider = objects.sharing.get();
    }
    const auto& from = settings.sources.at(entry.source);
    entry.settings.source = from.name;
    entry.settings.source_url = from.git;
    if (!from.branch.empty()) entry.settings.source_ref = "refs/heads/" + from.branch;
    if (!from.tag.empty()) entry.settings.source_ref = "refs/tags/" + from.tag;
    entry.settings.seal_key = ground.seal_key;
    const UnitParts unit_parts{
        *objects.source,  *provider,    ground.ledger, ground.memo,
        *objects.secrets, ground.clock, ground.pool,   ground.daemon ? shared.passes.get() : nullptr};
    auto& board = boards[entry.settings.target_url];
    if (!board) board = std::make_shared<TargetBoard>();
    objects.unit = std::make_unique<Unit>(std::move(entry.settings), unit_parts);
    objects.unit->join(board, !ground.daemon);
    if (ground.daemon && !from.git.empty()) add_preview(objects, entry, board);
    units.push_back(std::move(objects));
}

void UnitSet::Parts::add_preview(const UnitObjects& objects, const UnitEntry& entry,
                                 std::shared_ptr<TargetBoard> board) {
    const auto& from = settings.sources.at(entry.source);
    auto options = git_options(from, entry);
    auto shared = repository(from, options);
    auto& reach = targets.at(objects.unit->settings().target);
    previews->add({*objects.unit, std::move(options), std::move(shared), std::move(board)},
                  {*reach.dialect, reach.preview_client ? *reach.preview_client : *reach.client, reach.credentials,
                   *reach.list, objects.sharing.get()});
}

UnitSet::UnitSet(UnitGround ground, Settings settings)
    : parts_(std::make_unique<Parts>(Parts{std::move(ground), std::move(settings)})) {}
// Also one that was never taken up, or that only a preview went on using.
UnitSet::~UnitSet() {
    if (parts_->ground.counters != nullptr) count(*parts_->ground.counters);
}

Task<std::shared_ptr<UnitSet>> UnitSet::read(UnitGround ground, Settings settings, const UnitSet* before) {
    std::shared_ptr<UnitSet> set(
        new UnitSet(std::move(ground), std::move(settings))); // NOLINT: its constructor is ours
    co_await set->parts_->expand(before);
    co_return set;
}

void UnitSet::make_units() {
    auto& ground = parts_->ground;
    parts_->previews =
        std::make_unique<PreviewWiring>(PreviewGround{ground.ledger, ground.memo, ground.clock, ground.pool});
    for (const auto& entry : parts_->settings.units) parts_->add_unit(entry);
}

std::shared_ptr<Previewer> UnitSet::previewer() {
    return {shared_from_this(), &parts_->previews->previewer()};
}

std::vector<std::shared_ptr<Unit>> UnitSet::units() {
    std::vector<std::shared_ptr<Unit>> all;
    for (auto& objects : parts_->units) {
        if (objects.chosen) all.emplace_back(shared_from_this(), objects.unit.get());
    }
    return all;
}

const Settings& UnitSet::settings() const {
    return parts_->settings;
}

const std::vector<Finding>& UnitSet::findings() const {
    return parts_->findings;
}

std::unique_ptr<Source> UnitSet::source(const UnitEntry& entry) {
    return parts_->source(entry);
}

bool UnitSet::has_folder_units(const std::string& source) const {
    return parts_->folder_sources.contains(source);
}

std::string UnitSet::folder_of(const Unit& unit) const {
    for (const auto& objects : parts_->units) {
        if (objects.unit.get() == &unit) return objects.folder;
    }
    return {};
}

void UnitSet::source_moved(const std::string& source) {
    const auto found = parts_->of_source.find(source);
    if (found == parts_->of_source.end()) return;
    for (const auto& repository : found->second) repository->moved();
}

void UnitSet::taken_over(const std::function<bool(const Unit&)>& concerns) {
    for (const auto& objects : parts_->units) {
        if (concerns(*objects.unit)) parts_->targets.at(objects.unit->settings().target).list->outdate();
    }
}

void UnitSet::count(Counters& counters) {
    auto& counted = parts_->counted;
    const auto add = [&counted](Tally& tally, const char* what, const Tally::Labels& labels, double now) {
        auto& before = counted[{what, labels}];
        tally.add(labels, now - before);
        before = now;
    };
    for (const auto& [name, target] : parts_->targets) {
        for (const auto& [what, number] : target.counting->requests())
            add(counters.requests, "requests", {name, what.first, what.second}, static_cast<double>(number));
        const auto paced = target.client->counters();
        add(counters.limiter_waits, "waits", {name}, static_cast<double>(paced.waits));
        add(counters.limiter_wait_seconds, "waited", {name}, static_cast<double>(paced.waited.count()) / 1000);
    }
    for (const auto& [name, repositories] : parts_->of_source) {
        GitRepository::FetchCounts all;
        for (const auto& repository : repositories) {
            const auto& one = repository->fetch_counts();
            all.moved += one.moved;
            all.same += one.same;
            all.failed += one.failed;
        }
        add(counters.fetches, "fetches", {name, "moved"}, static_cast<double>(all.moved));
        add(counters.fetches, "fetches", {name, "same"}, static_cast<double>(all.same));
        add(counters.fetches, "fetches", {name, "failed"}, static_cast<double>(all.failed));
    }
}

std::vector<std::string> UnitSet::writing() const {
    std::vector<std::string> all;
    for (const auto& objects : parts_->units) {
        const auto some = objects.provider->writing();
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

std::uint64_t UnitSet::writes_sent() const {
    std::uint64_t writes = 0;
    for (const auto& objects : parts_->units) writes += objects.provider->counts().writes;
    return writes;
}

} // namespace kedge
