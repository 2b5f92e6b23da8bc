// Replaces the secrets of a manifest by the mask, as the control plane does where it shows one.
#pragma once
#include "base/json.h"
#include "sandbox/knobs.h"

namespace kedge::sandbox {

// True where something was masked.
bool redact(Json& manifest, const Knobs& knobs);

// A request body for the audit: secrets of its manifest and override values masked by "(masked)", whatever the knobs
// say.
Json audit_body(Json body);

} // namespace kedge::sandbox
