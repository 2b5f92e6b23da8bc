// The keys of kedge.yaml, once: reading, the JSON Schema and docs/settings.md all come from here.
#pragma once
#include "dialect/dialects.h"
#include "main/settings_reader.h"

#include <vector>

namespace kedge {

const std::vector<SettingKey>& root_keys();
const std::vector<SettingKey>& included_keys(); // of a file in the folder `include`
bool may_be_included(const std::string& key);   // of the root: it may be in such a file instead
const std::vector<SettingKey>& source_keys();
std::vector<SettingKey> target_keys();                          // of every target
std::vector<SettingKey> option_keys(const DialectEntry& entry); // what targets of this provider take beside them
const std::vector<SettingKey>& unit_keys();
const std::vector<SettingKey>& network_keys();
const std::vector<SettingKey>& limit_keys(); // of `limits` in a unit
const std::vector<SettingKey>& may_keys();   // of `may` in a unit

} // namespace kedge
