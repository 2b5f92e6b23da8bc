#include "plan/field_paths.h"

namespace kedge {

namespace {

const Json* member(const Json* object, const std::string& key) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const auto found = object->find(key);
    return found == object->end() ? nullptr : &*found;
}

} // namespace

PathStep step_into(std::string_view path, std::string_view key) {
    for (const std::string_view segment : {key, std::string_view("*")}) {
        if (path == segment) return {.here = true, .deeper = false, .rest = {}};
        const bool leads = path.size() > segment.size() && path.substr(0, segment.size()) == segment;
        if (leads && path[segment.size()] == '.') {
            return {.here = false, .deeper = true, .rest = path.substr(segment.size() + 1)};
        }
    }
    return {};
}

void erase_path(Json& document, std::string_view path) {
    if (document.is_array()) {
        const auto found = step_into(path, "*");
        if (found.here) document.clear();
        if (found.deeper) {
            for (auto& item : document) erase_path(item, found.rest);
        }
        return;
    }
    if (!document.is_object()) return;
    for (auto at = document.begin(); at != document.end();) {
        const auto found = step_into(path, at.key());
        if (found.deeper) erase_path(at.value(), found.rest);
        const bool emptied = found.deeper && at.value().is_structured() && at.value().empty();
        at = found.here || emptied ? document.erase(at) : std::next(at);
    }
}

bool has_path(const Json& document, std::string_view path) {
    if (document.is_array()) {
        const auto found = step_into(path, "*");
        if (found.here) return !document.empty();
        if (!found.deeper) return false;
        for (const auto& item : document) {
            if (has_path(item, found.rest)) return true;
        }
        return false;
    }
    if (!document.is_object()) return false;
    for (const auto& [key, value] : document.items()) {
        const auto found = step_into(path, key);
        if (found.here || (found.deeper && has_path(value, found.rest))) return true;
    }
    return false;
}

void visit_pairs(Json& live, const Json* desired, std::string_view path,
                 const std::function<void(Json& live, const Json* desired)>& visit) {
    if (!live.is_object()) return;
    for (auto& [key, value] : live.items()) {
        const auto found = step_into(path, key);
        if (found.here) visit(value, member(desired, key));
        if (found.deeper) visit_pairs(value, member(desired, key), found.rest, visit);
    }
}

bool lies_under(std::string_view path, std::string_view rule) {
    if (!path.starts_with(rule)) return false;
    return path.size() == rule.size() || path[rule.size()] == '.' || path[rule.size()] == '[';
}

std::vector<std::string> path_segments(std::string_view path) {
    std::vector<std::string> segments;
    while (true) {
        const auto end = path.find('.');
        segments.emplace_back(path.substr(0, end));
        if (end == std::string_view::npos) return segments;
        path.remove_prefix(end + 1);
    }
}

} // namespace kedge
