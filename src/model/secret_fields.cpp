#include "model/secret_fields.h"

namespace kedge {

namespace {

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

const std::vector<std::vector<std::string>>& patterns() {
    static const std::vector<std::vector<std::string>> cut = [] {
        std::vector<std::vector<std::string>> all;
        for (const auto& pattern : secret_field_patterns()) all.push_back(split(pattern, '.'));
        return all;
    }();
    return cut;
}

// Of a pattern's segment, a member that it names; "*" stands on both sides for every one.
template<class Visit>
void each_member(Json& object, const std::string& segment, const Visit& visit) {
    if (segment == "*") {
        for (auto member = object.begin(); member != object.end(); ++member) visit(member.key(), member.value());
        return;
    }
    for (const auto& key : {segment, std::string("*")}) {
        if (const auto member = object.find(key); member != object.end()) visit(member.key(), member.value());
    }
}

bool segments_match(const std::string& pattern, const std::string& segment) {
    return pattern == "*" || segment == "*" || pattern == segment;
}

std::string unescape(std::string segment) {
    for (std::size_t i = 0; (i = segment.find('~', i)) != std::string::npos; ++i) {
        if (i + 1 < segment.size()) segment.replace(i, 2, segment[i + 1] == '1' ? "/" : "~");
    }
    return segment;
}

std::string escape(const std::string& segment) {
    std::string text;
    for (const char c : segment) {
        if (c == '~')
            text += "~0";
        else if (c == '/')
            text += "~1";
        else
            text += c;
    }
    return text;
}

void visit_pattern(Json& value, const std::vector<std::string>& pattern, std::size_t at, const std::string& pointer,
                   const std::function<void(const std::string&, Json&)>& visit) {
    if (at == pattern.size()) {
        visit(pointer, value);
        return;
    }
    if (value.is_object()) {
        each_member(value, pattern[at], [&](const std::string& key, Json& member) {
            visit_pattern(member, pattern, at + 1, pointer + "/" + escape(key), visit);
        });
    } else if (value.is_array() && pattern[at] == "*") {
        for (std::size_t i = 0; i < value.size(); ++i)
            visit_pattern(value[i], pattern, at + 1, pointer + "/" + std::to_string(i), visit);
    }
}

// {"$kedge": WORD}
bool says(const Json& value, std::string_view word) {
    if (!value.is_object() || value.size() != 1) return false;
    const auto member = value.begin();
    return member.key() == "$kedge" && member->is_string() && member->get_ref<const std::string&>() == word;
}

} // namespace

const std::vector<std::string>& secret_field_patterns() {
    static const std::vector<std::string> fields{
        "auth_data.headers.*",
        "auth_data.client_secret",
        "auth_data.env.*",
        "auth_data.additional_token_params.*",
        "additional_headers.*",
        "servers.*.auth_data.headers.*",
        "x-kedge.gaia.proxy_auth_token",
        "x-kedge.aeontel.connector_config.*",
    };
    return fields;
}

bool is_secret_pointer(std::string_view pointer) {
    if (pointer.empty() || pointer.front() != '/') return false;
    auto segments = split(pointer.substr(1), '/');
    for (auto& segment : segments) segment = unescape(std::move(segment));
    for (const auto& pattern : patterns()) {
        if (segments.size() < pattern.size()) continue;
        bool match = true;
        for (std::size_t i = 0; i < pattern.size(); ++i)
            match = match && (pattern[i] == "*" || pattern[i] == segments[i]);
        if (match) return true;
    }
    return false;
}

bool touches_secret(std::string_view dotted_path) {
    const auto segments = split(dotted_path, '.');
    for (const auto& pattern : patterns()) {
        bool match = true;
        for (std::size_t i = 0; i < std::min(pattern.size(), segments.size()); ++i)
            match = match && segments_match(pattern[i], segments[i]);
        if (match) return true;
    }
    return false;
}

Json masked_value() {
    return Json{{"$kedge", "masked"}};
}
Json unreadable_value() {
    return Json{{"$kedge", "unreadable"}};
}
bool is_masked(const Json& value) {
    return says(value, "masked");
}
bool is_unreadable(const Json& value) {
    return says(value, "unreadable");
}

void for_each_secret(Json& document, const std::function<void(const std::string&, Json&)>& visit) {
    for (const auto& pattern : patterns()) visit_pattern(document, pattern, 0, "", visit);
}

} // namespace kedge
