// What must hold for any bytes that a forge may post of a pull request: a bounded hint, or words that say what is
// wrong.
#pragma once
#include "forge/event.h"
#include "tests/fuzz/checks.h"

#include <string_view>

namespace kedge::fuzz {

inline void check_event(const ForgeEvent& event) {
    const bool nothing = event.kind == ForgeEventKind::nothing;
    must(event.problem.size() <= 300);
    must(event.problem.empty() || nothing);
    if (nothing) {
        must(event.urls.empty() && event.number == 0 && event.body.empty());
        return;
    }
    must(!event.urls.empty() && event.urls.size() <= 4);
    for (const auto& url : event.urls) {
        must(!url.empty() && url.size() <= 2000);
        for (const unsigned char c : url) must(c > 0x20 && c < 0x7f);
    }
    must((event.number > 0) != (event.kind == ForgeEventKind::merge_group));
    must(event.head_commit.empty() || event.head_commit.size() == 40 || event.head_commit.size() == 64);
    must(event.body.size() <= 4096 && event.author.size() <= 300 && event.repository.size() <= 300);
    must((event.kind == ForgeEventKind::commented) == !event.comment.empty());
}

inline void check_forge_event(std::string_view body) {
    for (const auto* name : {"pull_request", "issue_comment"}) {
        check_event(read_forge_event(ForgeKind::github, name, body));
        check_event(read_forge_event(ForgeKind::gitea, name, body));
    }
    check_event(read_forge_event(ForgeKind::github, "merge_group", body));
    check_event(read_forge_event(ForgeKind::gitea, "pull_request_approved", body));
    check_event(read_forge_event(ForgeKind::gitlab, "Merge Request Hook", body));
}

} // namespace kedge::fuzz
