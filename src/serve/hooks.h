// POST /hooks/KIND: a forge says that a repository moved. Who says so is proved over the raw body before anything of it
// is read; what it says is only a reason to look soon.
#pragma once
#include "io/log.h"
#include "model/counters.h"
#include "reconcile/daemon.h"
#include "reconcile/preview_desk.h"
#include "serve/problem.h"
#include "serve/serve_settings.h"
#include "serve/throttle.h"

#include <string>
#include <string_view>
#include <variant>

namespace kedge {

class Hooks final {
public:
    struct Parts {
        Clock& clock;
        Log& log;
        Daemon& daemon;
        Counters& counters;
        PreviewDesk* desk = nullptr; // null: pull requests are nobody's matter
    };
    Hooks(Parts parts, const ServeSettings& settings);
    // `path`: below /hooks/. `from`: the address of the client.
    ServerAnswer handle(const HttpRequest& request, std::string_view path, const std::string& from);

private:
    struct Proof {
        const WebhookSettings* hook = nullptr; // whose secret fits; null: none
        bool unreadable = false;               // a secret could not be read
    };
    using Reply = std::variant<std::string, Problem>; // what came of it in one word
    Reply judge(const HttpRequest& request, WebhookKind kind, const std::string& from);
    std::optional<Problem> not_now(const HttpRequest& request, WebhookKind kind) const;
    Proof prove(const HttpRequest& request, WebhookKind kind) const;
    bool is_replay(const HttpRequest& request, WebhookKind kind);
    Reply accept(const HttpRequest& request, const WebhookSettings& hook);
    Reply accept_pull(const HttpRequest& request, const WebhookSettings& hook);

    Parts parts_;
    const ServeSettings& settings_;
    RateLimit limit_;
    RecentSources<UnixSeconds> seen_{10'000}; // deliveries, by their id
};

} // namespace kedge
