// Every key of every table is read: a file that differs in that key alone gives other settings, or other mistakes. The
// tables are those of the reader, so a new key without a value here, or one that nothing reads, fails.
#include "main/settings_previews.h"
#include "main/settings_tables.h"
#include "tests/main/settings_words.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace kedge;

namespace {

using Pointer = Json::json_pointer;

// A complete file, as JSON, which is YAML too.
Json base() {
    return parse_json(R"({
        "version": 1, "installation": "prod", "store": "store",
        "sources": {"platform": {"git": "https://github.com/acme/platform.git"}},
        "targets": {"acme": {"provider": "truefoundry", "url": "https://acme.example.com", "token": "${env:T}"}},
        "units": [{"name": "tools", "source": "platform", "target": "acme", "changes": "apply", "drift": "heal"}],
        "notify": [{"name": "chat", "kind": "webhook", "url": "${env:U}", "secret": "${env:S}"}],
        "previews": {"forges": {"hub": {"kind": "github", "token": "${env:F}",
            "repositories": [{"repository": "acme/platform", "source": "platform"}]}}},
        "server": {"listen": "127.0.0.1:8080",
            "tokens": [{"name": "ann", "sha256": "0000000000000000000000000000000000000000000000000000000000000000",
                        "role": "viewer"}],
            "trusted_proxies": {"addresses": ["10.0.0.1"], "user_header": "X-User", "role_header": "X-Groups",
                                "roles": {"ops": "viewer"}},
            "webhooks": [{"kind": "github", "secret": "${env:W}"}], "health": {"listen": "127.0.0.1:9109"}}})");
}

// Where a table applies, and what has to stand there beside the key that is tried.
struct Section {
    std::string name;
    std::vector<SettingKey> keys;
    std::string at; // JSON pointer of the mapping in the file
};

using Beside = std::vector<std::pair<std::string, Json>>; // pointer -> what stands there meanwhile; null: nothing

struct Sample {
    std::vector<Json> values; // each has to give something else; a single one: something else than without it
    Beside beside;
};

Sample tries(std::vector<Json> values, Beside beside = {}) {
    return {std::move(values), std::move(beside)};
}

Json json(const char* text) {
    return parse_json(text);
}

std::vector<Section> sections() {
    const std::string forge = "/previews/forges/hub";
    std::vector<Section> all{
        {"root", root_keys(), ""},
        {"source", source_keys(), "/sources/platform"},
        {"target", target_keys(), "/targets/acme"},
        {"unit", unit_keys(), "/units/0"},
        {"networks", network_keys(), "/networks"},
        {"limits", limit_keys(), "/units/0/limits"},
        {"may", may_keys(), "/units/0/may"},
        {"history", history_keys(), "/history"},
        {"database", database_keys(), "/database"},
        {"lease", lease_keys(), "/lease"},
        {"notify", notify_keys(), "/notify/0"},
        {"previews", preview_keys(), "/previews"},
        {"forge", forge_keys(), forge},
        {"app", forge_app_keys(), forge + "/app"},
        {"repository", preview_repository_keys(), forge + "/repositories/0"},
        {"server", server_keys(), "/server"},
        {"tls", tls_keys(), "/server/tls"},
        {"token", token_keys(), "/server/tokens/0"},
        {"proxy", proxy_keys(), "/server/trusted_proxies"},
        {"webhook", webhook_keys(), "/server/webhooks/0"},
        {"health", health_keys(), "/server/health"},
        {"server limits", serve_limit_keys(), "/server/limits"},
    };
    for (const auto& entry : dialects())
        all.push_back({"option of " + entry.name, option_keys(entry), "/targets/acme"});
    return all;
}

// Of the type of the key, and no default.
Sample sample_of_type(const SettingKey& key) {
    switch (key.type) {
    case SettingType::boolean:
        return tries({json("false"), json("true")});
    case SettingType::number:
        return tries({json("7")});
    case SettingType::duration:
        return tries({json(R"("7m")")});
    case SettingType::choice:
        return tries(std::vector<Json>(key.choices.begin(), key.choices.end()));
    case SettingType::credential:
        return tries({json(R"("${env:SEVEN}")")});
    case SettingType::texts:
        return tries({json(R"(["seven-*"])")});
    case SettingType::limit:
        return tries({json(R"("7%")"), json("7"), json(R"("unlimited")")});
    default:
        return tries({json(R"("seven")")});
    }
}

// What its type does not say: KEY, values, what stands beside it.
struct Special {
    const char* key;
    const char* values; // a JSON list
    const char* beside = "{}";
};

constexpr const char* by_ssh = R"({"/sources/platform/git": "ssh://git@github.com/acme/platform.git",
                                    "/sources/platform/known_hosts": "hosts", "/sources/platform/ssh_key": "id"})";
