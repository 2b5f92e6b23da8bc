// What a reviewer has to look at before anything else, and what to do next: as values, for each view to write in its
// own medium.
#pragma once
#include "model/preview.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

enum class RiskKind { refused, deletes, replaces, sign_outs, auth, urls, limit, held };

// A limit that one unit exceeds.
struct OverLimit {
    std::string unit;
    std::string words; // "deletes: 15 planned, 12 allowed now"

    bool operator==(const OverLimit&) const = default;
};

struct PreviewRisk {
    RiskKind kind = RiskKind::held;
    std::string what;                   // "Deletes", "Signs out at least 41 people"
    std::vector<const Change*> changes; // of the preview, which outlives this
    std::vector<OverLimit> over;        // of a limit, in place of changes
};

// The worst first; what is left alone is no risk.
std::vector<PreviewRisk> risks_of(const Preview& preview);

// What a person has to say to let the held changes go, each once, as people write digests.
std::vector<std::string> release_digests(const Preview& preview);

// One sentence or two, plain; `code` shows a branch. Empty: nothing is to be done, or a release (release_digests).
std::string next_words(const Preview& preview, const std::function<std::string(std::string_view)>& code);

// How a hold ends, cut in two: words, and the entry for the file of releases that they ask for; empty: there is none.
struct WayOut {
    std::string words;
    std::string entry;
};
WayOut split_way_out(const std::string& way);

} // namespace kedge
