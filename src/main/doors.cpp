#include "main/doors.h"

#include "base/failure.h"
#include "main/notify_receivers.h"

#include <utility>

namespace kedge {

namespace {

std::string described(const Server& server, const ServeSettings& settings) {
    std::string text;
    const auto add = [&text](const std::string& one) { text += (text.empty() ? "" : ", ") + one; };
    if (settings.listen) add(settings.listen->address + ":" + std::to_string(server.port()));
    if (!settings.unix_socket.empty()) add(settings.unix_socket);
    if (settings.health) add("health at " + settings.health->address + ":" + std::to_string(server.health_port()));
    return text;
}

} // namespace

Doors::Doors(Runtime& runtime, Daemon& daemon, Counters& counters, PreviewDesk* desk)
    : runtime_(runtime), daemon_(daemon), counters_(counters), desk_(desk), outbox_(runtime.make_outbox()) {}

Doors::~Doors() {
    close();
}

std::unique_ptr<Server> Doors::make_server(const Settings& settings) {
    if (!settings.serves) return nullptr;
    auto& session = runtime_.session();
    auto serve = settings.server;
    serve.version = KEDGE_VERSION;
    serve.secrets = webhook_secrets(serve.webhooks, runtime_.environment());
    auto server = std::make_unique<Server>(Server::Parts{session.loop, session.clock, session.log, daemon_, counters_,
                                                         settings.previews.forges.empty() ? nullptr : desk_},
                                           serve);
    session.log.info("listening", {{"at", described(*server, serve)}});
    return server;
}

void Doors::open(const Settings& settings) {
    const bool other_desk = settings.previews.forges.empty() != open_.previews.forges.empty();
    if (settings.server_text != open_.server_text || other_desk || (settings.serves && server_ == nullptr)) {
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
        auto make_client = notify_clients(runtime_.environment(), &session.stop);
        NotifierParts parts{session.clock,          session.log,        *outbox_,     daemon_.board(),
                            std::move(make_client), open_.installation, &session.stop};
        auto receivers = make_receivers(open_, *runtime_.own_secrets());
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
