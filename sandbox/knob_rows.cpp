#include "sandbox/knob_rows.h"

namespace kedge::sandbox {

std::string knob_problem(std::string_view name, const std::string& cause) {
    return "knob \"" + std::string(name) + "\": " + cause;
}

std::string choices_text(const std::vector<std::string_view>& choices, std::string_view between) {
    std::string text;
    for (const auto choice : choices) {
        if (!text.empty()) text += between;
        text += choice;
    }
    return text;
}

std::optional<std::string> knob_value_text(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean() || value.is_number_integer()) return value.dump();
    return std::nullopt;
}

} // namespace kedge::sandbox
