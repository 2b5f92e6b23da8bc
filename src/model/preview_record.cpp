#include "model/preview_record.h"

#include <algorithm>
#include <cctype>

namespace kedge {

namespace {

constexpr std::size_t most_changes = 20'000; // of one preview

} // namespace

bool is_later_comment(const std::string& id, const std::string& than) {
    return id.size() == than.size() ? id > than : id.size() > than.size();
}

bool is_same_person(const std::string& a, const std::string& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view to_text(PreviewResult result) {
    switch (result) {
    case PreviewResult::waiting:
        return "waiting";
    case PreviewResult::applied:
        return "applied";
    case PreviewResult::held:
        return "held";
    case PreviewResult::failed:
        return "failed";
    case PreviewResult::not_needed:
        return "not needed";
    }
    return "waiting";
}

bool is_approved(const PreviewRecord& record) {
    return std::any_of(record.approvers.begin(), record.approvers.end(), [&](const std::string& approver) {
        return !approver.empty() && !is_same_person(approver, record.author);
    });
}

bool is_settled(const PreviewRecord& record) {
    return std::all_of(record.units.begin(), record.units.end(), [](const PreviewedUnit& unit) {
        return std::all_of(unit.changes.begin(), unit.changes.end(), [](const PreviewedChange& change) {
            return change.result == PreviewResult::applied || change.result == PreviewResult::not_needed;
        });
    });
}

PreviewRecord record_of(const Preview& preview) {
    PreviewRecord record;
    record.repository = preview.pull.repository;
    record.number = preview.pull.number;
    record.head = preview.pull.head_commit;
    record.base_branch = preview.pull.base_branch;
    record.base_commit = preview.base_commit;
    record.tree = preview.tree;
    record.author = preview.pull.author;
    record.state = preview.pull.state;
    record.at = preview.at;
    std::size_t left = most_changes;
    for (const auto& unit : preview.units) {
        if (!unit.plan) continue;
        PreviewedUnit kept;
        kept.unit = unit.unit;
        for (const auto& change : unit.plan->changes) {
            if (change.action == Action::keep || left == 0) continue;
            --left;
            PreviewedChange one;
            one.action = change.action;
            one.name = change.name;
            one.change = change.digest;
            one.desired = change.desired;
            one.live = change.live;
            kept.changes.push_back(std::move(one));
        }
        record.units.push_back(std::move(kept));
    }
    return record;
}

} // namespace kedge
