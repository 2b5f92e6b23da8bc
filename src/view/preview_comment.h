// The one comment of a pull request: what merging would do, and later what came of it. Markdown for GitHub, GitLab,
// Gitea and Forgejo; text from manifests, commits and control planes cannot break out of it.
#pragma once
#include "model/preview.h"
#include "model/preview_outcome.h"

#include <cstddef>
#include <string>
#include <vector>

namespace kedge {

struct CommentFrame {
    std::string marker;         // first line as it is, hidden from readers: "<!-- kedge ... -->"; empty: none
    std::size_t limit = 65'536; // bytes, so never more characters
    std::string page{};         // where all of the plan stands; empty: nowhere
    std::string file_url{};     // of a file at the head, with {path} and {line}; empty: places are no links
    std::string remark{};       // of ours, about the whole: "An estimate, ..."
    bool takes_commands = true; // people can tell kedge something by a comment beside this one
};

std::string preview_comment(const Preview& preview, const CommentFrame& frame);
// After the merge; `preview` is what was shown before it, folded below.
std::string outcome_comment(const std::vector<PreviewOutcome>& outcomes, const Preview& preview,
                            const CommentFrame& frame);

} // namespace kedge
