// Where a preview goes: standard output, the summary of a CI job, and its annotations.
#pragma once
#include "cli/options.h"
#include "cli/terminal.h"
#include "view/json_preview.h"

namespace kedge {

// `preview`: the document that preview_json makes. Throws Failure where the summary cannot be written.
void show_preview(const Json& preview, const Options& options, Terminal& terminal);

} // namespace kedge
