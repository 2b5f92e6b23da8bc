#include "plan/release.h"

#include <algorithm>

namespace kedge {

namespace {

std::string in_quotes(const std::string& text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Finding wrong_name(const Release& release, const Change& change) {
    Finding finding;
    finding.severity = Severity::warning;
    finding.place = release.place;
    finding.message = "release " + release.digest.short_hex() + " names " + in_quotes(release.name) +
                      ", but the change is one of " + in_quotes(change.name) + ": it releases nothing";
    finding.hint = "write " + release_line(change);
    finding.name = change.name;
    return finding;
}

} // namespace

void apply_releases(const PlanInput& input, std::vector<Change>& changes, std::vector<Finding>& findings) {
    if (input.releases.empty()) return;
    std::map<Digest, Change*> by_digest;
    for (auto& change : changes) by_digest.emplace(change.digest, &change);
    for (const auto& release : input.releases) {
        const auto found = by_digest.find(release.digest);
        if (found == by_digest.end() || found->second->released) continue;
        auto& change = *found->second;
        const auto entry = release.entry().hex();
        if (input.ledger.spent.contains(entry) || (input.ledger.is_new && release.from_git)) continue;
        const bool names_it = release.name == change.name || (release.name.empty() && !release.from_git);
        if (!names_it) {
            findings.push_back(wrong_name(release, change));
            continue;
        }
        change.released = true;
        change.at_most = release.at_most;
        change.release_entry = entry;
        std::erase_if(change.holds, [](const Hold& hold) { return is_releasable(hold.reason); });
    }
}

std::string release_line(const Change& change, std::optional<int> subjects) {
    std::string line =
        "- {digest: \"" + change.digest.hex() + "\", name: " + in_quotes(change.name) + ", because: \"WHY\"";
    if (subjects) line += ", at_most: " + std::to_string(*subjects);
    return line + "}";
}

} // namespace kedge
