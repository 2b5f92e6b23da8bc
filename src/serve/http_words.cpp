#include "serve/http_words.h"

#include <algorithm>

namespace kedge {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// ";q=0" says: anything but this.
bool is_ruled_out(std::string_view parameters) {
    const auto text = lower_case(parameters);
    const auto quality = text.find("q=");
    return quality != std::string::npos && text.find_first_not_of("0.", quality + 2) == std::string::npos;
}

} // namespace

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return lower;
}

std::size_t count_headers(const HttpHeaders& headers, std::string_view name) {
    const auto wanted = lower_case(name);
    return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(),
                                                  [&](const auto& line) { return lower_case(line.first) == wanted; }));
}

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> words;
    for (;;) {
        const auto comma = list.find(',');
        const auto word = trimmed(list.substr(0, comma));
        if (!word.empty()) words.emplace_back(word);
        if (comma == std::string_view::npos) return words;
        list.remove_prefix(comma + 1);
    }
}

std::string media_type_of(std::string_view content_type) {
    return lower_case(trimmed(content_type.substr(0, content_type.find(';'))));
}

bool names_type(std::string_view accept, std::string_view type) {
    for (const auto& range : words_of(accept)) {
        const auto semicolon = range.find(';');
        const bool ruled_out =
            semicolon != std::string::npos && is_ruled_out(std::string_view(range).substr(semicolon));
        if (!ruled_out && media_type_of(range) == type) return true;
    }
    return false;
}

bool accepts(std::string_view accept, std::string_view type) {
    const std::string family(type.substr(0, type.find('/')));
    return trimmed(accept).empty() || names_type(accept, type) || names_type(accept, "*/*") ||
           names_type(accept, family + "/*");
}

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        segments.push_back(path.substr(0, path.find('/')));
        path.remove_prefix(segments.back().size());
    }
    return segments;
}

std::vector<std::pair<std::string, std::string>> query_of(std::string_view target) {
    std::vector<std::pair<std::string, std::string>> query;
    const auto question = target.find('?');
    if (question == std::string_view::npos) return query;
    auto rest = target.substr(question + 1);
    for (;;) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        const auto equals = pair.find('=');
        if (!pair.empty()) {
            const auto value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
            query.emplace_back(percent_decode(pair.substr(0, equals)), percent_decode(value));
        }
        if (end == std::string_view::npos) return query;
        rest.remove_prefix(end + 1);
    }
}

std::string host_of(std::string_view host) {
    if (host.starts_with('[')) return std::string(host.substr(1, host.find(']') - 1));
    return lower_case(host.substr(0, host.find(':')));
}

} // namespace kedge
