#include "dialect/remote_text.h"

#include <utility>

namespace kedge {

namespace {

struct Meaning {
    RefusalKind kind;
    std::string_view text;
};

Meaning meaning_of(int status) {
    switch (status) {
    case 400:
    case 413:
    case 422:
        return {RefusalKind::invalid, "the control plane refuses the manifest"};
    case 401:
        return {RefusalKind::credential, "the control plane does not know this token"};
    case 403:
        return {RefusalKind::forbidden, "this token may not do that"};
    case 404:
        return {RefusalKind::gone, "there is no such thing"};
    case 409:
        return {RefusalKind::conflict, "it collides with what is registered"};
    case 417:
        return {RefusalKind::broken, "an acknowledgement was asked for where there is nothing to acknowledge"};
    case 424:
        return {RefusalKind::busy, "something that the control plane depends on failed"};
    case 429:
        return {RefusalKind::busy, "too many requests"};
    case 503:
        return {RefusalKind::busy, "the control plane is busy"};
    default:
        break;
    }
    if (status >= 500) return {RefusalKind::broken, "the control plane failed"};
    if (status >= 400) return {RefusalKind::broken, "the control plane does not take this request"};
    if (status >= 300) return {RefusalKind::broken, "redirected, which kedge does not follow; is the base url right?"};
    return {RefusalKind::broken, "the answer makes no sense"};
}

} // namespace

std::string attempt(const Operation& operation) {
    std::string text(to_text(operation.kind));
    const auto& subject = operation.name.empty() ? operation.remote_id : operation.name;
    return subject.empty() ? text : text + " \"" + words(subject, 120) + "\"";
}

bool is_success(const Exchange& exchange) {
    return exchange.answered && exchange.response.status >= 200 && exchange.response.status <= 299;
}

namespace {

bool carries_a_manifest(OperationKind kind) {
    return kind == OperationKind::rehearse || kind == OperationKind::create || kind == OperationKind::update;
}

} // namespace

Refused plain_refusal(const Operation& operation, const Exchange& exchange) {
    Refused refused;
    if (!exchange.answered) {
        refused.kind = RefusalKind::unreachable;
        refused.text = attempt(operation) + (exchange.sent ? ": no answer: " : ": not sent: ") + words(exchange.error);
        refused.hint = "is the control plane up, and its address right?";
        return refused;
    }
    const int status = exchange.response.status;
    auto meaning = meaning_of(status);
    if (meaning.kind == RefusalKind::invalid && !carries_a_manifest(operation.kind))
        meaning.text = "the control plane does not take this request";
    refused.kind = meaning.kind;
    refused.text = attempt(operation) + ": " + std::string(meaning.text) + " (" + std::to_string(status) + ")";
    if (status >= 300) refused.theirs = message_of(exchange.response);
    return refused;
}

Refused refused(const Operation& operation, RefusalKind kind, const std::string& cause, std::string hint) {
    return Refused{kind, attempt(operation) + ": " + cause, {}, std::move(hint)};
}

Done done_with(LiveDocument live) {
    Done done;
    done.document = std::move(live);
    return done;
}

bool moved(const std::string& before, const std::string& after) {
    return !before.empty() && !after.empty() && before != after;
}

HttpRequest json_request(const std::string& method, const std::string& target, const Json& body) {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers.emplace_back("Accept", "application/json");
    if (body.is_null()) return request;
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = canonical_json(body);
    return request;
}

bool usable_id(const std::string& remote_id) {
    return remote_id.find_first_not_of('.') != std::string::npos;
}

} // namespace kedge
