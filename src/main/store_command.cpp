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

namespace kedge {

namespace {

// Nobody else is at work on the store.
struct Alone {
    std::optional<StoreLock> lock;
    std::unique_ptr<Database> presence;
};

class Store {
public:
    Store(const Settings& settings, const Environment& environment) : settings_(settings) {
        if (!settings.database) return;
        auto own =
            std::make_shared<const SecretStore>(std::vector<std::string>{"env:*", "file:/**"}, environment, Secret());
        options_ = postgres_options(settings, std::move(own));
    }
    StorePlace place() const { return options_ ? postgres_place(*options_) : sqlite_place(settings_.store); }
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

int backup(const Store& store, const std::string& folder, Terminal& terminal) {
    prepare_store_folder(folder);
    const auto parts = copy_store(store.place(), sqlite_place(folder));
    copy_key(store.key(), folder + "/installation.key");
    say(parts, terminal);
    terminal.say("kept in \"" + folder + "\"" +
                 (store.key().empty() ? "; the installation key is not in it: keep a copy of that apart" : ""));
    return exit_ok;
}

int restore(const Store& store, const std::string& folder, Terminal& terminal) {
    std::error_code error;
    if (!std::filesystem::exists(std::filesystem::path(folder) / "ledger.db", error))
        throw Failure(NextAction::stop, "store: restore \"" + folder + "\": there is no ledger.db in it");
    const auto alone = store.alone();
    say(copy_store(sqlite_place(folder), store.place()), terminal);
    const auto key = store.key();
    if (!std::filesystem::exists(key, error)) copy_key(folder + "/installation.key", key);
    return exit_ok;
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
    if (options.store_deed == "migrate") return migrate(store, terminal);
    if (options.store_deed == "check") return say(inspect_store(store.place()), terminal) ? exit_ok : exit_error;
    if (options.copy.empty())
        throw Failure(NextAction::wait_for_change, "store: " + options.store_deed + ": name a folder for it");
    return options.store_deed == "backup" ? backup(store, options.copy, terminal)
                                          : restore(store, options.copy, terminal);
}

} // namespace kedge
