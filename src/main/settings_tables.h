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
const std::vector<SettingKey>& database_keys();
const std::vector<SettingKey>& lease_keys();
const std::vector<SettingKey>& limit_keys(); // of `limits` in a unit
const std::vector<SettingKey>& may_keys();   // of `may` in a unit
const std::vector<SettingKey>& history_keys();
const std::vector<SettingKey>& notify_keys(); // of each receiver
const std::vector<SettingKey>& server_keys();
const std::vector<SettingKey>& tls_keys();         // of `tls` in the server
const std::vector<SettingKey>& token_keys();       // of each of its `tokens`
const std::vector<SettingKey>& proxy_keys();       // of its `trusted_proxies`
const std::vector<SettingKey>& webhook_keys();     // of each of its `webhooks`
const std::vector<SettingKey>& health_keys();      // of its `health`
const std::vector<SettingKey>& serve_limit_keys(); // of its `limits`

} // namespace kedge
