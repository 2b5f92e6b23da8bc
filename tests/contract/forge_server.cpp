#include "tests/contract/forge_server.h"

#include "base/json.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <vector>

namespace kedge {

namespace {

constexpr const char* masked = "*****";

std::string slug_of(const std::string& name) {
    std::string slug;
    for (const char c : name)
        slug += std::isalnum(static_cast<unsigned char>(c)) != 0 ? static_cast<char>(std::tolower(c)) : '-';
    return slug;
}

HttpResponse answer(int status, const Json& body) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("content-type", "application/json");
    if (status == 202) response.headers.emplace_back("retry-after", "5");
    response.body = body.dump();
    return response;
}
HttpResponse detail(int status, const std::string& text) {
    return answer(status, {{"detail", text}});
}
HttpResponse message(int status, const std::string& text) {
    return answer(status, {{"message", text}});
}

struct Gateway {
    Json row;        // as shown
    Json credential; // what requests carry upstream; null: nothing
    int looks = 0;   // since it is pending or deleting
};

class Forge {
public:
    explicit Forge(bool async) : async_(async) {}

    HttpResponse serve(const HttpRequest& request) {
        const std::string root = "/v1/gateways";
        const auto path = request.target.substr(0, request.target.find('?'));
        if (!path.starts_with(root)) return detail(404, "Not Found");
        if (request.method == "GET") pass_a_moment();
        if (path == root) return request.method == "POST" ? create(parse_json(request.body)) : list(request.target);
        auto rest = path.substr(root.size() + 1);
        const bool state = rest.ends_with("/state");
        if (state) rest.resize(rest.size() - 6);
        const auto key = percent_decode(rest);
        if (request.method == "GET") return get(key);
        const auto found = by_id(key);
        if (state) return found == all_.end() ? detail(400, "Gateway not found") : set_state(*found, request.target);
        if (found == all_.end())
            return request.method == "PUT" ? message(404, "Gateway not found") : detail(404, "Gateway not found");
        return request.method == "PUT" ? update(*found, parse_json(request.body)) : remove(*found);
    }

private:
    std::vector<Gateway>::iterator by_id(const std::string& id) {
        return std::find_if(all_.begin(), all_.end(), [&](const Gateway& one) { return one.row["id"] == id; });
    }

    // Whoever looks sees what was accepted come to its end, one look later.
    void pass_a_moment() {
        for (auto& one : all_) {
            if (one.row["status"] == "pending" && ++one.looks > 1) one.row["status"] = "active";
            if (one.row["status"] == "deleting") ++one.looks;
        }
        std::erase_if(all_, [](const Gateway& one) { return one.row["status"] == "deleting" && one.looks > 1; });
    }

    // Newest first; a cursor is the id of the last row, and one that is none begins anew.
    HttpResponse list(const std::string& target) {
        const auto scope = query_parameter(target, "visibility");
        const auto limit = std::stoul(query_parameter(target, "limit"));
        std::vector<Json> rows;
        for (auto one = all_.rbegin(); one != all_.rend(); ++one)
            if (scope.empty() || one->row["visibility"] == scope) rows.push_back(one->row);
        const auto cursor = query_parameter(target, "cursor");
        const auto last = std::find_if(rows.begin(), rows.end(), [&](const Json& row) { return row["id"] == cursor; });
        if (last != rows.end()) rows.erase(rows.begin(), last + 1);
        Json next;
        if (limit != 0 && rows.size() > limit) {
            rows.resize(limit);
            next = rows.back()["id"];
        }
        return answer(200, {{"gateways", rows}, {"nextCursor", next}});
    }

    HttpResponse get(const std::string& key) {
        const auto found = by_id(key);
        if (found != all_.end()) return answer(200, found->row);
        std::vector<Json> rows;
        for (const auto& one : all_)
            if (one.row["name"] == key || one.row["slug"] == key) rows.push_back(one.row);
        if (rows.size() > 1)
            return detail(409, "Gateway identifier '" + key + "' is ambiguous across multiple visible gateways");
        return rows.empty() ? detail(404, "Gateway not found: " + key) : answer(200, rows.front());
    }

