#include "main/settings_reader.h"

#include "base/duration.h"
#include "manifest/document_findings.h"
#include "manifest/yaml_text.h"

#include <algorithm>

namespace kedge {

namespace {

constexpr std::size_t most_findings = 200;
constexpr std::size_t most_characters = 300; // keys and values in a message can be as long as the file

std::string wanted(const SettingKey& key) {
    switch (key.type) {
    case SettingType::text:
        return "a text";
    case SettingType::path:
        return "a path";
    case SettingType::boolean:
        return "true or false";
    case SettingType::number:
        return key.most == 1'000'000 ? "a whole number of at least 1"
                                     : "a whole number from 1 to " + std::to_string(key.most);
    case SettingType::duration:
        return "a duration such as 30s, 15m or 1h30m";
    case SettingType::credential:
        return "${env:NAME} or ${file:PATH}";
    case SettingType::texts:
        return "a list of texts";
    case SettingType::mapping:
        return "a mapping";
    case SettingType::list:
        return "a list";
    case SettingType::limit:
        return "a share such as 10%, a whole number, or unlimited";
    case SettingType::choice:
        break;
    }
    std::string text = "one of ";
    for (const auto& choice : key.choices) text += (text.size() > 7 ? ", " : "") + choice;
    return text;
}

bool is_credential(const std::string& text) {
    if ((!text.starts_with("${env:") && !text.starts_with("${file:")) || !text.ends_with("}")) return false;
    const auto name = std::string_view(text).substr(0, text.size() - 1).substr(text.find(':') + 1);
    return !name.empty() && name.find_first_of("{}") == std::string_view::npos;
}

bool fits(const Json& value, const SettingKey& key) {
    switch (key.type) {
    case SettingType::text:
    case SettingType::path:
        return value.is_string() && !value.get<std::string>().empty();
    case SettingType::boolean:
        return value.is_boolean();
    case SettingType::number:
        return value.is_number_integer() && value.get<std::int64_t>() >= 1 && value.get<std::int64_t>() <= key.most;
    case SettingType::duration:
        return value.is_string() && parse_duration(value.get<std::string>()).has_value();
    case SettingType::choice:
        return value.is_string() &&
               std::find(key.choices.begin(), key.choices.end(), value.get<std::string>()) != key.choices.end();
    case SettingType::credential:
        return value.is_string() && is_credential(value.get<std::string>());
    case SettingType::texts:
        return value.is_array() &&
               std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
    case SettingType::mapping:
        return value.is_object();
    case SettingType::list:
        return value.is_array();
    case SettingType::limit:
        return parse_limit(value).has_value();
    }
    return false;
}

// How many letters two words are apart, for "did you mean".
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string hint_for(const std::string& wrong, const std::vector<SettingKey>& keys) {
    std::string all = "known here:";
    for (const auto& key : keys) {
        if (distance(wrong, key.name) <= 2) return "did you mean \"" + key.name + "\"?";
        all += " " + key.name;
    }
    return all;
}

} // namespace

std::optional<Limit> parse_limit(const Json& value) {
    if (value.is_number_integer()) {
        const auto count = value.get<std::int64_t>();
        if (count < 0 || count > 1'000'000) return std::nullopt;
        return Limit{{}, static_cast<int>(count)};
    }
    if (!value.is_string()) return std::nullopt;
    const auto text = value.get<std::string>();
    if (text == "unlimited") return Limit{};
    if (text.size() < 2 || text.size() > 4 || text.back() != '%') return std::nullopt;
    const auto digits = text.substr(0, text.size() - 1);
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    const int percent = std::stoi(digits);
    if (percent > 100) return std::nullopt;
    return Limit{percent, {}};
}

Place SettingsReader::place(const std::string& pointer) const {
    auto at = pointer;
    while (true) {
        const auto found = document_.places.find(at);
        if (found != document_.places.end()) {
            auto place = found->second;
            place.file = file_;
            return place;
        }
        if (at.empty()) return {file_, 1, 1};
        at = at.substr(0, at.rfind('/'));
    }
}

void SettingsReader::error(const std::string& pointer, const std::string& message, const std::string& hint) {
    if (findings_.size() > most_findings) return;
    const bool last = findings_.size() == most_findings;
    auto finding = finding_at(pointer);
    finding.message =
        last ? "more than 200 mistakes: the others are not shown" : cut_line(clean_line(message), most_characters);
    finding.hint = last ? "mend these first" : cut_line(clean_line(hint), most_characters);
    findings_.push_back(std::move(finding));
}

Finding SettingsReader::finding_at(const std::string& pointer) const {
    Finding finding;
    finding.place = place(pointer);
    finding.excerpt = excerpt_of(text_, finding.place);
    return finding;
}

void SettingsReader::check_value(const std::string& pointer, const Json& value, const SettingKey& key) {
    if (fits(value, key)) return;
    const bool credential = key.type == SettingType::credential;
    error(pointer, "\"" + key.name + "\" must be " + wanted(key),
          credential ? "credentials do not belong into this file: name an environment variable or a file" : "");
    // A wrong one is very likely the credential itself: it is not quoted, and neither is its line.
    if (credential) findings_.back().excerpt.clear();
}

const Json* SettingsReader::mapping(const std::string& pointer, const std::vector<SettingKey>& keys) {
    const Json* value = nullptr;
    const Json::json_pointer at(pointer);
    if (document_.value.contains(at)) value = &document_.value.at(at);
    if (value == nullptr || !value->is_object()) {
        error(pointer, pointer.empty() ? "the settings must be a mapping"
                                       : "\"" + pointer.substr(pointer.rfind('/') + 1) + "\" must be a mapping");
        return nullptr;
    }
    for (const auto& item : value->items()) {
        const std::string& name = item.key();
        const Json& member = item.value();
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const SettingKey& k) { return k.name == name; });
        if (key == keys.end()) {
            error(pointer_to(pointer, name), "unknown key \"" + name + "\"", hint_for(name, keys));
        } else {
            check_value(pointer_to(pointer, name), member, *key);
        }
    }
    for (const auto& key : keys) {
        if (key.required && !value->contains(key.name)) error(pointer, "\"" + key.name + "\" is missing", key.help);
    }
    return value;
}

} // namespace kedge
