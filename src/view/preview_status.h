// A preview as one status of a commit, with remarks at the lines that have to be mended.
#pragma once
#include "model/preview.h"
#include "model/preview_status.h"

#include <cstddef>

namespace kedge {

struct StatusLimits {
    std::size_t description = 140; // bytes
    std::size_t annotations = 50;
};

PreviewStatus preview_status(const Preview& preview, const StatusLimits& limits);

} // namespace kedge
