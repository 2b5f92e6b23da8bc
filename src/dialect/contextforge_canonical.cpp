// The normal form of both sides: what the control plane cannot hold is gone, the rest is as it would store it.
#include "dialect/contextforge_parts.h"
#include "model/secret_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace kedge::contextforge {

namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";
constexpr std::size_t longest_normalised = 16384; // longer texts are compared as they are
constexpr std::size_t longest_tag = 100;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
    return result;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
        tail(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0 | (code >> 12));
        tail(6), tail(0);
    } else {
        text += static_cast<char>(0xF0 | (code >> 18));
        tail(12), tail(6), tail(0);
    }
}

// "#38", "#x26" as a code point that may stand in a text; 0: none.
std::uint32_t numeric(std::string_view reference) {
    reference.remove_prefix(1);
    const bool hex = reference.starts_with('x') || reference.starts_with('X');
    if (hex) reference.remove_prefix(1);
    std::uint32_t code = 0;
    const auto* end = reference.data() + reference.size();
    const auto result = std::from_chars(reference.data(), end, code, hex ? 16 : 10);
    const bool whole = result.ec == std::errc() && result.ptr == end && !reference.empty();
    const bool control = code < 0x20 && code != '\t' && code != '\n';
    if (!whole || control || (code >= 0x7F && code < 0xA0) || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF)
        return 0;
    return code;
}

// The character that `&...;` at the beginning of `text` stands for, and how long the reference is; 0: none.
std::pair<std::uint32_t, std::size_t> reference_at(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 6> named{
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xA0}}};
    const auto end = text.substr(0, 12).find(';');
    if (end == std::string_view::npos || end < 2) return {0, 0};
    const auto word = text.substr(1, end - 1);
    if (word.front() == '#') return {numeric(word), end + 1};
    for (const auto& [name, code] : named) {
        if (name == word) return {code, end + 1};
    }
    return {0, 0};
}

// How long the tag at the beginning of `text` is (`<b>`, `</i>`); 0: it is no tag.
std::size_t tag_length(std::string_view text) {
    const std::size_t name = text.substr(1, 1) == "/" ? 2 : 1;
    if (text.size() <= name || !is_letter(text[name])) return 0;
    const auto end = text.find('>');
    return end == std::string_view::npos ? 0 : end + 1;
}

std::string once_without_html(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        std::size_t used = 0;
        if (text.front() == '<') used = tag_length(text);
        if (text.front() == '&') {
            const auto [code, length] = reference_at(text);
            if (code != 0) append_utf8(result, code);
            if (code != 0) used = length;
        }
        if (used == 0) result += text.front();
        text.remove_prefix(std::max<std::size_t>(used, 1));
    }
    return result;
}

std::string scalar_text(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_primitive() && !value.is_null() ? value.dump() : std::string();
}

Json sorted_set(const Json& list) {
    std::set<std::string> texts;
    for (const auto& item : list) {
        if (!item.is_string()) return list; // strange, so left as it is
        texts.insert(item.get<std::string>());
    }
    return Json(texts);
}

Json canonical_oauth(const Json& auth) {
    Json result = Json::object();
    // What kedge cannot send was a finding; keys of the control plane's own stay, as differences.
    static const std::set<std::string> not_held{"jwt_source",
                                                "provider",
                                                "code_challenge_methods_supported",
                                                "introspection_url",
                                                "registration_url",
                                                "additional_token_params",
                                                "use_organization",
                                                "default_organization",
                                                "include_resource"};
    for (const auto& [key, value] : auth.items()) {
        const bool empty = value.is_null() || (value.is_structured() && value.empty());
        if (!empty && !not_held.contains(key)) result[key] = value;
    }
    if (result.value("grant_type", Json()) == "authorization_code") result.erase("grant_type");
    if (result.contains("scopes") && result["scopes"].is_array()) result["scopes"] = sorted_set(result["scopes"]);
    return result;
}

Json canonical_auth(const Json& document) {
    const auto auth = document.find("auth_data");
    const bool present = auth != document.end() && auth->is_object() && !auth->empty();
    const auto type = present ? text_at(*auth, "type") : std::string();
    if (type == "oauth2") return canonical_oauth(*auth);
    if (present && type != "header") return {{"type", type}};
    auto headers = headers_of(document);
    if (headers.empty()) return present ? Json{{"type", "header"}} : Json();
    return {{"type", "header"}, {"headers", std::move(headers)}};
}

Json canonical_block(Json block) {
    if (block.value("transport", Json()) == usual_transport) block.erase("transport");
    if (block.value("enabled", Json()) == true) block.erase("enabled");
    for (auto entry = block.begin(); entry != block.end();) {
        const bool empty = entry->is_null() || (entry->is_structured() && entry->empty());
        if (!empty && entry->is_array()) *entry = sorted_set(*entry);
        entry = empty ? block.erase(entry) : std::next(entry);
    }
    return block;
}

} // namespace

