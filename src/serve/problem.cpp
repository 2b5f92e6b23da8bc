#include "serve/problem.h"

#include "view/html.h"
#include "view/html_preview.h"

#include <utility>

namespace kedge {

std::string title_of(int status) {
    static const std::pair<int, const char*> titles[] = {
        {400, "Bad Request"},         {401, "Unauthorized"},
        {403, "Forbidden"},           {404, "Not Found"},
        {405, "Method Not Allowed"},  {406, "Not Acceptable"},
        {408, "Request Timeout"},     {409, "Conflict"},
        {413, "Content Too Large"},   {415, "Unsupported Media Type"},
        {421, "Misdirected Request"}, {422, "Unprocessable Content"},
        {429, "Too Many Requests"},   {431, "Request Header Fields Too Large"},
        {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"},
    };
    for (const auto& [known, title] : titles) {
        if (known == status) return title;
    }
    return "Internal Server Error";
}

ServerAnswer answer_of(const Problem& problem) {
    Json json;
    json["type"] = "urn:kedge:problem:" + problem.code;
    json["title"] = title_of(problem.status);
    json["status"] = problem.status;
    json["detail"] = problem.detail;
    ServerAnswer answer;
    answer.response.status = problem.status;
    answer.response.headers = problem.headers;
    answer.response.headers.emplace_back("Content-Type", "application/problem+json");
    answer.response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    return answer;
}

ServerAnswer json_answer(std::string text, int status) {
    ServerAnswer answer;
    answer.response.status = status;
    answer.response.headers.emplace_back("Content-Type", "application/json");
    answer.response.body = std::move(text);
    answer.response.body += '\n';
    return answer;
}

ServerAnswer html_answer(std::string text, int status) {
    ServerAnswer answer;
    answer.response.status = status;
    answer.response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
    answer.response.headers.emplace_back("Content-Security-Policy", html::content_policy());
    answer.response.body = std::move(text);
    return answer;
}

ServerAnswer page_of(const Problem& problem) {
    auto detail = problem.detail;
    if (problem.status == 401)
        detail += ". A browser sends no token by itself: open this page where people sign in (a reverse proxy of "
                  "server.trusted_proxies), or fetch it with curl and open the file.";
    auto answer = html_answer(html_problem(problem.status, title_of(problem.status), detail), problem.status);
    answer.response.headers.insert(answer.response.headers.end(), problem.headers.begin(), problem.headers.end());
    return answer;
}

void add_security_headers(HttpResponse& response, bool tls) {
    auto& headers = response.headers;
    if (header(headers, "Content-Security-Policy").empty())
        headers.emplace_back("Content-Security-Policy",
                             "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
    headers.emplace_back("X-Content-Type-Options", "nosniff");
    headers.emplace_back("X-Frame-Options", "DENY");
    headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    headers.emplace_back("Referrer-Policy", "no-referrer");
    headers.emplace_back("Cache-Control", "no-store");
    if (tls) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
}

Json problem_schema() {
    const auto described = [](const char* type, const char* about) {
        return Json{{"type", type}, {"description", about}};
    };
    Json schema = described("object", "why a request was not carried out, as in RFC 9457");
    schema["properties"]["type"] = described("string", "urn:kedge:problem:CODE: stable, for programs");
    schema["properties"]["type"]["pattern"] = "^urn:kedge:problem:[a-z-]+$";
    schema["properties"]["title"] = described("string", "the status in words");
    schema["properties"]["status"] = described("integer", "as in the status line");
    schema["properties"]["detail"] = described("string", "what was wrong and what to do, for people");
    schema["required"] = Json::array({"type", "title", "status", "detail"});
    schema["additionalProperties"] = false;
    return schema;
}

} // namespace kedge
