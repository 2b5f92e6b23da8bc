// kedge events: what a running kedge did lately, and what it does from now on.
#include "cli/daemon_commands.h"
#include "cli/exit_code.h"
#include "io/run.h"
#include "view/daemon_text.h"
#include "view/document.h"

#include <algorithm>
#include <stdexcept>

namespace kedge {

namespace {

constexpr std::size_t usual_past = 20;
constexpr Milliseconds first_pause{1'000};
constexpr Milliseconds longest_pause{30'000};

bool is_wanted(const Json& event, const Options& options) {
    if (options.units.empty()) return true;
    const auto unit = text_under(event, "unit"); // empty: of the daemon, which concerns all
    return unit.empty() || std::find(options.units.begin(), options.units.end(), unit) != options.units.end();
}

void show(const Json& event, const Options& options, Terminal& terminal) {
    if (!is_wanted(event, options)) return;
    if (options.output == Output::text)
        terminal.print(render_event(event, terminal.style(false)));
    else
        terminal.print(event.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// The newest of them, oldest first.
std::vector<Json> newest(const Json& document, const Options& options) {
    std::vector<Json> wanted;
    for (const auto& event : list_at(document, "events")) {
        if (is_wanted(event, options)) wanted.push_back(event);
    }
    const auto all = options.output == Output::text || options.follow ? usual_past : wanted.size();
    const auto most = options.most > 0 ? static_cast<std::size_t>(options.most) : all;
    if (wanted.size() > most) wanted.erase(wanted.begin(), wanted.end() - static_cast<std::ptrdiff_t>(most));
    return wanted;
}

class Following final {
public:
    Following(DaemonSession& session, const Options& options, Terminal& terminal)
        : session_(session), options_(options), terminal_(terminal) {}

    // Until nobody reads any more what it prints, or the daemon refuses.
    int run(std::string last_id) {
        last_id_ = std::move(last_id);
        auto pause = first_pause;
        for (;;) {
            const auto before = last_id_;
            std::string why;
            try {
                why = run_to_end(session_.loop, session_.client.listen(last_id_, [this](const ServerEvent& event) {
                    return hear(event);
                }));
            } catch (const DaemonAway& away) {
                why = away.what();
            }
            if (!terminal_.can_print()) return exit_ok;
            pause = last_id_ != before ? first_pause : std::min(longest_pause, pause * 2);
            terminal_.say("events: " + (why.empty() ? "the stream of " + session_.client.place() + " ended" : why) +
                          "; connecting again");
            run_to_end(session_.loop, session_.clock.sleep(pause));
        }
    }

private:
    bool hear(const ServerEvent& event) {
        if (!event.id.empty()) last_id_ = event.id;
        if (event.kind == "gap") {
            terminal_.say("events: some that happened meanwhile are gone; `kedge history` knows what was done");
            return true;
        }
        try {
            show(parse_json(event.data), options_, terminal_);
        } catch (const std::invalid_argument&) {
            terminal_.say("events: one that cannot be read was left out");
        }
        return terminal_.can_print();
    }

    DaemonSession& session_;
    const Options& options_;
    Terminal& terminal_;
    std::string last_id_;
};

} // namespace

int events_command(DaemonSession& session, const Options& options, Terminal& terminal) {
    auto document = run_to_end(session.loop, session.client.get("/events?most=1000"));
    const auto last = std::to_string(count_at(document, "last"));
    const auto past = newest(document, options);
    if (options.output == Output::json && !options.follow) {
        document["events"] = past;
        terminal.print(document.dump(2, ' ', false, Json::error_handler_t::replace));
        return exit_ok;
    }
    for (const auto& event : past) show(event, options, terminal);
    if (options.follow) return Following(session, options, terminal).run(last);
    if (past.empty())
        terminal.say("events: none since kedge started, or none of this unit; --follow waits for some, `kedge history` "
                     "knows what was done before");
    return exit_ok;
}

} // namespace kedge
