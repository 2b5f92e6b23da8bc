// The questions: what the API shows.
#include "serve/event_stream.h"
#include "serve/fields.h"
#include "serve/openapi.h"
#include "serve/operations.h"
#include "view/json_status.h"
#include "view/json_view.h"

#include <algorithm>
#include <set>

namespace kedge {

namespace {

constexpr std::int64_t most_passes = 1000;
constexpr std::int64_t most_events = 1000;

Problem no_plan() {
    return {404, "no-plan", "no pass of this unit has ended yet"};
}

std::string print(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Problem unknown_unit() {
    return {404, "unknown-unit", "there is no such unit; `kedge status` lists those that there are"};
}

} // namespace

bool Operations::knows(const Caller& caller, const std::string& unit) const {
    return caller.may_see(unit) && parts_.daemon.board().unit(unit) != nullptr;
}

std::vector<std::string> Operations::visible_units(const Caller& caller) const {
    std::vector<std::string> names;
    for (const auto& status : parts_.daemon.board().units()) {
        if (caller.may_see(status.unit)) names.push_back(status.unit);
    }
    return names;
}

Task<Reply> Operations::units(Call call) {
    auto all = parts_.daemon.board().units();
    std::erase_if(all, [&](const UnitStatus& status) { return !call.caller.may_see(status.unit); });
    auto work = [all = std::move(all)] { return print(units_json(all)); };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

Task<Reply> Operations::unit(Call call) {
    co_return json_answer(print(unit_json(*parts_.daemon.board().unit(call.parameter))));
}

Task<Reply> Operations::resources(Call call) {
    auto work = [unit = call.parameter, all = parts_.daemon.resources(call.parameter)] {
        return print(resources_json(unit, all));
    };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

Task<Reply> Operations::plan(Call call) {
    const auto report = parts_.daemon.board().report(call.parameter);
    if (!report) co_return no_plan();
    auto work = [report] { return print(plan_json(report->plan)); };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

Task<Reply> Operations::report(Call call) {
    const auto report = parts_.daemon.board().report(call.parameter);
    if (!report) co_return no_plan();
    auto work = [report] { return print(report_json(*report)); };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

Task<Reply> Operations::find_plan(Call call) {
    const auto digest = digest_from_hex(call.parameter);
    std::shared_ptr<const Report> found;
    if (digest) found = parts_.daemon.board().find_plan(*digest);
    // Two units may have the same plan (an empty one): the one that the caller may see counts.
    if (found && !call.caller.may_see(found->plan.unit)) {
        found.reset();
        for (const auto& unit : visible_units(call.caller)) {
            const auto report = parts_.daemon.board().report(unit);
            if (report && report->plan.digest == *digest) found = report;
        }
    }
    if (!found) co_return Problem{404, "unknown-plan", "no unit has had this plan of late"};
    auto work = [found] { return print(plan_json(found->plan)); };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

// Records do not say whose they are: whoever may not see all asks unit by unit.
Task<std::vector<PassRecord>> Operations::history_of(const Caller& caller, HistoryQuery query) {
    std::vector<PassRecord> records;
    if (!query.unit.empty() || !caller.is_limited()) {
        records = co_await parts_.daemon.history(query);
        co_return records;
    }
    const auto units = visible_units(caller);
    for (const auto& unit : units) {
        query.unit = unit;
        const auto more = co_await parts_.daemon.history(query);
        records.insert(records.end(), more.begin(), more.end());
    }
    std::stable_sort(records.begin(), records.end(),
                     [](const PassRecord& a, const PassRecord& b) { return a.at > b.at; });
    if (records.size() > static_cast<std::size_t>(query.most)) records.resize(static_cast<std::size_t>(query.most));
    co_return records;
}

Task<Reply> Operations::passes(Call call) {
    HistoryQuery query;
    query.unit = text_in(call, "unit");
    query.name = text_in(call, "name");
    query.by = text_in(call, "by");
    query.since = time_in(call, "since");
    query.until = time_in(call, "until");
    query.most = static_cast<int>(std::clamp<std::int64_t>(count_in(call, "most", query.most), 1, most_passes));
    if (!query.unit.empty() && !knows(call.caller, query.unit)) co_return unknown_unit();
    auto records = co_await history_of(call.caller, query);
    auto work = [unit = query.unit, records = std::move(records)] { return print(history_json(unit, records)); };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

Task<Reply> Operations::holds(Call call) {
    const auto wanted = text_in(call, "unit");
    if (!wanted.empty() && !knows(call.caller, wanted)) co_return unknown_unit();
    Plans plans;
    for (const auto& unit : visible_units(call.caller)) {
        if (!wanted.empty() && unit != wanted) continue;
        if (auto report = parts_.daemon.board().report(unit)) plans.push_back(std::move(report));
    }
    auto work = [plans = std::move(plans)] {
        std::vector<Json> documents;
        for (const auto& report : plans) documents.push_back(holds_json(report->plan));
        return print(of_units_json("holds", std::move(documents)));
    };
    const std::string text = co_await printer_.run(std::move(work));
    co_return json_answer(text);
}

std::vector<Stoppage> Operations::visible_stoppages(const Caller& caller) const {
    std::vector<Stoppage> all;
    for (const auto& status : parts_.daemon.board().units()) {
        if (!caller.may_see(status.unit)) continue;
        for (auto stoppage : status.stoppages) {
            // A freeze names other units as well; who may not see them does not learn their names.
            if (caller.is_limited())
                std::erase_if(stoppage.units, [&](const auto& unit) { return !caller.may_see(unit); });
            if (std::find(all.begin(), all.end(), stoppage) == all.end()) all.push_back(std::move(stoppage));
        }
    }
    return all;
}

Task<Reply> Operations::stoppages(Call call) {
    co_return json_answer(print(stoppages_json(visible_stoppages(call.caller))));
}

Reply Operations::stream_of_events(const Call& call) {
    auto& counters = parts_.counters;
    if (counters.event_streams >= parts_.settings.limits.event_streams) {
        Problem problem{503, "busy", "so many clients listen to events that no other one is taken"};
        problem.headers.emplace_back("Retry-After", "10");
        return problem;
    }
    EventStreamStart start;
    start.caller = call.caller;
    start.after = call.last_event.empty() ? text_in(call, "after") : call.last_event;
    start.left = [&counters] { --counters.event_streams; };
    ++counters.event_streams;
    return event_stream(parts_.loop, parts_.daemon.board(), std::move(start));
}

Task<Reply> Operations::events(Call call) {
    if (call.wants_stream) co_return stream_of_events(call);
    const auto after = static_cast<std::uint64_t>(count_in(call, "after", 0));
    const auto most = static_cast<std::size_t>(std::clamp<std::int64_t>(count_in(call, "most", 100), 1, most_events));
    auto events = parts_.daemon.board().events_after(after, most_events);
    std::erase_if(events, [&](const Event& event) { return !may_hear(call.caller, event); });
    if (events.size() > most) events.resize(most);
    co_return json_answer(print(events_json(events, parts_.daemon.board().last_event())));
}

Task<Reply> Operations::version(Call) {
    co_return json_answer(print(version_json(parts_.settings.version)));
}

Task<Reply> Operations::openapi(Call) {
    co_return json_answer(print(openapi_document(parts_.settings.version)));
}

} // namespace kedge
