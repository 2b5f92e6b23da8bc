// Single values of a mapping of kedge.yaml whose keys and types were checked; a value of a wrong type counts as absent.
#pragma once
#include "base/duration.h"
#include "base/json.h"
#include "main/settings.h"

#include <functional>
#include <string>
#include <vector>

namespace kedge {

std::string text_of(const Json& mapping, const std::string& key);
bool flag_of(const Json& mapping, const std::string& key);
std::vector<std::string> texts_of(const Json& mapping, const std::string& key);
Milliseconds duration_of(const Json& mapping, const std::string& key, Milliseconds fallback);
int number_of(const Json& mapping, const std::string& key, int fallback);
RequirePreview preview_rule_of(const Json& mapping, const std::string& key);
CredentialSource credential_of(const Json& mapping, const std::string& key);

} // namespace kedge
