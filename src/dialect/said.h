// Reads what was said so far, exchange by exchange. Where it ends, the next request of the operation is due: an
// operation of several requests then reads as one course of events.
#pragma once
#include "dialect/dialect.h"

#include <cstddef>

namespace kedge {

class Said {
public:
    explicit Said(const Transcript& transcript) : transcript_(transcript) {}

    // Null where nothing more was said.
    const Exchange* next() { return at_ < transcript_.size() ? &transcript_[at_++] : nullptr; }

private:
    const Transcript& transcript_;
    std::size_t at_ = 0;
};

} // namespace kedge
