// What a forge posts about a pull request, read as a hint: which repository, which number, and what to look at. It is
// trusted for nothing else: heads, people and rights are asked from the forge. Foreign bytes: everything is bounded,
// nothing throws, and what does not fit is said in words.
#pragma once
#include "forge/forge.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

enum class ForgeEventKind {
    nothing, // no matter of previews
    opened,  // also reopened
    moved,   // its head, its base or its draft state
    closed,
    merged,
    reviewed,    // approved, or an approval taken back
    commented,   // a comment was written; an edited one is none: others than its author may edit it
    merge_group, // a merge queue wants to know about a commit
};
std::string_view to_text(ForgeEventKind kind);

struct ForgeEvent {
    ForgeEventKind kind = ForgeEventKind::nothing;
    std::vector<std::string> urls; // of the repository, in all spellings that the forge gives
    std::string repository;        // "acme/mcp"
    int number = 0;                // of the pull request; 0: merge_group
    std::string head_commit;       // where it is told
    std::string base_branch;       // merge_group: what the queue merges into
    std::string head_ref;          // merge_group: where the commit can be fetched, "refs/heads/gh-readonly-queue/..."
    std::string comment;           // commented: its id
    std::string author;            //            who wrote it
    std::string body;              //            at most 4 KiB, in whole lines
    std::string problem;           // why it cannot be read; kind is `nothing` then

    bool operator==(const ForgeEvent&) const = default;
};

// `event`: as the header names it (X-GitHub-Event, X-Gitea-Event, X-Gitlab-Event).
ForgeEvent read_forge_event(ForgeKind kind, std::string_view event, std::string_view body);

} // namespace kedge
