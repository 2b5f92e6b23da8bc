// kedge history: who did what, when and why.
#include "base/failure.h"
#include "cli/commands.h"
#include "cli/daemon_commands.h"
#include "cli/exit_code.h"
#include "cli/looks.h"
#include "cli/moment.h"
#include "io/run.h"
#include "model/pass_lines.h"
#include "view/daemon_text.h"
#include "view/document.h"
#include "view/json_view.h"
#include "view/text.h"

#include <algorithm>

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

struct UnitHistory {
    std::string unit;
    std::vector<PassRecord> records;
};

// False, and said: no time lies between the two.
bool is_possible(const HistoryQuery& query, const Options& options, Terminal& terminal) {
    if (query.since == 0 || query.until == 0 || query.since < query.until) return true;
    terminal.say("history: --since \"" + options.since + "\" is not before --until \"" + options.until +
                 "\"; both are UTC, and a duration is so long ago");
    return false;
}

void print_lines(const std::vector<PassRecord>& records, Terminal& terminal) {
    for (const auto& record : records) {
        auto lines = pass_lines(record);
        lines.pop_back(); // print ends the line
        terminal.print(lines);
    }
}

void show_histories(const std::vector<UnitHistory>& all, const HistoryQuery& query, const Options& options,
                    Terminal& terminal) {
    Json documents = Json::array();
    bool cut = false;
    for (const auto& [name, records] : all) {
        cut = cut || records.size() == static_cast<std::size_t>(query.most);
        if (options.output == Output::json) {
            documents.push_back(history_json(name, records));
        } else if (options.output == Output::jsonl) {
            print_lines(records, terminal);
        } else {
            if (all.size() > 1) terminal.print("Unit \"" + name + "\"");
            const bool none = records.empty() && (is_narrowed(query) || !query.name.empty());
            terminal.print(none ? nothing_words(query) : render_history(records, terminal.style(true)));
        }
    }
    if (options.output == Output::json) print_documents(documents, terminal);
    if (cut && is_narrowed(query))
        terminal.say("history: these are the newest " + std::to_string(query.most) + "; --last N shows more");
}

std::string path_of_passes(const std::string& unit, const HistoryQuery& query) {
    std::string path = "/passes?unit=" + percent_encode(unit) + "&most=" + std::to_string(query.most);
    if (!query.name.empty()) path += "&name=" + percent_encode(query.name);
    if (!query.by.empty()) path += "&by=" + percent_encode(query.by);
    if (query.since != 0) path += "&since=" + percent_encode(format_utc(query.since));
    if (query.until != 0) path += "&until=" + percent_encode(format_utc(query.until));
    return path;
}

} // namespace

int history_command(Session& session, const Options& options, Terminal& terminal) {
    const auto query = query_of(options, session.clock.now());
    if (!is_possible(query, options, terminal)) return exit_error;
    std::vector<UnitHistory> all;
    for (auto* unit : session.units)
        all.push_back({unit->settings().us.unit, run_to_end(session.loop, look_up(session, *unit, query))});
    show_histories(all, query, options, terminal);
    return exit_ok;
}

int history_at_daemon(DaemonSession& session, const Options& options, Terminal& terminal) {
    auto query = query_of(options, session.clock.now());
    query.most = std::min(query.most, most_found); // of one answer of the API
    if (!is_possible(query, options, terminal)) return exit_error;
    auto units = options.units;
    if (units.empty()) {
        const auto document = run_to_end(session.loop, session.client.get("/units"));
        for (const auto& unit : list_at(document, "units")) units.push_back(text_under(unit, "unit"));
    }
    std::vector<UnitHistory> all;
    for (const auto& unit : units) {
        const auto history = run_to_end(session.loop, session.client.get(path_of_passes(unit, query)));
        all.push_back({unit, records_of(history)});
    }
    show_histories(all, query, options, terminal);
    return exit_ok;
}

} // namespace kedge