    // Names are unique among public ones alone, an address with its credential among private ones as well: whoever
    // sees private ones owns them.
    const Gateway* twin(const Json& row, const Json& credential, bool by_url) const {
        if (!by_url && row["visibility"] == "private") return nullptr;
        for (const auto& one : all_) {
            if (one.row["id"] == row["id"] || one.row["visibility"] != row["visibility"]) continue;
            if (by_url ? one.row["url"] == row["url"] && one.credential == credential : one.row["slug"] == row["slug"])
                return &one;
        }
        return nullptr;
    }

    static Json tags_of(const Json& list) {
        Json tags = Json::array();
        for (const auto& tag : list) tags.push_back({{"id", tag}, {"label", tag}});
        return tags;
    }

    // A body over a gateway. What is not said stays; but for the credential, which is gone.
    static void put(Gateway& gateway, const Json& body) {
        auto& row = gateway.row;
        for (const auto& [from, to] :
             std::vector<std::pair<const char*, const char*>>{{"name", "name"},
                                                              {"url", "url"},
                                                              {"description", "description"},
                                                              {"transport", "transport"},
                                                              {"visibility", "visibility"},
                                                              {"passthrough_headers", "passthroughHeaders"}}) {
            if (body.contains(from) && !body[from].is_null()) row[to] = body[from];
        }
        row["slug"] = slug_of(row["name"]);
        if (body.contains("tags")) row["tags"] = tags_of(body["tags"]);
        const auto type = body.value("auth_type", std::string());
        if (!type.empty()) row["authType"] = type == "none" ? Json("") : Json(type);
        gateway.credential = body.contains("auth_headers") ? body["auth_headers"] : Json();
        row["authValue"] = gateway.credential.is_null() ? Json() : Json(masked);
        row["authHeaders"] = gateway.credential;
        for (auto& header : row["authHeaders"]) header["value"] = masked;
    }

    HttpResponse create(const Json& body) {
        Gateway made;
        made.row = {{"id", "g" + std::to_string(++last_id_)},
                    {"description", nullptr},
                    {"transport", "SSE"},
                    {"visibility", "public"},
                    {"tags", Json::array()},
                    {"authType", nullptr},
                    {"status", async_ ? "pending" : "active"},
                    {"enabled", true},
                    {"reachable", true},
                    {"version", 1}};
        put(made, body);
        if (const auto* other = twin(made.row, made.credential, false)) {
            if (other->row["status"] == "pending") return answer(202, other->row);
            return message(409, "Gateway name already exists");
        }
        if (twin(made.row, made.credential, true) != nullptr) return message(409, "Gateway already exists");
        all_.push_back(made);
        return answer(async_ ? 202 : 200, made.row);
    }

    HttpResponse update(Gateway& gateway, const Json& body) {
        if (gateway.row["status"] == "pending") return answer(202, gateway.row); // dropped
        Gateway changed = gateway;
        put(changed, body);
        if (twin(changed.row, changed.credential, false) != nullptr) return message(409, "Gateway name already exists");
        if (twin(changed.row, changed.credential, true) != nullptr) return message(500, "Unexpected error");
        changed.row["version"] = changed.row["version"].get<int>() + 1;
        if (async_) changed.row["status"] = "pending";
        changed.looks = 0;
        gateway = changed;
        return answer(async_ ? 202 : 200, gateway.row);
    }

    static HttpResponse set_state(Gateway& gateway, const std::string& target) {
        gateway.row["enabled"] = query_parameter(target, "activate") != "false";
        return answer(200, {{"status", "success"}});
    }

    HttpResponse remove(Gateway& gateway) {
        if (async_) {
            gateway.row["status"] = "deleting";
            gateway.looks = 0;
            return answer(202, gateway.row);
        }
        const auto id = gateway.row["id"];
        all_.erase(by_id(id));
        return answer(200, {{"status", "success"}});
    }

    bool async_;
    int last_id_ = 0;
    std::vector<Gateway> all_; // oldest first
};

} // namespace

Serve forge_server(bool async) {
    auto forge = std::make_shared<Forge>(async);
    return [forge](const HttpRequest& request) -> std::optional<HttpResponse> { return forge->serve(request); };
}

} // namespace kedge
