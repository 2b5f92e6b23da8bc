// What the values of kedge.yaml must fulfil beyond their types: globs that can match, paths that stay inside, an access
// that fits its URL. Pure, but for check_files, which looks whether the files that settings name are there.
#pragma once
#include "main/settings.h"
#include "main/settings_reader.h"

#include <string>
#include <vector>

namespace kedge {

// `pointer`: of the list or key in the settings.
void check_globs(SettingsReader& reader, const std::string& pointer, const std::vector<std::string>& globs);
void check_unit_path(SettingsReader& reader, const std::string& pointer, const std::string& path);
void check_source(SettingsReader& reader, const std::string& pointer, const SourceSettings& source,
                  bool allow_insecure);
void check_target(SettingsReader& reader, const std::string& pointer, const TargetSettings& target);

// What only the dialect itself can tell of its options.
void check_options(SettingsReader& reader, const std::string& pointer, const TargetSettings& target);

// One finding for each file or folder that is not what the settings take it for, at its place in the settings.
std::vector<Finding> check_files(const Settings& settings);

} // namespace kedge
