// The holds that one change has for itself, with their words: why it must not run, and what ends that.
#pragma once
#include "plan/make_plan.h"

#include <optional>
#include <string>

namespace kedge {

void add_hold(Change& change, Hold hold);

// Foreign (also equal, where names are not unique), replace, duplicate, paused, unsure: what the candidate alone tells.
// The digest of `change` is set.
void hold_by_itself(const PlanInput& input, const Compared& compared, Change& change);
// Several live rows of this name, none of them ours and none named: an adoption has to say which one it takes.
bool is_ambiguous(const Candidate& candidate);
void hold_ambiguous(const Candidate& candidate, Change& change);
// Of an equal pair: a create of ours may have made another one of this name. Empty: nothing says so.
std::optional<Hold> doubled_hold(const PlanInput& input, const Candidate& pair);
// Paused and unsure, for changes without a manifest.
void hold_if_paused_or_unsure(const PlanInput& input, const Candidate& candidate, Change& change);

// What is changed though it carries the tag kedge-pause, which holds for a day only.
void warn_of_worn_tags(const PlanInput& input, const std::vector<Change>& changes, std::vector<Finding>& findings);

// `stranger`: no installation and unit are named, so there is nobody whose release could be read.
Hold sign_out_hold(const Change& change, std::optional<int> subjects, const SignOutRule& rule, bool stranger);
// Written so many times in the last day, and each time it came back.
Hold loop_hold(const Change& change, int times);
Hold depends_hold(std::string why, std::string way_out);
Hold delete_hold(const Change& change, std::string why);

} // namespace kedge
