// The keys of kedge.yaml, once: reading, the JSON Schema and docs/settings.md all come from here.
#pragma once
#include "main/settings_reader.h"

#include <vector>

namespace kedge {

const std::vector<SettingKey>& root_keys();
const std::vector<SettingKey>& source_keys();
const std::vector<SettingKey>& target_keys();
const std::vector<SettingKey>& unit_keys();
const std::vector<SettingKey>& network_keys();
const std::vector<SettingKey>& limit_keys(); // of `limits` in a unit
const std::vector<SettingKey>& may_keys();   // of `may` in a unit

} // namespace kedge
