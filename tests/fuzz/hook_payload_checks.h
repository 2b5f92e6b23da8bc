// What must hold for any bytes that a forge may post: a bounded hint of plain texts, or words that say what is wrong.
#pragma once
#include "base/repository_key.h"
#include "serve/hook_payload.h"
#include "tests/fuzz/checks.h"

#include <string_view>

namespace kedge::fuzz {

inline void check_hook_payload(std::string_view body) {
    for (const auto kind : {WebhookKind::github, WebhookKind::gitlab, WebhookKind::gitea, WebhookKind::generic}) {
        const auto payload = read_hook_payload(kind, body);
        must(payload.problem.empty() == !payload.urls.empty());
        must(payload.problem.size() <= 300 && payload.urls.size() <= 8 && payload.ref.size() <= 500);
        for (const auto& url : payload.urls) {
            must(!url.empty() && url.size() <= 2000);
            for (const unsigned char c : url) must(c > 0x20 && c < 0x7f);
            const auto key = repository_key(url);
            must(key.size() <= url.size() + 1);
        }
    }
}

} // namespace kedge::fuzz
