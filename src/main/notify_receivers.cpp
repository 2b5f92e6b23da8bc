#include "main/notify_receivers.h"

#include "io/beast_client.h"

namespace kedge {

namespace {

constexpr Milliseconds connect_timeout{10'000};
constexpr Milliseconds request_timeout{30'000};
constexpr std::uint64_t most_answer = 64 * 1024; // only its status is of interest

std::function<Secret()> value_of(const CredentialSource& source, const SecretStore& secrets) {
    return [&secrets, source] { return source.scheme.empty() ? Secret() : secrets.value(source.scheme, source.name); };
}

} // namespace

std::vector<Receiver> make_receivers(const Settings& settings, const SecretStore& secrets) {
    std::vector<Receiver> receivers;
    for (const auto& from : settings.notify) {
        Receiver receiver;
        receiver.name = from.name;
        receiver.kind = from.kind;
        receiver.url = value_of(from.url, secrets);
        receiver.secret = value_of(from.secret, secrets);
        receiver.units = from.units;
        receiver.least = from.severity;
        receiver.topics = from.topics;
        receiver.allow_insecure = settings.allow_insecure;
        receivers.push_back(std::move(receiver));
    }
    return receivers;
}

ClientFactory notify_clients(const Environment& environment, Stop* stop) {
    return [&environment, stop](const std::string& origin) {
        BeastClientOptions options;
        options.base_url = origin;
        options.proxy = proxy_for(origin, environment);
        options.connect_timeout = connect_timeout;
        options.request_timeout = request_timeout;
        options.most_idle = 1;
        options.most_body_bytes = most_answer;
        return std::make_unique<BeastClient>(std::move(options), stop);
    };
}

} // namespace kedge
