#include "serve/routes.h"

#include "serve/http_words.h"
#include "serve/operations.h"

namespace kedge {

namespace {

using enum FieldType;

const RouteField because{"because", text, true, "why, for those who come later"};
const RouteField until{"until", time, false, "ends by itself then"};

std::vector<Route> looks_at_units() {
    return {
        {"GET", "/units", Role::viewer, "listUnits", "How all units are", {}, {}, "units", &Operations::units},
        {"GET", "/units/{unit}", Role::viewer, "getUnit", "How one unit is", {}, {}, "unit", &Operations::unit},
        {"GET",
         "/units/{unit}/resources",
         Role::viewer,
         "listResources",
         "The registrations of a unit as its last look saw them, with drift",
         {},
         {},
         "resources",
         &Operations::resources},
        {"GET",
         "/units/{unit}/plan",
         Role::viewer,
         "getPlan",
         "The last plan of a unit",
         {},
         {},
         "plan",
         &Operations::plan},
        {"GET",
         "/units/{unit}/report",
         Role::viewer,
         "getReport",
         "The last plan of a unit and what came of it",
         {},
         {},
         "report",
         &Operations::report},
    };
}

std::vector<Route> looks_at_all() {
    return {
        {"GET",
         "/plans/{digest}",
         Role::viewer,
         "findPlan",
         "A plan of late, by all 64 digits of its digest",
         {},
         {},
         "plan",
         &Operations::find_plan},
        {"GET",
         "/passes",
         Role::viewer,
         "listPasses",
         "What was done, newest first",
         {{"unit", word, false, "of this unit only"},
          {"name", word, false, "of this registration only"},
          {"by", text, false, "author or releaser holds this text"},
          {"since", time, false, "not before"},
          {"until", time, false, "not after"},
          {"most", count, false, "so many passes, 1000 at most; default 100"}},
         {},
         "history",
         &Operations::passes},
        {"GET",
         "/holds",
         Role::viewer,
         "listHolds",
         "What is held, and how it is released",
         {{"unit", word, false, "of this unit only"}},
         {},
         "held",
         &Operations::holds},
        {"GET",
         "/stoppages",
         Role::viewer,
         "listStoppages",
         "Pauses and freezes",
         {},
         {},
         "stoppages",
         &Operations::stoppages},
        {"GET",
         "/events",
         Role::viewer,
         "listEvents",
         "What happened lately; with Accept: text/event-stream, what happens from now on",
         {{"after", count, false, "events after this id only"}, {"most", count, false, "1000 at most"}},
         {},
         "events",
         &Operations::events},
        {"GET", "/version", Role::viewer, "getVersion", "Which kedge this is", {}, {}, "version", &Operations::version},
        {"GET", "/openapi.json", Role::viewer, "getOpenApi", "This document", {}, {}, "", &Operations::openapi},
    };
}

std::vector<Route> looks_at_previews() {
    const std::vector<RouteField> which{
        {"repository", word, false, "as the forge calls it; absent: the only one that has a preview of this number"},
        {"head", word, false, "this commit, or its first 7 digits and more: planned now where another one was"}};
    return {
        {"GET",
         "/previews",
         Role::viewer,
         "listPreviews",
         "What merging the open pull requests would do",
         {{"repository", word, false, "of this repository only, as the forge calls it"}},
         {},
         "previews",
         &Operations::previews},
        {"GET",
         "/previews/{number}",
         Role::viewer,
         "getPreview",
         "What merging one pull request would do, with the plan of each unit",
         which,
         {},
         "preview",
         &Operations::preview},
        {"GET",
         "/previews/{number}/page",
         Role::viewer,
         "getPreviewPage",
         "The same as a page for people, which loads and runs nothing",
         which,
         {},
         "",
         &Operations::preview_page,
         true},
    };
}

std::vector<Route> actions_on_units() {
    return {
        {"POST", "/sync", Role::operate, "syncAll", "Look at all units now", {}, {}, "answer", &Operations::sync},
        {"POST",
         "/units/{unit}/sync",
         Role::operate,
         "syncUnit",
         "Look at one unit now",
         {},
         {},
         "answer",
         &Operations::sync},
        {"POST",
         "/units/{unit}/pause",
         Role::operate,
         "pauseUnit",
         "Change nothing in this unit, or of one registration, until it is resumed",
         {},
         {{"resource", word, false, "one registration; absent: the whole unit"}, because, until},
         "answer",
         &Operations::pause},
        {"POST",
         "/units/{unit}/resume",
         Role::operate,
         "resumeUnit",
         "End a pause; for the whole unit, also a rollback",
         {},
         {{"resource", word, false, "one registration; absent: the whole unit"}},
         "answer",
         &Operations::resume},
        {"POST",
         "/units/{unit}/rollback",
         Role::approver,
         "rollBack",
         "Stay at a former commit until the unit is resumed",
         {},
         {{"commit", word, true, "its id, or its first 7 digits and more"}, because},
         "answer",
         &Operations::rollback},
    };
}

std::vector<Route> other_actions() {
    return {
        {"POST",
         "/freezes",
         Role::operate,
         "freeze",
         "Change nothing in some units, or in all",
         {},
         {{"name", word, true, "[a-z0-9-]{1,32}"},
          {"units", names, false, "absent or empty: all, those that come later as well"},
          because,
          until},
         "answer",
         &Operations::freeze},
        {"DELETE",
         "/freezes/{name}",
         Role::operate,
         "unfreeze",
         "End a freeze",
         {},
         {},
         "answer",
         &Operations::unfreeze},
        {"POST",
         "/releases",
         Role::approver,
         "release",
         "Say yes to exactly one held change, or one group of them",
         {},
         {{"unit", word, false, "absent: whichever has it"},
          {"digest", word, true, "of the change or the group: its first 12 digits, or more"},
          because,
          {"at_most", count, false, "so many people may be signed out; absent: what the plan says"}},
         "answer",
         &Operations::release},
    };
}

std::vector<Route> all_routes() {
    std::vector<Route> all;
    for (auto&& some : {looks_at_units(), looks_at_all(), looks_at_previews(), actions_on_units(), other_actions()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

// Whether `path` is one of the template's; sets the value of its parameter.
bool fits(std::string_view pattern, std::string_view path, std::string& parameter) {
    const auto wanted = segments_of(pattern);
    const auto given = segments_of(path);
    if (wanted.size() != given.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (is_parameter(wanted[i]))
            parameter = given[i];
        else if (wanted[i] != given[i])
            return false;
    }
    return true;
}

} // namespace

const std::vector<Route>& routes() {
    static const std::vector<Route> all = all_routes();
    return all;
}

Match match_route(std::string_view method, std::string_view path) {
    Match match;
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    for (const auto& route : routes()) {
        std::string parameter;
        if (!fits(route.path, path, parameter)) continue;
        match.allow += (match.allow.empty() ? "" : ", ") + std::string(route.method);
        if (route.method == std::string_view("GET")) match.allow += ", HEAD";
        if (route.method != wanted) continue;
        match.route = &route;
        match.parameter = parameter;
    }
    return match;
}

} // namespace kedge
