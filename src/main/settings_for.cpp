#include "base/failure.h"
#include "main/settings_checks.h"
#include "main/wiring.h"
#include "model/marker.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace kedge {

namespace {

std::string value_of(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

void add_error(LoadedSettings& loaded, const std::string& message, const std::string& hint) {
    Finding finding;
    finding.message = message;
    finding.hint = hint;
    loaded.findings.push_back(std::move(finding));
}

LoadedSettings from_file(const Options& options) {
    const auto path = settings_file(options);
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw Failure(NextAction::wait_for_change,
                      "settings: read \"" + path + "\": no such file" +
                          (options.settings.empty()
                               ? "; name a folder of manifests (kedge plan ./truefoundry) or write a kedge.yaml"
                               : ""));
    }
    std::ostringstream text;
    text << file.rdbuf();
    auto loaded = load_settings(path, text.str(), read_settings_folder);
    const auto about_files = check_files(loaded.settings);
    loaded.findings.insert(loaded.findings.end(), about_files.begin(), about_files.end());
    if (has_errors(loaded.findings) || options.units.empty()) return loaded;
    for (auto& unit : loaded.settings.units) {
        unit.chosen =
            std::find(options.units.begin(), options.units.end(), unit.settings.us.unit) != options.units.end();
        if (unit.is_for_each_folder()) unit.chosen_names = options.units;
    }
    for (const auto& name : options.units) {
        const auto& all = loaded.settings.units;
        // Which folders there are is known later.
        const bool known = std::any_of(all.begin(), all.end(), [&](const UnitEntry& u) {
            const auto& unit = u.settings.us.unit;
            return unit == name || (u.is_for_each_folder() && name.starts_with(unit + "-"));
        });
        if (!known) add_error(loaded, "the settings have no unit \"" + name + "\"", "");
    }
    return loaded;
}

// `kedge plan ./truefoundry`: one unit, one target, from flags and environment.
LoadedSettings from_path(const Options& options, const Environment& environment) {
    LoadedSettings loaded;
    auto& settings = loaded.settings;
    const bool writes = options.verb == Verb::apply || options.verb == Verb::disown;
    settings.private_urls = options.private_urls;
    settings.allow_insecure = options.allow_insecure;
    settings.installation = options.installation;
    settings.store = options.store;
    SourceSettings source;
    source.name = "path";
    source.folder = options.path;
    settings.sources.emplace(source.name, source);
    TargetSettings target;
    target.name = "target";
    target.provider = "truefoundry";
    target.url = options.url.empty() ? value_of(environment, "TFY_HOST") : options.url;
    if (!target.url.empty() && target.url.find("://") == std::string::npos) target.url = "https://" + target.url;
    target.credentials["token"] =
        options.token_file.empty()
            ? CredentialSource{"env", "TFY_API_KEY"}
            : CredentialSource{"file", std::filesystem::absolute(options.token_file).lexically_normal().string()};
    UnitEntry unit;
    unit.source = source.name;
    unit.settings.us = {options.installation, options.unit};
    unit.settings.target = target.name;
    unit.settings.target_url = target.url;
    unit.settings.private_urls = options.private_urls;
    settings.units.push_back(std::move(unit));
    if (options.verb != Verb::validate) {
        if (target.url.empty())
            add_error(loaded, "no control plane is named",
                      "set TFY_HOST=https://acme.truefoundry.cloud, or give --url");
        else if (!target.url.starts_with("https://") && !options.allow_insecure)
            add_error(loaded, "the control plane \"" + target.url + "\" is not https",
                      "for a test on one's own machine: --allow-insecure");
        if (options.token_file.empty() && value_of(environment, "TFY_API_KEY").empty())
            add_error(loaded, "there is no token",
                      "set TFY_API_KEY, or give --token-file; reading rights are enough for a plan");
    }
    if (writes && (options.installation.empty() || options.unit.empty() || options.store.empty())) {
        add_error(loaded, "writing needs --installation, --unit and --store",
                  "they say in whose name registrations are owned and where that is remembered; a kedge.yaml says it "
                  "once for all");
    }
    if (!options.installation.empty() && !is_unit_name(options.installation))
        add_error(loaded, "--installation takes lower-case letters, digits and hyphens, 32 at most", "");
    if (!options.unit.empty() && !is_unit_name(options.unit))
        add_error(loaded, "--unit takes lower-case letters, digits and hyphens, 32 at most", "");
    settings.targets.emplace(target.name, std::move(target));
    return loaded;
}

void add_releases(LoadedSettings& loaded, const Options& options, const Environment& environment) {
    for (const auto& hex : options.release_digests) {
        const auto digest = digest_from_hex(hex);
        if (!digest) {
            add_error(loaded, "--release \"" + hex + "\" is no digest",
                      "give all 64 digits, as `kedge plan --output json` shows them");
            continue;
        }
        if (options.because.empty()) add_error(loaded, "--release needs --because", "a release says why");
        Release release;
        release.digest = *digest;
        release.because = options.because;
        release.from_git = false;
        release.by = value_of(environment, "USER"); // for the history: nobody relies on it
        for (auto& unit : loaded.settings.units) {
            if (unit.settings.sign_out.who != SignOut::approver) {
                add_error(loaded, "unit \"" + unit.settings.us.unit + "\" takes releases from git only",
                          "`sign_out: approver` lets a command release; else commit the release to .kedge/releases");
            }
            unit.settings.releases.push_back(release);
        }
    }
}

// A preview reads the merge result where somebody has checked it out, not the branch that a source follows.
void read_checkout(LoadedSettings& loaded, const Options& options) {
    auto& settings = loaded.settings;
    std::set<std::string> sources;
    for (const auto& unit : settings.units) {
        if (unit.chosen) sources.insert(unit.source);
    }
    if (options.source.empty() && sources.size() > 1) {
        add_error(loaded, "the settings have several sources",
                  "say which one is checked out: --source NAME, or choose units of one: --only-unit NAME");
        return;
    }
    const auto name = options.source.empty() && !sources.empty() ? *sources.begin() : options.source;
    const auto source = settings.sources.find(name);
    if (source == settings.sources.end()) {
        add_error(loaded, "the settings have no source \"" + name + "\"", "");
        return;
    }
    SourceSettings here;
    here.name = name;
    here.folder =
        std::filesystem::absolute(options.checkout.empty() ? "." : options.checkout).lexically_normal().string();
    source->second = std::move(here);
    for (auto& unit : settings.units) unit.chosen = unit.chosen && unit.source == name;
}

} // namespace

