// Replaces the secrets of a manifest by the mask, as the control plane does where it shows one.
#pragma once
#include "base/json.h"
#include "sandbox/knobs.h"

namespace kedge::sandbox {

// True where something was masked.
bool redact(Json& manifest, const Knobs& knobs);

// A request body for the audit: what is secret in the body of any API masked by "(masked)", whatever the knobs say.
Json audit_body(Json body);

// Whatever members are named like secrets, at every depth: keys, secrets, tokens, values of headers, env and
// connector configuration.
void mask_by_name(Json& document);

} // namespace kedge::sandbox
