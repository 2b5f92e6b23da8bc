#include "kube/kube_place.h"

#include "base/failure.h"
#include "io/secret_store.h"

#include <algorithm>
#include <string_view>

namespace kedge {

namespace {

constexpr const char* folder_of_pods = "/var/run/secrets/kubernetes.io/serviceaccount";

std::string value_of(const std::map<std::string, std::string>& environment, const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

std::string read_namespace(const std::string& folder) {
    const SecretStore files({"file:/**"}, {}, Secret());
    const auto problem = files.problem("file", folder + "/namespace");
    if (!problem.empty()) {
        throw Failure(NextAction::wait_for_change,
                      "kubernetes: read service account \"" + folder + "/namespace\": " + problem +
                          "; mount one: automountServiceAccountToken, or a projected volume that KEDGE_SERVICE_ACCOUNT "
                          "names");
    }
    return files.value("file", folder + "/namespace").reveal();
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

std::optional<KubePlace> kube_place(const std::map<std::string, std::string>& environment) {
    auto host = value_of(environment, "KUBERNETES_SERVICE_HOST");
    if (host.empty()) return std::nullopt;
    auto port = value_of(environment, "KUBERNETES_SERVICE_PORT");
    if (port.empty()) port = "443";
    if (!is_port(port)) {
        throw Failure(NextAction::wait_for_change,
                      "kubernetes: read KUBERNETES_SERVICE_PORT \"" + port + "\": not a port");
    }
    if (host.find(':') != std::string::npos && !host.starts_with('[')) host = "[" + host + "]";
    auto folder = value_of(environment, "KEDGE_SERVICE_ACCOUNT");
    if (folder.empty()) folder = folder_of_pods;
    KubePlace place;
    place.url = "https://" + host + ":" + port;
    place.own = read_namespace(folder);
    place.token_file = folder + "/token";
    place.ca_file = folder + "/ca.crt";
    return place;
}

BeastClientOptions kube_client_options(const KubePlace& place, Milliseconds longest) {
    BeastClientOptions options;
    options.base_url = place.url;
    options.ca_file = place.ca_file;
    options.connect_timeout = std::min(Milliseconds(5'000), longest);
    options.request_timeout = std::min(Milliseconds(10'000), longest);
    options.most_idle = 2;
    options.most_body_bytes = 4 * 1024 * 1024;
    return options;
}

} // namespace kedge
