// The only loop that sends to forges: a question of forge/forge.h goes out, request by request, with the credential of
// the settings, and comes back as an answer or a Failure. Who may ask what is decided elsewhere.
#pragma once
#include "preview/carrier.h"

#include <functional>
#include <optional>
#include <string>

namespace kedge {

// What a forge knows kedge by.
class ForgeToken {
public:
    virtual ~ForgeToken() = default;
    // Throws Failure where it cannot be had.
    virtual Task<Secret> get() = 0;
    // The forge does not know it any more: get another one, if there is one.
    virtual void forget() = 0;
    // Whose it is, where the token itself tells; empty: ask the forge.
    virtual Task<std::string> account() = 0;
};

// A token of the settings, read anew for each question: files may change.
class ReadToken final : public ForgeToken {
public:
    explicit ReadToken(std::function<Secret()> read) : read_(std::move(read)) {}
    Task<Secret> get() override;
    void forget() override {}
    Task<std::string> account() override;

private:
    std::function<Secret()> read_;
};

// One repository on its forge.
class ForgeDoor {
public:
    virtual ~ForgeDoor() = default;
    virtual const ForgeDescription& describe() const = 0;
    // Throws Failure. PutComment: the account is filled in where it is not.
    virtual Task<ForgeAnswer> ask(ForgeAsk ask) = 0;
};

class ForgeClient final : public ForgeDoor {
public:
    struct Parts {
        const Forge& forge;
        HttpClient& client; // its base URL is the API's (forge_api_url)
        Clock& clock;
        ForgeToken& token;
    };
    explicit ForgeClient(Parts parts, ForgePatience patience = {});

    const ForgeDescription& describe() const override { return parts_.forge.describe(); }
    Task<ForgeAnswer> ask(ForgeAsk ask) override;

private:
    Task<ForgeAnswer> talk_about(ForgeAsk ask, Milliseconds begun);
    Task<ForgeExchange> carry(ForgeSend send, Milliseconds begun);
    Task<std::string> account(Milliseconds begun);

    Parts parts_;
    Carrier carrier_;
    std::optional<std::string> account_;
};

} // namespace kedge
