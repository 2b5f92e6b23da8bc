#include "main/store_command.h"

#include "base/failure.h"
#include "cli/exit_code.h"
#include "lease/stored_leases.h"
#include "main/members.h"
#include "store/postgres_database.h"
#include "store/schemas.h"
#include "store/sqlite_database.h"
#include "store/store_folder.h"
#include "store/store_lock.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace kedge {

namespace {

// Nobody else is at work on the store.
struct Alone {
    std::optional<StoreLock> lock;
    std::unique_ptr<Database> presence;
};

std::string named(const std::string& folder) {
    return "store \"" + folder + "\": ";
}

class Store {
public:
    Store(const Settings& settings, const Environment& environment) : settings_(settings) {
        if (!settings.database) return;
        auto own =
            std::make_shared<const SecretStore>(std::vector<std::string>{"env:*", "file:/**"}, environment, Secret());
        options_ = postgres_options(settings, std::move(own));
    }
    StorePlace place() const { return options_ ? postgres_place(*options_) : sqlite_place(settings_.store); }
    std::string name() const { return options_ ? options_->place() : named(settings_.store); }
    Alone alone() const {
        Alone alone;
        if (!options_) {
            alone.lock.emplace(settings_.store);
            return alone;
        }
        auto options = *options_;
        options.presence = PostgresOptions::Presence::alone;
        alone.presence = open_leases(postgres_engine(options));
        return alone;
    }
    // The key that seals it, where it lies beside it.
    std::string key() const {
        return settings_.database || !settings_.installation_key.empty() ? "" : settings_.store + "/installation.key";
    }

private:
    const Settings& settings_;
    std::optional<PostgresOptions> options_;
};

std::string describe(const StorePart& part) {
    std::string text = part.name + ": ";
    if (part.version == 0) return text + (part.problem.empty() ? "not there" : part.problem);
    text += "schema " + std::to_string(part.version);
    if (part.version < part.known) text += " (this kedge makes it " + std::to_string(part.known) + ")";
    for (const auto& [table, rows] : part.rows) text += ", " + table + " " + std::to_string(rows);
    return text + (part.problem.empty() ? "" : ": " + part.problem);
}

bool say(const std::vector<StorePart>& parts, Terminal& terminal) {
    for (const auto& part : parts) terminal.print(describe(part));
    return std::all_of(parts.begin(), parts.end(), [](const StorePart& part) { return part.problem.empty(); });
}

void copy_key(const std::string& from, const std::string& to) {
    std::error_code error;
    if (from.empty() || to.empty() || !std::filesystem::exists(from, error)) return;
    std::filesystem::copy_file(from, to, error);
    if (error) throw Failure(NextAction::stop, "store: copy \"" + from + "\" to \"" + to + "\": " + error.message());
    std::filesystem::permissions(to, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
}

const char* const unfinished = ".unfinished"; // in the folder of a copy: what is not yet all there
const char* const ledger_file = "ledger.db";

bool has_ledger(const StorePlace& place) {
    return place.version(store_schemas().front()) > 0;
}

// What a backup that was ended in between has left is no copy: the next one begins anew.
void refuse_taken(const std::string& folder) {
    const auto place = sqlite_place(folder);
    const bool again = !has_ledger(place) && std::filesystem::exists(std::filesystem::path(folder) / unfinished);
    for (const auto& schema : store_schemas()) {
        if (!again && place.version(schema) > 0)
            throw Failure(NextAction::stop, named(folder) + "back up into it: there is a " + std::string(schema.kind) +
                                                " already; nothing was written, name an empty folder");
    }
}

// File by file, since the folder itself may be where a volume is mounted; the ledger last: with it, it is a copy.
void finish(const std::filesystem::path& parts, const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> names;
    for (const auto& entry : std::filesystem::directory_iterator(parts)) names.push_back(entry.path().filename());
    for (const auto& name : names) {
        if (name != ledger_file) std::filesystem::rename(parts / name, folder / name);
    }
    sync_folder(folder);
    std::filesystem::rename(parts / ledger_file, folder / ledger_file);
    sync_folder(folder);
    std::filesystem::remove_all(parts);
}

int backup(const Store& store, const std::string& folder, Terminal& terminal) {
    if (!has_ledger(store.place()))
        throw Failure(NextAction::wait_for_change, store.name() + "back up: there is no ledger in it; nothing was "
                                                                  "written, name the store that kedge works with "
                                                                  "(setting `store`)");
    refuse_taken(folder);
    const StoreLock lock(folder); // two backups would write over each other
    const auto parts = std::filesystem::path(folder) / unfinished;
    try {
        std::filesystem::remove_all(parts);
        prepare_store_folder(parts);
        const auto copied = copy_store(store.place(), sqlite_place(parts));
        copy_key(store.key(), parts / "installation.key");
        finish(parts, folder);
        say(copied, terminal);
    } catch (const std::filesystem::filesystem_error& error) {
        throw Failure(NextAction::stop, named(folder) + "back up into it: " + error.code().message() +
                                            "; it is no copy, run this command again");
    }
    terminal.say("kept in \"" + folder + "\"" +
                 (store.key().empty() ? "; the installation key is not in it: keep a copy of that apart" : ""));
    return exit_ok;
}

// Not every store has everything, and a copy may have lost something: whoever restores it is told.
void say_missing(const StorePlace& copy, bool key, Terminal& terminal) {
    std::string missing = key ? "" : "installation.key (every secret counts as unknown)";
    for (const auto& schema : store_schemas()) {
        if (schema.name != "memo" && copy.version(schema) == 0)
            missing += (missing.empty() ? "" : ", ") + std::string(schema.name);
    }
    if (!missing.empty()) terminal.say("not in the copy, so it begins anew: " + missing);
}

int restore(const Store& store, const std::string& folder, Terminal& terminal) {
    const auto copy = sqlite_place(folder);
    if (!has_ledger(copy))
        throw Failure(NextAction::stop, named(folder) + "restore: there is no ledger in it; nothing was written, name "
                                                        "a folder that `kedge store backup` has said it kept one in");
    const auto alone = store.alone();
    say(copy_store(copy, store.place()), terminal);
    const auto key = store.key();
    std::error_code error;
    if (!std::filesystem::exists(key, error)) copy_key(folder + "/installation.key", key);
    say_missing(copy, key.empty() || std::filesystem::exists(key, error), terminal);
    return exit_ok;
}

int check(const StorePlace& place, const std::string& name, Terminal& terminal) {
    const auto parts = inspect_store(place);
    const bool good = say(parts, terminal);
    const bool empty = parts.front().version == 0 && parts.front().problem.empty();
    if (empty) terminal.say(name + "check: there is no ledger in it; name the store that kedge works with, or a copy");
    return good && !empty ? exit_ok : exit_error;
}

int migrate(const Store& store, Terminal& terminal) {
    const auto alone = store.alone();
    const auto place = store.place();
    for (const auto& schema : store_schemas()) {
        const auto before = place.version(schema);
        const auto now = static_cast<std::int64_t>(schema.migrations.size());
        place.engine.open(schema);
        terminal.print(std::string(schema.name) + ": " +
                       (before == now ? "schema " + std::to_string(now)
                                      : "from schema " + std::to_string(before) + " to " + std::to_string(now)));
    }
    return exit_ok;
}

} // namespace

int store_command(const Settings& settings, const Options& options, const Environment& environment,
                  Terminal& terminal) {
    if (settings.store.empty() && !settings.database)
        throw Failure(NextAction::wait_for_change, "settings: there is no store; name one (setting `store`)");
    const Store store(settings, environment);
    if (options.store_deed == "check")
        return options.copy.empty() ? check(store.place(), store.name(), terminal)
                                    : check(sqlite_place(options.copy), named(options.copy), terminal);
    if (options.store_deed == "migrate") {
        if (options.copy.empty()) return migrate(store, terminal);
        throw Failure(NextAction::wait_for_change, "store: migrate \"" + options.copy +
                                                       "\": it takes no folder, it is for the store of the settings; "
                                                       "name that folder there (setting `store`)");
    }
    if (options.copy.empty())
        throw Failure(NextAction::wait_for_change, "store: " + options.store_deed + ": name a folder for it");
    return options.store_deed == "backup" ? backup(store, options.copy, terminal)
                                          : restore(store, options.copy, terminal);
}

} // namespace kedge
