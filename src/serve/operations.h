// What the routes of the API do: ask the daemon, and print what it says. One method for each kind of question.
#pragma once
#include "io/log.h"
#include "io/worker.h"
#include "model/counters.h"
#include "reconcile/daemon.h"
#include "reconcile/preview_desk.h"
#include "serve/routes.h"

#include <string>
#include <vector>

namespace kedge {

class Operations final {
public:
    struct Parts {
        EventLoop& loop;
        Daemon& daemon;
        Counters& counters;
        const ServeSettings& settings;
        PreviewDesk* desk = nullptr; // null: there are no previews
    };
    explicit Operations(Parts parts) : parts_(parts) {}

    Task<Reply> units(Call call);
    Task<Reply> unit(Call call);
    Task<Reply> resources(Call call);
    Task<Reply> plan(Call call);
    Task<Reply> report(Call call);
    Task<Reply> find_plan(Call call);
    Task<Reply> passes(Call call);
    Task<Reply> holds(Call call);
    Task<Reply> stoppages(Call call);
    Task<Reply> events(Call call);
    Task<Reply> previews(Call call);
    Task<Reply> preview(Call call);
    Task<Reply> preview_page(Call call);
    Task<Reply> version(Call call);
    Task<Reply> openapi(Call call);

    Task<Reply> sync(Call call);
    Task<Reply> pause(Call call);
    Task<Reply> resume(Call call);
    Task<Reply> freeze(Call call);
    Task<Reply> unfreeze(Call call);
    Task<Reply> release(Call call);
    Task<Reply> rollback(Call call);

    // A unit that is there and that this caller may see.
    bool knows(const Caller& caller, const std::string& unit) const;

private:
    using Plans = std::vector<std::shared_ptr<const Report>>;
    std::vector<std::string> visible_units(const Caller& caller) const;
    std::vector<Stoppage> visible_stoppages(const Caller& caller) const;
    Task<Reply> perform(Call call, Command command);
    Task<std::vector<PassRecord>> history_of(const Caller& caller, HistoryQuery query);
    Task<std::variant<std::shared_ptr<const Preview>, Problem>> wanted_preview(Call call);
    Reply stream_of_events(const Call& call);

    Parts parts_;
    Worker printer_; // long documents are printed beside the loop
};

} // namespace kedge
