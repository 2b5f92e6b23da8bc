// The keys of kedge.yaml that say where a store is that several share, and who of them may write. Every mistake is told
// to the reader.
#pragma once
#include "main/settings.h"
#include "main/settings_notify.h"
#include "main/settings_reader.h"

namespace kedge {

// `store`, `database`, `lease` and `single` of the root.
void read_members(SettingsReader& reader, const Json& root, const Resolve& resolve, Settings& settings);

} // namespace kedge
