// Notices as the bodies of requests: JSON for programs, and the format of Slack, which others read as well. Bounded in
// size; text of foreign origin starts no mention and no link there.
#pragma once
#include "notify/notice.h"

#include <string>

namespace kedge {

// For programs, `format_version` 1. `delivery`: the same in every attempt, so that a receiver can drop repeats.
std::string webhook_body(const Notice& notice, const std::string& delivery);

// Slack's incoming webhooks: `text` says it all (Mattermost and others read nothing else), `blocks` the same in parts.
std::string slack_body(const Notice& notice);

// Foreign text in a chat: on one line, at most so wide, without mentions (@channel, <!here>), links and code marks.
std::string chat_text(const std::string& foreign, int width);

} // namespace kedge
