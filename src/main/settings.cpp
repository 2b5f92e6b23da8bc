#include "main/settings.h"

#include "main/settings_checks.h"
#include "main/settings_files.h"
#include "main/settings_members.h"
#include "main/settings_notify.h"
#include "main/settings_previews.h"
#include "main/settings_server.h"
#include "main/settings_tables.h"
#include "main/settings_values.h"
#include "model/marker.h"

#include <algorithm>
#include <filesystem>
#include <list>

namespace kedge {

namespace {

// Of a target whose provider is not known: only that is its mistake.
std::vector<SettingKey> all_option_keys() {
    std::map<std::string, SettingKey> by_name;
    for (const auto& entry : dialects()) {
        for (auto& key : option_keys(entry)) {
            key.required = false;
            const auto [at, is_new] = by_name.emplace(key.name, key);
            if (!is_new && at->second.choices != key.choices)
                at->second = {key.name, SettingType::text, false, key.help, {}};
        }
    }
    std::vector<SettingKey> keys;
    for (auto& [name, key] : by_name) keys.push_back(std::move(key));
    return keys;
}

DialectOptions options_of(const Json& mapping, const std::vector<SettingKey>& keys) {
    DialectOptions options;
    for (const auto& key : keys) {
        const auto value = mapping.find(key.name);
        if (value == mapping.end() || key.type == SettingType::credential) continue;
        if (value->is_string()) options[key.name] = value->get<std::string>();
        if (value->is_number_integer()) options[key.name] = value->dump();
    }
    return options;
}

// What is named in any of the files stands in one of them.
using Places = std::map<std::string, Place>;

class SettingsReading {
public:
    // `folder`: what relative paths are relative to.
    SettingsReading(std::filesystem::path folder, const SettingsFile& file, LoadedSettings& result, Places& places)
        : folder_(std::move(folder)), reader_(file.document, file.path, file.text, result.findings),
          settings_(result.settings), places_(places) {}

    // The file itself. Gives the folder that it includes; empty: none.
    std::string root() {
        auto keys = root_keys();
        const bool includes = reader_.value().is_object() && reader_.value().contains("include");
        for (auto& key : keys) key.required = key.required && !(includes && may_be_included(key.name));
        const auto* root = reader_.mapping("", keys);
        if (root == nullptr) return {};
        if (root->contains("version") && (*root)["version"] != 1) {
            reader_.error("/version", "this kedge reads version 1 of the settings");
        }
        settings_.installation = text_of(*root, "installation");
        if (!settings_.installation.empty() && !is_unit_name(settings_.installation)) name_error("/installation");
        settings_.installation_key = resolve(text_of(*root, "installation_key"));
        read_members(
            reader_, *root, [this](const std::string& path) { return resolve(path); }, settings_);
        if (root->contains("networks")) {
            if (const auto* networks = reader_.mapping("/networks", network_keys())) {
                settings_.private_urls = flag_of(*networks, "private_urls");
                settings_.allow_insecure = flag_of(*networks, "allow_insecure");
            }
        }
        settings_.included = resolve(text_of(*root, "include"));
        return settings_.included;
    }
    void included() { reader_.mapping("", included_keys()); }
    void error(const std::string& pointer, const std::string& message, const std::string& hint = {}) {
        reader_.error(pointer, message, hint);
    }

    // What only the file itself can say; the sources are known by now.
    void doors() {
        const auto& root = reader_.value();
        if (!root.is_object()) return;
        std::function<std::string(const std::string&)> resolve = [this](const auto& file) {
            return this->resolve(file);
        };
        settings_.history = read_history(reader_, root, resolve);
        settings_.notify = read_notify(reader_, root, resolve);
        settings_.notify_text = root.value("notify", Json()).dump(-1, ' ', false, Json::error_handler_t::replace);
        settings_.previews = read_previews(reader_, settings_, resolve);
        settings_.serves = root.contains("server");
        if (!settings_.serves) return;
        settings_.server = read_server(reader_, settings_, resolve);
        settings_.server_text = root["server"].dump(-1, ' ', false, Json::error_handler_t::replace);
    }

    void sources_and_targets() {
        const auto& root = reader_.value();
        each(root, "sources", [this](const std::string& name, const std::string& pointer) { source(name, pointer); });
        each(root, "targets", [this](const std::string& name, const std::string& pointer) { target(name, pointer); });
    }

