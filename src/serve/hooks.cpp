#include "serve/hooks.h"

#include "base/constant_time.h"
#include "base/failure.h"
#include "base/repository_key.h"
#include "forge/comment_command.h"
#include "forge/event.h"
#include "serve/hook_payload.h"
#include "serve/http_words.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace kedge {

namespace {

// How far the clocks of sender and receiver may be apart, and how long a delivery is known again.
constexpr UnixSeconds window = 300;
constexpr std::size_t most_delivery_id = 200;

std::optional<WebhookKind> kind_from(std::string_view text) {
    for (const auto kind : {WebhookKind::github, WebhookKind::gitlab, WebhookKind::gitea, WebhookKind::generic}) {
        if (to_text(kind) == text) return kind;
    }
    return std::nullopt;
}

bool same_signature(std::string_view given, std::string_view prefix, const Digest& right) {
    if (!given.starts_with(prefix)) return false;
    const auto digest = digest_from_hex(lower_case(given.substr(prefix.size())));
    return digest && equal_in_constant_time(*digest, right);
}

bool is_proved(const HttpRequest& request, WebhookKind kind, const std::string& secret) {
    const auto& headers = request.headers;
    switch (kind) {
    case WebhookKind::github:
        return same_signature(header(headers, "X-Hub-Signature-256"), "sha256=", hmac_sha256(secret, request.body));
    case WebhookKind::gitea: {
        const auto forgejo = header(headers, "X-Forgejo-Signature");
        const auto given = forgejo.empty() ? header(headers, "X-Gitea-Signature") : forgejo;
        return same_signature(given, "", hmac_sha256(secret, request.body));
    }
    case WebhookKind::gitlab:
        return equal_in_constant_time(header(headers, "X-Gitlab-Token"), secret);
    case WebhookKind::generic:
        break;
    }
    const std::string signed_text = std::string(header(headers, "X-Kedge-Timestamp")) + "." + request.body;
    return same_signature(header(headers, "X-Kedge-Signature"), "sha256=", hmac_sha256(secret, signed_text));
}

std::string_view event_of(const HttpHeaders& headers, WebhookKind kind) {
    switch (kind) {
    case WebhookKind::github:
        return header(headers, "X-GitHub-Event");
    case WebhookKind::gitea: {
        const auto forgejo = header(headers, "X-Forgejo-Event");
        return forgejo.empty() ? header(headers, "X-Gitea-Event") : forgejo;
    }
    case WebhookKind::gitlab:
        return header(headers, "X-Gitlab-Event");
    case WebhookKind::generic:
        break;
    }
    return "push";
}

bool is_push(std::string_view event) {
    return event == "push" || event == "Push Hook" || event == "Tag Push Hook";
}

std::string delivery_of(const HttpHeaders& headers, WebhookKind kind) {
    const auto first_of = [&](std::initializer_list<const char*> names) -> std::string {
        for (const auto* name : names) {
            const auto value = header(headers, name);
            if (!value.empty()) return std::string(value);
        }
        return {};
    };
    switch (kind) {
    case WebhookKind::github:
        return first_of({"X-GitHub-Delivery"});
    case WebhookKind::gitea:
        return first_of({"X-Forgejo-Delivery", "X-Gitea-Delivery"});
    case WebhookKind::gitlab:
        return first_of({"Idempotency-Key", "X-Gitlab-Event-UUID"});
    case WebhookKind::generic:
        break;
    }
    return first_of({"X-Kedge-Signature"});
}

ServerAnswer accepted(const std::string& result) {
    return json_answer("{\"result\":\"" + result + "\"}", 202);
}

Problem too_early(Milliseconds wait) {
    Problem problem{429, "throttled", "more deliveries come from this address than are taken"};
    problem.headers.emplace_back("Retry-After", std::to_string(wait.count() / 1000 + 1));
    return problem;
}

std::optional<ForgeKind> forge_of(WebhookKind kind) {
    switch (kind) {
    case WebhookKind::github:
        return ForgeKind::github;
    case WebhookKind::gitlab:
        return ForgeKind::gitlab;
    case WebhookKind::gitea:
        return ForgeKind::gitea;
    case WebhookKind::generic:
        break;
    }
    return std::nullopt;
}

// A secret may be good for some repositories only.
void drop_others(std::vector<std::string>& urls, const WebhookSettings& hook) {
    if (hook.repositories.empty()) return;
    std::erase_if(urls, [&](const std::string& url) {
        const auto key = repository_key(url);
        return key.empty() || std::none_of(hook.repositories.begin(), hook.repositories.end(),
                                           [&](const std::string& own) { return repository_key(own) == key; });
    });
}

// The word that deliveries are counted by.
std::string result_of(const Problem& problem) {
    if (problem.status == 429) return "limited";
    if (problem.status == 503) return "failed";
    return problem.status == 401 || problem.status == 403 ? "refused" : "invalid";
}

} // namespace

Hooks::Hooks(Parts parts, const ServeSettings& settings)
    : parts_(parts), settings_(settings), limit_(parts.clock, settings.limits.webhooks_per_minute) {}

