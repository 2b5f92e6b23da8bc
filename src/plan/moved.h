// What a live registration was when we last knew it: for people who ask why a change is planned.
#pragma once
#include "base/json.h"
#include "model/change.h"
#include "plan/make_plan.h"

namespace kedge {

// Both as comparable() gives them. The result's `desired` side is what was known, its `live` side what is live now.
Comparison moved_since(Json known, Json live, const CompareRules& rules);

// Could it be told that live did not move, though its digest did? Other rules apply than when it was taken.
bool stayed_the_same(const Compared& compared);

// Tells each difference what its field was before live moved, and the cause between which lists that was.
void note_move(const PlanInput& input, const Compared& compared, Change& change);

} // namespace kedge