constexpr const char* with_app = R"({"/previews/forges/hub/token": null,
                                      "/previews/forges/hub/app": {"id": 1, "installation": 2, "key": "${env:K}"}})";

constexpr const char* by_socket = R"({"/store": "postgres", "/installation_key": "key",
                                       "/database": {"host": "/run/postgresql"}})";
constexpr const char* by_name = R"({"/store": "postgres", "/installation_key": "key",
                                     "/database": {"host": "db.example.com"}})";
constexpr const char* in_cluster = R"({"/lease": {"kind": "kubernetes"}})";

constexpr Special specials[] = {
    {"database.host", R"(["seven", "eight"])", by_name},
    {"database.port", "[7]", by_name},
    {"database.name", R"(["seven"])", by_socket},
    {"database.user", R"(["seven"])", by_socket},
    {"database.password", R"(["${env:SEVEN}"])", by_name},
    {"database.tls", R"(["verify-ca", "require"])", by_name},
    {"database.ca_file", R"(["seven"])", by_name},
    {"lease.kind", R"(["none", "kubernetes"])"},
    {"lease.name", R"(["seven"])", in_cluster},
    {"lease.namespace", R"(["seven"])", in_cluster},
    {"lease.duration", R"(["7s"])", in_cluster},
    {"lease.settle", R"(["7s"])", in_cluster},
    {"root.version", "[1, 2]"},
    {"source.git", R"(["https://github.com/acme/seven.git", "https://github.com/acme/eight.git"])"},
    {"source.folder", R"(["seven", "eight"])", R"({"/sources/platform/git": null, "/previews": null})"},
    {"source.tag", R"(["seven"])", R"({"/previews": null})"},
    {"source.commit", R"(["7777777777777777777777777777777777777777"])", R"({"/previews": null})"},
    {"source.user", R"(["seven"])", R"({"/sources/platform/token": "${env:G}"})"},
    {"source.ssh_key", R"(["seven", "eight"])", by_ssh},
    {"source.known_hosts", R"(["seven", "eight"])", by_ssh},
    {"target.provider", R"(["truefoundry", "contextforge"])"},
    {"target.url", R"(["https://seven.example.com", "https://eight.example.com"])"},
    {"target.proxy", R"(["http://proxy.example.com:3128"])"},
    {"unit.source", R"(["platform", "seven"])", R"({"/sources/seven": {"git": "https://github.com/acme/seven.git"}})"},
    {"unit.target", R"(["acme", "seven"])",
     R"({"/targets/seven": {"provider": "truefoundry", "url": "https://x.example.com", "token": "${env:X}"}})"},
    {"unit.sign_out_at_most", "[7]", R"({"/units/0/sign_out": "always"})"},
    {"unit.secrets", R"([["env:SEVEN_*"]])"},
    {"may.types", R"([["mcp-server/remote"]])"},
    {"may.subjects", R"([["team:seven"]])"},
    {"may.x_kedge", R"([["prune"]])"},
    {"notify.kind", R"(["slack"])", R"({"/notify/0/secret": null})"},
    {"notify.on", R"([["drift"]])"},
    {"previews.page", R"(["https://kedge.example.com"])"},
    {"forge.kind", R"(["github", "gitlab"])"},
    {"forge.url", R"(["https://forge.example.com"])",
     R"({"/sources/platform/git": "https://forge.example.com/acme/platform.git"})"},
    {"forge.proxy", R"(["http://proxy.example.com:3128"])"},
    {"app.id", "[7]", with_app},
    {"app.installation", "[7]", with_app},
    {"app.key", R"(["${env:SEVEN}"])", with_app},
    {"repository.repository", R"(["acme/seven"])", R"({"/sources/platform/git": "https://github.com/acme/seven.git"})"},
    {"repository.source", R"(["platform", "seven"])",
     R"({"/sources/seven": {"git": "https://github.com/acme/platform.git"}})"},
    {"repository.trusted", R"([["ann"]])", R"({"/previews/forges/hub/repositories/0/rehearse": "trusted"})"},
    {"server.listen", R"(["127.0.0.1:7"])"},
    {"server.allow_insecure", "[false, true]", R"({"/server/listen": "0.0.0.0:8080"})"},
    {"server.hosts", R"([["kedge.example.com"]])"},
    {"tls.certificate", R"(["seven", "eight"])", R"({"/server/tls/key": "key.pem"})"},
    {"tls.key", R"(["seven", "eight"])", R"({"/server/tls/certificate": "certificate.pem"})"},
    {"token.sha256", R"(["7777777777777777777777777777777777777777777777777777777777777777"])"},
    {"proxy.addresses", R"([["10.0.0.7"]])"},
    {"proxy.user_header", R"(["X-Seven"])"},
    {"proxy.role_header", R"(["X-Seven"])"},
    {"proxy.roles", R"([{"seven": "admin"}])"},
    {"webhook.sources", R"([["platform"]])"},
    {"health.listen", R"(["127.0.0.1:7"])"},
    {"server limits.timeout", R"(["7s"])"},
    {"option of gravity_rail.workspace", R"(["c0ffee00-0000-4000-8000-000000000007"])"},
    {"option of aeontel.workspace", R"(["wsp_seven"])"},
};

// Keys whose value is a table of its own here.
std::set<std::string> containers() {
    std::set<std::string> all{"root.database",   "root.lease",    "root.sources",
                              "root.targets",    "root.units",    "root.networks",
                              "root.history",    "root.notify",   "root.previews",
                              "root.server",     "unit.limits",   "unit.may",
                              "previews.forges", "forge.app",     "forge.repositories",
                              "server.tls",      "server.tokens", "server.trusted_proxies",
                              "server.webhooks", "server.health", "server.limits"};
    return all;
}

// Of other providers than truefoundry: what they cannot be without.
void prepare(const Section& section, Json& file) {
    for (const auto& entry : dialects()) {
        if (section.name != "option of " + entry.name) continue;
        auto& target = file[Pointer(section.at)];
        target["provider"] = entry.name;
        for (const auto& option : entry.options) {
            if (!option.required) continue;
            target[option.name] = option.kind == OptionKind::credential ? "${env:O}" : "wsp_1";
        }
        if (entry.name == "gravity_rail") target["workspace"] = "c0ffee00-0000-4000-8000-000000000001";
    }
}

void put(Json& file, const std::string& at, const Json& value) {
    const Pointer pointer(at);
    if (!value.is_null())
        file[pointer] = value;
    else if (file.contains(pointer))
        file[pointer.parent_pointer()].erase(pointer.back());
}

// What a file comes to: settings and mistakes, in words.
std::string read(const Json& file) {
    const auto none = [](const std::string&) { return SettingsFolder(); };
    return words_of(load_settings("/etc/kedge/kedge.yaml", file.dump(1), none));
}

// Why this does not show that the key is read; empty: it does.
std::string problem_of(const Section& section, const SettingKey& key, const Sample& sample) {
    auto file = base();
    prepare(section, file);
    for (const auto& [at, value] : sample.beside) put(file, at, value);
    std::set<std::string> results;
    if (sample.values.size() == 1) results.insert(read(file));
    for (const auto& value : sample.values) {
        put(file, section.at + "/" + key.name, value);
        results.insert(read(file));
    }
    const auto name = section.name + "." + key.name;
    if (results.size() != std::max<std::size_t>(2, sample.values.size())) return name + " makes no difference";
    if (name == "root.version") return {}; // there is no other one yet
    const auto last = read(file);
    return last.find("mistake") == std::string::npos ? "" : name + ": " + last.substr(0, 300);
}

} // namespace

TEST(settings_coverage, each_key_of_each_table_is_read) {
    std::map<std::string, const Special*> special;
    for (const auto& one : specials) special[one.key] = &one;
    auto left = containers();
    int tried = 0;
    for (const auto& section : sections()) {
        for (const auto& key : section.keys) {
            const auto name = section.name + "." + key.name;
            if (left.erase(name) > 0) continue;
            ++tried;
            auto sample = sample_of_type(key);
            if (const auto found = special.find(name); found != special.end()) {
                const auto values = parse_json(found->second->values);
                sample.values.assign(values.begin(), values.end());
                const auto beside = parse_json(found->second->beside);
                for (const auto& [at, value] : beside.items()) sample.beside.emplace_back(at, value);
                special.erase(found);
            }
            EXPECT_EQ(problem_of(section, key, sample), "");
        }
    }
    EXPECT_TRUE(left.empty()) << *left.begin() << " is no key any more";
    EXPECT_TRUE(special.empty()) << special.begin()->first << " is no key any more";
    EXPECT_GT(tried, 110);
}

TEST(settings_coverage, a_key_that_changes_nothing_or_is_wrong_is_found) {
    const Section unit{"unit", {}, "/units/0"};
    SettingKey key;
    key.name = "prune";
    EXPECT_EQ(problem_of(unit, key, tries({json(R"("owned")")})), "unit.prune makes no difference");
    EXPECT_EQ(problem_of(unit, key, tries({json(R"("never")")})), "");
    key.name = "purne";
    EXPECT_NE(problem_of(unit, key, tries({json(R"("never")")})).find("unknown key"), std::string::npos);
}
