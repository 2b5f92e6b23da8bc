// What the `server` block of the settings says, as values.
#pragma once
#include "base/digest.h"
#include "base/duration.h"
#include "io/secret_store.h"
#include "serve/network.h"
#include "serve/role.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct ListenAt {
    std::string address;
    std::uint16_t port = 0;
};
// "127.0.0.1:8080", "[::1]:8080"; nothing: it is neither.
std::optional<ListenAt> parse_listen(const std::string& text);

struct TokenSettings {
    std::string name; // how its holder is called in history and log
    Digest sha256;    // of the token
    Role role = Role::viewer;
    std::vector<std::string> units; // globs; empty: all
};

// A reverse proxy that has found out who asks. Its headers count from these addresses only.
struct TrustedProxies {
    std::vector<Network> addresses; // empty: there is none
    std::string user_header;
    std::string role_header;
    std::map<std::string, Role> roles; // value of role_header (one of a list that commas part) -> role
};

enum class WebhookKind { github, gitlab, gitea, generic };
std::string_view to_text(WebhookKind kind);

struct WebhookSettings {
    WebhookKind kind = WebhookKind::generic;
    std::string secret_scheme; // "env" or "file"
    std::string secret_name;
    std::vector<std::string> repositories; // URLs of the sources that it may wake; empty: any
};

struct ServeLimits {
    int connections = 512;
    Milliseconds timeout{10'000};  // for a request to arrive, an answer to be taken, a connection to be silent
    int webhooks_per_minute = 600; // from one address
    int event_streams = 64;
};

struct ServeSettings {
    std::optional<ListenAt> listen; // nothing: no TCP
    std::string unix_socket;        // path; empty: none
    std::string certificate_file;   // PEM; empty: plain
    std::string key_file;
    std::vector<std::string> hosts; // by which it is called, beside localhost
    std::vector<TokenSettings> tokens;
    TrustedProxies trusted_proxies;
    std::vector<WebhookSettings> webhooks;
    std::optional<ListenAt> health;
    ServeLimits limits;

    // Not of the settings: what wiring knows.
    std::string version;
    std::shared_ptr<const SecretStore> secrets; // that the webhooks' secrets are read from, anew each time
};

} // namespace kedge
