// What was shown of pull requests before they were merged: the value that decides whether a change was reviewed.
#pragma once
#include "base/digest.h"

#include <memory>
#include <string>
#include <vector>

namespace kedge {

// What a unit wants of a change that git brings before it is carried out: nothing, that its digest was previewed in a
// pull request that is merged by now, or that somebody other than the author approved the commit which was previewed.
enum class RequirePreview { none, digest, approved };

struct ReviewedChange {
    std::string name;
    Digest change;
    Digest desired;   // empty for a delete
    Digest live;      // empty for a create
    std::string pull; // "acme/tools#12", for people
    std::string head; // commit that was previewed
    bool approved = false;

    bool operator==(const ReviewedChange&) const = default;
};

// Of one unit, those merged last first. Null: nothing was previewed.
using ReviewedChanges = std::shared_ptr<const std::vector<ReviewedChange>>;

} // namespace kedge
