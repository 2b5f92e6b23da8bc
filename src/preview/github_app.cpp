#include "preview/github_app.h"

#include "base/failure.h"
#include "base/remote_words.h"
#include "forge/github_tokens.h"
#include "preview/json_web_token.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

constexpr UnixSeconds margin = 60;

std::string place(const std::string& repository, const std::string& attempt) {
    return "GitHub App of \"" + repository + "\": " + attempt + ": ";
}

Failure refused(const std::string& where, const ForgeExchange& exchange) {
    if (!exchange.answered)
        return {NextAction::retry,
                where + "no answer: " + words(exchange.error) + "; is GitHub up, and its address right?"};
    const int status = exchange.response.status;
    const auto theirs = message_of(exchange.response);
    const auto cause =
        where + "refused (" + std::to_string(status) + ")" + (theirs.empty() ? "" : ": \"" + theirs + "\"");
    if (status == 401) return {NextAction::stop, cause + "; are the app's id and its key right, and this clock?"};
    if (status == 404)
        return {NextAction::wait_for_change, cause + "; is the app installed, and may it see this repository?"};
    const bool passes = status == 403 || status == 429 || status >= 500;
    return {passes ? NextAction::retry : NextAction::wait_for_change, cause};
}

// What a reader of forge/ throws, as a Failure.
template<class Read>
auto read_answer(const std::string& where, const HttpResponse& response, Read read) {
    try {
        return read(response);
    } catch (const std::invalid_argument& wrong) {
        throw Failure(NextAction::retry, where + wrong.what());
    }
}

} // namespace

GithubApp::GithubApp(GithubAppSettings settings, HttpClient& client, Clock& clock, ForgePatience patience)
    : settings_(std::move(settings)), carrier_(client, clock, patience), installation_(settings_.installation) {}

Task<HttpResponse> GithubApp::ask(std::string attempt, HttpRequest request) {
    const Milliseconds begun = carrier_.clock().monotonic();
    CredentialLine credential;
    credential.header = "Authorization";
    credential.prefix = "Bearer ";
    credential.value = signed_app_token(settings_.key(), settings_.app, carrier_.clock().now());
    ForgeSend send;
    send.request = std::move(request);
    send.absence_is_answer = true; // installations do not come and go with events
    ForgeExchange exchange = co_await carrier_.carry(std::move(send), std::move(credential), begun);
    const bool fine = exchange.answered && exchange.response.status >= 200 && exchange.response.status <= 299;
    if (!fine) throw refused(place(settings_.repository, attempt), exchange);
    co_return std::move(exchange.response);
}

Task<Secret> GithubApp::get() {
    if (!token_.empty() && carrier_.clock().now() < until_ - margin) co_return token_;
    if (installation_.empty()) {
        const std::string look = "find its installation";
        HttpRequest request = installation_request(settings_.repository);
        const HttpResponse found = co_await ask(look, std::move(request));
        installation_ = read_answer(place(settings_.repository, look), found, read_installation);
    }
    const std::string attempt = "get a token";
    HttpRequest request = installation_token_request(installation_, settings_.repository);
    const HttpResponse made = co_await ask(attempt, std::move(request));
    auto token = read_answer(place(settings_.repository, attempt), made, read_installation_token);
    token_ = std::move(token.token);
    until_ = token.until;
    co_return token_;
}

// It may have been installed anew.
void GithubApp::forget() {
    token_ = Secret();
    installation_ = settings_.installation;
}

Task<std::string> GithubApp::account() {
    const std::string attempt = "ask who it is";
    HttpRequest request = app_request();
    const HttpResponse answer = co_await ask(attempt, std::move(request));
    co_return read_answer(place(settings_.repository, attempt), answer, read_app_account);
}

} // namespace kedge
