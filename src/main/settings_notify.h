// The blocks `history` and `notify` of kedge.yaml. Every mistake is told to the reader; what is wrong counts as absent.
#pragma once
#include "main/settings.h"
#include "main/settings_reader.h"

#include <functional>
#include <string>
#include <vector>

namespace kedge {

// A path of the settings, made absolute.
using Resolve = std::function<std::string(const std::string&)>;

HistorySettings read_history(SettingsReader& reader, const Json& root, const Resolve& resolve);
std::vector<ReceiverSettings> read_notify(SettingsReader& reader, const Json& root, const Resolve& resolve);

} // namespace kedge
