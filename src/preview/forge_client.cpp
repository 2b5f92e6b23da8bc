#include "preview/forge_client.h"

#include "base/failure.h"

#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_requests = 200; // of one question

NextAction next_action(ForgeTrouble trouble) {
    switch (trouble) {
    case ForgeTrouble::credential:
        return NextAction::stop;
    case ForgeTrouble::forbidden:
    case ForgeTrouble::gone:
    case ForgeTrouble::invalid:
        return NextAction::wait_for_change;
    case ForgeTrouble::conflict:
    case ForgeTrouble::busy:
    case ForgeTrouble::broken:
    case ForgeTrouble::unreachable:
    case ForgeTrouble::unsure:
        break;
    }
    return NextAction::retry;
}

std::string hint_for(const ForgeRefusal& refusal) {
    if (!refusal.hint.empty()) return refusal.hint;
    if (refusal.trouble == ForgeTrouble::credential) return "is it the right one, and has it not run out?";
    if (refusal.trouble == ForgeTrouble::forbidden) return "which scopes does it have?";
    if (refusal.trouble == ForgeTrouble::unreachable) return "is the forge up, and its address right?";
    return {};
}

Failure failure_of(const ForgeDescription& forge, const ForgeRefusal& refusal) {
    const auto hint = hint_for(refusal);
    return {next_action(refusal.trouble), std::string(to_text(forge.kind)) + " \"" + forge.repository +
                                              "\": " + refusal.text + (hint.empty() ? "" : "; " + hint)};
}

} // namespace

Task<Secret> ReadToken::get() {
    Secret token = read_();
    co_return token;
}

Task<std::string> ReadToken::account() {
    co_return std::string();
}

ForgeClient::ForgeClient(Parts parts, ForgePatience patience)
    : parts_(parts), carrier_(parts.client, parts.clock, patience) {}

Task<ForgeAnswer> ForgeClient::ask(ForgeAsk ask) {
    const Milliseconds begun = parts_.clock.monotonic();
    auto* put = std::get_if<PutComment>(&ask);
    if (put != nullptr && put->account.empty()) put->account = co_await account(begun);
    ForgeAnswer answer = co_await talk_about(std::move(ask), begun);
    co_return answer;
}

Task<std::string> ForgeClient::account(Milliseconds begun) {
    if (!account_) {
        std::string name = co_await parts_.token.account();
        if (name.empty()) {
            ForgeAsk who = AskAccount{};
            ForgeAnswer answer = co_await talk_about(std::move(who), begun);
            name = std::move(answer.account);
        }
        account_ = std::move(name);
    }
    co_return *account_;
}

Task<ForgeAnswer> ForgeClient::talk_about(ForgeAsk ask, Milliseconds begun) {
    ForgeTalk talk;
    while (talk.size() < most_requests) {
        ForgeStep step = parts_.forge.next(ask, talk);
        if (auto* answer = std::get_if<ForgeAnswer>(&step)) co_return std::move(*answer);
        if (const auto* refusal = std::get_if<ForgeRefusal>(&step)) throw failure_of(describe(), *refusal);
        ForgeExchange exchange = co_await carry(std::get<ForgeSend>(std::move(step)), begun);
        talk.push_back(std::move(exchange));
    }
    ForgeRefusal endless;
    endless.text = attempt(ask) + ": no end after " + std::to_string(most_requests) + " requests";
    throw failure_of(describe(), endless);
}

// A token may have been replaced since it was read: after a 401 the next one is tried, once.
Task<ForgeExchange> ForgeClient::carry(ForgeSend send, Milliseconds begun) {
    const auto& forge = describe();
    for (bool again = false;; again = true) {
        CredentialLine credential;
        credential.header = forge.credential_header;
        credential.prefix = forge.credential_prefix;
        credential.value = co_await parts_.token.get();
        ForgeSend copy = send;
        ForgeExchange exchange = co_await carrier_.carry(std::move(copy), std::move(credential), begun);
        const bool unknown = exchange.answered && exchange.response.status == 401;
        if (!unknown || again) co_return exchange;
        parts_.token.forget();
    }
}

} // namespace kedge
