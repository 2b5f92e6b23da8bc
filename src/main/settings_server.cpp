#include "main/settings_server.h"

#include "main/settings_tables.h"
#include "main/settings_values.h"
#include "model/marker.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

const std::string root = "/server";

bool is_header_name(const std::string& text) {
    return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

class ServerReading {
public:
    ServerReading(SettingsReader& reader, const Settings& settings,
                  const std::function<std::string(const std::string&)>& resolve)
        : reader_(reader), settings_(settings), resolve_(resolve) {}

    ServeSettings run() {
        const auto* mapping = reader_.mapping(root, server_keys());
        if (mapping == nullptr) return {};
        server_.listen = listen_at(*mapping, root);
        server_.unix_socket = resolve_(text_of(*mapping, "unix_socket"));
        server_.hosts = texts_of(*mapping, "hosts");
        if (mapping->contains("tls")) tls();
        each(*mapping, "tokens", [this](const std::string& pointer) { token(pointer); });
        if (mapping->contains("trusted_proxies")) proxies();
        each(*mapping, "webhooks", [this](const std::string& pointer) { webhook(pointer); });
        if (mapping->contains("health")) {
            const auto pointer = root + "/health";
            if (const auto* health = reader_.mapping(pointer, health_keys()))
                server_.health = listen_at(*health, pointer);
        }
        if (mapping->contains("limits")) limits();
        check(*mapping);
        return std::move(server_);
    }

private:
    template<class Visit>
    void each(const Json& mapping, const std::string& key, Visit visit) {
        const auto list = mapping.find(key);
        if (list == mapping.end() || !list->is_array()) return;
        for (std::size_t i = 0; i < list->size(); ++i) visit(root + "/" + key + "/" + std::to_string(i));
    }

    std::optional<ListenAt> listen_at(const Json& mapping, const std::string& pointer) {
        const auto text = text_of(mapping, "listen");
        if (text.empty()) return std::nullopt;
        auto at = parse_listen(text);
        if (!at)
            reader_.error(pointer + "/listen", "\"listen\" must be an IP address and a port",
                          "as in 127.0.0.1:8080, [::1]:8080, or 0.0.0.0:8080 for all addresses");
        return at;
    }

    void tls() {
        const auto* mapping = reader_.mapping(root + "/tls", tls_keys());
        if (mapping == nullptr) return;
        server_.certificate_file = resolve_(text_of(*mapping, "certificate"));
        server_.key_file = resolve_(text_of(*mapping, "key"));
    }

    void token(const std::string& pointer) {
        const auto* mapping = reader_.mapping(pointer, token_keys());
        if (mapping == nullptr) return;
        TokenSettings token;
        token.name = text_of(*mapping, "name");
        if (!token.name.empty() && !is_unit_name(token.name))
            reader_.error(pointer + "/name", "a name may hold lower-case letters, digits and hyphens only, 32 at most");
        const auto digest = digest_from_hex(text_of(*mapping, "sha256"));
        if (!digest && mapping->contains("sha256"))
            reader_.error(pointer + "/sha256", "\"sha256\" must be the SHA-256 of the token, 64 hex digits",
                          "`printf %s \"$TOKEN\" | sha256sum` prints it");
        if (digest) token.sha256 = *digest;
        token.role = role_from(text_of(*mapping, "role")).value_or(Role::viewer);
        token.units = texts_of(*mapping, "units");
        if (mapping->contains("units") && token.units.empty())
            reader_.error(pointer + "/units", "an empty list lets nobody see anything", "leave it out for all units");
        for (const auto& other : server_.tokens) {
            if (other.name == token.name)
                reader_.error(pointer + "/name", "two tokens are named \"" + token.name + "\"");
            if (digest && other.sha256 == token.sha256)
                reader_.error(pointer + "/sha256", "this token has two names: \"" + other.name + "\" is the other");
        }
        server_.tokens.push_back(std::move(token));
    }

    void proxies() {
        const auto pointer = root + "/trusted_proxies";
        const auto* mapping = reader_.mapping(pointer, proxy_keys());
        if (mapping == nullptr) return;
        auto& proxies = server_.trusted_proxies;
        const auto addresses = texts_of(*mapping, "addresses");
        for (std::size_t i = 0; i < addresses.size(); ++i) {
            const auto at = pointer + "/addresses/" + std::to_string(i);
            const auto network = Network::parse(addresses[i]);
            if (!network)
                reader_.error(at, "\"" + addresses[i] + "\" is no IP address and no network",
                              "as in 10.0.0.5, 10.0.0.0/8");
            else if (addresses[i].ends_with("/0"))
                reader_.error(at, "this names everybody", "whoever may connect could say to be anybody");
            else
                proxies.addresses.push_back(*network);
        }
        if (addresses.empty() && mapping->contains("addresses"))
            reader_.error(pointer + "/addresses", "an empty list trusts nobody");
        proxies.user_header = header_name(*mapping, pointer, "user_header");
        proxies.role_header = header_name(*mapping, pointer, "role_header");
        const auto roles = mapping->find("roles");
        if (roles == mapping->end() || !roles->is_object()) return;
        if (roles->empty()) reader_.error(pointer + "/roles", "no role is named: nobody could do anything");
        for (const auto& [value, name] : roles->items()) {
            const auto role = name.is_string() ? role_from(name.get<std::string>()) : std::nullopt;
            if (role)
                proxies.roles.emplace(value, *role);
            else
                reader_.error(pointer + "/roles",
                              "the role of \"" + value + "\" must be viewer, operator, approver or admin");
        }
    }

    std::string header_name(const Json& mapping, const std::string& pointer, const char* key) {
        auto name = text_of(mapping, key);
        if (!name.empty() && !is_header_name(name))
            reader_.error(pointer + "/" + key, "\"" + name + "\" is no name of a header",
                          "letters, digits and hyphens");
        return name;
    }

    void webhook(const std::string& pointer) {
        const auto* mapping = reader_.mapping(pointer, webhook_keys());
        if (mapping == nullptr) return;
        WebhookSettings hook;
        for (const auto kind : {WebhookKind::github, WebhookKind::gitlab, WebhookKind::gitea, WebhookKind::generic}) {
            if (text_of(*mapping, "kind") == to_text(kind)) hook.kind = kind;
        }
        const auto secret = credential_of(*mapping, "secret");
        hook.secret_scheme = secret.scheme;
        hook.secret_name = secret.scheme == "file" ? resolve_(secret.name) : secret.name;
        const auto sources = texts_of(*mapping, "sources");
        for (std::size_t i = 0; i < sources.size(); ++i) {
            const auto at = pointer + "/sources/" + std::to_string(i);
            const auto source = settings_.sources.find(sources[i]);
            if (source == settings_.sources.end())
                reader_.error(at, "there is no source \"" + sources[i] + "\"");
            else if (source->second.git.empty())
                reader_.error(at, "source \"" + sources[i] + "\" is a folder, of which no forge knows");
            else
                hook.repositories.push_back(source->second.git);
        }
        if (mapping->contains("sources") && sources.empty())
            reader_.error(pointer + "/sources", "an empty list wakes nothing", "leave it out for all sources");
        server_.webhooks.push_back(std::move(hook));
    }

    void limits() {
        const auto pointer = root + "/limits";
        const auto* mapping = reader_.mapping(pointer, serve_limit_keys());
        if (mapping == nullptr) return;
        auto& limits = server_.limits;
        limits.connections = number_of(*mapping, "connections", limits.connections);
        limits.timeout = duration_of(*mapping, "timeout", limits.timeout);
        if (limits.timeout.count() == 0) reader_.error(pointer + "/timeout", "\"timeout\" must be more than 0s");
        limits.webhooks_per_minute = number_of(*mapping, "webhooks_per_minute", limits.webhooks_per_minute);
        limits.event_streams = number_of(*mapping, "event_streams", limits.event_streams);
    }

    void check(const Json& mapping) {
        if (!mapping.contains("listen")) {
            for (const auto* key : {"tls", "hosts", "tokens", "trusted_proxies", "webhooks"}) {
                if (mapping.contains(key))
                    reader_.error(root + "/" + key,
                                  "\"" + std::string(key) + "\" goes with \"listen\", which is missing",
                                  "as in listen: 127.0.0.1:8080");
            }
            return;
        }
        if (!server_.listen || is_loopback_address(server_.listen->address)) return;
        if (server_.tokens.empty() && server_.trusted_proxies.addresses.empty())
            reader_.error(root + "/listen", "anybody who reaches this address could look at everything",
                          "add \"tokens\" or \"trusted_proxies\", or listen on 127.0.0.1");
        if (server_.certificate_file.empty() && !flag_of(mapping, "allow_insecure"))
            reader_.error(root + "/listen", "tokens would travel to this address in the clear",
                          "add \"tls\", or listen on 127.0.0.1 behind a proxy that speaks TLS; allow_insecure: true "
                          "where something else keeps the way safe");
    }

    SettingsReader& reader_;
    const Settings& settings_;
    const std::function<std::string(const std::string&)>& resolve_;
    ServeSettings server_;
};

} // namespace

ServeSettings read_server(SettingsReader& reader, const Settings& settings,
                          const std::function<std::string(const std::string&)>& resolve) {
    return ServerReading(reader, settings, resolve).run();
}

} // namespace kedge
