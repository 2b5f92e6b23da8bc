#include "kube/kube_api.h"

#include "base/failure.h"
#include "base/remote_words.h"

#include <stdexcept>
#include <utility>

namespace kedge {

// What is asked for, in the words of messages and of Roles.
struct KubeApi::Subject {
    std::string verb;     // of a Role: "get"
    std::string attempt;  // "read"
    std::string resource; // "secrets"
    std::string space;
    std::string name;

    std::string kind() const { return resource == "secrets" ? "Secret" : "Lease"; }
    std::string place() const { return "kubernetes: " + attempt + " " + kind() + " \"" + space + "/" + name + "\": "; }
    std::string folder() const {
        const std::string group = resource == "secrets" ? "/api/v1" : "/apis/coordination.k8s.io/v1";
        return group + "/namespaces/" + percent_encode(space) + "/" + resource;
    }
    std::string path() const { return folder() + "/" + percent_encode(name); }
    std::string way_in() const {
        const auto named = verb == "create" ? std::string() : ", resourceNames [" + name + "]";
        return "allow it with a Role in " + space + ": resources [" + resource + "]" + named + ", verbs [" + verb + "]";
    }
};

namespace {

HttpRequest request_for(const char* method, std::string target, std::string body = {}) {
    HttpRequest request;
    request.method = method;
    request.target = std::move(target);
    request.headers.emplace_back("Accept", "application/json");
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    request.body = std::move(body);
    request.only_looks = request.method == "GET";
    return request;
}

std::string said(const HttpResponse& response) {
    const auto theirs = message_of(response);
    return "(" + std::to_string(response.status) + ")" + (theirs.empty() ? "" : ": \"" + theirs + "\"");
}

std::optional<KubeLease> read_lease(const std::string& place, const HttpResponse& response) {
    try {
        return read_kube_lease(response.body);
    } catch (const std::invalid_argument& wrong) {
        throw Failure(NextAction::retry, place + wrong.what());
    }
}

} // namespace

KubeApi::KubeApi(HttpClient& client, KubePlace place)
    : client_(client), place_(std::move(place)), files_({"file:/**"}, {}, Secret()) {}

Task<HttpOutcome> KubeApi::send_once(HttpRequest request, const Secret& token) {
    request.headers.emplace_back("Authorization", "Bearer " + token.reveal());
    HttpOutcome outcome = co_await client_.send(std::move(request));
    co_return outcome;
}

// The answer, where it is one that the caller knows: 2xx, 404 or 409.
Task<HttpResponse> KubeApi::ask(HttpRequest request, const Subject& subject) {
    const auto place = subject.place();
    const auto problem = files_.problem("file", place_.token_file);
    if (!problem.empty()) {
        throw Failure(NextAction::retry, place + "the token in " + place_.token_file + " cannot be read: " + problem);
    }
    Secret token = files_.value("file", place_.token_file);
    HttpRequest copy = request;
    HttpOutcome outcome = co_await send_once(std::move(copy), token);
    const bool unknown = outcome.delivery == Delivery::answered && outcome.response.status == 401;
    if (unknown && files_.problem("file", place_.token_file).empty()) {
        Secret renewed = files_.value("file", place_.token_file);
        const bool moved = renewed.reveal() != token.reveal();
        if (moved) outcome = co_await send_once(std::move(request), renewed);
    }
    if (outcome.delivery != Delivery::answered)
        throw Failure(NextAction::retry, place + "no answer from " + place_.url + ": " + words(outcome.error));
    auto& response = outcome.response;
    const int status = response.status;
    if (status == 401) {
        throw Failure(NextAction::retry, place + "the token in " + place_.token_file + " is not known " +
                                             said(response) +
                                             "; it may have expired: the kubelet renews it only in a mounted volume");
    }
    if (status == 403)
        throw Failure(NextAction::wait_for_change, place + "refused " + said(response) + "; " + subject.way_in());
    const bool known = (status >= 200 && status <= 299) || status == 404 || status == 409;
    if (!known) {
        const bool passes = status == 408 || status == 429 || status >= 500;
        throw Failure(passes ? NextAction::retry : NextAction::wait_for_change, place + "refused " + said(response));
    }
    co_return std::move(response);
}

Task<KubeSecret> KubeApi::secret(std::string name) {
    const Subject subject{"get", "read", "secrets", place_.own, std::move(name)};
    HttpRequest request = request_for("GET", subject.path());
    const HttpResponse response = co_await ask(std::move(request), subject);
    if (response.status > 299) {
        throw Failure(NextAction::wait_for_change,
                      subject.place() + "there is none " + said(response) + "; make it, or correct the reference");
    }
    try {
        co_return read_kube_secret(response.body);
    } catch (const std::invalid_argument& wrong) {
        throw Failure(NextAction::retry, subject.place() + wrong.what());
    }
}

Task<std::optional<KubeLease>> KubeApi::lease(std::string space, std::string name) {
    const Subject subject{"get", "read", "leases", std::move(space), std::move(name)};
    HttpRequest request = request_for("GET", subject.path());
    const HttpResponse response = co_await ask(std::move(request), subject);
    if (response.status > 299) co_return std::nullopt;
    co_return read_lease(subject.place(), response);
}

Task<std::optional<KubeLease>> KubeApi::create(KubeLease lease) {
    const Subject subject{"create", "make", "leases", lease.space, lease.name};
    lease.version.clear();
    HttpRequest request = request_for("POST", subject.folder(), kube_lease_body(lease));
    const HttpResponse response = co_await ask(std::move(request), subject);
    if (response.status == 409) co_return std::nullopt;
    if (response.status > 299)
        throw Failure(NextAction::wait_for_change, subject.place() + "refused " + said(response));
    co_return read_lease(subject.place(), response);
}

Task<std::optional<KubeLease>> KubeApi::update(KubeLease lease) {
    const Subject subject{"update", "update", "leases", lease.space, lease.name};
    HttpRequest request = request_for("PUT", subject.path(), kube_lease_body(lease));
    const HttpResponse response = co_await ask(std::move(request), subject);
    if (response.status > 299) co_return std::nullopt;
    co_return read_lease(subject.place(), response);
}

} // namespace kedge
