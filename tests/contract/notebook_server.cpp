#include "tests/contract/notebook_server.h"

namespace kedge {

namespace {

struct Pages {
    std::map<int, Json> rows;
    int last_id = 0;

    HttpResponse serve(const HttpRequest& request) {
        const std::string servers = "/servers";
        if (request.target == servers) return request.method == "POST" ? add(parse_json(request.body)) : list();
        const auto row = rows.find(std::stoi(request.target.substr(servers.size() + 1)));
        if (row == rows.end()) return answer(404, Json::object());
        if (request.method == "DELETE") {
            rows.erase(row);
            return answer(204, Json::object());
        }
        if (request.method == "PUT") {
            const auto body = parse_json(request.body);
            for (const char* key : {"title", "address", "note"}) row->second[key] = body.at(key);
            row->second["edition"] = row->second["edition"].get<int>() + 1;
        }
        return answer(200, row->second);
    }

    HttpResponse add(Json row) {
        row["id"] = ++last_id;
        row["edition"] = 1;
        rows[last_id] = row;
        return answer(201, row);
    }

    HttpResponse list() const {
        Json all = Json::array();
        for (const auto& [id, row] : rows) all.push_back(row);
        return answer(200, {{"servers", std::move(all)}});
    }

    static HttpResponse answer(int status, const Json& body) {
        HttpResponse response;
        response.status = status;
        if (status != 204) response.body = body.dump();
        return response;
    }
};

} // namespace

Serve notebook_server() {
    auto pages = std::make_shared<Pages>();
    return [pages](const HttpRequest& request) -> std::optional<HttpResponse> { return pages->serve(request); };
}

} // namespace kedge
