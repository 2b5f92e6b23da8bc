// How a GitHub App gets a token for one repository: its own signed word names the installation, the installation gives
// a token that lives for an hour. All of it is published in GitHub's OpenAPI document.
#pragma once
#include "base/duration.h"
#include "base/http_message.h"
#include "base/secret.h"

#include <string>

namespace kedge {

// Readers throw std::invalid_argument, in words that hold nothing of the token.
HttpRequest app_request();
std::string read_app_account(const HttpResponse& response); // as its comments are signed: "kedge[bot]"
HttpRequest installation_request(const std::string& repository);
std::string read_installation(const HttpResponse& response); // its id
HttpRequest installation_token_request(const std::string& installation, const std::string& repository);

struct InstallationToken {
    Secret token;
    UnixSeconds until = 0;
};
InstallationToken read_installation_token(const HttpResponse& response);

} // namespace kedge
