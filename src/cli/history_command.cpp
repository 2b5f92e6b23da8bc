// kedge history: who did what, when and why.
#include "base/failure.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/moment.h"
#include "io/run.h"
#include "model/pass_lines.h"
#include "view/json_view.h"
#include "view/text.h"

namespace kedge {

namespace {

constexpr int most_latest = 20; // a look at what happened last
constexpr int most_found = 1000;

bool is_narrowed(const HistoryQuery& query) {
    return query.since != 0 || query.until != 0 || !query.by.empty();
}

HistoryQuery query_of(const Options& options, UnixSeconds now) {
    HistoryQuery query;
    query.name = options.name;
    query.by = options.by;
    if (const auto since = parse_moment(options.since, now)) query.since = since->first;
    if (const auto until = parse_moment(options.until, now)) query.until = until->after;
    query.most = options.most;
    if (query.most == 0) query.most = is_narrowed(query) ? most_found : most_latest;
    return query;
}

Task<std::vector<PassRecord>> look_up(Session& session, const Unit& unit, HistoryQuery query) {
    if (session.search_history) {
        query.unit = unit.settings().us.unit;
        co_return co_await session.search_history(std::move(query));
    }
    if (is_narrowed(query))
        throw Failure(NextAction::stop, "history: this store cannot be asked by time or person; leave --since, "
                                        "--until and --by out");
    co_return co_await session.history(unit, std::move(query.name), query.most);
}

std::string nothing_words(const HistoryQuery& query) {
    if (is_narrowed(query))
        return "Nothing of this kind was done, as far as this store remembers; `kedge history` lists the latest.";
    return "Nothing is known under the name \"" + query.name +
           "\", as far as this store remembers; `kedge history` without a name lists everything.";
}

} // namespace

int history_command(Session& session, const Options& options, Terminal& terminal) {
    const auto query = query_of(options, session.clock.now());
    if (query.since != 0 && query.until != 0 && query.since >= query.until) {
        terminal.say("history: --since \"" + options.since + "\" is not before --until \"" + options.until +
                     "\"; both are UTC, and a duration is so long ago");
        return exit_error;
    }
    Json documents = Json::array();
    bool cut = false;
    for (auto* unit : session.units) {
        const auto& name = unit->settings().us.unit;
        auto records = run_to_end(session.loop, look_up(session, *unit, query));
        cut = cut || records.size() == static_cast<std::size_t>(query.most);
        if (options.output == Output::json) {
            documents.push_back(history_json(name, records));
        } else if (options.output == Output::jsonl) {
            for (auto& record : records) {
                auto lines = pass_lines(record);
                lines.pop_back(); // print ends the line
                terminal.print(lines);
            }
        } else {
            if (session.units.size() > 1) terminal.print("Unit \"" + name + "\"");
            const bool none = records.empty() && (is_narrowed(query) || !query.name.empty());
            terminal.print(none ? nothing_words(query) : render_history(records, terminal.style(true)));
        }
    }
    if (options.output == Output::json) terminal.print((documents.size() == 1 ? documents[0] : documents).dump(2));
    if (cut && is_narrowed(query))
        terminal.say("history: these are the newest " + std::to_string(query.most) + "; --last N shows more");
    return exit_ok;
}

} // namespace kedge