    void units() {
        if (reader_.value().is_object()) units(reader_.value());
    }

private:
    // False, and a mistake, where another file has it already.
    bool is_first(const std::string& kind, const std::string& name, const std::string& pointer) {
        const auto [at, is_new] = places_.emplace(kind + " " + name, reader_.place(pointer));
        if (is_new) return true;
        reader_.error(pointer, "two " + kind + "s are named \"" + name + "\"",
                      "the first is in " + to_text(at->second));
        return false;
    }

    void name_error(const std::string& pointer) {
        reader_.error(pointer, "a name may hold lower-case letters, digits and hyphens only, 32 at most");
    }

    std::string resolve(const std::string& path) const {
        if (path.empty()) return path;
        return (std::filesystem::path(path).is_absolute() ? std::filesystem::path(path) : folder_ / path)
            .lexically_normal()
            .string();
    }

    template<class Visit>
    void each(const Json& root, const std::string& key, Visit visit) {
        if (!root.is_object()) return;
        const auto value = root.find(key);
        if (value == root.end() || !value->is_object()) return;
        for (const auto& [name, member] : value->items()) {
            const auto pointer = "/" + key + "/" + name;
            if (!is_unit_name(name))
                name_error(pointer);
            else if (is_first(key.substr(0, key.size() - 1), name, pointer))
                visit(name, pointer);
        }
    }

    CredentialSource credential(const Json& mapping, const std::string& key) const {
        auto source = credential_of(mapping, key);
        if (source.scheme == "file") source.name = resolve(source.name);
        return source;
    }

    void not_zero(const Json& mapping, const std::string& pointer, const std::string& key) {
        if (duration_of(mapping, key, Milliseconds(1)).count() == 0)
            reader_.error(pointer + "/" + key, "\"" + key + "\" must be more than 0s");
    }

    void source(const std::string& name, const std::string& pointer) {
        const auto* mapping = reader_.mapping(pointer, source_keys());
        if (mapping == nullptr) return;
        SourceSettings source;
        source.name = name;
        source.git = text_of(*mapping, "git");
        source.folder = resolve(text_of(*mapping, "folder"));
        source.branch = text_of(*mapping, "branch");
        source.tag = text_of(*mapping, "tag");
        source.commit = text_of(*mapping, "commit");
        source.token = credential(*mapping, "token");
        source.user = text_of(*mapping, "user");
        source.bearer = credential(*mapping, "bearer");
        source.ssh_key = resolve(text_of(*mapping, "ssh_key"));
        source.known_hosts = resolve(text_of(*mapping, "known_hosts"));
        source.ca_file = resolve(text_of(*mapping, "ca_file"));
        source.deadline = duration_of(*mapping, "deadline", source.deadline);
        if (source.git.empty() == source.folder.empty())
            reader_.error(pointer, "a source is either \"git\" or \"folder\"");
        if (!source.folder.empty() && mapping->size() > 1) reader_.error(pointer, "a folder takes no other keys");
        if (!source.branch.empty() + !source.tag.empty() + !source.commit.empty() > 1) {
            reader_.error(pointer, "\"branch\", \"tag\" and \"commit\" exclude each other");
        }
        if (source.git.starts_with("http") && source.git.find('@') != std::string::npos) {
            reader_.error(pointer + "/git", "the URL holds a credential",
                          "use \"token\" or \"bearer\" with ${env:NAME} or ${file:PATH}");
        }
        check_source(reader_, pointer, source, settings_.allow_insecure);
        not_zero(*mapping, pointer, "deadline");
        for (const auto* key : {"folder", "ssh_key", "known_hosts", "ca_file"})
            source.at.emplace(key, reader_.finding_at(pointer + "/" + key));
        settings_.sources.emplace(name, std::move(source));
    }

