// The text of one settings file as a document: kedge.yaml, or one that it includes.
#pragma once
#include "manifest/yaml.h"
#include "model/finding.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

struct SettingsFile {
    std::string path;
    std::string text;
    YamlDocument document;
};

// Nothing, and findings, where it is not one YAML document.
std::optional<SettingsFile> parse_settings_file(const std::string& path, const std::string& text,
                                                std::vector<Finding>& findings);

} // namespace kedge