ServerAnswer Hooks::handle(const HttpRequest& request, std::string_view path, const std::string& from) {
    const auto kind = kind_from(path);
    const auto& hooks = settings_.webhooks;
    if (!kind || std::none_of(hooks.begin(), hooks.end(), [&](const auto& hook) { return hook.kind == *kind; }))
        return answer_of({404, "not-found", "there is no such path"});
    if (request.method != "POST") {
        Problem problem{405, "method", "this path takes POST"};
        problem.headers.emplace_back("Allow", "POST");
        return answer_of(problem);
    }
    const auto reply = judge(request, *kind, from);
    const auto* problem = std::get_if<Problem>(&reply);
    const std::string result = problem == nullptr ? std::get<std::string>(reply) : result_of(*problem);
    parts_.counters.webhooks.add({std::string(to_text(*kind)), result});
    if (problem == nullptr) return accepted(result);
    // Whoever is limited has been spoken of already.
    if (problem->status != 429) {
        parts_.log.warning("webhook turned away", {{"kind", std::string(to_text(*kind))},
                                                   {"from", from},
                                                   {"status", problem->status},
                                                   {"because", problem->detail}});
    }
    return answer_of(*problem);
}

Hooks::Reply Hooks::judge(const HttpRequest& request, WebhookKind kind, const std::string& from) {
    if (const auto wait = limit_.take(source_of(from))) return too_early(*wait);
    if (auto problem = not_now(request, kind)) return *problem;
    const auto proof = prove(request, kind);
    if (proof.hook == nullptr && proof.unreadable)
        return Problem{503, "unavailable", "the secret of this webhook cannot be read now"};
    if (proof.hook == nullptr)
        return Problem{401, "unauthorized", "the signature does not fit the secret that is configured here"};
    if (media_type_of(header(request.headers, "Content-Type")) != "application/json")
        return Problem{415, "media-type", "the webhook must send application/json, not a form"};
    const bool push = is_push(event_of(request.headers, kind));
    if (!push && (parts_.desk == nullptr || !forge_of(kind))) return "ignored";
    if (is_replay(request, kind)) return "duplicate";
    return push ? accept(request, *proof.hook) : accept_pull(request, *proof.hook);
}

// The time is part of what a generic hook signs: an old one, however well signed, is somebody's copy.
std::optional<Problem> Hooks::not_now(const HttpRequest& request, WebhookKind kind) const {
    if (kind != WebhookKind::generic) return std::nullopt;
    const auto text = header(request.headers, "X-Kedge-Timestamp");
    UnixSeconds at = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || at < 0)
        return Problem{401, "unauthorized", "X-Kedge-Timestamp must be the time in seconds since 1970"};
    const UnixSeconds now = parts_.clock.now();
    if (at < now - window || at > now + window)
        return Problem{401, "unauthorized", "X-Kedge-Timestamp is more than 5 minutes off; are both clocks right?"};
    return std::nullopt;
}

Hooks::Proof Hooks::prove(const HttpRequest& request, WebhookKind kind) const {
    Proof proof;
    for (const auto& hook : settings_.webhooks) {
        if (hook.kind != kind) continue;
        try {
            if (settings_.secrets == nullptr)
                throw Failure(NextAction::stop, "webhook: read the secret: nothing can be read here");
            const Secret secret = settings_.secrets->value(hook.secret_scheme, hook.secret_name);
            if (is_proved(request, kind, secret.reveal())) proof.hook = &hook;
        } catch (const Failure& failure) {
            proof.unreadable = true;
            parts_.log.error("webhook secret cannot be read", {{"cause", failure.what()}});
        }
    }
    return proof;
}

// Forges name each delivery, and sign the body but not that name: where they sign, the body counts as well.
bool Hooks::is_replay(const HttpRequest& request, WebhookKind kind) {
    const UnixSeconds now = parts_.clock.now();
    const std::string space = std::string(to_text(kind)) + " ";
    std::vector<std::string> names;
    const auto delivery = delivery_of(request.headers, kind);
    if (!delivery.empty() && delivery.size() <= most_delivery_id) names.push_back(space + lower_case(delivery));
    if (kind == WebhookKind::github || kind == WebhookKind::gitea) names.push_back(space + sha256(request.body).hex());
    bool seen = false;
    for (const auto& name : names) {
        const auto* before = seen_.find(name);
        seen = seen || (before != nullptr && now - *before <= 2 * window);
    }
    if (seen) return true;
    for (const auto& name : names) seen_.touch(name, now) = now;
    return false;
}

Hooks::Reply Hooks::accept(const HttpRequest& request, const WebhookSettings& hook) {
    auto payload = read_hook_payload(hook.kind, request.body);
    if (!payload.problem.empty()) return Problem{400, "body", payload.problem};
    drop_others(payload.urls, hook);
    if (payload.urls.empty()) return "ignored";
    SourceMoved hint;
    hint.urls = std::move(payload.urls);
    hint.ref = std::move(payload.ref);
    const int woken = parts_.daemon.source_moved(std::move(hint));
    return woken > 0 ? "accepted" : "ignored";
}

Hooks::Reply Hooks::accept_pull(const HttpRequest& request, const WebhookSettings& hook) {
    auto event = read_forge_event(*forge_of(hook.kind), event_of(request.headers, hook.kind), request.body);
    if (!event.problem.empty()) return Problem{400, "body", event.problem};
    drop_others(event.urls, hook);
    if (event.kind == ForgeEventKind::nothing || event.urls.empty()) return "ignored";
    PullHint hint;
    hint.urls = std::move(event.urls);
    hint.number = event.number;
    // Most comments are no matter of kedge; what it does is read from the forge all the same.
    if (event.kind == ForgeEventKind::commented) {
        const auto commands = read_comment_commands(event.body);
        if (commands.empty()) return "ignored";
        hint.commands = digest_of(commands);
        hint.comment = std::move(event.comment);
    }
    if (event.kind == ForgeEventKind::merge_group) {
        hint.commit = std::move(event.head_commit);
        hint.base_branch = std::move(event.base_branch);
    }
    return parts_.desk->pull_moved(std::move(hint)) ? "accepted" : "ignored";
}

} // namespace kedge
