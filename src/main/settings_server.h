// Reads the `server` block of kedge.yaml: who may ask a running kedge, and where it listens.
#pragma once
#include "main/settings.h"
#include "main/settings_reader.h"

#include <functional>
#include <string>

namespace kedge {

// `resolve` makes a path of the settings absolute. `settings`: with all sources, which webhooks may name.
ServeSettings read_server(SettingsReader& reader, const Settings& settings,
                          const std::function<std::string(const std::string&)>& resolve);

} // namespace kedge
