#include "dialect/gravity_rail_parts.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace kedge::gravity_rail {

namespace {

std::string id_of(const Json& row) {
    const auto found = row.find("id");
    if (found == row.end()) return {};
    const auto text = found->is_number_integer() ? found->dump() : text_at(row, "id");
    return usable_number(text) ? text : std::string();
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

std::string base_of(const GravityRailOptions& options) {
    auto base = options.base_url;
    while (base.ends_with('/')) base.pop_back();
    return base;
}

// Two axes: whether it is set up, and whether it is on. The first is nobody's to declare.
Condition condition_of(const GravityRailOptions& options, const Json& row, const std::string& id) {
    Condition condition;
    const auto state = upper(text_at(row, "state"));
    if (state.empty() || state == "READY") return condition;
    if (state == "AUTHORIZE" || state == "AUTH") {
        condition.needs_person = true;
        condition.text = "waits for a person to authorize it";
        if (!id.empty())
            condition.url = base_of(options) + request_of(options, "GET", "/" + id + "/oauth/authorize").target;
    } else if (state == "REGISTER") {
        condition.text = "is not set up yet (REGISTER)";
    } else {
        condition.text = "is in a state that kedge does not know: \"" + words(state, 60) + "\"";
    }
    return condition;
}

} // namespace

bool usable_number(std::string_view remote_id) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    return !remote_id.empty() && remote_id.size() <= 20 && std::all_of(remote_id.begin(), remote_id.end(), digit);
}

std::optional<bool> enabled_in(const Json& document) {
    static const Json::json_pointer at("/x-kedge/gravity_rail/enabled");
    if (!document.is_object() || !document.contains(at) || !document[at].is_boolean()) return std::nullopt;
    return document[at].get<bool>();
}

LiveDocument read_server(const GravityRailOptions& options, const Json& row) {
    if (!row.is_object()) throw std::invalid_argument("a row that is no object");
    LiveDocument live;
    live.name = text_at(row, "name");
    if (live.name.empty()) throw std::invalid_argument("a row without a name");
    live.remote_id = id_of(row);
    live.type = "mcp-server/remote";
    live.version = text_at(row, "updatedAt");
    live.document = {{"type", live.type}, {"name", live.name}};
    if (auto url = text_at(row, "url"); !url.empty()) live.document["url"] = std::move(url);
    const auto enabled = row.find("enabled");
    if (enabled != row.end() && enabled->is_boolean()) live.document["x-kedge"]["gravity_rail"]["enabled"] = *enabled;
    live.condition = condition_of(options, row, live.remote_id);
    return live;
}

Json canonical_manifest(const Json& document) {
    if (!document.is_object()) return document;
    Json kept = Json::object();
    for (const char* key : {"type", "name", "url"}) {
        const auto found = document.find(key);
        if (found != document.end() && !found->is_null()) kept[key] = *found;
    }
    if (const auto enabled = enabled_in(document)) kept["x-kedge"]["gravity_rail"]["enabled"] = *enabled;
    return kept;
}

} // namespace kedge::gravity_rail
