// Switches of a control plane: a struct of bools, numbers and texts, and a table that names each field. What is common
// to all such tables: setting by text or JSON, all or none, and saying what is set.
#pragma once
#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kedge::sandbox {

template<class K>
struct KnobRowOf {
    std::string_view name;
    std::variant<bool K::*, int K::*, std::string K::*> field;
    std::vector<std::string_view> choices; // empty: any value of its kind
    std::string_view meaning;
};

// A knob as --list shows it.
struct KnobText {
    std::string name;
    std::string value;
    std::string choices;
    std::string meaning;
};

std::string knob_problem(std::string_view name, const std::string& cause);
std::string choices_text(const std::vector<std::string_view>& choices, std::string_view between);

template<class K>
std::optional<std::string> set_field(K& knobs, const std::vector<KnobRowOf<K>>& rows, std::string_view name,
                                     std::string_view value) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.name == name; });
    if (row == rows.end()) return knob_problem(name, "unknown; kedge-sandbox --list names them");
    if (!row->choices.empty() && std::find(row->choices.begin(), row->choices.end(), value) == row->choices.end()) {
        return knob_problem(name, "one of " + choices_text(row->choices, ", ") + " is wanted");
    }
    if (const auto* flag = std::get_if<bool K::*>(&row->field)) {
        if (value != "true" && value != "false") return knob_problem(name, "true or false is wanted");
        knobs.** flag = value == "true";
    } else if (const auto* number = std::get_if<int K::*>(&row->field)) {
        int parsed = 0;
        const auto end = std::from_chars(value.data(), value.data() + value.size(), parsed);
        if (end.ec != std::errc() || end.ptr != value.data() + value.size() || parsed < 0) {
            return knob_problem(name, "a number is wanted");
        }
        knobs.** number = parsed;
    } else {
        knobs.*std::get<std::string K::*>(row->field) = std::string(value);
    }
    return std::nullopt;
}

// The text of a JSON value (true, 7, "text") that may be a knob's.
std::optional<std::string> knob_value_text(const Json& value);

template<class K>
std::optional<std::string> set_fields(K& knobs, const std::vector<KnobRowOf<K>>& rows, const Json& values) {
    K changed = knobs;
    for (const auto& [name, value] : values.items()) {
        const auto text = knob_value_text(value);
        if (!text) return knob_problem(name, "true, false, a number or a text is wanted");
        if (auto problem = set_field(changed, rows, name, *text)) return problem;
    }
    knobs = std::move(changed);
    return std::nullopt;
}

template<class K>
std::string field_text(const K& knobs, const KnobRowOf<K>& row) {
    if (const auto* flag = std::get_if<bool K::*>(&row.field)) return knobs.**flag ? "true" : "false";
    if (const auto* number = std::get_if<int K::*>(&row.field)) return std::to_string(knobs.**number);
    return knobs.*std::get<std::string K::*>(row.field);
}

template<class K>
Json fields_json(const K& knobs, const std::vector<KnobRowOf<K>>& rows) {
    Json all = Json::object();
    for (const auto& row : rows) {
        std::visit([&](auto field) { all[std::string(row.name)] = knobs.*field; }, row.field);
    }
    return all;
}

template<class K>
std::vector<KnobText> knob_texts(const std::vector<KnobRowOf<K>>& rows) {
    std::vector<KnobText> texts;
    for (const auto& row : rows) {
        texts.push_back(
            {std::string(row.name), field_text(K(), row), choices_text(row.choices, " | "), std::string(row.meaning)});
    }
    return texts;
}

} // namespace kedge::sandbox
