// What always stands in a preview's comment: verdict and risks, what each unit would do, what to do next, and of which
// commits this was said when. For the comments of pull requests only.
#pragma once
#include "model/preview.h"
#include "view/preview_comment.h"
#include "view/preview_details.h"

#include <string>

namespace kedge {

PlaceLink place_link(const CommentFrame& frame);
// "✅", "⚠️", "❌", "⏳".
std::string verdict_mark(const Preview& preview);
// "merging `9f8e7d6` into main at `1a2b3c4`".
std::string merge_words(const Preview& preview);
// At most ten lines with the marker above them.
std::string headline_and_risks(const Preview& preview, const CommentFrame& frame);
std::string unit_lines(const Preview& preview);
std::string next_steps(const Preview& preview, const CommentFrame& frame);
std::string foot_of(const Preview& preview, const CommentFrame& frame);

} // namespace kedge
