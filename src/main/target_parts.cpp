#include "main/target_parts.h"

#include <utility>

namespace kedge {

namespace {

constexpr int most_passes = 4;

std::function<std::string()> fence(const TargetSettings& from, const UnitGround& ground) {
    if (!ground.forbids_write) return nullptr;
    return [forbids = ground.forbids_write, address = from.url] { return forbids(address); };
}

BeastClientOptions options_for(const TargetSettings& from, const UnitGround& ground, const Dialect& dialect) {
    const auto& description = dialect.describe();
    const auto& pacing = description.pacing;
    BeastClientOptions http;
    http.base_url = from.url;
    for (const auto& [setting, header, prefix] : description.credentials)
        http.credentials.push_back({header, prefix, ground.credential(from.credentials.at(setting))});
    http.ca_file = from.ca_file;
    http.proxy = from.proxy.empty() ? proxy_for(from.url, ground.environment) : from.proxy;
    http.request_timeout = Milliseconds(pacing.deadline_ms);
    http.user_agent = "kedge/" KEDGE_VERSION;
    http.forbids_write = fence(from, ground);
    return http;
}

void make_preview_client(const TargetSettings& from, const UnitGround& ground, const PatientOptions& patience,
                         TargetParts& parts) {
    const auto for_previews = from.credentials.find("preview_token");
    if (for_previews == from.credentials.end() || for_previews->second.scheme.empty()) return;
    auto http = options_for(from, ground, *parts.dialect);
    http.credentials.front().value = ground.credential(for_previews->second); // the first is the token
    parts.credentials.push_back(http.credentials.front().value);
    parts.preview_http = std::make_unique<BeastClient>(std::move(http), &ground.stop);
    parts.preview_client = std::make_unique<PatientClient>(*parts.preview_http, ground.clock, patience, &ground.stop);
}

} // namespace

void make_target(const TargetSettings& from, const UnitGround& ground, TargetParts& parts) {
    parts.dialect = make_dialect(from.provider, from.options, from.url);
    const auto& description = parts.dialect->describe();
    const auto& pacing = description.pacing;
    auto http = options_for(from, ground, *parts.dialect);
    for (const auto& one : http.credentials) parts.credentials.push_back(one.value);
    parts.http = std::make_unique<BeastClient>(std::move(http), &ground.stop);
    PatientOptions patience;
    patience.concurrency = from.concurrency > 0 ? from.concurrency : pacing.concurrency;
    if (!ground.daemon) {
        patience.most_connects = 3;
        patience.most_silence = Milliseconds(pacing.deadline_ms);
    }
    patience.stop_at_first_429 = pacing.stop_at_first_429;
    patience.forbids_write = fence(from, ground);
    if (ground.unanswered_write)
        patience.unanswered_write = [told = ground.unanswered_write, address = from.url] { told(address); };
    parts.counting = std::make_unique<CountingClient>(*parts.http);
    parts.client = std::make_unique<PatientClient>(*parts.counting, ground.clock, patience, &ground.stop);
    make_preview_client(from, ground, patience, parts);
    parts.passes = std::make_unique<Limiter>(most_passes);
    parts.no_secrets = std::make_unique<SecretStore>(std::vector<std::string>(), Environment(), Secret());
    parts.lister = std::make_unique<RestProvider>(*parts.dialect, *parts.client, *parts.no_secrets, ground.clock,
                                                  parts.credentials);
    auto read_key = [dialect = parts.dialect.get()](std::string_view row) { return row_key_of(*dialect, row); };
    parts.list = std::make_unique<SharedList>(*parts.lister, ground.clock, ground.pool, std::move(read_key));
}

} // namespace kedge
