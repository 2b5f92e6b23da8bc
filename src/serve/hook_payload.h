// What a forge posts, read as a hint: which repository moved, and which ref. Nothing else of it is looked at. Foreign
// bytes: everything is bounded, and what does not fit is said in words.
#pragma once
#include "serve/serve_settings.h"

#include <string>
#include <string_view>
#include <vector>

namespace kedge {

struct HookPayload {
    std::vector<std::string> urls; // of the repository, in all spellings that the forge gives; empty: see `problem`
    std::string ref;               // "refs/heads/main"; empty: not said
    std::string problem;
};
HookPayload read_hook_payload(WebhookKind kind, std::string_view body);

} // namespace kedge
