#include "main/preview_forges.h"

#include "base/repository_key.h"
#include "io/beast_client.h"
#include "preview/github_app.h"

#include <utility>

namespace kedge {

namespace {

constexpr Milliseconds connect_timeout{10'000};
constexpr Milliseconds request_timeout{30'000};
constexpr std::uint64_t most_answer = 16 * 1024 * 1024;

std::function<Secret()> reader_of(const PreviewCredential& from, std::shared_ptr<const SecretStore> secrets) {
    return [from, secrets = std::move(secrets)] { return secrets->value(from.scheme, from.name); };
}

// One repository, with a connection of its own.
class ForgeLine final : public ForgeDoor {
public:
    ForgeLine(const PreviewForgeSettings& settings, const PreviewRepository& repository, const ForgeGround& ground)
        : forge_(make_forge({settings.kind, repository.repository, !settings.app.id.empty()})),
          http_(client_options(settings, ground), ground.stop), token_(make_token(settings, repository, ground)),
          client_({*forge_, http_, ground.clock, *token_}) {}

    const ForgeDescription& describe() const override { return client_.describe(); }
    Task<ForgeAnswer> ask(ForgeAsk ask) override { return client_.ask(std::move(ask)); }

private:
    static BeastClientOptions client_options(const PreviewForgeSettings& settings, const ForgeGround& ground) {
        BeastClientOptions options;
        options.base_url = forge_api_url(settings.kind, settings.url);
        options.ca_file = settings.ca_file;
        options.proxy = settings.proxy.empty() ? proxy_for(options.base_url, ground.environment) : settings.proxy;
        options.connect_timeout = connect_timeout;
        options.request_timeout = request_timeout;
        options.most_idle = 4;
        options.most_body_bytes = most_answer;
        return options;
    }

    std::unique_ptr<ForgeToken> make_token(const PreviewForgeSettings& settings, const PreviewRepository& repository,
                                           const ForgeGround& ground) {
        if (settings.app.id.empty()) return std::make_unique<ReadToken>(reader_of(settings.token, ground.secrets));
        GithubAppSettings app;
        app.app = settings.app.id;
        app.repository = repository.repository;
        app.installation = settings.app.installation;
        app.key = reader_of(settings.app.key, ground.secrets);
        return std::make_unique<GithubApp>(std::move(app), http_, ground.clock);
    }

    std::unique_ptr<Forge> forge_;
    BeastClient http_;
    std::unique_ptr<ForgeToken> token_;
    ForgeClient client_;
};

} // namespace

std::vector<std::shared_ptr<const WatchedRepository>> watched_repositories(const Settings& settings,
                                                                           const ForgeGround& ground) {
    std::vector<std::shared_ptr<const WatchedRepository>> all;
    for (const auto& forge : settings.previews.forges) {
        for (const auto& repository : forge.repositories) {
            auto watched = std::make_shared<WatchedRepository>();
            watched->settings = repository;
            const auto& source = settings.sources.at(repository.source);
            watched->urls = {source.git};
            watched->keys = {repository_key(source.git), repository_key(forge.url + "/" + repository.repository)};
            watched->page = settings.previews.page;
            watched->marker = comment_marker(settings.installation.empty() ? "kedge" : settings.installation);
            watched->door = std::make_shared<ForgeLine>(forge, repository, ground);
            all.push_back(std::move(watched));
        }
    }
    return all;
}

} // namespace kedge
