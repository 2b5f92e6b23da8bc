#include "forge/talk.h"

#include "base/remote_words.h"
#include "forge/read.h"

#include <charconv>
#include <stdexcept>
#include <utility>

namespace kedge::forge {

namespace {

struct Meaning {
    ForgeTrouble trouble;
    std::string_view text;
};

Meaning meaning_of(int status) {
    switch (status) {
    case 400:
    case 413:
    case 422:
        return {ForgeTrouble::invalid, "the forge does not take this request"};
    case 401:
        return {ForgeTrouble::credential, "the forge does not know this token"};
    case 403:
        return {ForgeTrouble::forbidden, "this token may not do that"};
    case 404:
    case 410:
        return {ForgeTrouble::gone, "there is no such thing, or this token may not see it"};
    case 405:
    case 409:
        return {ForgeTrouble::conflict, "not possible as things are now"};
    case 408:
    case 429:
        return {ForgeTrouble::busy, "too many requests"};
    default:
        break;
    }
    if (status >= 500) return {ForgeTrouble::busy, "the forge failed"};
    if (status >= 300 && status < 400)
        return {ForgeTrouble::broken, "redirected, which kedge does not follow; was the repository renamed?"};
    return {ForgeTrouble::broken, "the answer makes no sense"};
}

// The number of rows that the forge says there are; nothing: it does not say.
std::optional<std::size_t> total_of(const HttpResponse& response) {
    for (const char* name : {"X-Total-Count", "X-Total"}) {
        const auto text = header(response.headers, name);
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (!text.empty() && error == std::errc() && end == text.data() + text.size()) return value;
    }
    return std::nullopt;
}

bool names_next(const HttpResponse& response) {
    return header(response.headers, "Link").find("rel=\"next\"") != std::string_view::npos;
}

// Forges may give fewer rows than were asked for, so a short page alone does not end a list where they say more.
bool has_more(const HttpResponse& response, std::size_t rows, std::size_t rows_so_far, const Paging& paging) {
    if (rows == 0) return false;
    if (!header(response.headers, "Link").empty()) return names_next(response);
    if (const auto total = total_of(response)) return rows_so_far < *total;
    return rows >= static_cast<std::size_t>(paging.rows_of_page);
}

} // namespace

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

ForgeSend look(HttpRequest request) {
    request.only_looks = true;
    ForgeSend send;
    send.request = std::move(request);
    return send;
}

ForgeSend repeatable(HttpRequest request) {
    ForgeSend send;
    send.request = std::move(request);
    return send;
}

ForgeSend once(HttpRequest request) {
    auto send = repeatable(std::move(request));
    send.once = true;
    return send;
}

std::string encoded_segment(const std::string& name) {
    if (name.find_first_not_of('.') == std::string::npos)
        throw std::invalid_argument("\"" + words(name, 100) + "\" is no name");
    return percent_encode(name);
}

std::string encoded_path(const std::string& repository) {
    std::string path;
    std::size_t begin = 0;
    while (true) {
        const auto end = repository.find('/', begin);
        path += (begin == 0 ? "" : "/") + encoded_segment(repository.substr(begin, end - begin));
        if (end == std::string::npos) return path;
        begin = end + 1;
    }
}

bool is_success(const ForgeExchange& exchange) {
    return exchange.answered && exchange.response.status >= 200 && exchange.response.status <= 299;
}

bool is_status(const ForgeExchange& exchange, int status) {
    return exchange.answered && exchange.response.status == status;
}

bool is_unclear(const ForgeExchange& exchange) {
    if (!exchange.answered) return exchange.sent;
    return exchange.response.status >= 500 || exchange.response.status == 408;
}

Json json_answer(const ForgeExchange& exchange) {
    if (is_page(exchange.response)) throw std::invalid_argument("the answer is " + message_of(exchange.response));
    auto json = json_of(exchange.response);
    if (!json) throw std::invalid_argument("the answer is no JSON");
    return std::move(*json);
}

ForgeRefusal refusal(const ForgeAsk& ask, ForgeTrouble trouble, const std::string& cause, std::string hint) {
    return {trouble, attempt(ask) + ": " + cause, std::move(hint)};
}

ForgeRefusal refusal(const ForgeAsk& ask, const ForgeExchange& exchange, std::string hint) {
    if (!exchange.answered) {
        const std::string cause = (exchange.sent ? "no answer: " : "not sent: ") + words(exchange.error);
        return refusal(ask, ForgeTrouble::unreachable, cause, std::move(hint));
    }
    const int status = exchange.response.status;
    const auto meaning = meaning_of(status);
    std::string cause = std::string(meaning.text) + " (" + std::to_string(status) + ")";
    const auto theirs = message_of(exchange.response);
    if (!theirs.empty()) cause += ": \"" + theirs + "\"";
    return refusal(ask, meaning.trouble, cause, std::move(hint));
}

ForgeStep read_pages(const ForgeAsk& ask, const ForgeTalk& talk, const Pages& pages, std::size_t first) {
    // Pages are large: where the last one says that it is not the last, none is read yet.
    const auto so_far = static_cast<int>(talk.size() - first);
    if (so_far > 0 && so_far < pages.paging.most_pages && is_success(talk.back()) && names_next(talk.back().response))
        return look(pages.request(so_far + 1));
    ForgeAnswer answer;
    std::size_t rows = 0;
    int page = 1;
    for (std::size_t i = first; i < talk.size(); ++i, ++page) {
        if (!is_success(talk[i])) return refusal(ask, talk[i]);
        const auto list = json_answer(talk[i]);
        if (!list.is_array()) throw std::invalid_argument("the answer is no list");
        for (const auto& row : list) pages.row(row, answer);
        rows += list.size();
        if (!has_more(talk[i].response, list.size(), rows, pages.paging)) return answer;
        if (page == pages.paging.most_pages) {
            answer.cut = true;
            return answer;
        }
    }
    return look(pages.request(page));
}

ForgeStep guarded(const ForgeAsk& ask, const std::function<ForgeStep()>& next) {
    try {
        return next();
    } catch (const std::invalid_argument& wrong) {
        return refusal(ask, ForgeTrouble::broken, words(wrong.what()),
                       "was it cut off on its way, or is the address another one's?");
    }
}

} // namespace kedge::forge
