#include "plan/compare.h"

#include "model/secret_fields.h"
#include "plan/excerpt.h"
#include "plan/field_paths.h"
#include "plan/keyed_list.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kedge {

namespace {

bool same(const Json& a, const Json& b) {
    return a == b && canonical_json(a) == canonical_json(b);
}

bool is_header_value(const std::vector<std::string>& segments) {
    const auto size = segments.size();
    return size >= 3 && segments[size - 3] == "auth_data" &&
           (segments[size - 2] == "headers" || segments[size - 2] == "env");
}

bool is_per_user(const Json& document) {
    static const Json::json_pointer level("/auth_data/auth_level");
    return document.is_object() && document.contains(level) && document.at(level) == "per_user";
}

std::vector<std::vector<std::string>> cut(const std::vector<std::string>& paths) {
    std::vector<std::vector<std::string>> all;
    for (const auto& path : paths) all.push_back(path_segments(path));
    return all;
}

// Walks both documents at once and notes what differs. A side that has nothing at a place is null.
class Walk {
public:
    Walk(const CompareRules& rules, const std::vector<std::string>& references, bool per_user)
        : auth_(cut(rules.auth)), exact_(cut(rules.exact)), references_(references.begin(), references.end()),
          per_user_(per_user) {}

    void visit(const Json* desired, const Json* live);
    Comparison finish();

private:
    void visit_secret(const Json* desired, const Json* live);
    bool visit_items(const Json* desired, const Json* live);
    void visit_members(const Json* desired, const Json* live);
    void visit_below(const std::string& label, const std::string& segment, const std::string& pointer,
                     const Json* desired, const Json* live);
    void note(DifferenceKind kind, std::string live, std::string desired);
    bool under(const std::vector<std::vector<std::string>>& rules) const;
    bool is_reference(const Json& value) const;

    std::vector<std::vector<std::string>> auth_;
    std::vector<std::vector<std::string>> exact_;
    std::set<std::string> references_;
    bool per_user_ = false;
    std::string path_;                  // as shown
    std::string pointer_;               // JSON pointer; list items by their place in `desired`, else in `live`
    std::vector<std::string> segments_; // as rules see it; `*` for list items
    Comparison result_;
};

void Walk::visit(const Json* desired, const Json* live) {
    if (is_secret_pointer(pointer_)) return visit_secret(desired, live);
    // Member by member, unless nothing but an empty container stands against nothing.
    const auto filled = [](const Json* side) { return side != nullptr && !side->empty(); };
    const auto absent_or = [](const Json* side, Json::value_t type) { return side == nullptr || side->type() == type; };
    if (filled(desired) || filled(live)) {
        if (absent_or(desired, Json::value_t::object) && absent_or(live, Json::value_t::object)) {
            return visit_members(desired, live);
        }
        const bool lists = absent_or(desired, Json::value_t::array) && absent_or(live, Json::value_t::array);
        if (lists && visit_items(desired, live)) return;
    }
    if (desired != nullptr && live != nullptr) {
        if (same(*desired, *live)) return;
        auto [shown_live, shown_desired] = excerpts(*live, *desired, pointer_);
        note(DifferenceKind::changed, std::move(shown_live), std::move(shown_desired));
    } else if (desired != nullptr) {
        note(DifferenceKind::added, "", excerpt(*desired, pointer_));
    } else {
        note(DifferenceKind::removed, excerpt(*live, pointer_), "");
    }
}

void Walk::visit_secret(const Json* desired, const Json* live) {
    const std::string hidden(hidden_secret);
    if (desired == nullptr) return note(DifferenceKind::removed, hidden, "");
    if (live == nullptr) return note(DifferenceKind::added, "", hidden);
    if (is_reference(*desired)) result_.references.push_back(path_);
    if (is_reference(*desired) || is_masked(*live) || is_unreadable(*live)) {
        return note(DifferenceKind::secret_unknown, hidden, hidden);
    }
    if (!same(*desired, *live)) note(DifferenceKind::secret_changed, hidden, hidden);
}

// Collaborators and the like, item by item. An item that only one side has is one difference, unless secrets stand in
// it.
bool Walk::visit_items(const Json* desired, const Json* live) {
    if (segments_.size() != 1) return false;
    const Json none = Json::array();
    const Json& ours = desired == nullptr ? none : *desired;
    const Json& theirs = live == nullptr ? none : *live;
    const auto our_keys = item_keys(segments_.front(), ours);
    const auto their_keys = item_keys(segments_.front(), theirs);
    if (!our_keys || !their_keys) return false;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const auto& key = (*our_keys)[i];
        const auto found = std::find(their_keys->begin(), their_keys->end(), key);
        const Json* other =
            found == their_keys->end() ? nullptr : &theirs[static_cast<std::size_t>(found - their_keys->begin())];
        visit_below("[" + key + "]", "*", pointer_ + "/" + std::to_string(i), &ours[i], other);
    }
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        const auto& key = (*their_keys)[i];
        if (std::find(our_keys->begin(), our_keys->end(), key) != our_keys->end()) continue;
        visit_below("[" + key + "]", "*", pointer_ + "/" + std::to_string(i), nullptr, &theirs[i]);
    }
    return true;
}

