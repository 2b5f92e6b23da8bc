// What must hold for every text, however broken, that is read as a YAML file, a manifest, or one of the two files
// beside the manifests.
#pragma once
#include "manifest/load.h"
#include "manifest/yaml.h"
#include "tests/fuzz/checks.h"

namespace kedge::fuzz {

inline void check_yaml(std::string_view text) {
    const YamlFile file = parse_yaml("fuzz.yaml", text);
    must(file.findings.size() == file.finding_documents.size());
    must(!file.unreadable || has_errors(file.findings));
    check_findings(file.findings, text, 200);
    for (const auto& document : file.documents) {
        canonical_json(document.value); // throws where it is nested too deeply
        for (const auto& [pointer, place] : document.places) must(place.line > 0 && place.column > 0);
        for (const auto& scalar : document.ambiguous) must(scalar.place.line > 0);
        if (document.broken) continue;
        for (const auto& scalar : document.ambiguous) must(document.value.contains(Json::json_pointer(scalar.pointer)));
    }
}

inline void check_loaded(const LoadedFile& file, std::string_view text) {
    must(file.resources.size() == file.documents.size());
    must(file.invalid_names.empty() || has_errors(file.findings));
    check_findings(file.findings, text, 2000);
    for (const auto& resource : file.resources) {
        must(!resource.name.empty() && !resource.type.empty() && resource.place.line > 0);
        must(!resource.document.contains("x-kedge"));
        canonical_json(resource.document);
        for (const auto& reference : resource.references)
            must(resource.document.contains(Json::json_pointer(reference.pointer)));
    }
}

inline void check_manifest(std::string_view text) {
    LoadContext context;
    context.secret_allowed = [](const std::string&, const std::string& name) { return name.size() % 2 == 0; };
    check_loaded(load_file("fuzz.yaml", text, context), text);
}

// The entries that were taken also have to fit a manifest that nothing is wrong with.
inline void check_overrides(std::string_view text) {
    static constexpr std::string_view manifest = "type: mcp-server/remote\nname: github\ndescription: d\n"
                                                 "url: https://mcp.example.com/mcp\ncollaborators: []\n";
    LoadContext context;
    LoadedOverrides loaded = load_overrides(".kedge/overrides", text);
    check_findings(loaded.findings, text, 300);
    for (const auto& entry : loaded.overrides) {
        must(!entry.name.empty() && entry.place.line > 0);
        must(entry.extension.providers.is_null() || entry.extension.providers.is_object());
        canonical_json(entry.extension.providers);
    }
    context.overrides = std::move(loaded.overrides);
    const LoadedFile file = load_file("fuzz.yaml", manifest, context);
    check_loaded(file, manifest);
    must(file.resources.size() + file.invalid_names.size() == 1);
}

inline void check_releases(std::string_view text) {
    const LoadedReleases loaded = load_releases(".kedge/releases", text);
    check_findings(loaded.findings, text, 300);
    for (const auto& release : loaded.releases) {
        must(!release.name.empty() && !release.because.empty() && release.at_most >= 0);
        must(release.from_git && release.place.line > 0);
        must(digest_from_hex(release.digest.hex()) == release.digest);
        must(release.entry() == Release(release).entry());
    }
}

} // namespace kedge::fuzz
