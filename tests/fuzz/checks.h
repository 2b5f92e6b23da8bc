// What must hold for every text, however broken: shared by the fuzz targets and the test that replays their seeds.
#pragma once
#include "manifest/load.h"
#include "manifest/yaml.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace kedge::fuzz {

inline void must(bool holds) {
    if (!holds) std::abort();
}

inline int line_count(std::string_view text) {
    // Every byte that may be part of a line break counts: an upper bound.
    return 2 + static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
               return c == '\n' || c == '\r' || static_cast<unsigned char>(c) >= 0x80;
           }));
}

inline void check_findings(const std::vector<Finding>& findings, std::string_view text) {
    must(findings.size() <= 2000);
    for (const auto& finding : findings) {
        must(!finding.message.empty() && finding.message.size() <= 1300 && finding.hint.size() <= 1300);
        must(finding.place.line >= 0 && finding.place.line <= line_count(text) && finding.place.column >= 0);
        must(finding.excerpt.find('\n') == std::string::npos && finding.excerpt.size() <= 4 * 130);
        Json{finding.message, finding.hint, finding.excerpt, finding.name}.dump(); // throws on invalid UTF-8
    }
}

inline void check_yaml(std::string_view text) {
    const YamlFile file = parse_yaml("fuzz.yaml", text);
    must(file.findings.size() == file.finding_documents.size());
    must(!file.unreadable || has_errors(file.findings));
    check_findings(file.findings, text);
    for (const auto& document : file.documents) {
        canonical_json(document.value); // throws where it is nested too deeply
        for (const auto& [pointer, place] : document.places) must(place.line > 0 && place.column > 0);
        for (const auto& scalar : document.ambiguous) must(scalar.place.line > 0);
        if (document.broken) continue;
        for (const auto& scalar : document.ambiguous) must(document.value.contains(Json::json_pointer(scalar.pointer)));
    }
}

inline void check_manifest(std::string_view text) {
    LoadContext context;
    context.secret_allowed = [](const std::string&, const std::string& name) { return name.size() % 2 == 0; };
    const LoadedFile file = load_file("fuzz.yaml", text, context);
    must(file.resources.size() == file.documents.size());
    must(file.invalid_names.empty() || has_errors(file.findings));
    check_findings(file.findings, text);
    for (const auto& resource : file.resources) {
        must(!resource.name.empty() && !resource.type.empty() && resource.place.line > 0);
        must(!resource.document.contains("x-kedge"));
        canonical_json(resource.document);
        for (const auto& reference : resource.references)
            must(resource.document.contains(Json::json_pointer(reference.pointer)));
    }
    check_findings(load_overrides("overrides", text).findings, text);
    check_findings(load_releases("releases", text).findings, text);
}

} // namespace kedge::fuzz
