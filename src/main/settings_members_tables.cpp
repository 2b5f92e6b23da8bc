// The keys of `database` and `lease`.
#include "main/settings_tables.h"

namespace kedge {

using enum SettingType;

const std::vector<SettingKey>& database_keys() {
    static const std::vector<SettingKey> keys{
        {"host", text, true, "name or address of the server, or the folder of its Unix socket", {}},
        {"port", number, false, "default 5432", {}, 65'535},
        {"name", text, false, "of the database; default kedge. One database for one installation", {}},
        {"user", text, false, "who makes schemas in it and writes; default kedge", {}},
        {"password", credential, false, "read anew at each connecting", {}},
        {"tls",
         choice,
         false,
         "as libpq's sslmode; default verify-full, over a Unix socket disable",
         {"verify-full", "verify-ca", "require", "disable"}},
        {"ca_file", path, false, "certificate authority of the server (PEM); default: the system's", {}},
    };
    return keys;
}

const std::vector<SettingKey>& lease_keys() {
    static const std::vector<SettingKey> keys{
        {"kind",
         choice,
         true,
         "`postgres`: several write, each to its share of the control planes; `kubernetes`: one writes, others stand "
         "by",
         {"none", "postgres", "kubernetes"}},
        {"name", text, false, "of the Lease (kubernetes); default kedge", {}},
        {"namespace", text, false, "of the Lease; default: where kedge runs", {}},
        {"duration", duration, false, "how long a holder is believed that says nothing; default 15s", {}},
        {"settle",
         duration,
         false,
         "how long who takes over waits beyond that, for what the one before began to send; default: the longest "
         "deadline of a request, and a second",
         {}},
    };
    return keys;
}

} // namespace kedge
