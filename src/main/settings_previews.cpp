#include "main/settings_previews.h"

#include "base/failure.h"
#include "io/origin.h"
#include "main/settings_checks.h"
#include "main/settings_values.h"
#include "model/marker.h"

#include <algorithm>
#include <set>

namespace kedge {

using enum SettingType;

const std::vector<SettingKey>& preview_keys() {
    static const std::vector<SettingKey> keys{
        {"forges", mapping, true, "where pull requests are: name -> how to speak to it", {}},
        {"poll",
         duration,
         false,
         "how often open pull requests are looked for, beside what webhooks tell; at least 30s, default 5m",
         {}},
        {"page", text, false, "address at which people reach this kedge: comments link to the plan there", {}},
    };
    return keys;
}

const std::vector<SettingKey>& forge_keys() {
    static const std::vector<SettingKey> keys{
        {"kind", choice, true, "how it speaks; gitea is Forgejo as well", {"github", "gitlab", "gitea"}},
        {"url",
         text,
         false,
         "its address as people open it; default https://github.com or https://gitlab.com; required with `kind: gitea`",
         {}},
        {"token", credential, false, "token that may read the repositories, comment and set statuses; or `app`", {}},
        {"app", mapping, false, "an installed GitHub App in place of a token; see below", {}},
        {"ca_file", path, false, "certificate authority of the forge (PEM)", {}},
        {"proxy", text, false, "proxy to it; default: as HTTPS_PROXY and NO_PROXY say", {}},
        {"repositories", list, true, "whose pull requests are previewed; see below", {}},
    };
    return keys;
}

const std::vector<SettingKey>& forge_app_keys() {
    static const std::vector<SettingKey> keys{
        {"id", number, true, "App ID", {}, 1'000'000'000'000},
        {"installation", number, true, "id of its installation in the organisation", {}, 1'000'000'000'000},
        {"key", credential, true, "its private key (PEM)", {}},
    };
    return keys;
}

const std::vector<SettingKey>& preview_repository_keys() {
    static const std::vector<SettingKey> keys{
        {"repository", text, true, "as the forge calls it, as in owner/name", {}},
        {"source", text, true, "the source that it is", {}},
        {"comment", boolean, false, "write the one comment; else only the status; default true", {}},
        {"status", text, false, "name of the status, which may be required for a merge; default kedge", {}},
        {"forks", texts, false, "globs of forks whose pull requests are previewed; default: none", {}},
        {"rehearse",
         choice,
         false,
         "ask the control plane to check what a pull request would change; default never",
         {"never", "trusted"}},
        {"trusted", texts, false, "with `rehearse: trusted`: globs of authors; default: whoever may push", {}},
        {"release_by_author",
         boolean,
         false,
         "authors may release holds of their own pull requests; default false",
         {}},
    };
    return keys;
}

namespace {

constexpr Milliseconds shortest_poll{30'000};

class PreviewBlock final {
public:
    PreviewBlock(SettingsReader& reader, const Settings& settings, const Resolve& resolve)
        : reader_(reader), settings_(settings), resolve_(resolve) {}

    PreviewSettings read() {
        PreviewSettings previews;
        const auto* block = reader_.mapping("/previews", preview_keys());
        if (block == nullptr) return previews;
        previews.poll = duration_of(*block, "poll", previews.poll);
        if (previews.poll < shortest_poll) {
            reader_.error("/previews/poll", "\"poll\" must be at least 30s",
                          "forges count requests; webhooks tell at once");
            previews.poll = shortest_poll;
        }
        previews.page = address(*block, "/previews", "page");
        const auto forges = block->find("forges");
        if (forges == block->end() || !forges->is_object()) return previews;
        if (forges->empty()) reader_.error("/previews/forges", "there is no forge", "leave \"previews\" out for none");
        for (const auto& item : forges->items()) {
            const auto pointer = "/previews/forges/" + item.key();
            if (!is_unit_name(item.key())) {
                reader_.error("/previews/forges",
                              "a name may hold lower-case letters, digits and hyphens only, 32 at most");
                continue;
            }
            if (auto one = forge(item.key(), pointer)) previews.forges.push_back(std::move(*one));
        }
        return previews;
    }

private:
    PreviewCredential credential_at(const Json& mapping, const std::string& key) {
        const auto source = credential_of(mapping, key);
        return {source.scheme, source.scheme == "file" ? resolve_(source.name) : source.name};
    }

    // A base address, without its last /.
    std::string address(const Json& mapping, const std::string& above, const char* key) {
        auto url = text_of(mapping, key);
        if (url.empty()) return url;
        try {
            const auto origin = parse_origin(url);
            if (!origin.tls && !settings_.allow_insecure)
                reader_.error(above + "/" + key, "\"" + std::string(key) + "\" must be https",
                              "`networks: {allow_insecure: true}` allows plain http, for tests");
        } catch (const Failure& failure) {
            reader_.error(above + "/" + key, "\"" + std::string(key) + "\" is no address: " + failure.what(),
                          "as in https://github.com");
        }
        while (url.ends_with('/')) url.pop_back();
        return url;
    }

    std::optional<PreviewForgeSettings> forge(const std::string& name, const std::string& pointer) {
        const auto* mapping = reader_.mapping(pointer, forge_keys());
        if (mapping == nullptr) return std::nullopt;
        PreviewForgeSettings forge;
        forge.name = name;
        const auto kind = text_of(*mapping, "kind");
        forge.kind = kind == "gitlab" ? ForgeKind::gitlab : kind == "gitea" ? ForgeKind::gitea : ForgeKind::github;
        forge.url = address(*mapping, pointer, "url");
        if (kind == "gitea" && !mapping->contains("url"))
            reader_.error(pointer, "\"url\" is missing", "as in https://git.example.com");
        if (forge.url.empty()) forge.url = kind == "gitlab" ? "https://gitlab.com" : "https://github.com";
        forge.ca_file = resolve_(text_of(*mapping, "ca_file"));
        forge.proxy = text_of(*mapping, "proxy");
        access(*mapping, pointer, forge);
        repositories(*mapping, pointer, forge);
        return forge;
    }

    void access(const Json& mapping, const std::string& pointer, PreviewForgeSettings& forge) {
        forge.token = credential_at(mapping, "token");
        const bool has_app = mapping.contains("app");
        if (has_app == mapping.contains("token"))
            reader_.error(pointer, has_app ? "\"token\" and \"app\" are two ways to be somebody: give one"
                                           : "neither \"token\" nor \"app\": the forge has to know who comments");
        if (!has_app) return;
        if (forge.kind != ForgeKind::github)
            reader_.error(pointer + "/app", "\"app\" goes with `kind: github` only", "give a token");
        const auto* app = reader_.mapping(pointer + "/app", forge_app_keys());
        if (app == nullptr) return;
        forge.app.id = digits(*app, "id");
        forge.app.installation = digits(*app, "installation");
        forge.app.key = credential_at(*app, "key");
    }

    static std::string digits(const Json& mapping, const char* key) {
        const auto value = mapping.find(key);
        return value != mapping.end() && value->is_number_integer() ? std::to_string(value->get<std::int64_t>())
                                                                    : std::string();
    }

    void repositories(const Json& mapping, const std::string& above, PreviewForgeSettings& forge) {
        const auto list = mapping.find("repositories");
        if (list == mapping.end() || !list->is_array()) return;
        if (list->empty()) reader_.error(above + "/repositories", "an empty list previews nothing");
        for (std::size_t i = 0; i < list->size(); ++i) {
            const auto pointer = above + "/repositories/" + std::to_string(i);
            auto one = repository(pointer);
            if (!one) continue;
            if (!one->repository.empty() && !known_.insert(one->repository).second)
                reader_.error(pointer + "/repository", "\"" + one->repository + "\" is here already");
            forge.repositories.push_back(std::move(*one));
        }
    }

    std::optional<PreviewRepository> repository(const std::string& pointer) {
        const auto* mapping = reader_.mapping(pointer, preview_repository_keys());
        if (mapping == nullptr) return std::nullopt;
        PreviewRepository one;
        one.repository = text_of(*mapping, "repository");
        if (!one.repository.empty() && !is_repository(one.repository))
            reader_.error(pointer + "/repository", "\"" + one.repository + "\" is no repository",
                          "as the forge calls it: owner/name, without its address");
        one.source = source(*mapping, pointer);
        one.comment = !mapping->contains("comment") || flag_of(*mapping, "comment");
        if (const auto name = text_of(*mapping, "status"); !name.empty()) one.status = name;
        if (one.status.size() > 100) reader_.error(pointer + "/status", "the name of a status has at most 100 bytes");
        one.forks = texts_of(*mapping, "forks");
        check_globs(reader_, pointer + "/forks", one.forks);
        one.rehearse = text_of(*mapping, "rehearse") == "trusted";
        one.trusted = texts_of(*mapping, "trusted");
        check_globs(reader_, pointer + "/trusted", one.trusted);
        if (!one.trusted.empty() && !one.rehearse)
            reader_.error(pointer + "/trusted", "\"trusted\" goes with `rehearse: trusted` only");
        one.release_by_author = flag_of(*mapping, "release_by_author");
        return one;
    }

    std::string source(const Json& mapping, const std::string& pointer) {
        auto name = text_of(mapping, "source");
        const auto found = settings_.sources.find(name);
        if (name.empty()) return name;
        if (found == settings_.sources.end())
            reader_.error(pointer + "/source", "there is no source named \"" + name + "\"");
        else if (found->second.git.empty())
            reader_.error(pointer + "/source", "source \"" + name + "\" is a folder, of which no forge knows");
        else if (!found->second.tag.empty() || !found->second.commit.empty())
            reader_.error(pointer + "/source", "source \"" + name + "\" follows no branch: nothing is merged into it");
        return name;
    }

    static bool is_repository(const std::string& text) {
        const auto slash = text.find('/');
        if (slash == std::string::npos || slash == 0 || text.ends_with('/') || text.find("//") != std::string::npos)
            return false;
        return text.find("..") == std::string::npos && std::all_of(text.begin(), text.end(), [](unsigned char c) {
                   return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_' || c == '.';
               });
    }

    SettingsReader& reader_;
    const Settings& settings_;
    const Resolve& resolve_;
    std::set<std::string> known_;
};

} // namespace

PreviewSettings read_previews(SettingsReader& reader, const Settings& settings, const Resolve& resolve) {
    if (!reader.value().contains("previews")) return {};
    return PreviewBlock(reader, settings, resolve).read();
}

} // namespace kedge
