#include "plan/moved.h"

#include "model/secret_fields.h"
#include "plan/excerpt.h"

#include <algorithm>

namespace kedge {

Comparison moved_since(Json known, Json live, const CompareRules& rules) {
    // Sealed and masked values are only told apart, so a mask that stayed a mask is no difference.
    const auto as_text = [](const std::string&, Json& value) { value = canonical_json(value); };
    for_each_secret(known, as_text);
    for_each_secret(live, as_text);
    return compare(known, live, rules, {});
}

bool stayed_the_same(const Compared& compared) {
    return compared.moved && !compared.moved->differs;
}

void note_move(const PlanInput& input, const Compared& compared, Change& change) {
    if (change.cause.kind != CauseKind::live_moved && change.cause.kind != CauseKind::both_moved) return;
    if (const auto move = input.ledger.moved.find(change.name); move != input.ledger.moved.end()) {
        change.cause.moved_after = move->second.after;
        change.cause.moved_seen = move->second.seen;
    }
    if (!compared.moved) return;
    const auto& fields = compared.moved->differences;
    for (auto& difference : change.differences) {
        const auto field = std::lower_bound(fields.begin(), fields.end(), difference.path,
                                            [](const auto& f, const auto& path) { return f.path < path; });
        if (field == fields.end() || field->path != difference.path) continue;
        const bool secret = field->kind == DifferenceKind::secret_changed;
        difference.known = secret ? std::string(hidden_secret) : field->desired;
    }
}

} // namespace kedge
