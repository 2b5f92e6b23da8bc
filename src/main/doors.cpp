#include "main/doors.h"

#include "base/failure.h"
#include "io/beast_client.h"

#include <utility>

namespace kedge {

namespace {

constexpr Milliseconds receiver_patience{15000};

std::string described(const Server& server, const ServeSettings& settings) {
    std::string text;
    const auto add = [&text](const std::string& one) { text += (text.empty() ? "" : ", ") + one; };
    if (settings.listen) add(settings.listen->address + ":" + std::to_string(server.port()));
    if (!settings.unix_socket.empty()) add(settings.unix_socket);
    if (settings.health) add("health at " + settings.health->address + ":" + std::to_string(server.health_port()));
    return text;
}

} // namespace

Doors::Doors(Runtime& runtime, Daemon& daemon, Counters& counters)
    : runtime_(runtime), daemon_(daemon), counters_(counters), outbox_(runtime.make_outbox()) {}

Doors::~Doors() {
    close();
}

std::unique_ptr<Server> Doors::make_server(const Settings& settings) {
    if (!settings.serves) return nullptr;
    auto& session = runtime_.session();
    auto serve = settings.server;
    serve.version = KEDGE_VERSION;
    serve.secrets = runtime_.own_secrets();
    auto server = std::make_unique<Server>(
        Server::Parts{session.loop, session.clock, session.log, daemon_, counters_}, serve);
    session.log.info("listening", {{"at", described(*server, serve)}});
    return server;
}

std::vector<Receiver> Doors::receivers_of(const Settings& settings) {
    std::vector<Receiver> receivers;
    for (const auto& one : settings.notify) {
        Receiver receiver;
        receiver.name = one.name;
        receiver.kind = one.kind;
        receiver.url = [this, from = one.url] { return runtime_.credential(from); };
        receiver.secret = [this, from = one.secret] { return runtime_.credential(from); };
        receiver.units = one.units;
        receiver.least = one.severity;
        receiver.topics = one.topics;
        receiver.allow_insecure = settings.allow_insecure;
        receivers.push_back(std::move(receiver));
    }
    return receivers;
}

void Doors::open(const Settings& settings) {
    if (settings.server_text != open_.server_text || (settings.serves && server_ == nullptr)) {
        // The address may be the same one, so the old server goes first.
        server_.reset();
        try {
            server_ = make_server(settings);
        } catch (const Failure&) {
            server_ = make_server(open_);
            throw;
        }
    }
    const bool other_receivers = settings.notify_text != open_.notify_text;
    open_ = settings;
    if (other_receivers && notifier_) notifier_->stop(); // deliver() makes the next one
}

Task<void> Doors::deliver() {
    auto& session = runtime_.session();
    while (!closing_) {
        ClientFactory make_client = [this, &session](const std::string& origin) -> std::unique_ptr<HttpClient> {
            BeastClientOptions options;
            options.base_url = origin;
            options.proxy = proxy_for(origin, runtime_.environment());
            options.request_timeout = receiver_patience;
            options.user_agent = "kedge/" KEDGE_VERSION;
            return std::make_unique<BeastClient>(std::move(options), &session.stop);
        };
        NotifierParts parts{session.clock,       session.log,         *outbox_,     daemon_.board(),
                            std::move(make_client), open_.installation, &session.stop};
        auto receivers = receivers_of(open_);
        notifier_ = std::make_unique<Notifier>(std::move(parts), std::move(receivers));
        co_await notifier_->run();
    }
    notifier_.reset();
}

void Doors::close() {
    closing_ = true;
    if (notifier_) notifier_->stop();
    server_.reset();
}

} // namespace kedge
