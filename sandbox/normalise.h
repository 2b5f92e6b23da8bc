// What the control plane makes of a manifest on save: defaults, owner, converted tool settings, order of lists. Pure;
// expects a manifest that passed check_manifest.
#pragma once
#include "base/json.h"
#include "sandbox/knobs.h"

#include <string>

namespace kedge::sandbox {

struct SaveContext {
    const Knobs& knobs;
    const std::string& tenant;
    const std::string& creator_slug; // of the server's creator
};

void normalise(Json& manifest, const SaveContext& context);

// tool_settings of the older generation into tool_policy and tool_metadata; values that are there already win.
void convert_tool_settings(Json& manifest, const Knobs& knobs);

} // namespace kedge::sandbox
