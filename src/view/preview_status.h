// A preview as one status of a commit, with remarks at the lines that have to be mended.
#pragma once
#include "model/preview.h"
#include "model/pull_conversation.h"

#include <cstddef>

namespace kedge {

struct StatusLimits {
    std::size_t description = 140; // bytes
    std::size_t annotations = 50;
};

// Pending, success or failure, and line and annotations; the rest is the caller's.
CommitStatus preview_status(const Preview& preview, const StatusLimits& limits);

} // namespace kedge
