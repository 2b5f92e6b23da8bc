// The keys of the `server` block.
#include "main/settings_tables.h"
#include "serve/role.h"

namespace kedge {

using enum SettingType;

const std::vector<SettingKey>& server_keys() {
    static const std::vector<SettingKey> keys{
        {"listen", text, false, "IP address and port of the API, as in 127.0.0.1:8080; default: no TCP", {}},
        {"unix_socket",
         path,
         false,
         "socket for commands on this machine: whoever runs as kedge's user, and root, may do everything",
         {}},
        {"tls", mapping, false, "certificate of the API; read anew when it changes", {}},
        {"allow_insecure", boolean, false, "listen elsewhere than on loopback without TLS; default false", {}},
        {"hosts", texts, false, "names by which it is called, beside localhost and addresses of loopback", {}},
        {"tokens", list, false, "who may ask, by bearer token", {}},
        {"trusted_proxies", mapping, false, "reverse proxies that say who asks", {}},
        {"webhooks", list, false, "forges that may say that a repository moved", {}},
        {"health", mapping, false, "/livez, /readyz and /metrics, on a port of their own", {}},
        {"limits", mapping, false, "how much is taken at once", {}},
    };
    return keys;
}

const std::vector<SettingKey>& tls_keys() {
    static const std::vector<SettingKey> keys{
        {"certificate", path, true, "PEM file: the server's certificate, then those that signed it", {}},
        {"key", path, true, "PEM file: its private key, without a pass phrase", {}},
    };
    return keys;
}

const std::vector<SettingKey>& token_keys() {
    static const std::vector<SettingKey> keys{
        {"name", text, true, "how its holder is called in history and log, [a-z0-9-]{1,32}", {}},
        {"sha256", text, true, "SHA-256 of the token, 64 hex digits: the token itself stands nowhere", {}},
        {"role",
         choice,
         true,
         "what it may do, each with all before it: look; sync, pause and freeze; release and roll back; everything",
         {role_names.begin(), role_names.end()}},
        {"units", texts, false, "globs of the units that it may see; default: all", {}},
    };
    return keys;
}

const std::vector<SettingKey>& proxy_keys() {
    static const std::vector<SettingKey> keys{
        {"addresses", texts, true, "IP addresses or networks from which the headers count", {}},
        {"user_header", text, true, "header that names the user, as in X-Forwarded-User", {}},
        {"role_header", text, true, "header with the user's groups, parted by commas", {}},
        {"roles", mapping, true, "group -> role; the highest one counts, and no role is no access", {}},
    };
    return keys;
}

const std::vector<SettingKey>& webhook_keys() {
    static const std::vector<SettingKey> keys{
        {"kind", choice, true, "who posts; the path is /hooks/KIND", {"github", "gitlab", "gitea", "generic"}},
        {"secret", credential, true, "what deliveries are signed with; read anew each time", {}},
        {"sources", texts, false, "names of the sources that it may wake; default: all", {}},
    };
    return keys;
}

const std::vector<SettingKey>& health_keys() {
    static const std::vector<SettingKey> keys{
        {"listen", text, true, "IP address and port; nobody is asked who they are", {}},
    };
    return keys;
}

const std::vector<SettingKey>& serve_limit_keys() {
    static const std::vector<SettingKey> keys{
        {"connections", number, false, "at once, of each listener; default 512", {}, 10'000},
        {"timeout", duration, false, "for a request to arrive, and for an answer to be taken; default 10s", {}},
        {"webhooks_per_minute", number, false, "from one address; default 600", {}},
        {"event_streams", number, false, "clients that listen to events at once; default 64", {}, 10'000},
    };
    return keys;
}

} // namespace kedge
