#include "main/settings_members.h"

#include "main/settings_tables.h"
#include "main/settings_values.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr Milliseconds shortest_lease{1000};

void read_database(SettingsReader& reader, const Resolve& resolve, Settings& settings) {
    const auto* mapping = reader.mapping("/database", database_keys());
    if (mapping == nullptr) return;
    DatabaseSettings database;
    database.host = text_of(*mapping, "host");
    database.port = number_of(*mapping, "port", database.port);
    const auto text = [&](const char* key, std::string& value) {
        if (mapping->contains(key)) value = text_of(*mapping, key);
        if (value.empty()) reader.error(std::string("/database/") + key, std::string("\"") + key + "\" is empty");
    };
    text("host", database.host);
    text("name", database.name);
    text("user", database.user);
    const bool is_socket = database.host.starts_with('/');
    if (is_socket) database.tls = "disable";
    if (mapping->contains("tls")) database.tls = text_of(*mapping, "tls");
    if (is_socket && database.tls != "disable")
        reader.error("/database/tls", "there is no TLS over a Unix socket", "leave \"tls\" out");
    database.password = credential_of(*mapping, "password");
    database.ca_file = resolve(text_of(*mapping, "ca_file"));
    settings.database = std::move(database);
}

void read_lease(SettingsReader& reader, Settings& settings) {
    const auto* mapping = reader.mapping("/lease", lease_keys());
    if (mapping == nullptr) return;
    auto& lease = settings.lease;
    const auto kind = text_of(*mapping, "kind");
    lease.kind = kind == "postgres"     ? LeaseSettings::Kind::postgres
                 : kind == "kubernetes" ? LeaseSettings::Kind::kubernetes
                                        : LeaseSettings::Kind::none;
    if (mapping->contains("name")) lease.name = text_of(*mapping, "name");
    lease.space = text_of(*mapping, "namespace");
    lease.duration = duration_of(*mapping, "duration", lease.duration);
    if (lease.duration < shortest_lease)
        reader.error("/lease/duration", "a lease of less than a second is lost by any hiccup");
    lease.settle = duration_of(*mapping, "settle", lease.settle);
    if (kind != "kubernetes" && (mapping->contains("name") || mapping->contains("namespace")))
        reader.error("/lease", "\"name\" and \"namespace\" are those of a Lease of Kubernetes",
                     "leave them out, or say `kind: kubernetes`");
}

// What does not go together.
void check(SettingsReader& reader, const Json& root, const Settings& settings) {
    const auto& lease = settings.lease;
    if (settings.database && settings.installation_key.empty())
        reader.error("/database",
                     "members that share a database share the key as well: \"installation_key\" is missing",
                     "`head -c 32 /dev/urandom | xxd -p -c 64 > FILE` makes one, once for all of them");
    if (lease.kind == LeaseSettings::Kind::postgres && !settings.database)
        reader.error("/lease/kind", "leases in the database need one",
                     "say `store: postgres`, and where in `database`");
    if (settings.single && lease.kind != LeaseSettings::Kind::none && root.contains("lease"))
        reader.error("/single", "whoever is alone needs no lease", "leave one of \"single\" and \"lease\" out");
    if (settings.database && root.contains("lease") && lease.kind == LeaseSettings::Kind::none && !settings.single)
        reader.error("/lease/kind", "a database can be shared, and nobody says who may write",
                     "say `kind: postgres`, or `single: true` where there is never a second kedge");
}

} // namespace

void read_members(SettingsReader& reader, const Json& root, const Resolve& resolve, Settings& settings) {
    const auto store = text_of(root, "store");
    settings.single = flag_of(root, "single");
    if (root.contains("database")) read_database(reader, resolve, settings);
    if (root.contains("lease")) read_lease(reader, settings);
    if (store == "postgres") {
        if (!root.contains("database"))
            reader.error("/store", "`store: postgres` needs \"database\"", "or name a folder: ./postgres");
        else if (!root.contains("lease") && !settings.single)
            settings.lease.kind = LeaseSettings::Kind::postgres;
    } else {
        settings.store = resolve(store);
        if (root.contains("database"))
            reader.error("/database", "the store is a folder", "say `store: postgres` to keep it in this database");
        settings.database.reset();
    }
    check(reader, root, settings);
}

} // namespace kedge
