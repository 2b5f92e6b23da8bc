// A small API server for tests: Secrets and Leases of one cluster in memory, with resource versions, tokens and Roles.
// The client that speaks to it is itself.
#pragma once
#include "base/json.h"
#include "io/http_client.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <map>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

namespace kedge::testing {

class FakeKube final : public HttpClient {
public:
    std::set<std::string> tokens{"token-1"};
    std::set<std::string> allowed; // "get secrets/mcp", "update leases/kedge", "create leases"; empty: everything
    std::set<std::string> namespaces{"team"};
    std::map<std::string, Json> objects; // "team/secrets/mcp"
    std::vector<HttpRequest> sent;
    std::function<void(const HttpRequest&)> before; // may change anything
    Delivery delivery = Delivery::answered;         // of the next requests
    bool lose_answer = false;                       // they are carried out, and not answered

    void put_secret(const std::string& name, const Json& base64_data) {
        objects["team/secrets/" + name] = {
            {"kind", "Secret"}, {"apiVersion", "v1"}, {"metadata", metadata("team", name)}, {"data", base64_data}};
    }

    Task<HttpOutcome> send(HttpRequest request) override {
        if (before) before(request);
        sent.push_back(request);
        HttpOutcome outcome;
        outcome.delivery = delivery;
        outcome.error = "connection refused";
        if (delivery != Delivery::answered && !lose_answer) co_return outcome;
        outcome.response = answer(request);
        co_return outcome;
    }

private:
    static HttpResponse says(int status, const Json& body) {
        HttpResponse response;
        response.status = status;
        response.body = body.dump();
        return response;
    }
    static HttpResponse refusal(int status, const std::string& message) {
        return says(status, {{"kind", "Status"}, {"status", "Failure"}, {"message", message}, {"code", status}});
    }

    Json metadata(const std::string& space, const std::string& name) {
        return {{"namespace", space}, {"name", name}, {"resourceVersion", std::to_string(++version_)}};
    }

    HttpResponse answer(const HttpRequest& request) {
        const std::string credential(header(request.headers, "Authorization"));
        if (!credential.starts_with("Bearer ") || !tokens.contains(credential.substr(7)))
            return refusal(401, "Unauthorized");
        constexpr std::string_view mark = "/namespaces/";
        const auto rest = request.target.substr(request.target.find(mark) + mark.size());
        const auto space = rest.substr(0, rest.find('/'));
        const auto path = rest.substr(space.size() + 1); // leases/kedge
        const std::string verb = request.method == "GET" ? "get" : request.method == "POST" ? "create" : "update";
        if (!allowed.empty() && !allowed.contains(verb + " " + path)) {
            const auto resource = path.substr(0, path.find('/'));
            return refusal(403, resource + " is forbidden: User \"system:serviceaccount:team:kedge\" cannot " + verb +
                                    " resource \"" + resource + "\" in API group \"\" in the namespace \"" + space +
                                    "\"");
        }
        if (!namespaces.contains(space)) return refusal(404, "namespaces \"" + space + "\" not found");
        if (verb == "create") return create(space, path, Json::parse(request.body));
        const auto found = objects.find(space + "/" + path);
        if (found == objects.end()) return refusal(404, path + " not found");
        return verb == "get" ? says(200, found->second) : update(found->second, Json::parse(request.body));
    }

    HttpResponse create(const std::string& space, const std::string& path, Json body) {
        const auto key = space + "/" + path + "/" + body["metadata"]["name"].get<std::string>();
        if (objects.contains(key)) return refusal(409, path + " already exists");
        body["metadata"]["resourceVersion"] = std::to_string(++version_);
        body["metadata"]["uid"] = "uid-" + std::to_string(version_);
        objects[key] = body;
        return says(201, body);
    }

    HttpResponse update(Json& object, Json body) {
        if (body["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"])
            return refusal(409, "the object has been modified; please apply your changes to the latest version");
        body["metadata"]["resourceVersion"] = std::to_string(++version_);
        object = body;
        return says(200, object);
    }

    std::uint64_t version_ = 100;
};

// What a pod has of its service account, in a folder of its own.
class ServiceAccount final {
public:
    ServiceAccount() {
        std::string pattern = (std::filesystem::temp_directory_path() / "kedge-account-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        write("namespace", "team");
        write("token", "token-1\n");
        write("ca.crt", "");
    }
    ~ServiceAccount() { std::filesystem::remove_all(folder_); }
    ServiceAccount(const ServiceAccount&) = delete;
    ServiceAccount& operator=(const ServiceAccount&) = delete;

    void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
    void remove(const std::string& name) const { std::filesystem::remove(folder_ / name); }
    std::string folder() const { return folder_.string(); }
    std::map<std::string, std::string> environment() const {
        return {{"KUBERNETES_SERVICE_HOST", "10.96.0.1"},
                {"KUBERNETES_SERVICE_PORT", "443"},
                {"KEDGE_SERVICE_ACCOUNT", folder()}};
    }

private:
    std::filesystem::path folder_;
};

} // namespace kedge::testing
