// The page of one preview for people: the same plan as in the comment, the text and the JSON, all of it, with nothing
// that a browser would have to fetch or run.
#pragma once
#include "model/preview.h"

#include <string>

namespace kedge {

struct PreviewPageFrame {
    std::string document; // where the same stands as JSON, an address or a path; empty: nowhere
    std::string version;  // of this kedge; empty: not said
};

std::string html_preview(const Preview& preview, const PreviewPageFrame& frame);
// Why there is no page, to somebody who followed a link. `title`, `detail`: plain text.
std::string html_problem(int status, const std::string& title, const std::string& detail);

} // namespace kedge
