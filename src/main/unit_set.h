// The units that one reading of the settings makes, and all that they share: control planes, lists, repositories.
// Another reading makes another set; a set lives as long as one of its units is needed.
#pragma once
#include "io/clock.h"
#include "io/secret_store.h"
#include "io/stop.h"
#include "io/worker.h"
#include "main/settings.h"
#include "model/counters.h"
#include "reconcile/previewing.h"
#include "reconcile/unit.h"
#include "source/source.h"
#include "store/ledger.h"
#include "store/memo.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

using Environment = std::map<std::string, std::string>;

// What stays when settings are read anew. All of it outlives every set.
struct UnitGround {
    Stop& stop;
    Clock& clock;
    Worker& pool;
    Ledger& ledger;
    Memo& memo;
    const Environment& environment;
    const SecretStore& own_credentials; // kedge's own tokens: never what manifests may name
    Secret seal_key;
    std::function<std::filesystem::path()> mirrors; // folder for copies of repositories
    bool blind = false;  // no secret of a manifest is read: what is looked at is a stranger's
    bool daemon = false; // units come at their own times, share what others fetched and listed, and outlast outages
    Counters* counters = nullptr; // where a set that goes says what it did since it was counted last
    // By the target's address, right before a write: why it is not sent; null: nobody shares the work.
    std::function<std::string(const std::string& address)> forbids_write{};
    std::function<void(const std::string& address)> unanswered_write{}; // told of one that may still arrive
    std::shared_ptr<ReadAheadSecrets> cluster; // Secrets that manifests may name; null: there are none

    Secret credential(const CredentialSource& from) const {
        return from.scheme.empty() ? Secret() : own_credentials.value(from.scheme, from.name);
    }
};

class UnitSet final : public std::enable_shared_from_this<UnitSet> {
public:
    // Finds out which folders make units; those of `before` (may be null) stay, also where a folder has gone. Throws
    // Failure where a source cannot be read, but not in a daemon: there it is a finding.
    static Task<std::shared_ptr<UnitSet>> read(UnitGround ground, Settings settings, const UnitSet* before);
    ~UnitSet();
    UnitSet(const UnitSet&) = delete;
    UnitSet& operator=(const UnitSet&) = delete;

    // Makes the units themselves, with what they share. Throws Failure where a credential cannot be read.
    void make_units();
    std::vector<std::shared_ptr<Unit>> units(); // those that were chosen; each keeps the set alive
    // Of a daemon, once its units are made: what pull requests would do to those that follow a git repository. Keeps
    // the set alive.
    std::shared_ptr<Previewer> previewer();

    const Settings& settings() const; // with a unit for each folder
    const std::vector<Finding>& findings() const;
    std::unique_ptr<Source> source(const UnitEntry& entry);
    std::string folder_of(const Unit& unit) const; // of manifests, where its source is a plain folder; else empty
    // Folders of this source make units: one that is new has none yet.
    bool has_folder_units(const std::string& source) const;
    // Somebody says that it moved: the next fetch is a real one.
    void source_moved(const std::string& source);
    // Another member looked after these units until now: nothing that was listed for them will do.
    void taken_over(const std::function<bool(const Unit&)>& concerns);

    // Adds what was asked of control planes and repositories since the last call, or since this set was made.
    void count(Counters& counters);

    // Writes in flight, in words, and how many were sent so far.
    std::vector<std::string> writing() const;
    std::uint64_t writes_sent() const;

private:
    struct Parts;
    UnitSet(UnitGround ground, Settings settings);
    std::unique_ptr<Parts> parts_;
};

} // namespace kedge
