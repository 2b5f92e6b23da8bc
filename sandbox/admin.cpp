#include "sandbox/admin.h"

#include "sandbox/answers.h"
#include "sandbox/page.h"
#include "sandbox/serving.h"

#include <charconv>

namespace kedge::sandbox {

struct Admin::Asked {
    const HttpRequest& request;
    std::string item; // the {item} segment, decoded
    Json body;        // null where there is none

    bool raw() const { return query_parameter(request.target, "raw") == "true"; }
    std::string parameter(std::string_view name) const { return query_parameter(request.target, name); }
    std::size_t number(std::string_view name, std::size_t fallback) const {
        const std::string text = parameter(name);
        std::size_t value = fallback;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
};

struct Admin::Route {
    std::string_view method;
    std::string_view pattern;
    HttpResponse (Admin::*handler)(const Asked&);
    std::string_view meaning;
};

namespace {

HttpResponse problem(const std::string& text) {
    return error_answer(text.ends_with("not registered") || text.ends_with("there is none") ? 404 : 400, text);
}

HttpResponse done(const std::optional<std::string>& trouble) {
    return trouble ? problem(*trouble) : json_text_answer(200, R"({"done":true})");
}

HttpResponse answer(const Json& json) {
    return json_text_answer(200, json.dump());
}

// A page of another site, or a name that somebody pointed at loopback, must not be able to use this port.
bool of_this_machine(std::string_view authority) {
    if (const auto scheme = authority.find("://"); scheme != std::string_view::npos)
        authority.remove_prefix(scheme + 3);
    const auto host = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                                 : authority.substr(0, authority.find(':'));
    return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

bool foreign_page(const HttpRequest& request) {
    const auto host = header(request.headers, "Host");
    const auto origin = header(request.headers, "Origin");
    return (!host.empty() && !of_this_machine(host)) || (!origin.empty() && !of_this_machine(origin));
}

std::string text_of(const Json& body, const char* key) {
    const auto found = body.is_object() ? body.find(key) : body.end();
    return body.is_object() && found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json auth_json(const Server& server) {
    Json list = Json::array();
    for (const auto& record : server.auth) {
        list.push_back(
            {{"subjectId", record.subject_id}, {"subjectType", record.subject_type}, {"source", record.source}});
    }
    return list;
}

} // namespace

const std::vector<Admin::Route>& Admin::table() {
    static const std::vector<Route> rows{
        {"GET", "/", &Admin::page, "a page with all servers (offset)"},
        {"GET", "/servers", &Admin::list_servers, "documents, secrets masked, and credentials"},
        {"POST", "/servers", &Admin::add_server, "add from a document; raw=true saves it as it stands"},
        {"PATCH", "/servers/{item}", &Admin::edit_server,
         "JSON merge patch of its document; item: name or id; raw=true as above"},
        {"DELETE", "/servers/{item}", &Admin::remove_server, "delete by name or id"},
        {"GET", "/servers/{item}/auth", &Admin::list_auth, "who has credentials"},
        {"POST", "/servers/{item}/auth", &Admin::connect,
         "{subjectId, source: oauth|auth-override, subjectType, value}"},
        {"DELETE", "/servers/{item}/auth", &Admin::disconnect, "subjectId=, source= (empty: both)"},
        {"GET", "/knobs", &Admin::get_knobs, "all knobs"},
        {"PATCH", "/knobs", &Admin::set_knobs, "{name: value, ...}"},
        {"GET", "/faults", &Admin::get_faults, "faults that still strike"},
        {"POST", "/faults", &Admin::add_fault, "a text as for --fault, or {method, path, kind, count, ...}"},
        {"DELETE", "/faults", &Admin::clear_faults, "no more faults"},
        {"GET", "/audit", &Admin::audit, "requests after since=, at most limit="},
        {"GET", "/counters", &Admin::counters, "totals since the start or the last reset"},
        {"GET", "/people", &Admin::people, "who may call, without tokens"},
        {"DELETE", "/people/{item}", &Admin::revoke, "their tokens stop working"},
        {"POST", "/reset", &Admin::reset, "as new: no servers, faults, audit; default knobs"},
    };
    return rows;
}

std::vector<RouteRow> Admin::routes() {
    std::vector<RouteRow> rows;
    for (const auto& route : table()) {
        rows.push_back({std::string(route.method), std::string(route.pattern), std::string(route.meaning)});
    }
    return rows;
}

HttpResponse Admin::handle(const HttpRequest& request) {
    if (foreign_page(request)) return error_answer(403, "this port serves its own machine only");
    std::string path = request.target.substr(0, request.target.find('?'));
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    for (const auto& route : table()) {
        std::vector<std::string_view> slots;
        if (route.method != request.method || !match_route(route.pattern, path, slots)) continue;
        Asked asked{request, slots.empty() ? std::string() : percent_decode(slots.front()), nullptr};
        if (!request.body.empty()) {
            auto body = parse_body(request.body);
            if (!body) return error_answer(400, "the body must be JSON");
            asked.body = std::move(*body);
        }
        return (this->*route.handler)(asked);
    }
    return error_answer(404, "no such route: " + request.method + " " + path);
}

HttpResponse Admin::page(const Asked& asked) {
    HttpResponse response;
    response.status = 200;
    response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = page_html(plane_, asked.number("offset", 0));
    return response;
}

HttpResponse Admin::list_servers(const Asked& asked) {
    const std::size_t limit = asked.number("limit", 1000);
    const std::size_t offset = asked.number("offset", 0);
    const auto& all = plane_.ground().registry().in_order();
    Json list = Json::array();
    for (std::size_t i = offset; i < all.size() && list.size() < limit; ++i) {
        Json row = plane_.shown(*all[i]);
        row["auth"] = auth_json(*all[i]);
        list.push_back(std::move(row));
    }
    return answer({{"total", all.size()}, {"servers", std::move(list)}});
}

HttpResponse Admin::add_server(const Asked& asked) {
    return done(console_.add(asked.body, asked.raw()));
}

HttpResponse Admin::edit_server(const Asked& asked) {
    if (!asked.body.is_object()) return problem("a JSON object is wanted");
    return done(console_.edit(asked.item, asked.body, asked.raw()));
}

HttpResponse Admin::remove_server(const Asked& asked) {
    return done(console_.remove(asked.item));
}

HttpResponse Admin::list_auth(const Asked& asked) {
    std::string trouble;
    const Server* server = console_.find(asked.item, trouble);
    if (!server) return problem(trouble);
    return answer({{"auth", auth_json(*server)}, {"authRevision", server->auth_revision}});
}

HttpResponse Admin::connect(const Asked& asked) {
    AuthRecord record;
    record.subject_id = text_of(asked.body, "subjectId");
    record.subject_type = text_of(asked.body, "subjectType");
    record.source = text_of(asked.body, "source");
    record.value = text_of(asked.body, "value");
    return done(console_.connect(asked.item, std::move(record)));
}

HttpResponse Admin::disconnect(const Asked& asked) {
    return done(console_.disconnect(asked.item, asked.parameter("subjectId"), asked.parameter("source")));
}

HttpResponse Admin::get_knobs(const Asked&) {
    return answer(plane_.knob_values());
}

HttpResponse Admin::set_knobs(const Asked& asked) {
    if (!asked.body.is_object()) return problem("a JSON object is wanted");
    if (auto trouble = plane_.turn_knobs(asked.body, false)) return problem(*trouble);
    return answer(plane_.knob_values());
}

HttpResponse Admin::get_faults(const Asked&) {
    return answer(plane_.ground().faults().json());
}

HttpResponse Admin::add_fault(const Asked& asked) {
    FaultText parsed = fault_from_json(asked.body);
    if (!parsed.problem.empty()) return problem("fault: " + parsed.problem);
    plane_.ground().faults().add(std::move(parsed.fault));
    return answer(plane_.ground().faults().json());
}

HttpResponse Admin::clear_faults(const Asked&) {
    plane_.ground().faults().clear();
    return done(std::nullopt);
}

HttpResponse Admin::audit(const Asked& asked) {
    return answer(plane_.ground().audit().json(asked.number("since", 0), asked.number("limit", 1000)));
}

HttpResponse Admin::counters(const Asked&) {
    return answer(plane_.ground().audit().counters_json());
}

HttpResponse Admin::people(const Asked&) {
    Json list = Json::array();
    for (const auto& person : plane_.ground().people().all()) {
        list.push_back({{"slug", person.slug}, {"role", role_text(person.role)}, {"subjectId", person.subject_id}});
    }
    return answer(list);
}

HttpResponse Admin::revoke(const Asked& asked) {
    if (!plane_.ground().people().revoke(asked.item)) return problem("person \"" + asked.item + "\": there is none");
    return done(std::nullopt);
}

HttpResponse Admin::reset(const Asked&) {
    sandbox::reset(plane_);
    return done(std::nullopt);
}

} // namespace kedge::sandbox
