// The API as one table: routing, access, strict reading of queries and bodies, and the OpenAPI document all come from
// it.
#pragma once
#include "base/json.h"
#include "io/task.h"
#include "serve/access.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kedge {

enum class FieldType {
    text,  // one line or more, for people
    word,  // a name, a digest, a commit: no spaces
    count, // a whole number, from 0
    time,  // 2026-03-01T12:00:00Z
    names, // a list of words
};

// A query parameter, or a member of a body.
struct RouteField {
    const char* name;
    FieldType type;
    bool required;
    const char* about;
};

class Operations;
struct Route;

// What an operation gets: everything checked against its route.
struct Call {
    const Route* route = nullptr;
    Caller caller;
    std::string parameter;                    // of the path: a unit, a digest, a name; empty: it has none
    std::map<std::string, std::string> query; // parameters that were given
    Json body;                                // an object
    std::string last_event;                   // the header Last-Event-ID
    bool wants_stream = false;                // Accept: text/event-stream
};

using Reply = std::variant<ServerAnswer, Problem>;

struct Route {
    const char* method;
    const char* path; // below /api/v1
    Role role;
    const char* id;
    const char* summary;
    std::vector<RouteField> query;
    std::vector<RouteField> body; // of a POST
    const char* answer;           // name of its schema; "": any object
    Task<Reply> (Operations::*run)(Call call);
    bool page = false; // for people in a browser: HTML, also where it goes wrong

    const char* media_type() const { return page ? "text/html" : "application/json"; }
};

constexpr std::string_view api_root = "/api/v1";

const std::vector<Route>& routes();

struct Match {
    const Route* route = nullptr; // null: no such path, or not with this method
    std::string parameter;
    std::string allow; // methods of the path, as in the header Allow; empty: no such path
};
// `path`: below /api/v1.
Match match_route(std::string_view method, std::string_view path);

} // namespace kedge
