#include "view/folds.h"

#include "base/json.h"
#include "view/phrases.h"
#include "view/safe_text.h"

#include <algorithm>

namespace kedge {

namespace {

// A hold whose release names the change itself has to be shown with that change.
bool is_shared(const Hold& hold, const Change& change) {
    return !hold.group.empty() || way_out(hold, change).find(change.digest.short_hex()) == std::string::npos;
}

} // namespace

std::string fold_key(const Change& change) {
    if (change.action != Action::rotate || change.cause.kind != CauseKind::secret_rotated) return {};
    if (change.check.kind == CheckKind::refused || change.cause.secrets.empty()) return {};
    Json key = {change.cause.secrets, change.left_alone};
    for (const auto& hold : change.holds) {
        if (!is_shared(hold, change)) return {};
        key.push_back({to_text(hold.reason), hold.text, hold.way_out, hold.subjects.value_or(-1),
                       hold.until.value_or(0), hold.group.hex()});
    }
    return key.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string fold_key(const Outcome& outcome) {
    auto key = fold_key(outcome.change);
    if (key.empty() || outcome.forced) return {};
    key += to_text(outcome.result);
    return key + outcome.text;
}

std::vector<std::string> names_of(const std::vector<const Change*>& changes) {
    std::vector<std::string> names;
    for (const auto* change : changes) names.push_back(change->name);
    return names;
}

std::vector<std::string> names_of(const std::vector<const Outcome*>& outcomes) {
    std::vector<std::string> names;
    for (const auto* outcome : outcomes) names.push_back(outcome->change.name);
    return names;
}

std::string others(std::size_t size) {
    return "and " + counted(static_cast<std::int64_t>(size) - 1, "other", "others");
}

std::string new_value_words(const Change& change) {
    std::vector<std::string> references;
    for (const auto& secret : change.cause.secrets) references.push_back("${" + visible(secret) + "}");
    return "the new value of " + joined(references);
}

} // namespace kedge
