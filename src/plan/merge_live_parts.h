// The exception to "a PUT body is built only from git": what `ignore` and `keep` rules leave to others is carried over
// from live. Pure; rules may not touch secrets (the manifest reader refuses them).
#pragma once
#include "base/json.h"
#include "model/rules.h"

namespace kedge {

// `document` with every path of rules.ignore as it is in `live` (absent where it is absent there), and with the entries
// of `live` that rules.keep tolerates added. Masked values are never taken over. The reserved tags of kedge stay those
// of `document`.
Json merge_live_parts(Json document, const Json& live, const CompareRules& rules);

} // namespace kedge
