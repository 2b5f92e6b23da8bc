// The block `previews` of kedge.yaml. Every mistake is told to the reader; what is wrong counts as absent.
#pragma once
#include "main/settings_notify.h"

namespace kedge {

// `settings`: with its sources, which the block names.
PreviewSettings read_previews(SettingsReader& reader, const Settings& settings, const Resolve& resolve);

const std::vector<SettingKey>& preview_keys();
const std::vector<SettingKey>& forge_keys();              // of each of its `forges`
const std::vector<SettingKey>& forge_app_keys();          // of `app` in a forge
const std::vector<SettingKey>& preview_repository_keys(); // of each of the `repositories` of a forge

} // namespace kedge