void Walk::visit_members(const Json* desired, const Json* live) {
    std::set<std::string> keys;
    for (const auto* side : {desired, live}) {
        if (side == nullptr) continue;
        for (const auto& [key, value] : side->items()) keys.insert(key);
    }
    const auto member = [](const Json* side, const std::string& key) -> const Json* {
        if (side == nullptr) return nullptr;
        const auto found = side->find(key);
        return found == side->end() ? nullptr : &*found;
    };
    for (const auto& key : keys) {
        visit_below(path_.empty() ? key : "." + key, key, pointer_below(pointer_, key), member(desired, key),
                    member(live, key));
    }
}

void Walk::visit_below(const std::string& label, const std::string& segment, const std::string& pointer,
                       const Json* desired, const Json* live) {
    const auto path_size = path_.size();
    auto pointer_before = std::exchange(pointer_, pointer);
    path_ += label;
    segments_.push_back(segment);
    const bool one_sided_item = segment == "*" && (desired == nullptr || live == nullptr);
    if (!one_sided_item)
        visit(desired, live);
    else if (desired != nullptr)
        note(DifferenceKind::added, "", excerpt(*desired, pointer_));
    else
        note(DifferenceKind::removed, excerpt(*live, pointer_), "");
    segments_.pop_back();
    path_.resize(path_size);
    pointer_ = std::move(pointer_before);
}

void Walk::note(DifferenceKind kind, std::string live, std::string desired) {
    result_.differences.push_back({path_, kind, std::move(live), std::move(desired)});
    if (kind == DifferenceKind::secret_unknown) {
        result_.secret_unknown = true;
        return;
    }
    const bool value_only = kind == DifferenceKind::secret_changed;
    const bool harmless = value_only && is_header_value(segments_) && !per_user_;
    result_.only_secrets = value_only && (result_.only_secrets || !result_.differs);
    result_.differs = true;
    result_.auth_change = result_.auth_change || (under(auth_) && !harmless);
    result_.exact_differs = result_.exact_differs || under(exact_);
}

// At, below or above a path of the rules.
bool Walk::under(const std::vector<std::vector<std::string>>& rules) const {
    return std::any_of(rules.begin(), rules.end(), [&](const auto& rule) {
        const auto count = static_cast<std::ptrdiff_t>(std::min(rule.size(), segments_.size()));
        return std::equal(rule.begin(), rule.begin() + count, segments_.begin(),
                          [](const auto& pattern, const auto& segment) {
                              return pattern == "*" || segment == "*" || pattern == segment;
                          });
    });
}

bool Walk::is_reference(const Json& value) const {
    if (references_.contains(pointer_)) return true;
    const auto* text = value.get_ptr<const std::string*>();
    return text != nullptr && (text->find("${env:") != std::string::npos ||
                               text->find("${file:") != std::string::npos || text->find("${k8s:") != std::string::npos);
}

Comparison Walk::finish() {
    std::sort(result_.differences.begin(), result_.differences.end(),
              [](const FieldDifference& a, const FieldDifference& b) { return a.path < b.path; });
    return std::move(result_);
}

} // namespace

Comparison compare(const Json& desired, const Json& live, const CompareRules& rules,
                   const std::vector<std::string>& references) {
    // Without the secrets sealed: only ignored paths and our own tags go, as in the digests.
    const auto strip = [&](Json document) {
        for (const auto& path : rules.ignore) erase_path(document, path);
        return without_reserved_tags(std::move(document));
    };
    Json ours = strip(desired);
    const Json theirs = strip(without_server_filled(without_kept_extras(live, desired, rules), desired, rules));
    std::vector<std::string> hidden;
    for (const auto& path : rules.hidden) {
        if (!has_path(ours, path) || has_path(theirs, path)) continue; // where it shows, it is compared
        erase_path(ours, path);
        hidden.push_back(path);
    }
    Walk walk(rules, references, is_per_user(ours) || is_per_user(theirs));
    walk.visit(&ours, &theirs);
    auto comparison = walk.finish();
    comparison.hidden = std::move(hidden);
    return comparison;
}

} // namespace kedge
