// The part of the builder that copies: anchors, aliases and merge keys, within their budgets.
#include "manifest/yaml_builder.h"

#include <algorithm>

namespace kedge {

namespace {

bool is_object(const Json& value) {
    return value.is_object();
}

} // namespace

void YamlBuilder::forget_ambiguous(std::size_t from) {
    document_.ambiguous.erase(document_.ambiguous.begin() + static_cast<std::ptrdiff_t>(from),
                              document_.ambiguous.end());
}

std::vector<AmbiguousScalar> YamlBuilder::ambiguous_below(std::size_t from, std::size_t prefix) const {
    std::vector<AmbiguousScalar> found(document_.ambiguous.begin() +
                                           static_cast<std::ptrdiff_t>(std::min(from, document_.ambiguous.size())),
                                       document_.ambiguous.end());
    for (auto& scalar : found) scalar.pointer.erase(0, std::min(prefix, scalar.pointer.size()));
    return found;
}

bool YamlBuilder::keep_anchor(std::string_view name, Anchor anchor, const Place& place) {
    stored_nodes_ += anchor.nodes;
    copied_bytes_ += anchor.bytes;
    anchors_[std::string(name)] = std::move(anchor);
    return count(0, 0, place);
}

bool YamlBuilder::alias(std::string_view name, const Place& place) {
    const bool is_value = begin_value(place);
    const auto found = anchors_.find(std::string(name));
    const std::string shown(name.substr(0, 80)); // letters, digits, - and _: libyaml takes nothing else
    std::string problem;
    if (found == anchors_.end())
        problem = "alias \"*" + shown + "\" without an anchor before it";
    else if (found->second.open)
        problem = "alias \"*" + shown + "\" inside its own anchor";
    if (!problem.empty()) {
        document_.unsound = true;
        document_.undefined_alias = document_.undefined_alias || found == anchors_.end();
        if (!add(place, std::move(problem), "write the value itself, or put the text in quotes")) return false;
        bad_alias_ = true;
        put(nullptr, 0);
        bad_alias_ = false;
        return !stopped_;
    }
    const Anchor& anchor = found->second;
    copied_bytes_ += anchor.bytes;
    if (!count(anchor.nodes, anchor.bytes, place)) return false;
    if (static_cast<int>(frames_.size()) + anchor.height > limits_.most_depth) {
        return stop(place, "nested deeper than " + std::to_string(limits_.most_depth) + " levels, aliases expanded",
                    "");
    }
    for (const auto& scalar : anchor.ambiguous) {
        if (!is_value) break;
        note_ambiguous({pointer_ + scalar.pointer, scalar.text, scalar.yaml11, place, scalar.is_key});
        if (stopped_) return false;
    }
    put(anchor.value, anchor.height);
    return !stopped_;
}

// `<<: *base` or `<<: [*one, *two]`: kept until the mapping ends, because its own keys win.
void YamlBuilder::take_merge(Frame& frame, Json value) {
    auto ambiguous = ambiguous_below(frame.value_ambiguous, frame.pointer_size + std::string_view("/<<").size());
    forget_ambiguous(frame.value_ambiguous);
    if (value.is_object()) {
        frame.merges.push_back({std::move(value), std::move(ambiguous)});
        return;
    }
    if (!value.is_array() || !std::all_of(value.begin(), value.end(), is_object)) {
        if (!bad_alias_) {
            add(frame.merge_place, "merge key \"<<\" takes a map or a list of maps",
                "put << in quotes where it is meant as text");
        }
        return;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        Merge merge{std::move(value[i]), {}};
        const std::string prefix = "/" + std::to_string(i) + "/";
        for (const auto& scalar : ambiguous) {
            if (!scalar.pointer.starts_with(prefix)) continue;
            merge.ambiguous.push_back(scalar);
            merge.ambiguous.back().pointer.erase(0, prefix.size() - 1);
        }
        frame.merges.push_back(std::move(merge));
    }
}

void YamlBuilder::apply_merges(Frame& frame) {
    pointer_.resize(frame.pointer_size);
    auto merge_pointer = pointer_ + "/<<";
    Place place;
    if (const auto at = document_.places.find(merge_pointer); at != document_.places.end()) {
        place = at->second;
        document_.places.erase(at);
    }
    for (auto& merge : frame.merges) {
        for (auto& [key, value] : merge.value.items()) {
            if (frame.value.contains(key)) continue;
            pointer_.resize(frame.pointer_size);
            std::string below;
            append_segment(below, key);
            pointer_ += below;
            if (place.line > 0) note_place(place);
            for (auto& scalar : merge.ambiguous) {
                const bool here = scalar.pointer == below || scalar.pointer.starts_with(below + "/");
                if (here)
                    note_ambiguous({pointer_.substr(0, frame.pointer_size) + scalar.pointer, scalar.text, scalar.yaml11,
                                    scalar.place, scalar.is_key});
            }
            frame.value.emplace(key, std::move(value));
        }
    }
    pointer_.resize(frame.pointer_size);
}

} // namespace kedge
