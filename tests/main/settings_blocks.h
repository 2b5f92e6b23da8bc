// What the tests of single blocks of kedge.yaml share: a file with one unit, and a block behind it.
#pragma once
#include "main/settings.h"

#include <string>
#include <vector>

namespace kedge {

// `sources`: lines of that block; the unit follows the first of them, `source`.
inline std::string settings_head(const std::string& sources, const std::string& source) {
    return "version: 1\ninstallation: prod\nstore: ./store\nsources:\n" + sources +
           "targets:\n  acme: {provider: truefoundry, url: \"https://acme.example.com\", token: "
           "\"${env:TOKEN}\"}\nunits:\n"
           "  - {name: tools, source: " +
           source + ", target: acme, changes: apply, drift: heal}\n";
}

inline LoadedSettings load_text(const std::string& text) {
    return load_settings("/etc/kedge/kedge.yaml", text);
}

// "LINE: MESSAGE" of each.
inline std::vector<std::string> mistakes_in(const std::string& text) {
    std::vector<std::string> all;
    for (const auto& finding : load_text(text).findings)
        all.push_back(std::to_string(finding.place.line) + ": " + finding.message);
    return all;
}

} // namespace kedge
