// The token of a GitHub App for one repository: asked for with the app's key, kept until a minute before its end.
#pragma once
#include "preview/forge_client.h"

#include <functional>
#include <string>

namespace kedge {

struct GithubAppSettings {
    std::string app; // its id or client id
    std::string repository;
    std::string installation;    // its id; empty: the one that is asked for by the repository
    std::function<Secret()> key; // PEM, read anew each time; throws Failure where it cannot be had
};

class GithubApp final : public ForgeToken {
public:
    GithubApp(GithubAppSettings settings, HttpClient& client, Clock& clock, ForgePatience patience = {});
    Task<Secret> get() override;
    void forget() override;
    Task<std::string> account() override;

private:
    Task<HttpResponse> ask(std::string attempt, HttpRequest request);

    GithubAppSettings settings_;
    Carrier carrier_;
    std::string installation_;
    Secret token_;
    UnixSeconds until_ = 0;
};

} // namespace kedge
