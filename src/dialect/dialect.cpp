#include "dialect/dialect.h"

#include "model/marker.h"

namespace kedge {

Json with_marker(Json document, const std::string& marker) {
    if (!document.is_object()) return document;
    const std::string key(marker_tag);
    auto& tags = document["tags"];
    if (tags.is_null()) tags = Json::object();
    if (tags.is_object()) {
        tags[key] = marker;
    } else if (tags.is_array()) {
        const auto prefix = key + ":";
        Json kept = Json::array();
        for (auto& tag : tags) { // an older marker of ours makes room
            const bool old = tag.is_string() && tag.get_ref<const std::string&>().starts_with(prefix);
            if (!old) kept.push_back(std::move(tag));
        }
        kept.push_back(prefix + marker);
        tags = std::move(kept);
    }
    return document;
}

} // namespace kedge
