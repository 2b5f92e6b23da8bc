// Who said yes to what is released: for the history, nothing is decided from it.
#include "base/failure.h"
#include "reconcile/looking.h"

namespace kedge {

Task<void> Looking::note_releasers() {
    std::map<std::string, std::vector<Change*>> released; // by the hash of the entry
    for (auto& change : look_.planned.plan.changes) {
        if (!change.release_entry.empty()) released[change.release_entry].push_back(&change);
    }
    if (released.empty()) co_return;
    for (const auto* given : {&unit_.settings_.releases, &unit_.releases_}) {
        for (const auto& release : *given) {
            const auto found = released.find(release.entry().hex());
            if (found == released.end()) continue;
            for (auto* change : found->second) change->released_by = {release.by, release.because};
        }
    }
    std::string path;
    std::map<int, std::vector<Change*>> by_line;
    for (const auto& release : unit_.desired_.releases()) {
        const auto found = released.find(release.entry().hex());
        if (found == released.end()) continue;
        path = release.place.file;
        for (auto* change : found->second) {
            change->released_by.because = release.because;
            by_line[release.place.line].push_back(change);
        }
    }
    const auto& snapshot = unit_.desired_.snapshot();
    // Of a unit that is rolled back the releases are newer than the commit that it reads.
    if (by_line.empty() || !snapshot.revision.tip.empty()) co_return;
    std::vector<int> lines;
    for (const auto& [line, changes] : by_line) lines.push_back(line);
    try {
        const auto authors = co_await unit_.parts_.source.blame(snapshot, std::move(path), std::move(lines));
        for (const auto& [line, commit] : authors) {
            for (auto* change : by_line[line]) change->released_by.who = commit.author;
        }
    } catch (const Failure&) { // NOLINT(bugprone-empty-catch): the release is good without a name beside it
    }
}

} // namespace kedge
