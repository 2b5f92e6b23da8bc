// kedge.yaml: read strictly, every mistake at once. Values only; wiring makes objects of them.
#pragma once
#include "base/secret.h"
#include "dialect/dialects.h"
#include "model/finding.h"
#include "notify/receiver.h"
#include "preview/preview_settings.h"
#include "reconcile/unit_settings.h"
#include "serve/serve_settings.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kedge {

// Where a credential comes from: `${env:NAME}` or `${file:PATH}`; a literal is refused.
struct CredentialSource {
    std::string scheme; // "env" or "file"; empty: none given
    std::string name;

    bool operator==(const CredentialSource&) const = default;
};

struct SourceSettings {
    std::string name;
    std::string git;    // URL; empty for a folder
    std::string folder; // path; empty for git
    std::string branch;
    std::string tag;
    std::string commit;
    CredentialSource token; // basic authentication with `user`
    std::string user;       // default x-access-token
    CredentialSource bearer;
    std::string ssh_key;
    std::string known_hosts;
    std::string ca_file;
    Milliseconds deadline{120000};
    std::map<std::string, Finding> at; // key -> where it stands, for what is found out later
};

struct TargetSettings {
    std::string name;
    std::string provider; // name of a dialect
    std::string url;
    std::map<std::string, CredentialSource> credentials; // by key: "token", and what the provider wants beside it
    std::string ca_file;
    std::string proxy; // empty: from the environment
    DialectOptions options;
    Rehearse rehearse = Rehearse::always;
    int concurrency = 0; // 0: the provider's own
    std::map<std::string, Finding> at;
};

struct UnitEntry {
    UnitSettings settings;
    std::string source;               // names
    std::string path;                 // folder inside the source
    std::vector<std::string> include; // globs; empty: everything
    std::vector<std::string> exclude;
    Place place;
    bool chosen = true;                      // by --only-unit; the others are known as siblings all the same
    std::vector<std::string> chosen_names{}; // of a unit for each folder: those that were chosen one by one

    // `path` ends in a glob: not a unit yet, but one for each folder that fits (main/unit_folders.h).
    bool is_for_each_folder() const { return path.find_first_of("*?") != std::string::npos; }
};

// A PostgreSQL database that holds the store (`store: postgres`).
struct DatabaseSettings {
    std::string host; // or the folder of its Unix socket
    int port = 5432;
    std::string name = "kedge";
    std::string user = "kedge";
    CredentialSource password;
    std::string tls = "verify-full";
    std::string ca_file;

    bool operator==(const DatabaseSettings&) const = default;
};

// Who of several may write.
struct LeaseSettings {
    enum class Kind { none, postgres, kubernetes };
    Kind kind = Kind::none;
    std::string name = "kedge"; // of the Lease
    std::string space;          // its namespace; empty: the one that kedge runs in
    Milliseconds duration{15000};
    Milliseconds settle{0}; // 0: the longest request of any target and a second

    bool operator==(const LeaseSettings&) const = default;
};

struct HistorySettings {
    int days = 400;
    std::string file; // of JSON lines beside it; empty: none
};

// Somebody outside who is told what happens.
struct ReceiverSettings {
    std::string name;
    ReceiverKind kind = ReceiverKind::webhook;
    CredentialSource url;
    CredentialSource secret;        // kind webhook: signs
    std::vector<std::string> units; // globs; empty: all
    EventSeverity severity = EventSeverity::info;
    std::set<Topic> topics; // empty: all
};

struct Settings {
    std::string installation;
    std::string installation_key; // file; empty: STORE/installation.key, made at first use
    std::string store;            // folder; empty: no store, or a database
    std::optional<DatabaseSettings> database;
    LeaseSettings lease;
    bool single = false; // somebody says that there is never another one
    bool private_urls = false;
    bool allow_insecure = false; // plain http to control planes, plain http and local paths for git
    std::map<std::string, SourceSettings> sources;
    std::map<std::string, TargetSettings> targets;
    std::vector<UnitEntry> units;
    HistorySettings history;
    std::vector<ReceiverSettings> notify;
    PreviewSettings previews;
    ServeSettings server; // without `version` and `secrets`, which wiring knows
    bool serves = false;  // there is a `server` block
    std::string included; // folder of further files; empty: none
    // These blocks as they were read: whether they moved when the settings are read anew.
    std::string server_text;
    std::string notify_text;
};

struct LoadedSettings {
    Settings settings;
    std::vector<Finding> findings;
};

// Files of a folder that the settings include.
struct SettingsFolder {
    struct File {
        std::string path;
        std::string text;
    };
    std::vector<File> files; // in order of their names
    std::string problem;     // why there are none; empty: there are, or the folder is empty
};
using ReadSettingsFolder = std::function<SettingsFolder(const std::string& folder)>;

// `path` is for messages and for resolving relative paths, also those in included files. `read`: called once, where the
// settings include a folder.
LoadedSettings load_settings(const std::string& path, const std::string& text, const ReadSettingsFolder& read = {});
// *.yaml and *.yml, at most 1000 of at most 1 MiB each.
SettingsFolder read_settings_folder(const std::string& folder);

// JSON Schema of kedge.yaml, from the same field tables.
Json settings_schema();

} // namespace kedge
