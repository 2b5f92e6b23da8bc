#include "forge/github_tokens.h"

#include "base/remote_words.h"
#include "forge/github_status.h"
#include "forge/read.h"
#include "forge/talk.h"

#include <stdexcept>
#include <utility>

namespace kedge {

namespace {

Json answer_of(const HttpResponse& response) {
    auto json = json_of(response);
    if (!json) throw std::invalid_argument("the answer is no JSON");
    return std::move(*json);
}

} // namespace

// GET /app HTTP/1.1
HttpRequest app_request() {
    return forge::github_request("GET", "/app");
}

std::string read_app_account(const HttpResponse& response) {
    const auto slug = forge::text(answer_of(response), {"slug"});
    if (slug.empty()) throw std::invalid_argument("the answer holds no app");
    return slug + "[bot]";
}

// GET /repos/acme/mcp/installation HTTP/1.1
HttpRequest installation_request(const std::string& repository) {
    return forge::github_request("GET", "/repos/" + forge::encoded_path(repository) + "/installation");
}

std::string read_installation(const HttpResponse& response) {
    auto id = forge::id(answer_of(response), {"id"});
    if (id.empty()) throw std::invalid_argument("the answer holds no installation");
    return id;
}

// POST /app/installations/4711/access_tokens HTTP/1.1
//
// {"repositories": ["mcp"]}
HttpRequest installation_token_request(const std::string& installation, const std::string& repository) {
    const auto name = repository.substr(repository.rfind('/') + 1);
    const Json body{{"repositories", Json::array({name})}};
    return forge::github_request("POST",
                                 "/app/installations/" + forge::encoded_segment(installation) + "/access_tokens", body);
}

InstallationToken read_installation_token(const HttpResponse& response) {
    const auto answer = answer_of(response);
    auto token = forge::text(answer, {"token"}, 4096);
    const auto until = forge::milliseconds_of(forge::text(answer, {"expires_at"}));
    if (token.empty() || !until) throw std::invalid_argument("the answer holds no token and its end");
    return {Secret(std::move(token)), *until / 1000};
}

} // namespace kedge
