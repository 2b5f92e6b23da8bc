#include "sandbox/fields.h"

#include <algorithm>

namespace kedge::sandbox {

namespace {

using Kind = FieldRule::Kind;

bool text_map(const Json& value) {
    return value.is_object() && std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_string(); });
}

std::string kind_problem(const FieldRule& rule, const Json& value) {
    switch (rule.kind) {
    case Kind::text:
        return value.is_string() ? "" : "a text is wanted";
    case Kind::filled_text:
        if (!value.is_string()) return "a text is wanted";
        return value.get_ref<const std::string&>().empty() ? "must not be empty" : "";
    case Kind::integer:
        return value.is_number_integer() ? "" : "a whole number is wanted";
    case Kind::flag:
        return value.is_boolean() ? "" : "true or false is wanted";
    case Kind::object:
        return value.is_object() ? "" : "an object is wanted";
    case Kind::text_map:
        return text_map(value) ? "" : "an object of texts is wanted";
    case Kind::list:
        return value.is_array() ? "" : "a list is wanted";
    }
    return "";
}

bool like(std::string_view pattern, std::string_view text) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == text;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    pattern.remove_prefix(star + 1);
    for (auto rest = text.substr(star);; rest.remove_prefix(1)) {
        if (like(pattern, rest)) return true;
        if (rest.empty()) return false;
    }
}

} // namespace

std::vector<FieldProblem> check_fields(const Json& body, const std::vector<FieldRule>& rules, bool partial,
                                       UnknownKeys unknown) {
    std::vector<FieldProblem> problems;
    for (const auto& rule : rules) {
        const auto found = body.find(rule.name);
        const std::string name(rule.name);
        if (found == body.end()) {
            if (rule.required && !partial) problems.push_back({name, "required"});
            continue;
        }
        if (found->is_null() && rule.nullable) continue;
        std::string problem = found->is_null() ? "must not be null" : kind_problem(rule, *found);
        const bool choice = problem.empty() && !rule.choices.empty() &&
                            std::find(rule.choices.begin(), rule.choices.end(),
                                      std::string_view(found->get_ref<const std::string&>())) == rule.choices.end();
        if (choice) problem = "unknown value";
        if (!problem.empty()) problems.push_back({name, problem, choice ? rule.choices : decltype(rule.choices){}});
    }
    if (unknown == UnknownKeys::ignored) return problems;
    for (const auto& [key, value] : body.items()) {
        if (!rule_of(rules, key)) problems.push_back({key, "unknown field"});
    }
    return problems;
}

std::string problems_text(const std::vector<FieldProblem>& problems) {
    std::string text;
    for (const auto& problem : problems) {
        text += (text.empty() ? "" : "; ") + problem.field + ": " + problem.message;
        std::string choices;
        for (const auto choice : problem.choices) choices += (choices.empty() ? "" : ", ") + std::string(choice);
        if (!choices.empty()) text += " (one of " + choices + ")";
    }
    return text;
}

const FieldRule* rule_of(const std::vector<FieldRule>& rules, std::string_view name) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const FieldRule& r) { return r.name == name; });
    return found == rules.end() ? nullptr : &*found;
}

std::vector<std::string> comma_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        auto word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        while (word.starts_with(' ')) word.remove_prefix(1);
        while (word.ends_with(' ')) word.remove_suffix(1);
        if (!word.empty()) words.emplace_back(word);
    }
    return words;
}

bool in_comma_list(std::string_view list, std::string_view word) {
    const auto words = comma_words(list);
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool like_one_of(std::string_view patterns, std::string_view text) {
    const auto words = comma_words(patterns);
    return std::any_of(words.begin(), words.end(), [&](const std::string& pattern) { return like(pattern, text); });
}

std::string text_of(const Json& object, std::string_view key) {
    const Json value = value_of(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

Json value_of(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? Json() : *found;
}

} // namespace kedge::sandbox
