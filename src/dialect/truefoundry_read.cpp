#include "dialect/truefoundry_parts.h"
#include "model/secret_fields.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace kedge::truefoundry {

namespace {

constexpr std::string_view sentinel = "$kedge";

// `$kedge` is our own word for a masked secret. A control plane that sends it gets one `$` more, so that it never
// passes for ours.
std::string neutral_key(const std::string& key) {
    const auto word = key.find_first_not_of('$');
    if (word == std::string::npos || word == 0 || key.compare(word, std::string::npos, "kedge") != 0) return key;
    return "$" + key;
}

void neutralise(Json& value, int level) {
    if (level > depth_limit) throw std::invalid_argument("a row nested deeper than 64 levels");
    if (value.is_array()) {
        for (auto& item : value) neutralise(item, level + 1);
    } else if (value.is_object()) {
        bool rename = false;
        for (auto& [key, member] : value.items()) {
            neutralise(member, level + 1);
            rename = rename || key.find(sentinel) != std::string::npos;
        }
        if (!rename) return;
        Json renamed = Json::object();
        for (auto& [key, member] : value.items()) renamed[neutral_key(key)] = std::move(member);
        value = std::move(renamed);
    }
}

std::string text_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string id_of(const Json& row) {
    const auto found = row.find("id");
    if (found == row.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->is_number_integer() ? found->dump() : std::string();
}

std::string name_of(const Json& row, const Json& manifest) {
    if (auto name = text_at(row, "name"); !name.empty()) return name;
    if (auto name = text_at(manifest, "name"); !name.empty()) return name;
    const auto fqn = text_at(row, "fqn");
    return fqn.substr(fqn.rfind(':') + 1);
}

bool is_mark(std::string_view& text) {
    static constexpr std::array<std::string_view, 4> marks{"*", "\u2022", "\u25cf", "\u2217"};
    for (const auto mark : marks) {
        if (!text.starts_with(mark)) continue;
        text.remove_prefix(mark.size());
        return true;
    }
    return false;
}

bool all_marks(std::string_view text) {
    while (!text.empty()) {
        if (!is_mark(text)) return false;
    }
    return true;
}

bool three_marks(std::string_view text) {
    for (int run = 0; !text.empty();) {
        run = is_mark(text) ? run + 1 : 0;
        if (run == 3) return true;
        if (run == 0) text.remove_prefix(1);
    }
    return false;
}

bool is_mask_word(std::string_view text) {
    static constexpr std::array<std::string_view, 3> pairs{"<>", "[]", "()"};
    for (const auto pair : pairs) {
        if (text.size() > 2 && text.front() == pair[0] && text.back() == pair[1])
            text = text.substr(1, text.size() - 2);
    }
    return text == "redacted" || text == "masked" || text == "hidden";
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A null is a masked member of a map (the name is there, the value is not), but an absent `client_secret`: optional
// keys come back as null.
bool is_hidden(const std::string& pointer, const Json& value) {
    if (value.is_null()) return pointer != "/auth_data/client_secret";
    return value.is_string() && looks_masked(value.get_ref<const std::string&>());
}

} // namespace

bool looks_masked(const std::string& text) {
    std::string lower(trimmed(text));
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (all_marks(lower) || three_marks(lower)) return true;
    const auto space = lower.find_last_of(" \t");
    return is_mask_word(lower) ||
           (space != std::string::npos && is_mask_word(std::string_view(lower).substr(space + 1)));
}

LiveDocument read_row(Json row) {
    if (!row.is_object()) throw std::invalid_argument("a row that is no object");
    const auto manifest = row.find("manifest");
    if (manifest == row.end() || !manifest->is_object()) throw std::invalid_argument("a row without a manifest");
    LiveDocument live;
    live.name = name_of(row, *manifest);
    if (live.name.empty()) throw std::invalid_argument("a row without a name");
    live.remote_id = id_of(row);
    live.type = text_at(*manifest, "type");
    live.version = text_at(row, "updatedAt");
    live.document = std::move(*manifest);
    live.document.erase("x-kedge");
    neutralise(live.document, 0);
    for_each_secret(live.document, [](const std::string& pointer, Json& value) {
        if (is_hidden(pointer, value)) value = masked_value();
    });
    return live;
}

} // namespace kedge::truefoundry