    void target(const std::string& name, const std::string& pointer) {
        auto keys = target_keys();
        const auto* entry = provider_of(pointer);
        const auto own = entry == nullptr ? all_option_keys() : option_keys(*entry);
        keys.insert(keys.end(), own.begin(), own.end());
        const auto mistakes = reader_.mistakes();
        const auto* mapping = reader_.mapping(pointer, keys);
        if (mapping == nullptr) return;
        TargetSettings target;
        target.name = name;
        target.provider = text_of(*mapping, "provider");
        target.url = text_of(*mapping, "url");
        for (const auto& key : keys) {
            if (key.type == SettingType::credential) target.credentials[key.name] = credential(*mapping, key.name);
        }
        target.options = options_of(*mapping, own);
        target.ca_file = resolve(text_of(*mapping, "ca_file"));
        target.proxy = text_of(*mapping, "proxy");
        const auto rehearse = text_of(*mapping, "rehearse");
        target.rehearse = rehearse == "never"     ? Rehearse::never
                          : rehearse == "updates" ? Rehearse::updates
                                                  : Rehearse::always;
        target.concurrency = number_of(*mapping, "concurrency", target.concurrency);
        if (!target.url.starts_with("https://") && !(settings_.allow_insecure && target.url.starts_with("http://"))) {
            reader_.error(pointer + "/url", "the control plane must be https",
                          "for a test on one's own machine: networks: {allow_insecure: true}");
        }
        if (target.url.starts_with("http")) check_target(reader_, pointer, target);
        if (entry != nullptr && reader_.mistakes() == mistakes) check_options(reader_, pointer, target);
        target.at.emplace("ca_file", reader_.finding_at(pointer + "/ca_file"));
        settings_.targets.emplace(name, std::move(target));
    }

    const DialectEntry* provider_of(const std::string& target) const {
        const Json::json_pointer at(target + "/provider");
        const auto& root = reader_.value();
        return root.contains(at) && root[at].is_string() ? find_dialect(root[at].get<std::string>()) : nullptr;
    }

    void units(const Json& root) {
        const auto list = root.find("units");
        if (list == root.end() || !list->is_array()) return;
        if (list->empty()) reader_.error("/units", "there is no unit");
        for (std::size_t i = 0; i < list->size(); ++i) unit("/units/" + std::to_string(i));
        for (std::size_t i = 0; i < list->size(); ++i) {
            if (!(*list)[i].is_object()) continue;
            const auto name = text_of((*list)[i], "name");
            if (!name.empty()) is_first("unit", name, "/units/" + std::to_string(i) + "/name");
        }
    }

    void unit(const std::string& pointer) {
        const auto* mapping = reader_.mapping(pointer, unit_keys());
        if (mapping == nullptr) return;
        UnitEntry entry;
        entry.place = reader_.place(pointer);
        auto& unit = entry.settings;
        unit.us = {settings_.installation, text_of(*mapping, "name")};
        if (!unit.us.unit.empty() && !is_unit_name(unit.us.unit)) name_error(pointer + "/name");
        entry.source = text_of(*mapping, "source");
        entry.path = text_of(*mapping, "path");
        check_unit_path(reader_, pointer + "/path", entry.path);
        unit.target = text_of(*mapping, "target");
        known(settings_.sources, "source", entry.source, pointer);
        known(settings_.targets, "target", unit.target, pointer);
        if (const auto target = settings_.targets.find(unit.target); target != settings_.targets.end()) {
            unit.rehearse = target->second.rehearse;
            unit.target_url = target->second.url;
            for (const auto& [key, value] : target->second.options)
                unit.target_options += (unit.target_options.empty() ? "" : "&") + key + "=" + value;
        }
        unit.changes = text_of(*mapping, "changes") == "report" ? Reaction::report : Reaction::act;
        unit.drift = text_of(*mapping, "drift") == "report" ? Reaction::report : Reaction::act;
        unit.heal_after = duration_of(*mapping, "heal_after", Milliseconds(0));
        unit.interval = duration_of(*mapping, "interval", Milliseconds(60000));
        not_zero(*mapping, pointer, "interval");
        unit.deadline = duration_of(*mapping, "deadline", unit.deadline);
        not_zero(*mapping, pointer, "deadline");
        unit.prune = text_of(*mapping, "prune") == "never" ? Prune::never : Prune::owned;
        unit.prune_delay = duration_of(*mapping, "prune_delay", Milliseconds(15 * 60000));
        unit.on_invalid_stop = text_of(*mapping, "on_invalid") == "stop";
        unit.on_unknown_secret =
            text_of(*mapping, "on_unknown_secret") == "send" ? OnUnknownSecret::send : OnUnknownSecret::leave;
        const auto sign_out = text_of(*mapping, "sign_out");
        unit.sign_out.who = sign_out == "approver" ? SignOut::approver
                            : sign_out == "never"  ? SignOut::never
                            : sign_out == "always" ? SignOut::always
                                                   : SignOut::git;
        unit.sign_out.at_most = number_of(*mapping, "sign_out_at_most", 0);
        if (unit.sign_out.at_most > 0 && unit.sign_out.who != SignOut::always) {
            reader_.error(pointer + "/sign_out_at_most", "it limits `sign_out: always` only",
                          "a release states its own `at_most`");
        }
        unit.require_preview = preview_rule_of(*mapping, "require_preview");
        unit.limits = limits(*mapping, pointer);
        unit.may = may(*mapping, pointer);
        unit.private_urls = settings_.private_urls;
        unit.secrets = texts_of(*mapping, "secrets");
        for (const auto& secret : unit.secrets) {
            const bool key = secret.starts_with("k8s:") && secret.find('/') != std::string::npos;
            if (!secret.starts_with("env:") && !secret.starts_with("file:") && !key) {
                reader_.error(pointer + "/secrets",
                              "\"" + secret + "\" is none of env:NAME, file:PATH and k8s:SECRET/KEY");
            }
        }
        entry.include = texts_of(*mapping, "include");
        entry.exclude = texts_of(*mapping, "exclude");
        check_globs(reader_, pointer + "/include", entry.include);
        check_globs(reader_, pointer + "/exclude", entry.exclude);
        settings_.units.push_back(std::move(entry));
    }

