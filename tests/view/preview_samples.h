// Previews as reviewers would meet them.
#pragma once
#include "model/preview.h"
#include "model/preview_outcome.h"
#include "view/preview_comment.h"

namespace kedge {

CommentFrame github_frame();
Preview rich_preview();    // two units: every risk, holds, errors
Preview held_preview();    // right manifests, something waits for a person
Preview ready_preview();   // one create, one harmless update
Preview quiet_preview();   // nothing to do
Preview moved_preview();   // a manifest moves between files
Preview away_preview();    // one unit's control plane does not answer
Preview hostile_preview(); // every text tries to break out
std::vector<PreviewOutcome> rich_outcomes();

} // namespace kedge
