// What is kept of a preview: the changes that were shown for one head of a pull request, who approved it, and what
// became of each change after it was merged.
#pragma once
#include "model/change.h"
#include "model/preview.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

enum class PreviewResult : std::uint8_t {
    waiting,    // not merged, or no pass has seen it yet
    applied,    // written as it was previewed
    held,       // planned, and waits for a person or for time
    failed,     // the last try did not go through; the next pass tries again
    not_needed, // there is nothing to do any more: live is so already, or git has moved on
};
std::string_view to_text(PreviewResult result); // "waiting", ..., "not needed"

struct PreviewedChange {
    Action action = Action::update;
    std::string name;
    Digest change;
    Digest desired;        // empty for a delete
    Digest live;           // empty for a create
    bool approved = false; // it stood there when somebody other than the author approved this head
    PreviewResult result = PreviewResult::waiting;
    std::string text{}; // why it is held or has failed
    UnixSeconds at = 0; // when the result came

    bool operator==(const PreviewedChange&) const = default;
};

struct PreviewedUnit {
    std::string unit;
    std::vector<PreviewedChange> changes;

    bool operator==(const PreviewedUnit&) const = default;
};

// A yes that somebody gave in a comment before the merge: it counts once this very head is merged.
struct PreviewRelease {
    std::string unit;
    std::string name;   // of the change, or of the group
    std::string digest; // hex
    std::string because;
    std::string by;

    bool operator==(const PreviewRelease&) const = default;
};

struct PreviewRecord {
    std::string repository;
    int number = 0;
    std::string head; // commit
    std::string base_branch;
    std::string base_commit;
    std::string tree;
    std::string author;
    PullState state = PullState::open;
    UnixSeconds at = 0;                 // of the preview
    UnixSeconds ended = 0;              // when it was merged or closed, as kedge heard of it
    std::vector<std::string> approvers; // of this very head
    std::string comment_id;             // that shows it
    std::vector<PreviewedUnit> units;
    std::vector<PreviewRelease> releases{};
    UnixSeconds since = 0; // when this pull request was shown first, whatever its head was; 0: with this row
    std::string heard{};   // id of the last comment whose commands were obeyed, or passed over; empty: none yet

    bool operator==(const PreviewRecord&) const = default;
};

// Whether a comment came later than another one: forges count them up.
bool is_later_comment(const std::string& id, const std::string& than);
// Forges tell names apart without regard to case.
bool is_same_person(const std::string& a, const std::string& b);
// Somebody other than the author approved this head.
bool is_approved(const PreviewRecord& record);
// Nothing of it waits for a pass any more.
bool is_settled(const PreviewRecord& record);

// What is to be kept of a preview. Plans beyond `most_changes` in all are cut: what is cut was not previewed.
PreviewRecord record_of(const Preview& preview);

} // namespace kedge