    Limits limits(const Json& unit, const std::string& above) {
        Limits limits;
        if (!unit.contains("limits")) return limits;
        const auto pointer = above + "/limits";
        const auto* mapping = reader_.mapping(pointer, limit_keys());
        if (mapping == nullptr) return limits;
        for (const auto& [key, limit] : {std::pair{"deletes", &limits.deletes},
                                         {"auth_changes", &limits.auth_changes},
                                         {"updates", &limits.updates},
                                         {"creates", &limits.creates}}) {
            if (const auto value = mapping->find(key); value != mapping->end())
                *limit = parse_limit(*value).value_or(*limit);
        }
        limits.population = number_of(*mapping, "population", limits.population);
        return limits;
    }

    May may(const Json& unit, const std::string& above) {
        May may;
        if (!unit.contains("may")) return may;
        const auto* mapping = reader_.mapping(above + "/may", may_keys());
        if (mapping == nullptr) return may;
        for (const auto& [key, globs] : {std::pair{"names", &may.names},
                                         {"types", &may.types},
                                         {"hosts", &may.hosts},
                                         {"subjects", &may.subjects},
                                         {"x_kedge", &may.x_kedge}}) {
            if (!mapping->contains(key)) continue;
            *globs = texts_of(*mapping, key);
            check_globs(reader_, above + "/may/" + key, **globs);
        }
        return may;
    }

    template<class Map>
    void known(const Map& map, const std::string& what, const std::string& name, const std::string& pointer) {
        if (name.empty() || map.contains(name)) return;
        std::string names;
        for (const auto& [key, value] : map) names += (names.empty() ? "" : ", ") + key;
        reader_.error(pointer + "/" + what, "there is no " + what + " named \"" + name + "\"",
                      names.empty() ? "" : "there are: " + names);
    }

    std::filesystem::path folder_;
    SettingsReader reader_;
    Settings& settings_;
    Places& places_;
};

} // namespace

LoadedSettings load_settings(const std::string& path, const std::string& text, const ReadSettingsFolder& read) {
    LoadedSettings result;
    std::list<SettingsFile> files; // readings refer to them
    std::list<SettingsReading> readings;
    Places places;
    const auto folder = std::filesystem::absolute(path).parent_path();
    const auto open = [&](const std::string& file, const std::string& content) {
        auto opened = parse_settings_file(file, content, result.findings);
        if (!opened) return false;
        files.push_back(std::move(*opened));
        readings.emplace_back(folder, files.back(), result, places);
        return true;
    };
    if (!open(path, text)) return result;
    auto& top = readings.front();
    const auto include = top.root();
    if (!include.empty() && read) {
        const auto more = read(include);
        if (!more.problem.empty()) top.error("/include", more.problem);
        for (const auto& file : more.files) {
            if (open(file.path, file.text)) readings.back().included();
        }
    }
    for (auto& reading : readings) reading.sources_and_targets();
    top.doors();
    for (auto& reading : readings) reading.units();
    if (!include.empty() && result.settings.units.empty() && !has_errors(result.findings))
        top.error("", "there is no unit, here or in the files of \"include\"");
    return result;
}

} // namespace kedge
