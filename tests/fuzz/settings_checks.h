// What must hold for every text that is read as kedge.yaml: mistakes are few and readable, and settings without a
// mistake hold together.
#pragma once
#include "main/settings.h"
#include "model/marker.h"
#include "tests/fuzz/checks.h"

#include <set>

namespace kedge::fuzz {

inline void check_credential(const CredentialSource& source) {
    if (source.scheme.empty()) return must(source.name.empty());
    must(source.scheme == "env" || source.scheme == "file");
    must(!source.name.empty() && source.name.find_first_of("{}") == std::string::npos);
}

inline void check_complete(const Settings& settings) {
    must(is_unit_name(settings.installation) && !settings.store.empty() && !settings.units.empty());
    for (const auto& [name, source] : settings.sources) {
        must(is_unit_name(name) && source.name == name && source.git.empty() != source.folder.empty());
        must(source.deadline.count() >= 0);
        check_credential(source.token);
        check_credential(source.bearer);
    }
    for (const auto& [name, target] : settings.targets) {
        must(is_unit_name(name) && target.name == name && find_dialect(target.provider) != nullptr);
        must(target.url.starts_with("https://") || settings.allow_insecure);
        must(target.concurrency >= 0 && !target.credentials.at("token").scheme.empty());
        for (const auto& [key, source] : target.credentials) check_credential(source);
    }
    std::set<std::string> names;
    must(settings.history.days >= 1);
    for (const auto& receiver : settings.notify) {
        must(is_unit_name(receiver.name) && !receiver.url.scheme.empty());
        must((receiver.kind == ReceiverKind::webhook) == !receiver.secret.scheme.empty());
    }
    for (const auto& entry : settings.units) {
        const auto& unit = entry.settings;
        must(is_unit_name(unit.us.unit) && names.insert(unit.us.unit).second && entry.place.line > 0);
        must(settings.sources.contains(entry.source) && settings.targets.contains(unit.target));
        must(unit.interval.count() >= 0 && unit.heal_after.count() >= 0 && unit.prune_delay.count() >= 0);
        must(unit.sign_out.at_most == 0 || unit.sign_out.who == SignOut::always);
    }
}

inline void check_settings(std::string_view text) {
    const LoadedSettings loaded = load_settings("fuzz/kedge.yaml", std::string(text));
    check_findings(loaded.findings, text, 300);
    if (!has_errors(loaded.findings)) check_complete(loaded.settings);
}

} // namespace kedge::fuzz