// 127.0.0.1 is stored as localhost (without user name and password then); scheme in small letters; path, query and
// fragment as they are.
std::string normal_url(const std::string& url) {
    std::string text(trimmed(url));
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) return text;
    const auto start = scheme + 3;
    const auto end = std::min(text.find_first_of("/?#", start), text.size());
    auto authority = text.substr(start, end - start);
    const auto at = authority.rfind('@');
    const auto host_and_port = at == std::string::npos ? authority : authority.substr(at + 1);
    const auto colon = host_and_port.find(':');
    if (host_and_port.substr(0, colon) == "127.0.0.1") {
        auto port = colon == std::string::npos ? std::string() : host_and_port.substr(colon + 1);
        port.erase(0, std::min(port.find_first_not_of('0'), port.size()));
        authority = port.empty() ? "localhost" : "localhost:" + port;
    }
    return lower(text.substr(0, scheme)) + "://" + authority + text.substr(end);
}

// Tags of HTML are cut out, then character references become characters. Once more for what that brings to light: the
// normal form of a normal form is itself.
std::string normal_description(std::string text) {
    if (text.size() > longest_normalised) return text;
    for (;;) {
        auto next = once_without_html(trimmed(text));
        if (next == text) return text;
        text = std::move(next);
    }
}

bool has_html(std::string_view text) {
    return once_without_html(text) != text;
}

std::string normal_tag(std::string_view tag) {
    std::string text;
    for (const char c : trimmed(tag)) {
        const bool blank = blanks.find(c) != std::string_view::npos;
        if (blank && text.ends_with(' ')) continue;
        text += blank ? ' ' : lower(c);
    }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == ' ' || c == '_'; }, '-');
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c); };
    const bool legal =
        text.size() >= 2 && text.size() <= longest_tag && plain(text.front()) && plain(text.back()) &&
        std::all_of(text.begin(), text.end(), [&](char c) { return plain(c) || c == '-' || c == ':' || c == '.'; });
    return legal ? text : std::string();
}

std::vector<std::string> flat_tags(const Json& tags) {
    std::vector<std::string> flat;
    if (tags.is_array()) {
        for (const auto& tag : tags) flat.push_back(scalar_text(tag));
    } else if (tags.is_object()) {
        for (const auto& [key, value] : tags.items()) {
            const auto text = scalar_text(value);
            flat.push_back(text.empty() ? key : key + ":" + text);
        }
    }
    return flat;
}

Json tag_map(const Json& tags) {
    std::set<std::string> known;
    for (const auto& tag : flat_tags(tags)) {
        if (auto text = normal_tag(tag); !text.empty()) known.insert(std::move(text));
    }
    Json map = Json::object();
    for (const auto& tag : known) {
        const auto colon = tag.find(':');
        const auto key = tag.substr(0, colon);
        if (colon == std::string::npos || map.contains(key))
            map[tag] = "";
        else
            map[key] = tag.substr(colon + 1);
    }
    return map;
}

Json headers_of(const Json& document) {
    Json headers = Json::object();
    const auto auth = document.find("auth_data");
    const auto add = [&](const Json& from) {
        if (!from.is_object()) return;
        for (const auto& [key, value] : from.items()) {
            if (!value.is_null()) headers[key] = value;
        }
    };
    if (const auto more = document.find("additional_headers"); more != document.end()) add(*more);
    if (auth != document.end() && auth->is_object() && auth->contains("headers")) add((*auth)["headers"]);
    return headers;
}

Json canonical_manifest(Json document) {
    if (!document.is_object()) return document;
    Json result = Json::object();
    for (const char* key : {"type", "name"}) {
        if (is_set(document, key)) result[key] = document[key];
    }
    if (const auto url = text_at(document, "url"); !url.empty()) result["url"] = normal_url(url);
    const auto description = normal_description(text_at(document, "description"));
    if (!description.empty()) result["description"] = description;
    if (document.contains("tags")) {
        if (auto tags = tag_map(document["tags"]); !tags.empty()) result["tags"] = std::move(tags);
    }
    if (auto auth = canonical_auth(document); !auth.is_null()) result["auth_data"] = std::move(auth);
    if (auto block = canonical_block(own_block(document)); !block.empty())
        result["x-kedge"]["contextforge"] = std::move(block);
    return result;
}

namespace {
// The state is switched by a request of its own.
Json without_state(Json canonical) {
    if (own_block(canonical).empty()) return canonical;
    auto& block = canonical["x-kedge"]["contextforge"];
    block.erase("enabled");
    if (block.empty()) canonical.erase("x-kedge");
    return canonical;
}
} // namespace

bool is_as_sent(const Operation& operation, const Json& live) {
    Json sent = operation.document;
    for (const auto& pointer : operation.sealed) {
        const Json::json_pointer at(pointer);
        if (sent.contains(at)) sent[at] = masked_value();
    }
    sent = without_state(canonical_manifest(std::move(sent)));
    const Json read_back = without_state(canonical_manifest(live));
    // Secrets never come back, so one that was sent counts as arrived where something stands in its place.
    for_each_secret(sent, [&](const std::string& pointer, Json& value) {
        const Json::json_pointer at(pointer);
        if (read_back.contains(at) && is_masked(read_back[at])) value = masked_value();
    });
    return sent == read_back;
}

} // namespace kedge::contextforge
