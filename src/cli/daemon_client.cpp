#include "cli/daemon_client.h"

#include "view/document.h"
#include "view/safe_text.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

constexpr Milliseconds for_an_answer{30'000};
constexpr Milliseconds most_silence{45'000}; // a stream says every 15 s that it still lives
constexpr std::uint64_t most_answer_bytes = 64 * 1024 * 1024;

BeastClientOptions options_of(DaemonAddress address) {
    BeastClientOptions options;
    options.base_url = address.unix_socket.empty() ? address.url : "http://kedge";
    options.unix_socket = std::move(address.unix_socket);
    options.ca_file = std::move(address.ca_file);
    options.proxy = std::move(address.proxy);
    options.request_timeout = for_an_answer;
    options.most_body_bytes = most_answer_bytes;
    options.user_agent = "kedge-command";
    options.credentials.push_back({"Authorization", "Bearer ", std::move(address.token)});
    return options;
}

// The daemon's own word, or what stands in for it.
std::string detail_of(const HttpResponse& response) {
    if (header(response.headers, "Content-Type").starts_with("application/problem+json")) {
        try {
            return visible(text_under(parse_json(response.body), "detail"));
        } catch (const std::invalid_argument&) {
            return "it answered " + std::to_string(response.status) + ", with a reason that cannot be read";
        }
    }
    return "it answered " + std::to_string(response.status) +
           ", and not as a kedge does; is there something before it?";
}

std::string hint_for(const HttpResponse& response, bool has_token) {
    const auto later = visible(header(response.headers, "Retry-After"));
    switch (response.status) {
    case 401:
        return has_token ? "; is it the right token, and still one of server.tokens there?"
                         : "; no token was given: --token-file FILE, or KEDGE_TOKEN in the environment";
    case 403:
        return "; ask for another token, or somebody who has that role";
    case 421:
        return "; call it by a name that stands in its server.hosts";
    case 429:
    case 503:
        return later.empty() ? "; try again later" : "; try again in " + later + " s";
    default:
        return {};
    }
}

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

} // namespace

DaemonClient::DaemonClient(DaemonAddress address)
    : local_(!address.unix_socket.empty()), has_token_(!address.token.empty()),
      place_("\"" + (local_ ? address.unix_socket : scrub(address.url)) + "\""),
      http_(std::make_unique<BeastClient>(options_of(std::move(address)))) {}

void DaemonClient::refuse(const HttpResponse& response) const {
    const auto detail = detail_of(response);
    const auto text = "daemon: ask " + place_ + ": " + detail + hint_for(response, has_token_);
    if (response.status >= 500) throw DaemonAway(false, text);
    throw DaemonRefused(response.status, text);
}

void DaemonClient::give_up(const HttpOutcome& outcome) const {
    const auto& error = outcome.error;
    const bool forbidden = local_ && has(error, "Permission denied");
    std::string hint;
    if (forbidden)
        hint =
            "; the socket is for the user that kedge runs as, and for root: be one of them, or use a URL and a token";
    else if (has(error, "certificate"))
        hint = "; --ca-file FILE names the authority that signed it";
    else if (outcome.delivery == Delivery::not_sent)
        hint = local_ ? "; is `kedge run` running, with this server.unix_socket in its settings?"
                      : "; is `kedge run` running, and is that an address of its server.listen?";
    throw DaemonAway(outcome.delivery == Delivery::not_sent && !forbidden, "daemon: ask " + error + hint);
}

Task<Json> DaemonClient::ask(HttpRequest request) {
    request.target.insert(0, "/api/v1");
    const HttpOutcome outcome = co_await http_->send(std::move(request));
    if (outcome.delivery != Delivery::answered) give_up(outcome);
    if (outcome.response.status != 200) refuse(outcome.response);
    Json document;
    try {
        document = parse_json(outcome.response.body);
    } catch (const std::invalid_argument&) {
        document = {};
    }
    if (count_at(document, "format_version") != 1)
        throw DaemonAway(false, "daemon: ask " + place_ +
                                    ": the answer is no document of a kedge that this command understands; is that "
                                    "the address of one, and is it as new as this one?");
    co_return document;
}

Task<Json> DaemonClient::get(std::string path) {
    HttpRequest request;
    request.method = "GET";
    request.target = std::move(path);
    co_return co_await ask(std::move(request));
}

Task<Json> DaemonClient::post(std::string path, Json body) {
    HttpRequest request;
    request.method = "POST";
    request.target = std::move(path);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body.is_null() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace);
    co_return co_await ask(std::move(request));
}

Task<Json> DaemonClient::remove(std::string path) {
    HttpRequest request;
    request.method = "DELETE";
    request.target = std::move(path);
    co_return co_await ask(std::move(request));
}

Task<std::string> DaemonClient::listen(std::string last_id, std::function<bool(const ServerEvent&)> heard) {
    HttpRequest request;
    request.method = "GET";
    request.target = "/api/v1/events";
    request.headers.emplace_back("Accept", "text/event-stream");
    if (!last_id.empty()) request.headers.emplace_back("Last-Event-ID", std::move(last_id));
    EventReader reader;
    BeastClient::OnPiece on_piece = [&reader, &heard](std::string_view piece) {
        bool wanted = true;
        for (const auto& event : reader.take(piece)) wanted = wanted && heard(event);
        return wanted;
    };
    const HttpOutcome outcome = co_await http_->listen(std::move(request), std::move(on_piece), most_silence);
    if (outcome.delivery == Delivery::not_sent) give_up(outcome);
    if (outcome.delivery == Delivery::answered && outcome.response.status != 200) refuse(outcome.response);
    co_return outcome.error;
}

} // namespace kedge
