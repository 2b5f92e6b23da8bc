// /api/v1 from request to answer: who asks, for what, whether they may, and in which form. Leaves what is asked to
// Operations.
#pragma once
#include "serve/operations.h"

namespace kedge {

class Api final {
public:
    struct Parts {
        EventLoop& loop;
        Clock& clock;
        Log& log;
        Daemon& daemon;
        Counters& counters;
        PreviewDesk* desk = nullptr;
    };
    Api(Parts parts, const ServeSettings& settings);
    Task<ServerAnswer> handle(HttpRequest request, HttpPeer peer);
    const Access& access() const { return access_; }

private:
    std::variant<Call, Problem> call_of(const HttpRequest& request, const HttpPeer& peer);
    std::variant<Call, Problem> checked(Call call, const HttpRequest& request) const;
    Task<Reply> carry_out(Call call);
    void note(const HttpRequest& request, const Call& call, int status);

    Parts parts_;
    Access access_;
    RateLimit refusals_in_log_; // whoever is turned away often does not fill the disk
    Operations operations_;
};

} // namespace kedge