std::string settings_file(const Options& options) {
    return options.settings.empty() ? "kedge.yaml" : options.settings;
}

LoadedSettings settings_for(const Options& options, const Environment& environment) {
    auto loaded = options.path.empty() ? from_file(options) : from_path(options, environment);
    add_releases(loaded, options, environment);
    const bool previews = options.verb == Verb::preview;
    if (previews && options.path.empty() && !has_errors(loaded.findings)) read_checkout(loaded, options);
    if (!options.out.empty() && loaded.settings.store.empty() && loaded.settings.installation_key.empty()) {
        add_error(loaded, "a plan without a store cannot be saved: its digests fit nothing later",
                  "give --store, or name a store in kedge.yaml");
    }
    for (auto& unit : loaded.settings.units) {
        unit.settings.version = KEDGE_VERSION;
        unit.settings.selection = {options.only_names, options.only_types, options.only_files};
        if (previews) unit.settings.rehearse = Rehearse::never; // nothing of a pull request is sent unless asked for
        if (options.rehearse == "always") unit.settings.rehearse = Rehearse::always;
        if (options.rehearse == "updates") unit.settings.rehearse = Rehearse::updates;
        if (options.rehearse == "never") unit.settings.rehearse = Rehearse::never;
        // Waiting before a delete is the loop's business; a command deletes at once unless told otherwise.
        if (options.verb != Verb::run) unit.settings.prune_delay = options.prune_delay.value_or(Milliseconds(0));
    }
    return loaded;
}

} // namespace kedge
