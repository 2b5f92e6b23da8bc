#include "tests/main/settings_words.h"

#include <sstream>

namespace kedge {

namespace {

class Words final {
public:
    template<class Value>
    Words& say(const char* name, const Value& value) {
        text_ << name << '=' << value << '\n';
        return *this;
    }
    Words& say(const char* name, const std::vector<std::string>& values) {
        for (const auto& value : values) say(name, value);
        return *this;
    }
    Words& say(const char* name, const std::optional<std::vector<std::string>>& values) {
        return values ? say(name, *values) : *this;
    }
    Words& say(const char* name, Milliseconds value) { return say(name, value.count()); }
    Words& say(const char* name, const CredentialSource& from) { return say(name, from.scheme + ":" + from.name); }
    Words& say(const char* name, const PreviewCredential& from) { return say(name, from.scheme + ":" + from.name); }
    Words& say(const char* name, const std::optional<ListenAt>& at) {
        return say(name, at ? at->address + " " + std::to_string(at->port) : std::string());
    }
    template<class Enum>
    Words& number(const char* name, Enum value) {
        return say(name, static_cast<int>(value));
    }
    std::string take() { return text_.str(); }

private:
    std::ostringstream text_;
};

void say_limit(Words& words, const char* name, const Limit& limit) {
    words.say(name, limit.percent.value_or(-1)).say(name, limit.count.value_or(-1));
}

void say_source(Words& words, const SourceSettings& source) {
    words.say("source", source.name).say("git", source.git).say("folder", source.folder).say("branch", source.branch);
    words.say("tag", source.tag).say("commit", source.commit).say("token", source.token).say("user", source.user);
    words.say("bearer", source.bearer).say("ssh_key", source.ssh_key).say("known_hosts", source.known_hosts);
    words.say("ca_file", source.ca_file).say("deadline", source.deadline);
}

void say_target(Words& words, const TargetSettings& target) {
    words.say("target", target.name).say("provider", target.provider).say("url", target.url);
    for (const auto& [key, credential] : target.credentials) words.say(key.c_str(), credential);
    for (const auto& [key, value] : target.options) words.say(key.c_str(), value);
    words.say("ca_file", target.ca_file).say("proxy", target.proxy).number("rehearse", target.rehearse);
    words.say("concurrency", target.concurrency);
}

void say_unit(Words& words, const UnitEntry& entry) {
    const auto& unit = entry.settings;
    words.say("unit", unit.us.unit).say("installation", unit.us.installation).say("source", entry.source);
    words.say("path", entry.path).say("target", unit.target).say("include", entry.include);
    words.say("exclude", entry.exclude).number("prune", unit.prune).say("prune_delay", unit.prune_delay);
    words.say("on_invalid", unit.on_invalid_stop).number("on_unknown_secret", unit.on_unknown_secret);
    words.number("sign_out", unit.sign_out.who).say("sign_out_at_most", unit.sign_out.at_most);
    words.number("require_preview", unit.require_preview).say("secrets", unit.secrets);
    words.number("changes", unit.changes).number("drift", unit.drift).say("heal_after", unit.heal_after);
    words.say("interval", unit.interval).say("deadline", unit.deadline);
    say_limit(words, "deletes", unit.limits.deletes);
    say_limit(words, "auth_changes", unit.limits.auth_changes);
    say_limit(words, "updates", unit.limits.updates);
    say_limit(words, "creates", unit.limits.creates);
    words.say("population", unit.limits.population).say("names", unit.may.names).say("types", unit.may.types);
    words.say("hosts", unit.may.hosts).say("subjects", unit.may.subjects).say("x_kedge", unit.may.x_kedge);
}

void say_receiver(Words& words, const ReceiverSettings& receiver) {
    words.say("receiver", receiver.name).number("kind", receiver.kind).say("url", receiver.url);
    words.say("secret", receiver.secret).say("units", receiver.units).number("severity", receiver.severity);
    for (const auto topic : receiver.topics) words.number("on", topic);
}

void say_previews(Words& words, const PreviewSettings& previews) {
    words.say("poll", previews.poll).say("page", previews.page);
    for (const auto& forge : previews.forges) {
        words.say("forge", forge.name).number("kind", forge.kind).say("url", forge.url).say("token", forge.token);
        words.say("app", forge.app.id).say("installation", forge.app.installation).say("key", forge.app.key);
        words.say("ca_file", forge.ca_file).say("proxy", forge.proxy);
        for (const auto& one : forge.repositories) {
            words.say("repository", one.repository).say("source", one.source).say("comment", one.comment);
            words.say("status", one.status).say("forks", one.forks).say("rehearse", one.rehearse);
            words.say("trusted", one.trusted).say("release_by_author", one.release_by_author);
        }
    }
}

void say_server(Words& words, const ServeSettings& server) {
    words.say("listen", server.listen).say("unix_socket", server.unix_socket).say("hosts", server.hosts);
    words.say("certificate", server.certificate_file).say("key", server.key_file).say("health", server.health);
    for (const auto& token : server.tokens) {
        words.say("token", token.name).say("sha256", token.sha256.hex()).number("role", token.role);
        words.say("units", token.units);
    }
    const auto& proxies = server.trusted_proxies;
    for (const char* address : {"10.0.0.1", "10.0.0.7"}) words.say(address, any_contains(proxies.addresses, address));
    words.say("user_header", proxies.user_header).say("role_header", proxies.role_header);
    for (const auto& [group, role] : proxies.roles) words.number(group.c_str(), role);
    for (const auto& hook : server.webhooks) {
        words.number("hook", hook.kind).say("secret", hook.secret_scheme + ":" + hook.secret_name);
        words.say("repositories", hook.repositories);
    }
    words.say("connections", server.limits.connections).say("timeout", server.limits.timeout);
    words.say("webhooks_per_minute", server.limits.webhooks_per_minute);
    words.say("event_streams", server.limits.event_streams);
}

} // namespace

// Without `server_text` and `notify_text`: that a block was copied does not say that anybody read it.
std::string words_of(const LoadedSettings& loaded) {
    Words words;
    const auto& settings = loaded.settings;
    for (const auto& finding : loaded.findings) words.say("mistake", to_text(finding.place) + " " + finding.message);
    words.say("installation", settings.installation).say("installation_key", settings.installation_key);
    words.say("store", settings.store).say("private_urls", settings.private_urls);
    words.say("allow_insecure", settings.allow_insecure).say("include", settings.included);
    words.say("single", settings.single);
    if (const auto& database = settings.database) {
        words.say("host", database->host).say("port", database->port).say("name", database->name);
        words.say("user", database->user).say("password", database->password).say("tls", database->tls);
        words.say("ca_file", database->ca_file);
    }
    const auto& lease = settings.lease;
    words.number("lease", lease.kind).say("name", lease.name).say("namespace", lease.space);
    words.say("duration", lease.duration).say("settle", lease.settle);
    words.say("days", settings.history.days).say("file", settings.history.file);
    for (const auto& [name, source] : settings.sources) say_source(words, source);
    for (const auto& [name, target] : settings.targets) say_target(words, target);
    for (const auto& unit : settings.units) say_unit(words, unit);
    for (const auto& receiver : settings.notify) say_receiver(words, receiver);
    say_previews(words, settings.previews);
    say_server(words, settings.server);
    return words.take();
}

} // namespace kedge
