// What a preview comes to, in plain words: its verdict, its counts, its risks. Text of foreign origin is visible(),
// never more; each view guards it for its own medium.
#pragma once
#include "model/preview.h"
#include "model/pull_conversation.h"

#include <string>
#include <vector>

namespace kedge {

// The first that fits.
enum class PreviewVerdict {
    conflict,  // it does not merge
    failed,    // nothing could be planned, and waiting does not help
    errors,    // manifests that are not used as they are
    forbidden, // manifests say what `may` does not allow
    refused,   // the control plane would not take a change
    away,      // not known yet
    held,      // something waits for a person
    risky,     // deletes, replacements, auth, URLs, people signed out
    ready,
    nothing,
    unconcerned, // no unit follows that branch
};

PreviewVerdict verdict_of(const Preview& preview);
StatusState state_of(PreviewVerdict verdict);
// "Needs a person: 2 changes are held".
std::string verdict_words(const Preview& preview);

// Changes that are shown, of all units.
std::vector<const Change*> shown_changes(const Preview& preview);
// "3 to create, 1 held", of one plan or of all of them together.
std::string planned_in(const Preview& preview);
// "3 of 120 registrations" that there are are touched; empty: none is.
std::string share_words(const std::vector<const Change*>& changes, int owned);
std::string share_words(const Preview& preview);
int moved_files(const Preview& preview);

bool changes_url(const Change& change);
bool signs_out(const Change& change);
// At least so many different people, for the same ones may use all of these; 0: their number is not known.
int people_signed_out(const std::vector<const Change*>& changes);
// "checked by the control plane".
std::string checked_words(const UnitPreview& unit);
// The digest that a release of this hold names, as people write it; empty: no release ends it.
std::string release_digest(const Hold& hold, const Change& change);

// Path in the repository of something in a unit's folder.
std::string path_in_repository(const std::string& folder, const std::string& file);

} // namespace kedge
